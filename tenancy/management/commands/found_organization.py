"""Found an organization."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from tenancy.models import Domain, Organization
from tenancy.services import found_organization


class Command(BaseCommand):
    help = "Found an organization that answers on the given host names."

    def add_arguments(self, parser):
        parser.add_argument("--name", required=True)
        parser.add_argument("--slug", required=True, help="short name, for commands")
        parser.add_argument(
            "--host", action="append", required=True, help="may be repeated; the first is primary"
        )
        parser.add_argument(
            "--default", action="store_true", help="answers on host names nobody has mapped"
        )
        parser.add_argument(
            "--closed", action="store_true", help="nobody may sign up by themselves"
        )

    def handle(self, *, name, slug, host, default, closed, **options):
        fields = {"is_default": default, "is_signup_open": not closed}
        hosts = [each.lower() for each in host]
        try:
            Organization(name=name, slug=slug, **fields).clean_fields()
            for each in hosts:
                Domain(host=each).clean_fields(exclude=["organization"])
            organization = found_organization(name=name, slug=slug, hosts=hosts, **fields)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except IntegrityError as error:
            raise CommandError(
                "The short name or a host name is taken, or there is a default organization already."
            ) from error
        self.stdout.write(f"{organization.slug} answers on {', '.join(hosts)} now.")
