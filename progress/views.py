"""The dashboard, the lesson page, and how far one has come."""

from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from content.models import Lesson
from content.outline import lessons_url, outline_at, render_outline
from content.rendering import render_lesson
from content.rules import as_sentence
from courses.renames import follow_renames
from courses.views import course_list
from enrollments.history import last_steps
from enrollments.models import Enrollment
from enrollments.standing import standing_of
from lib.access import public
from lib.jinja import duration
from progress import requirements, services
from progress.arithmetic import percent_of
from progress.explaining import explain_course, lessons_out_of_sight, missing_lessons
from progress.overview import first_courses, followed_paths, greeting, next_lessons, page_of_courses
from progress.previews import completed_previews, note_visit
from progress.unlocking import states_of
from progress.viewing import (
    barriers_for,
    decide_opening,
    lesson_to_go_on_with,
    opened_at,
    opened_token,
    preview_closed_until,
    work_of,
)

Status = Enrollment.Status

DASHBOARD_COURSES = 18
DASHBOARD_PATHS = 6
NO_ENROLLMENT = UUID(int=0)  # in the token of a preview's page
MAX_SECONDS_TOLD = 24 * 60 * 60  # what a browser may claim at once; far less is credited

TABS = (
    ("learning", (Status.ACTIVE, Status.PAUSED, Status.SUSPENDED, Status.PENDING)),
    ("completed", (Status.COMPLETED,)),
    ("left", (Status.WITHDRAWN, Status.REJECTED, Status.EXPIRED)),
)


@public
@require_safe
def home(request):
    """The dashboard of who is signed in; for visitors the catalogue."""
    if not request.user.is_authenticated:
        return course_list(request)
    rows = first_courses(request.user, DASHBOARD_COURSES)
    learning = [row for row in rows if row.status != Status.COMPLETED]
    active = [row for row in learning if row.status == Status.ACTIVE]
    context = {
        "greeting": greeting(request.user.get_short_name(), request.now),
        "continue_with": active[0] if active else None,
        "learning": learning,
        "done": [row for row in rows if row.status == Status.COMPLETED],
        "next_lessons": next_lessons((row.id for row in active), now=request.now),
        "paths": followed_paths(request.user, DASHBOARD_PATHS),
        "nav": "learning",
    }
    return render(request, "progress/dashboard.html", context)


@require_safe
def my_courses(request):
    states = dict(TABS)
    tab = request.GET.get("state", "")
    tab = tab if tab in states else "learning"
    page = page_of_courses(request.user, states[tab], request.GET.get("cursor"))
    active = [row.id for row in page if row.status == Status.ACTIVE]
    context = {
        "page": page,
        "tab": tab,
        "next_lessons": next_lessons(active, now=request.now),
        "next_url": _page_url(tab, page.next_cursor),
        "previous_url": _page_url(tab, page.previous_cursor),
        "nav": "learning",
    }
    return render(request, "progress/my_courses.html", context)


@require_safe
@follow_renames
def go_on(request, slug):
    """Lead to the lesson where the person left off; to the course's page where no lesson is open."""
    standing = _visible(request, slug)
    if not (standing.is_learning or standing.teaches):
        return redirect("courses:detail", slug)
    outline = outline_at(standing.course_id, standing.outline_version)
    completed, _begun = work_of(standing.enrollment_id)
    lesson = lesson_to_go_on_with(
        outline,
        completed=completed,
        barriers=barriers_for(standing, outline, completed=completed, now=request.now),
        last_lesson_id=standing.last_lesson_id,
    )
    if lesson is None:
        return redirect("courses:detail", slug)
    return redirect(lesson.url(lessons_url(slug)))


@require_safe
@follow_renames
def course_progress(request, slug):
    standing = _visible(request, slug)
    if not standing.is_on_it:
        raise Http404
    enrollment = Enrollment.objects.select_related("course").get(pk=standing.enrollment_id)
    outline = outline_at(standing.course_id, standing.outline_version)
    completed, begun = work_of(standing.enrollment_id)
    barriers = barriers_for(standing, outline, completed=completed, now=request.now)
    context = {
        "standing": standing,
        "enrollment": enrollment,
        "explanation": explain_course(outline, completed=completed),
        "out_of_sight": lessons_out_of_sight(outline, completed=completed),
        "modules": missing_lessons(
            standing, outline, completed=completed, begun=begun, barriers=barriers
        ),
        "missing": _missing(request, enrollment),
        "steps": last_steps(enrollment),
        "nav": "learning",
    }
    return render(request, "progress/course_progress.html", context)


