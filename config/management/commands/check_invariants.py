import json
import sys

from django.core.management.base import BaseCommand

from config.invariants import differences


class Command(BaseCommand):
    help = "Recompute what is stored twice (seats, percentages) and name every difference; exits 1 if there is one."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print the differences as JSON")

    def handle(self, **options):
        found = list(differences())
        if options["json"]:
            self.stdout.write(
                json.dumps({"ok": not found, "differences": found}, indent=2, default=str)
            )
        else:
            for difference in found:
                self.stdout.write(" ".join(f"{name}={value}" for name, value in difference.items()))
            self.stdout.write(f"{len(found)} differences." if found else "Everything adds up.")
        if found:
            sys.exit(1)
