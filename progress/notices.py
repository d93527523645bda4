"""What students are told of their learning."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.events import listens_to
from notifications.kinds import Kind, Message, declare
from notifications.services import notify
from progress.signals import course_completed


def _completed(facts):
    return Message(
        _("You have completed “%(course)s”") % {"course": facts["title"]},
        _("Well done. The lessons stay open to you."),
        reverse("progress:course_progress", args=[facts["slug"]]),
    )


COMPLETED = declare(Kind("course.completed", gettext_lazy("I complete a course"), _completed))


@listens_to(course_completed)
def tell_of_completion(sender, *, enrollment, **facts):
    course = enrollment.course
    notify(
        [enrollment.student_id],
        COMPLETED,
        source=f"enrollment:{enrollment.pk}:{enrollment.completed_at.isoformat()}",
        facts={"title": course.title, "slug": course.slug},
        now=enrollment.completed_at,
    )
