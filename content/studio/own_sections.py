"""The sections of a course in the studio that this floor and those below it have pages for."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from content.studio.presence_views import studio_presence
from courses.studio.sections import Group, Section, by_slug, register
from courses.teaching import LOOKING_AFTER
from lib import jinja
from users.models import Permission

EDIT = frozenset({Permission.COURSE_EDIT})
ACTIVITY = frozenset({Permission.ACTIVITY_SEE})
PUBLISH = EDIT | {Permission.COURSE_PUBLISH}


def library_of(course):
    """The address of the media library with the files of a course."""
    return f"{reverse('content:library')}?course={course.slug}"


def activity_of(course):
    """The address of what was done to a course."""
    return reverse("activity:of", args=["course", course.pk])


def install():
    jinja.register("studio_presence", studio_presence)
    for group, place, needs, name, label, icon, url in (
        (Group.TOP, 10, EDIT, "overview", _("Overview"), "home", "content:studio_course"),
        (Group.CONTENT, 10, EDIT, "outline", _("Outline"), "outline", "content:studio_outline"),
        (Group.CONTENT, 20, EDIT, "details", _("Details"), "file-text", "courses:studio_details"),
        (Group.CONTENT, 30, EDIT, "dates", _("Dates"), "calendar", "content:studio_dates"),
        (Group.CONTENT, 40, EDIT, "library", _("Media library"), "image", library_of),
        (
            Group.PUBLISHING,
            20,
            PUBLISH,
            "check",
            _("Check"),
            "check-circle",
            "content:studio_check",
        ),
        (Group.PUBLISHING, 30, PUBLISH, "publish", _("Publish"), "globe", "content:studio_publish"),
        (
            Group.PUBLISHING,
            40,
            EDIT,
            "versions",
            _("Versions"),
            "bookmark",
            "content:studio_versions",
        ),
        (Group.PEOPLE, 70, LOOKING_AFTER, "staff", _("Staff"), "user", "courses:staff"),
        (Group.COURSE, 10, EDIT, "settings", _("Settings"), "settings", "courses:studio_settings"),
        (Group.COURSE, 20, EDIT, "copy", _("Copy"), "copy", "content:studio_copy"),
        (Group.COURSE, 30, EDIT, "export", _("Export"), "download", "content:studio_export"),
        (Group.COURSE, 40, ACTIVITY, "activity", _("Activity"), "clock", activity_of),
    ):
        find = url if callable(url) else by_slug(url)
        register(Section(name, label, icon, group, place, needs, find))
