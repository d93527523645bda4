"""What has to be handed over before somebody who owns courses can be forgotten."""

from django.urls import reverse
from django.utils.translation import gettext as _

from courses.models import Course
from lib.decisions import Reason
from users.models import User


def owned_courses(user: User) -> list[Reason]:
    """One reason for each published course of the person, with the page where it gets another owner."""
    courses = Course.objects.live().filter(owner=user, status=Course.Status.PUBLISHED)
    return [
        Reason(
            "owns_course",
            _("“%(course)s” is published and needs another owner.") % {"course": course.title},
            reverse("courses:staff_hand_over", args=[course.slug]),
            _("Hand it over"),
        )
        for course in courses.order_by("title", "id")[:20]
    ]
