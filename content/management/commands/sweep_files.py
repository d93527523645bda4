from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from content.services.leftovers import ForeignFiles, delete_leftovers, find_leftovers


class Command(BaseCommand):
    help = "Delete files older than a day that no row of any organization names; a job does so every night."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="name them, and delete nothing")

    def handle(self, *, dry_run, **options):
        sweep = find_leftovers if dry_run else delete_leftovers
        try:
            files = sweep(now=timezone.now())
        except ForeignFiles as error:
            raise CommandError(str(error)) from error
        if dry_run:
            self.stdout.writelines(f"{file.name}\n" for file in files)
        done = "would be deleted" if dry_run else "deleted"
        size = filesizeformat(sum(file.size for file in files))
        self.stdout.write(f"{len(files)} files {done}, {size}.")
