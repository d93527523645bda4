"""Publishing: what students see now, what they would see, and the button between."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from activity.undo_offer import say_done
from content.services.publication import publish_changes
from content.studio.waiting import waiting_in
from courses import permissions, preflight
from courses.errors import CourseRefused, NotReady
from courses.models import CourseVersion
from courses.renames import follow_renames
from courses.services import publish_course
from courses.studio.access import course_to_edit
from lib.text import TextRefused, clean_text
from users.models import Permission

MAX_NOTE = CourseVersion._meta.get_field("note").max_length
SHOWN = 20  # findings of each kind; the others are on the page of the preflight


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def publish(request, slug):
    """Everything that waits, each with a difference and a checkbox; for a course that is not published, all of it."""
    course = course_to_edit(request.user, slug, Permission.COURSE_EDIT, Permission.COURSE_PUBLISH)
    may_publish = permissions.can_publish_course(request.user, course)
    waiting = waiting_in(course)
    if request.method == "POST":
        if not may_publish:
            raise Http404
        return _publish(request, course, waiting)
    return _page(request, course, waiting, may_publish=may_publish)


def _publish(request, course, waiting):
    chosen = None
    note, refusal = _note(request)
    if course.is_published:
        chosen = set(_ids(request.POST.getlist("lesson")))
        with_words = "words" in request.POST
        if not chosen and not with_words:
            refusal = _("Choose what is to be published.")
    if request.POST.get("stamp") != waiting.stamp:
        refusal = _("Something was changed meanwhile. Look at it again, then publish.")
    findings = []
    if not refusal:
        who = {"by": request.user, "now": request.now, "note": note}
        try:
            if course.is_published:
                publish_changes(course.pk, with_words=with_words, lesson_ids=chosen, **who)
            else:
                publish_course(course.pk, **who)
        except NotReady as refused:
            refusal, findings = _("Not published. Mend this first:"), refused.findings
        except CourseRefused as refused:
            refusal = str(refused)
        else:
            say_done(request, _done(course))
            return redirect("content:studio_publish", course.slug)
    return _page(
        request,
        course,
        waiting,
        chosen=chosen,
        with_words="words" in request.POST,
        note=note,
        refusal=refusal,
        blocking=findings,
        status=422,
    )


def _done(course):
    if course.is_published:
        return _("Published. Students see it now.")
    return _("“%(title)s” is published.") % {"title": course.title}


def _page(
    request,
    course,
    waiting,
    *,
    may_publish=True,
    chosen=None,
    with_words=True,
    note="",
    refusal="",
    blocking=(),
    status=200,
):
    """`chosen`: ids of lessons that are ticked, None for all of them."""
    findings = preflight.findings_of(course)
    errors = [finding for finding in findings if finding.is_error]
    context = {
        "course": course,
        "section": "publish",
        "waiting": waiting,
        "may_publish": may_publish,
        "chosen": chosen,
        "with_words": with_words,
        "note": note,
        "max_note": MAX_NOTE,
        "refusal": refusal,
        "blocking": blocking,
        "errors": errors[:SHOWN],
        "is_blocked": any(error.is_blocking for error in errors) or not course.is_published,
        "doubts": _doubts(len(findings) - len(errors)),
        "check_url": reverse("content:studio_check", args=[course.slug]),
    }
    return render(request, "content/studio_publish.html", context, status=status)


def _doubts(count):
    if not count:
        return ""
    return ngettext("%(num)d thing is worth a look.", "%(num)d things are worth a look.", count) % {
        "num": count
    }


def _note(request):
    """The note as it is kept, and why it cannot be."""
    given = request.POST.get("note", "")
    try:
        note = " ".join(clean_text(given[: 10 * MAX_NOTE]).split())
    except TextRefused as refused:
        return "", str(refused)
    if len(note) > MAX_NOTE:
        return note, _("The note is longer than %(num)d characters.") % {"num": MAX_NOTE}
    return note, ""


def _ids(texts):
    for text in texts:
        try:
            yield UUID(text)
        except ValueError:
            continue
