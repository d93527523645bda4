"""The sections of a course in the studio that this floor and those below it have pages for."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from content.studio.presence_views import studio_presence
from courses.studio.sections import Section, by_slug, register
from courses.teaching import LOOKING_AFTER
from lib import jinja
from users.models import Permission

EDIT = frozenset({Permission.COURSE_EDIT})
PUBLISH = EDIT | {Permission.COURSE_PUBLISH}


def library_of(course):
    """The address of the media library with the files of a course."""
    return f"{reverse('content:library')}?course={course.slug}"


def install():
    jinja.register("studio_presence", studio_presence)
    register(Section("overview", _("Overview"), "home", 10, EDIT, by_slug("content:studio_course")))
    register(
        Section("outline", _("Outline"), "outline", 20, EDIT, by_slug("content:studio_outline"))
    )
    register(
        Section("details", _("Details"), "file-text", 30, EDIT, by_slug("courses:studio_details"))
    )
    register(
        Section("settings", _("Settings"), "settings", 40, EDIT, by_slug("courses:studio_settings"))
    )
    register(Section("dates", _("Dates"), "calendar", 42, EDIT, by_slug("content:studio_dates")))
    register(
        Section("check", _("Check"), "check-circle", 50, PUBLISH, by_slug("content:studio_check"))
    )
    register(
        Section("publish", _("Publish"), "globe", 60, PUBLISH, by_slug("content:studio_publish"))
    )
    register(
        Section("versions", _("Versions"), "clock", 70, EDIT, by_slug("content:studio_versions"))
    )
    register(Section("library", _("Media library"), "image", 80, EDIT, library_of))
    register(Section("copy", _("Copy"), "copy", 84, EDIT, by_slug("content:studio_copy")))
    register(Section("export", _("Export"), "download", 86, EDIT, by_slug("content:studio_export")))
    register(Section("staff", _("Staff"), "user", 90, LOOKING_AFTER, by_slug("courses:staff")))
    register(
        Section(
            "activity",
            _("Activity"),
            "clock",
            110,
            frozenset({Permission.ACTIVITY_SEE}),
            lambda course: reverse("activity:of", args=["course", course.pk]),
        )
    )
