"""Earlier versions of a course, a lesson or an item: who, when, what; looked at, compared, brought back."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from activity.undo_offer import say_done
from content.services.items import ContentRefused
from content.services.outline import OutlineRefused
from content.studio.versions import history_of
from courses.errors import CourseRefused
from courses.renames import follow_renames
from courses.services.drafting import DraftChanged
from courses.studio.access import course_to_edit
from lib.pagination import page_url, paginate

PER_PAGE = 25
TO_COMPARE = 50  # versions that the choice offers

REFUSALS = (CourseRefused, OutlineRefused, ContentRefused)


@require_safe
@follow_renames
def course_versions(request, slug):
    """Those of the course itself."""
    course = course_to_edit(request.user, slug)
    return _list(request, history_of(course, "course", course.pk))


@require_safe
@follow_renames
def versions_of(request, slug, kind, row_id):
    """Those of a lesson or an item of the course."""
    course = course_to_edit(request.user, slug)
    return _list(request, history_of(course, kind, row_id))


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def version(request, slug, kind, row_id, number):
    """One version as students saw it, beside another (`?with=`); a POST brings it back as a draft."""
    course = course_to_edit(request.user, slug)
    history = history_of(course, kind, row_id)
    shown = get_object_or_404(history.versions, number=number)
    if request.method == "POST":
        return _restore(request, history, shown)
    return _page(request, history, shown)


def _list(request, history):
    page = paginate(
        history.versions, order=("-number", "-id"), cursor=request.GET.get("cursor"), size=PER_PAGE
    )
    context = {
        "course": history.course,
        "section": "versions",
        "history": history,
        "page": page,
        "previous_url": page_url({}, page.previous_cursor),
        "next_url": page_url({}, page.next_cursor),
        "crumbs": _crumbs(history),
    }
    return render(request, "content/studio_versions.html", context)


def _page(request, history, shown, *, refusal="", status=200):
    other = _other(history, request.GET.get("with", ""))
    changes = []
    if other is not None:
        before, after = sorted((other, shown), key=lambda each: each.number)
        changes = history.differences(before, after)
    numbers = history.versions.order_by("-number").values_list("number", flat=True)[:TO_COMPARE]
    context = {
        "course": history.course,
        "section": "versions",
        "history": history,
        "version": shown,
        "html": history.shown(shown),
        "other": other,
        "other_html": history.shown(other) if other is not None else "",
        "changes": changes,
        "numbers": [number for number in numbers if number != shown.number],
        "revision": history.revision,
        "is_last": not history.versions.filter(number__gt=shown.number).exists(),
        "refusal": refusal,
        "crumbs": [
            *_crumbs(history, linked=True),
            (_("Version %(num)d") % {"num": shown.number}, ""),
        ],
    }
    return render(request, "content/studio_version.html", context, status=status)


def _restore(request, history, shown):
    text = request.POST.get("revision", "")
    revision = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    try:
        missing = history.restore(shown, revision=revision, by=request.user, now=request.now)
    except DraftChanged:
        refusal = _("Somebody changed the draft meanwhile. Look at it, then restore again.")
        return _page(request, history, shown, refusal=refusal, status=409)
    except REFUSALS as refused:
        return _page(request, history, shown, refusal=str(refused), status=422)
    except ValidationError as refused:
        return _page(request, history, shown, refusal=" ".join(refused.messages), status=422)
    say_done(request, _done(history, shown, missing))
    return redirect("content:studio_publish", history.course.slug)


def _done(history, shown, missing):
    text = _("Version %(num)d is back as a draft. Publish it to show it to students.")
    done = text % {"num": shown.number}
    if missing:
        text = _("Not in the lesson any more: %(titles)s.")
        done = f"{done} {text % {'titles': ', '.join(missing)}}"
    return done


def _other(history, text):
    """The version to compare with; None where none is asked for or there is none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        return None
    return history.versions.filter(number=int(text)).first()


def _crumbs(history, *, linked=False):
    course = reverse("content:studio_versions", args=[history.course.slug])
    if history.kind == "course":
        return [(_("Versions"), course if linked else "")]
    here = reverse(
        "content:studio_versions_of", args=[history.course.slug, history.kind, history.thing.pk]
    )
    return [(_("Versions"), course), (history.title, here if linked else "")]