def _missing(request, enrollment):
    """What the course still asks for; a link to the page that shows it would lead nowhere."""
    if enrollment.status != Status.ACTIVE:
        return []
    return [
        replace(reason, url="") if reason.url == request.path else reason
        for reason in requirements.missing(enrollment)
    ]


@public
@require_safe
@follow_renames
def lesson(request, slug, lesson_slug):
    standing, outline, lesson = _place(request, slug, lesson_slug)
    completed, begun = work_of(standing.enrollment_id)
    barriers = barriers_for(standing, outline, completed=completed, now=request.now)
    decision = decide_opening(standing, outline, lesson, barriers=barriers, now=request.now)
    if not decision:
        context = {"standing": standing, "lesson": lesson, "decision": decision}
        return render(request, "progress/lesson_locked.html", context, status=403)

    if standing.is_learning:
        states = states_of(outline, completed=completed, begun=begun, barriers=barriers)
    else:
        states = {}
    base_url = lessons_url(slug)
    context = {
        "standing": standing,
        "lesson": lesson,
        "content": render_lesson(lesson.id),
        "outline": render_outline(outline, states, current=lesson.id, base_url=base_url),
        "lesson_url": lesson.url(base_url),
        "previous": _neighbor(outline.previous(lesson.id), states, base_url),
        "next": _neighbor(outline.next(lesson.id), states, base_url),
        "is_last": outline.next(lesson.id) is None,
        "is_done": lesson.id in completed,
        "percent": None,
        "back_url": reverse("courses:detail", args=[slug]),
        "back_label": standing.title,
        "lesson_data": None,
        "opened": None,
    }
    if standing.is_learning:
        context |= _learning_context(request, standing, outline, lesson, completed)
    elif not standing.teaches:
        done = completed_previews(request.user, request.session, outline)
        context |= _visit_context(request, NO_ENROLLMENT, standing, lesson)
        context |= {"is_done": lesson.id in done}
    return render(request, "progress/lesson.html", context)


def _learning_context(request, standing, outline, lesson, completed):
    done = sum(one.id in completed for one in outline.lessons)
    is_complete = standing.state == Status.COMPLETED
    return {
        "percent": standing.percent if is_complete else percent_of(done, len(outline.lessons)),
        "done_count": done,
        "lesson_count": len(outline.lessons),
        "can_reopen": not is_complete and lesson.completion == Lesson.Completion.MANUAL,
    } | _visit_context(request, standing.enrollment_id, standing, lesson)


def _visit_context(request, enrollment_id, standing, lesson):
    """What the page brings back when it reports a visit."""
    token = opened_token(enrollment_id, lesson.id, request.now)
    address = f"{lesson.url(lessons_url(standing.slug))}visit/"
    return {"opened": token, "lesson_data": {"visit-url": address, "visit-key": token}}


def _neighbor(lesson, states, base_url):
    """Title and address of the lesson before or after; None where there is none or it is locked."""
    if lesson is None or (lesson.id in states and not states[lesson.id].is_linked):
        return None
    return {"title": f"{lesson.number} {lesson.title}", "url": lesson.url(base_url)}


@public
@require_POST
def complete(request, slug, lesson_slug):
    """The button at a lesson's end: completes it by hand, or counts the visit where it completes by itself."""
    standing, outline, lesson = _working_place(request, slug, lesson_slug)
    if not standing.is_on_it:
        return _complete_preview(request, standing, outline, lesson)
    opened = opened_at(request.POST.get("visit", ""), standing.enrollment_id, lesson.id)
    try:
        if lesson.completion == Lesson.Completion.MANUAL:
            progress = services.complete_lesson(
                standing.enrollment_id, lesson.id, opened_at=opened, now=request.now
            )
        else:
            progress = services.record_visit(
                standing.enrollment_id, lesson.id, opened_at=opened or request.now, now=request.now
            )
    except services.WorkRefused as refused:
        return _refused(request, slug, refused)
    if standing.state == Status.ACTIVE and progress.enrollment.status == Status.COMPLETED:
        text = _("You have completed “%(course)s”. Well done!") % {"course": standing.title}
        messages.success(request, text)
        return redirect("progress:course_progress", slug)
    return _after(request, standing, outline, lesson, progress)


def _complete_preview(request, standing, outline, lesson):
    """The same for somebody who is not on the course: on to the next preview, or to the course."""
    opened = opened_at(request.POST.get("visit", ""), NO_ENROLLMENT, lesson.id) or request.now
    note_visit(
        request.user, request.session, lesson, opened_at=opened, now=request.now, by_hand=True
    )
    following = outline.next(lesson.id)
    if not _is_open_preview(outline, following, request.now):
        messages.success(
            request, _("Enroll to go on; what you did in the preview is kept for you.")
        )
        return redirect("courses:detail", standing.slug)
    return redirect(following.url(lessons_url(standing.slug)))


