from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.seeding.bulk import PASSWORD, organization_exists, seed_bulk
from config.seeding.statistics import refresh_statistics


class Command(BaseCommand):
    help = "Found a large organization with made-up people, courses and progress."

    def add_arguments(self, parser):
        parser.add_argument(
            "--scale", type=float, default=0.01, help="1 is 1,000 courses and 100,000 people"
        )
        parser.add_argument("--slug", default="scale", help="short name of the organization")
        parser.add_argument("--seed", type=int, default=7, help="equal seeds give equal shapes")

    def handle(self, *, scale, slug, seed, **options):
        if not 0 < scale <= 20:
            raise CommandError("The scale is a number above 0 and up to 20.")
        if organization_exists(slug):
            raise CommandError(
                f"The organization {slug} is there already; name another with --slug."
            )
        host = f"{slug}.localhost"
        counts = seed_bulk(
            slug=slug,
            name="Scale University",
            host=host,
            scale=scale,
            seed=seed,
            now=timezone.now(),
            say=lambda text: self.stderr.write(text),
        )
        refresh_statistics()
        numbers = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        self.stdout.write(
            f"{host}: {numbers}. Sign in as scale_admin, scale_instructor0 or scale_student0 with {PASSWORD}."
        )
