from django.core.management.base import BaseCommand

from tenancy.context import organization_context
from tenancy.missed_events import replay_events
from tenancy.services import organization_ids


class Command(BaseCommand):
    help = "Tell listeners again what they failed on, in every organization."

    def handle(self, **options):
        for organization_id, slug in list(organization_ids()):
            with organization_context(organization_id):
                outcome = replay_events()
            self.stdout.write(
                f"{slug}: {outcome.heard} heard, {outcome.gone} gone, {outcome.failed} failed again"
            )
