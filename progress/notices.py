"""What students are told of their learning."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.events import listens_to
from notifications.kinds import Kind, Message, declare
from notifications.services import notify
from progress.signals import course_completed, path_completed


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


def _path_completed(facts):
    return Message(
        _("You have completed the path “%(path)s”") % {"path": facts["title"]},
        _("Every step that it asks for is done. Well done."),
        reverse("content:path", args=[facts["slug"]]),
    )


PATH_COMPLETED = declare(
    Kind("path.completed", gettext_lazy("I complete a learning path"), _path_completed)
)


@listens_to(path_completed)
def tell_of_path(sender, *, path_enrollment, **facts):
    path = path_enrollment.path
    notify(
        [path_enrollment.student_id],
        PATH_COMPLETED,
        source=f"path:{path_enrollment.pk}:{path_enrollment.completed_at.isoformat()}",
        facts={"title": path.title, "slug": path.slug},
        now=path_enrollment.completed_at,
    )
