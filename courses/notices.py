"""What people are told of their part in courses."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.signals import duty_given
from lib.events import listens_to
from notifications.kinds import Kind, Message, declare
from notifications.models import Cadence
from notifications.services import notify


def _duty(facts):
    values = {"role": facts["duty"], "course": facts["title"]}
    if not facts["slug"]:
        return Message(_("You now hold the role “%(role)s”") % values, url=reverse("home"))
    url = reverse("courses:detail", args=[facts["slug"]])
    if facts["duty"]:
        return Message(_("You are “%(role)s” on “%(course)s” now") % values, url=url)
    return Message(_("You look after “%(course)s” now") % values, url=url)


DUTY = declare(
    Kind("course.duty", gettext_lazy("I am given a role or a course"), _duty, Cadence.NOW)
)


@listens_to(duty_given)
def tell_of_duty(sender, *, user, course, duty, at, **facts):
    notify(
        [user.pk],
        DUTY,
        source=f"{course.pk if course else 'organization'}:{duty}:{at.isoformat()}",
        facts={
            "duty": duty,
            "title": course.title if course else "",
            "slug": course.slug if course else "",
        },
        now=at,
    )
