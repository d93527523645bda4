"""What people are told of their part in courses."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import CourseStaff
from courses.signals import duty_given, review_answered, review_hidden, review_written
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


def _answered(facts):
    title = _("Your review of “%(course)s” was answered") % {"course": facts["title"]}
    return Message(title, url=reverse("courses:reviews", args=[facts["slug"]]))


def _hidden(facts):
    title = _("Your review of “%(course)s” is hidden") % {"course": facts["title"]}
    return Message(title, facts["reason"], reverse("courses:review", args=[facts["slug"]]))


def _reviewed(facts):
    values = {"course": facts["title"], "rating": facts["rating"]}
    title = _("“%(course)s” has a new review: %(rating)s of 5 stars") % values
    url = reverse("courses:studio_review", args=[facts["slug"], facts["review"]])
    return Message(title, url=url)


ANSWERED = declare(Kind("course.review_answered", gettext_lazy("My review is answered"), _answered))
HIDDEN = declare(
    Kind("course.review_hidden", gettext_lazy("My review is hidden"), _hidden, Cadence.NOW)
)
REVIEWED = declare(
    Kind(
        "course.reviewed",
        gettext_lazy("My course is reviewed"),
        _reviewed,
        is_for=lambda user: user.is_staff,
    )
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


@listens_to(review_written)
def tell_staff_of_review(sender, *, review, is_new, at, **facts):
    if not is_new:
        return
    staff = set(CourseStaff.objects.filter(course=review.course).values_list("user", flat=True))
    staff |= {review.course.owner_id} - {None}
    _tell_of_review(REVIEWED, staff, review, at, rating=review.rating, review=str(review.pk))


@listens_to(review_answered)
def tell_author_of_answer(sender, *, review, at, **facts):
    _tell_of_review(ANSWERED, {review.author_id} - {None}, review, at)


@listens_to(review_hidden)
def tell_author_of_hiding(sender, *, review, at, **facts):
    people = {review.author_id} - {None}
    _tell_of_review(HIDDEN, people, review, at, reason=review.hidden_reason)


def _tell_of_review(kind, people, review, at, /, **facts):
    course = review.course
    notify(
        people,
        kind,
        source=f"review:{review.pk}:{at.isoformat()}",
        facts={"title": course.title, "slug": course.slug} | facts,
        now=at,
    )
