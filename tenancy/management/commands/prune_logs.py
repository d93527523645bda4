"""Drop old months of the audit log and the security log."""

from django.core.management.base import BaseCommand, CommandError

from tenancy.retention import AUDIT_LOG, FLOOR_MONTHS, SECURITY_LOG, prune_log


class Command(BaseCommand):
    help = "Drop the months of both logs that are older than so many months, for all organizations."

    def add_arguments(self, parser):
        parser.add_argument(
            "--older-than",
            type=int,
            required=True,
            metavar="MONTHS",
            help=f"{FLOOR_MONTHS} at least",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *, older_than, dry_run, **options):
        try:
            gone = [
                name
                for log in (AUDIT_LOG, SECURITY_LOG)
                for name in prune_log(log, months_kept=older_than, is_rehearsal=dry_run)
            ]
        except ValueError as error:
            raise CommandError(str(error)) from error
        for name in gone:
            self.stdout.write(name)
        self.stdout.write(f"{'Would drop' if dry_run else 'Dropped'} months: {len(gone)}.")
