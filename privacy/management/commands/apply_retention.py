"""Deletes what the organizations no longer keep; the same as the nightly job."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from privacy import retention
from tenancy.context import organization_context
from tenancy.services import organization_ids


class Command(BaseCommand):
    help = "Deletes what is kept no longer by each organization's retention; safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *, dry_run, **options):
        for organization_id, slug in list(organization_ids()):
            with organization_context(organization_id):
                counts = retention.apply(now=timezone.now(), is_rehearsal=dry_run)
            told = ", ".join(f"{code} {count}" for code, count in counts.items())
            self.stdout.write(f"{slug}: {'would clear' if dry_run else 'cleared'} {told}.")