def _is_open_preview(outline, lesson, now):
    return (
        lesson is not None
        and lesson.is_preview
        and preview_closed_until(outline, lesson, now=now) is None
    )


def _after(request, standing, outline, lesson, progress):
    """On to the next lesson; where that is closed, back to this one if it needs more time, else to what is left."""
    base_url = lessons_url(standing.slug)
    if progress.completed_at is None:
        values = {
            "spent": duration(progress.time_spent_seconds),
            "needed": duration(lesson.completion_seconds),
        }
        text = _("This lesson counts after %(needed)s. You have read for %(spent)s.") % values
        messages.info(request, text)
    following = outline.next(lesson.id)
    if following is None:
        return redirect("progress:course_progress", standing.slug)
    completed, _begun = work_of(standing.enrollment_id)
    barriers = barriers_for(standing, outline, completed=completed, now=request.now)
    barrier = barriers.get(following.id)
    if barrier is None:
        return redirect(following.url(base_url))
    if progress.completed_at is None:
        return redirect(lesson.url(base_url))
    values = {"lesson": f"{following.number} {following.title}", "why": as_sentence(barrier.text)}
    messages.info(request, _("The next lesson, “%(lesson)s”, is closed. %(why)s") % values)
    return redirect("progress:course_progress", standing.slug)


@require_POST
def reopen(request, slug, lesson_slug):
    standing, _outline, lesson = _learning_place(request, slug, lesson_slug)
    try:
        services.reopen_lesson(standing.enrollment_id, lesson.id, now=request.now)
    except services.WorkRefused as refused:
        return _refused(request, slug, refused)
    return redirect(lesson.url(lessons_url(slug)))


@public
@require_POST
def visit(request, slug, lesson_slug):
    """What the browser measured since its last report. Answers without a page."""
    standing, _outline, lesson = _working_place(request, slug, lesson_slug)
    enrollment_id = standing.enrollment_id if standing.is_on_it else NO_ENROLLMENT
    opened = opened_at(request.POST.get("visit", ""), enrollment_id, lesson.id)
    seconds = _whole_number(request.POST.get("seconds", ""))
    if opened is None or seconds is None:
        return HttpResponseBadRequest(_("This report cannot be read."), content_type="text/plain")
    if not standing.is_on_it:
        note_visit(
            request.user,
            request.session,
            lesson,
            opened_at=opened,
            now=request.now,
            seconds=seconds,
        )
        return HttpResponse(status=204)
    try:
        services.record_visit(
            standing.enrollment_id, lesson.id, opened_at=opened, seconds=seconds, now=request.now
        )
    except services.WorkRefused as refused:
        return HttpResponse(str(refused), status=409, content_type="text/plain")
    return HttpResponse(status=204)


def _visible(request, slug):
    standing = standing_of(request.user, slug=slug)
    if standing is None or not standing.is_visible:
        raise Http404
    return standing


def _place(request, slug, lesson_slug):
    """How the person stands to a course they may see, its outline, and one of its lessons; else 404."""
    standing = _visible(request, slug)
    outline = outline_at(standing.course_id, standing.outline_version)
    lesson = outline.by_slug.get(lesson_slug)
    if lesson is None:
        raise Http404
    return standing, outline, lesson


def _learning_place(request, slug, lesson_slug):
    """The same for somebody on the course; whether their work counts now is for the services to say."""
    place = _place(request, slug, lesson_slug)
    if not place[0].is_on_it:
        raise Http404
    return place


def _working_place(request, slug, lesson_slug):
    """The same, or a preview for those who are not on the course and do not teach it."""
    place = standing, outline, lesson = _place(request, slug, lesson_slug)
    if standing.is_on_it:
        return place
    if standing.teaches or not _is_open_preview(outline, lesson, request.now):
        raise Http404
    return place


def _refused(request, slug, refused):
    messages.warning(request, str(refused))
    if isinstance(refused, services.LessonLocked) and refused.lesson is not None:
        return redirect(refused.lesson.url(lessons_url(slug)))
    return redirect("courses:detail", slug)


def _whole_number(text):
    return min(int(text), MAX_SECONDS_TOLD) if text.isascii() and text.isdigit() else None


def _page_url(tab, cursor):
    return "" if cursor is None else "?" + urlencode({"state": tab, "cursor": cursor})
