import json

from django.core.management.base import BaseCommand

from config.access import access_to, addresses
from config.samples import Samples, sample_arguments, sample_path
from tenancy.context import organization_context
from tenancy.services import find_organization, organization_ids


class Command(BaseCommand):
    help = "Every URL pattern with its name, methods, who may open it, whose rows it shows, and sample arguments."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print as JSON")
        parser.add_argument(
            "--organization", help="short name of the organization whose rows serve as samples"
        )

    def handle(self, **options):
        rows = self.with_samples(options["organization"])
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
            return
        for row in rows:
            self.stdout.write(
                f"{row['name']:<45} {','.join(row['methods']):<15} {row['who']:<40} /{row['route']}"
            )

    def with_samples(self, slug):
        if slug:
            organization_id = find_organization(slug)
        else:
            organization_id = next((found for found, _slug in organization_ids()), None)
        if organization_id is None:
            return list(self.rows(Samples()))
        with organization_context(organization_id):
            return list(self.rows(Samples.of_current_organization()))

    def rows(self, samples):
        for address in addresses():
            access = access_to(address.name)
            if access is None:
                continue
            yield {
                "name": address.name,
                "route": address.route,
                "methods": list(access.methods),
                "who": str(access.who),
                "who_changes": str(access.who_changes or access.who),
                "tenancy": str(access.tenancy),
                "arguments": sample_arguments(address, access, samples),
                "path": sample_path(address, access, samples),
            }
