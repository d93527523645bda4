import json

from django.core.management.base import BaseCommand

from config.seeding.canary import seed_canaries


class Command(BaseCommand):
    help = "Found organizations whose every text column holds a unique mark, to look for leaks between them."

    def add_arguments(self, parser):
        parser.add_argument(
            "--orgs", type=int, default=2, help="how many organizations (default 2)"
        )
        parser.add_argument(
            "--json", action="store_true", help="print ids, host names and accounts as JSON"
        )

    def handle(self, *, orgs, **options):
        canaries = [canary.as_dict() for canary in seed_canaries(orgs)]
        if options["json"]:
            self.stdout.write(json.dumps({"organizations": canaries}, indent=2))
            return
        for canary in canaries:
            self.stdout.write(f"{canary['host']}  mark {canary['mark']}")
            for role, account in canary["accounts"].items():
                self.stdout.write(f"  {role:<11} {account['username']}  {account['password']}")
