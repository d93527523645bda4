from django.core.management.base import BaseCommand
from django.utils import timezone

from activity import trash, trash_registry
from tenancy.context import organization_context
from tenancy.services import organization_ids


class Command(BaseCommand):
    help = "Delete for good what has been in the trash for thirty days; a job does so every night."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="name it, and delete nothing")

    def handle(self, *, dry_run, **options):
        now = timezone.now()
        for organization_id, slug in list(organization_ids()):
            with organization_context(organization_id):
                if dry_run:
                    self._name(slug, now)
                    continue
                gone, kept = trash.empty_trash(now=now)
                self.stdout.write(f"{slug}: {gone.total()} deleted, {kept.total()} still needed.")

    def _name(self, slug, now):
        for kind in trash_registry.kinds():
            for row in trash.due(kind, now=now):
                self.stdout.write(f"{slug}: {kind.name} {row.pk} {row.title}")
