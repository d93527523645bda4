"""Asking for a place on a course, and the answers of its teachers."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from courses.models import Course
from courses.renames import follow_renames
from courses.studio.access import course_to_edit
from enrollments.access import visible_standing
from enrollments.decisions import decide_request
from enrollments.models import Enrollment
from enrollments.request_forms import AnswerForm, RequestForm
from enrollments.request_queue import AGES, PER_PAGE, courses_with_requests, page_of_requests
from enrollments.services import (
    AlreadyDecided,
    EnrollmentRefused,
    UnlawfulChange,
    approve,
    reject,
    request_place,
)
from enrollments.services.requests import what_was_decided
from lib.pagination import page_url
from users.models import Permission

REFUSALS = (AlreadyDecided, EnrollmentRefused, UnlawfulChange)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def ask(request, slug):
    """Ask for a place, with a message or without."""
    standing = visible_standing(request.user, slug)
    decision = decide_request(standing, now=request.now)
    if standing.state == Enrollment.Status.PENDING or not decision:
        if decision.reason and standing.state != Enrollment.Status.PENDING:
            messages.error(request, decision.message)
        return redirect("courses:detail", slug)
    here = reverse("courses:detail", args=[standing.slug])
    form = RequestForm(request.POST or None, cancel_url=here)
    if form.is_valid():
        try:
            request_place(standing, by=request.user, now=request.now, **form.cleaned_data)
        except EnrollmentRefused as refused:
            messages.error(request, refused.decision.message)
        else:
            messages.success(request, _("Your request is sent. You are told of the answer."))
        return redirect("courses:detail", slug)
    context = {"nav": "courses", "standing": standing, "form": form}
    return render(request, "enrollments/request_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def of_course(request, slug):
    """The requests for one course, and answering them."""
    course = course_to_edit(request.user, slug, Permission.ENROLLMENT_MANAGE)
    return _queue(request, course)


@require_http_methods(["GET", "HEAD", "POST"])
def of_all_courses(request):
    """The requests for all courses on which this person may answer them."""
    courses = Course.objects.live().permitted_to(request.user, Permission.ENROLLMENT_MANAGE)
    if not request.user.is_staff and not courses.exists():
        raise Http404
    return _queue(request, None)


def _queue(request, course):
    form = None
    if request.method == "POST":
        form = AnswerForm(request.POST, choices=_answerable(request, course))
        if form.is_valid():
            _answer(request, form)
            return redirect(request.get_full_path())
        _tell_of_answered(request, form)
    chosen = _chosen(request.GET)
    page = page_of_requests(
        request.user,
        chosen,
        now=request.now,
        course_id=course.pk if course else None,
        cursor=request.GET.get("cursor"),
    )
    context = {
        "nav": "studio",
        "course": course,
        "section": "requests",
        "requests": [(enrollment, _age(enrollment, request.now)) for enrollment in page],
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "courses": [] if course else courses_with_requests(request.user),
        "ages": [(value, label) for value, (_age, label) in AGES.items()],
        "form": form,
        "ticked": request.POST.getlist("request"),
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }
    return render(request, "enrollments/request_list.html", context)


def _answerable(request, course):
    """The ticked requests that are this person's to answer; whoever was faster, the service says."""
    ids = [row_id for text in request.POST.getlist("request")[:PER_PAGE] if (row_id := _id(text))]
    rows = Enrollment.objects.manageable_by(request.user).filter(pk__in=ids)
    if course is not None:
        rows = rows.filter(course=course)
    return [(str(row_id), "") for row_id in rows.values_list("pk", flat=True)]


def _tell_of_answered(request, form):
    """An answer that has to be given again: which of the ticked requests need none by now, and why."""
    ids = [row_id for row_id, _label in form.fields["request"].choices]
    ticked = Enrollment.objects.filter(pk__in=ids).select_related("student", "approved_by")
    for enrollment in ticked:
        if not enrollment.is_waiting_for_answer:
            messages.info(
                request, f"{enrollment.student.display_name}: {what_was_decided(enrollment)}"
            )


def _id(text):
    try:
        return UUID(text)
    except ValueError:
        return None


def _answer(request, form):
    """Answer each ticked request by itself, and say what became of them."""
    answer, reason = form.cleaned_data["answer"], form.cleaned_data["reason"]
    done, waiting, refused = 0, 0, {}
    for enrollment_id in form.cleaned_data["request"]:
        try:
            enrollment = _answer_one(enrollment_id, answer, reason, request)
        except REFUSALS as error:
            refused[str(error)] = refused.get(str(error), 0) + 1
        else:
            done += 1
            waiting += answer == form.APPROVE and not enrollment.is_learning
    _say(request, answer == form.APPROVE, done, waiting)
    for text, count in refused.items():
        messages.error(request, text if count == 1 else f"{text} ({count})")


def _answer_one(enrollment_id, answer, reason, request):
    who = {"by": request.user, "now": request.now}
    if answer == AnswerForm.APPROVE:
        return approve(enrollment_id, **who)
    return reject(enrollment_id, reason=reason, **who)


def _say(request, is_approval, done, waiting):
    if not done:
        return
    if is_approval:
        text = ngettext("%(num)d request approved.", "%(num)d requests approved.", done)
    else:
        text = ngettext("%(num)d request rejected.", "%(num)d requests rejected.", done)
    messages.success(request, text % {"num": done})
    if waiting:
        text = ngettext(
            "The course is full: %(num)d person waits on the waitlist.",
            "The course is full: %(num)d people wait on the waitlist.",
            waiting,
        )
        messages.info(request, text % {"num": waiting})


def _chosen(asked):
    age = asked.get("age", "")
    return {
        "course": asked.get("course", "")[:200],
        "age": age if age in AGES else "",
        "q": asked.get("q", "")[:200],
    }


def _age(enrollment, now):
    """How long a request has waited, in words."""
    days = (now - enrollment.approval_requested_at).days
    if days < 1:
        return _("less than a day")
    return ngettext("%(num)d day", "%(num)d days", days) % {"num": days}
