"""What this app adds to the sections of a course in the studio."""

from django.utils.translation import gettext_lazy as _

from courses.studio.sections import Group, Section, by_slug, register
from enrollments.models import SEE_PEOPLE
from users.models import Permission

MANAGE = frozenset({Permission.ENROLLMENT_MANAGE})


def install():
    for place, needs, name, label, icon, url_name in (
        (10, frozenset(SEE_PEOPLE), "people", _("People"), "users", "enrollments:people"),
        (20, MANAGE, "requests", _("Requests"), "hourglass", "enrollments:requests"),
        (30, MANAGE, "waitlist", _("Waitlist"), "list", "enrollments:waitlist"),
        (40, MANAGE, "invitations", _("Invitations"), "mail", "enrollments:invitations"),
    ):
        register(Section(name, label, icon, Group.PEOPLE, place, needs, by_slug(url_name)))
