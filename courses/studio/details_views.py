"""What a course says of itself: written into a draft while it is published, at once before that."""

from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from activity.undo_offer import say_done
from courses.errors import CourseRefused
from courses.models import CourseDraft
from courses.pictures import picture_url
from courses.renames import follow_renames
from courses.services import update_course
from courses.services.drafting import DraftChanged
from courses.services.drafts import discard_course_draft, edit_course
from courses.studio.access import course_to_edit
from courses.studio.details_forms import FactsForm, WordsForm
from courses.studio.differing import differing_words, words_of
from lib import jinja, markdown
from lib.text import TextRefused, clean_text

MAX_PREVIEW = 200_000  # characters that a preview renders


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def details(request, slug):
    """The words, with what differs from the published ones; below, address, subject and picture."""
    course = course_to_edit(request.user, slug)
    draft = _draft_of(course)
    part = request.POST.get("part") if request.method == "POST" else None
    if part == "discard":
        return _discard(request, course, draft)
    if part == "facts":
        return _save_facts(request, course, draft)
    if part == "words":
        return _save_words(request, course, draft)
    return _page(request, course, draft)


@require_POST
def description_preview(request, slug):
    """A description as the course's page would show it, for the place beside its field."""
    course_to_edit(request.user, slug)
    try:
        text = clean_text(request.POST.get("description", "")[:MAX_PREVIEW])
        html = markdown.render(text).html
    except (TextRefused, ValueError) as refused:
        html = format_html('<p class="text-danger">{}</p>', str(refused))
    return render(request, "courses/_description_preview.html", {"html": html})


def _save_words(request, course, draft):
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    form = WordsForm(request.POST)
    if not form.is_valid():
        if wants_json:
            return JsonResponse({"errors": form.errors}, status=422)
        return _page(request, course, draft, words_form=form)
    words, revision = form.words, form.cleaned_data["revision"]
    try:
        draft = edit_course(course.pk, revision=revision, by=request.user, now=request.now, **words)
    except DraftChanged as changed:
        return _conflict(request, course, changed.draft, words, wants_json=wants_json)
    except (CourseRefused, ValidationError) as refused:
        form.add_error(None, refused if isinstance(refused, ValidationError) else str(refused))
        if wants_json:
            return JsonResponse({"errors": form.errors}, status=422)
        return _page(request, course, draft, words_form=form)
    if wants_json:
        revision = draft.revision if draft else 0
        return JsonResponse({"revision": revision, "saved_at": jinja.time(request.now, "H:i:s")})
    if draft is None:
        say_done(request, _("Saved."))
    else:
        say_done(request, _("Saved. Students see it once you publish it."))
    return redirect("courses:studio_details", course.slug)


def _conflict(request, course, draft, words, *, wants_json):
    """Somebody else saved meanwhile: nothing of either text is lost, and the next save is a decision."""
    theirs = words_of(course) | (draft.changes if draft else {})
    context = {
        "changes": differing_words(theirs, words),
        "other": draft.edited_by if draft else None,
        "at": draft.edited_at if draft else None,
    }
    if wants_json:
        html = render_to_string("courses/_conflict.html", context, request)
        revision = draft.revision if draft else 0
        return JsonResponse({"revision": revision, "html": html}, status=409)
    form = WordsForm(initial=words | {"revision": draft.revision if draft else 0})
    return _page(request, course, draft, words_form=form, conflict=context, status=409)


def _save_facts(request, course, draft):
    form = FactsForm(request.POST, request.FILES, course=course)
    if form.is_valid():
        try:
            course = update_course(course.pk, by=request.user, now=request.now, **form.changes)
        except CourseRefused as refused:
            form.refuse(refused)
        else:
            say_done(request, _("Saved."))
            return redirect("courses:studio_details", course.slug)
    return _page(request, course, draft, facts_form=form)


def _discard(request, course, draft):
    if draft is not None:
        try:
            discard_course_draft(
                course.pk,
                revision=_number(request.POST.get("revision")),
                by=request.user,
                now=request.now,
            )
        except DraftChanged as changed:
            return _page(request, course, changed.draft)
        say_done(request, _("The changes are thrown away."))
    return redirect("courses:studio_details", course.slug)


def _page(request, course, draft, *, words_form=None, facts_form=None, conflict=None, status=200):
    published = words_of(course)
    drafted = published | (draft.changes if draft else {})
    revision = draft.revision if draft else 0
    context = {
        "course": course,
        "section": "details",
        "draft": draft,
        "changes": differing_words(published, drafted),
        "conflict": conflict,
        "words_form": words_form or WordsForm(initial=drafted | {"revision": revision}),
        "facts_form": facts_form or FactsForm(course=course),
        "picture_url": picture_url(course.pk, course.thumbnail.name),
        "preview": markdown.render(drafted["description"]).html,
    }
    return render(request, "courses/studio_details.html", context, status=status)


def _draft_of(course):
    return CourseDraft.objects.filter(course=course).select_related("edited_by").first()


def _number(text):
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
