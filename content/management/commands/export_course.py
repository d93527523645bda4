"""Export a course to a folder of Markdown and YAML."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from content.exporting import bundle_of, remember_export, write_folder
from courses.models import Course
from tenancy.context import organization_context
from tenancy.models import Organization
from tenancy.services import find_organization


class Command(BaseCommand):
    help = (
        "Write a course to an empty folder, as docs/course-format.md describes it. The same course gives the same "
        "bytes each time, and import_course takes them in again."
    )

    def add_arguments(self, parser):
        parser.add_argument("slug", help="short name of the course")
        parser.add_argument("folder", type=Path)
        parser.add_argument("--organization", required=True, help="its short name")

    def handle(self, *, slug, folder, organization, **options):
        try:
            found = find_organization(organization)
        except Organization.DoesNotExist as error:
            raise CommandError(str(error)) from error
        with organization_context(found):
            course = Course.objects.live().filter(slug=slug).select_related("subject").first()
            if course is None:
                raise CommandError(f"There is no course {slug!r} in this organization.")
            bundle = bundle_of(course)
            try:
                write_folder(bundle, folder)
            except OSError as error:
                raise CommandError(str(error)) from error
            remember_export(course, bundle, now=timezone.now())
        self.stdout.write(f"{len(bundle)} files written to {folder}.")
