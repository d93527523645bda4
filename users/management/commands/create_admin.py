"""Give an organization somebody who runs it."""

import getpass
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tenancy.context import organization_context
from tenancy.models import Organization
from tenancy.services import find_organization
from users import services
from users.models import User


class Command(BaseCommand):
    help = "Create an admin of an organization. The password is asked for, or read from standard input."

    def add_arguments(self, parser):
        parser.add_argument("--organization", required=True, help="short name of the organization")
        parser.add_argument("--username", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")

    def handle(self, *, organization, username, email, first_name, last_name, **options):
        try:
            organization_id = find_organization(organization)
        except Organization.DoesNotExist as error:
            raise CommandError(str(error)) from error
        password = read_password()
        try:
            validate_password(password, User(username=username, email=email))
            with organization_context(organization_id):
                user = services.create_account(
                    username=username,
                    email=email,
                    password=password,
                    role=User.Role.ADMIN,
                    now=timezone.now(),
                    first_name=first_name,
                    last_name=last_name,
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.username} is an admin of {organization} now.")


def read_password():
    """From the terminal, typed twice; else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Password again: ") != password:
        raise CommandError("The two passwords differ.")
    return password
