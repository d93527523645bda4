"""Import a course from a folder of Markdown."""

import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from content.importing import ImportRefused, apply_tree, read_folder
from content.importing.merging import Prefer
from content.services.publication import publish_changes
from content.services.publishing import waiting_lessons
from courses.errors import NotReady
from courses.models import Course
from courses.services import publish_course
from tenancy.context import organization_context
from tenancy.models import Organization
from tenancy.services import find_organization
from users.models import User


class Command(BaseCommand):
    help = (
        "Import a course from a folder of Markdown with numbered folders, or one with a course.yaml. "
        "Importing again updates the course in place, and changes nothing when nothing changed."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder")
        parser.add_argument("--organization", required=True, help="its short name")
        parser.add_argument("--owner", required=True, help="username of who will own the course")
        parser.add_argument("--title", default="", help="instead of the title in the folder")
        parser.add_argument("--subject", default="", help="the subject it is filed under")
        parser.add_argument(
            "--course",
            default="",
            help="short name of the course to update, if it is not found by itself",
        )
        parser.add_argument(
            "--prefer",
            choices=list(Prefer),
            help="what counts where text and forms both changed the same; without it nothing is overwritten",
        )
        parser.add_argument(
            "--publish",
            action="store_true",
            help="publish the course, or what waits in it, afterwards",
        )

    def handle(self, *args, **options):
        try:
            organization = find_organization(options["organization"])
        except Organization.DoesNotExist as error:
            raise CommandError(str(error)) from error
        try:
            tree = read_folder(options["folder"])
            with organization_context(organization):
                owner = _owner(options["owner"])
            with organization_context(organization, actor=owner), _bar(tree) as progress:
                report = apply_tree(
                    tree,
                    owner=owner,
                    now=timezone.now(),
                    title=options["title"],
                    subject=options["subject"],
                    course=_course(options["course"]),
                    prefer=options["prefer"] and Prefer(options["prefer"]),
                    progress=progress,
                )
                published = self._publish(report.course, owner) if options["publish"] else ""
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join([*report.lines(), *([published] if published else [])]))

    def _publish(self, course, owner):
        try:
            if course.is_published:
                waiting = [lesson.pk for lesson in waiting_lessons(course)]
                publish_changes(
                    course.pk, with_words=True, lesson_ids=waiting, by=owner, now=timezone.now()
                )
            else:
                publish_course(course.pk, by=owner, now=timezone.now())
        except NotReady as error:
            return f"\nNot published: {error}"
        return "\nPublished."


def _owner(username):
    owner = User.objects.active().filter(username__iexact=username).first()
    if owner is None:
        raise CommandError(f"There is nobody called {username!r} in this organization.")
    return owner


def _course(slug):
    if not slug:
        return None
    course = Course.objects.live().filter(slug=slug).first()
    if course is None:
        raise CommandError(f"There is no course {slug!r} in this organization.")
    return course


class _bar:  # noqa: N801 -- used like a function
    """A progress bar on the error output while somebody watches; silent otherwise."""

    def __init__(self, tree):
        self.is_shown = sys.stderr.isatty()
        self.title = tree.title
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not self.is_shown,
        )

    def __enter__(self):
        self.progress.start()
        self.task = self.progress.add_task(self.title, total=None)
        return self.tell

    def tell(self, done, total, what):
        self.progress.update(self.task, completed=done, total=total, description=what[:40])

    def __exit__(self, *error):
        self.progress.stop()
