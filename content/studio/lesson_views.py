"""The page of a lesson for those who write it: its words, its items in order, its rules."""

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from activity.undo_offer import say_done
from content.models import ContentItem, ItemDraft, Lesson, LessonDraft
from content.permissions import items_of
from content.rules import lesson_sentence
from content.services import items
from content.services.items import ContentRefused
from content.services.outline import OutlineRefused
from content.services.publishing import DRAFTED_FIELDS, edit_lesson
from content.studio.impact import confirm
from content.studio.lesson_actions import AskedOfLesson
from content.studio.lesson_forms import LessonWordsForm
from content.studio.outline_actions import uuid_or_none
from courses import permissions
from courses.renames import follow_renames
from courses.services.drafting import DraftChanged
from courses.studio.access import course_to_edit
from courses.studio.differing import differing, yes_or_no
from lib import jinja
from lib.pagination import page_url, paginate
from lib.text import TextRefused, clean_text

PICKED_PER_PAGE = 20
MAX_SEARCH = 200  # characters
REFUSALS = (OutlineRefused, ContentRefused, TextRefused)

#: The kinds of items with their icons, in the order in which they are offered.
KIND_ICONS = {
    "text": "file-text",
    "image": "image",
    "video": "video",
    "audio": "headphones",
    "file": "file",
    "presentation": "presentation",
    "embed": "code",
}


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def lesson(request, slug, lesson_id):
    """The lesson, its words to be saved, and what is done with its items."""
    course = course_to_edit(request.user, slug)
    found = _lesson(course, lesson_id)
    if request.method != "POST":
        return _page(request, course, found)
    if request.POST.get("do", "save") == "save":
        return _save(request, course, found)
    return _change(request, AskedOfLesson(request, course, found))


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def pick(request, slug, lesson_id):
    """Content that is there already, to be shown in this lesson too."""
    course = course_to_edit(request.user, slug)
    found = _lesson(course, lesson_id)
    offered = ContentItem.objects.filter(deleted_at__isnull=True)
    offered = offered if request.user.is_admin else items_of(request.user, offered)
    if request.method == "POST":
        chosen = offered.filter(pk=uuid_or_none(request.POST.get("item", ""))).first()
        if chosen is None:
            messages.error(request, _("This is not there any more."))
            return redirect("content:studio_lesson_pick", slug, lesson_id)
        items.put_in_lesson(found, chosen, by=request.user, now=request.now)
        say_done(request, _("“%(title)s” was added.") % {"title": chosen})
        return redirect("content:studio_lesson", slug, lesson_id)
    chosen = {"q": _search_text(request), "kind": request.GET.get("kind", "")}
    if chosen["q"]:
        offered = offered.filter(title__icontains=chosen["q"])
    if chosen["kind"] in ContentItem.Kind.values:
        offered = offered.filter(kind=chosen["kind"])
    page = paginate(
        offered, order=("title", "id"), cursor=request.GET.get("cursor"), size=PICKED_PER_PAGE
    )
    here = reverse("content:studio_lesson", args=[slug, lesson_id])
    context = {
        "course": course,
        "section": "outline",
        "lesson": found,
        "items": page.items,
        "chosen": chosen,
        "kinds": ContentItem.Kind.choices,
        "icons": KIND_ICONS,
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
        "crumbs": [*_crumbs(course), (found.title, here), (_("From the library"), "")],
    }
    return render(request, "content/studio_pick.html", context)


def _save(request, course, found):
    """Keep the words, for a person or a script that asks for JSON."""
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    form = _form(course, found, request.POST)
    if form.is_valid():
        try:
            draft = edit_lesson(
                found,
                revision=form.base_revision,
                by=request.user,
                now=request.now,
                **form.words,
            )
        except DraftChanged as changed:
            return _conflict(request, course, found, form, changed.draft, wants_json=wants_json)
        except REFUSALS as refused:
            form.add_error(None, str(refused))
        else:
            revision = draft.revision if draft else 0
            if wants_json:
                saved_at = jinja.time(request.now, "H:i:s")
                return JsonResponse({"revision": revision, "saved_at": saved_at})
            waits = _("Saved. Students see it once you publish it.")
            say_done(request, waits if draft else _("Saved."))
            return redirect("content:studio_lesson", course.slug, found.pk)
    if wants_json:
        return JsonResponse({"errors": form.errors}, status=422)
    return _page(request, course, found, form=form)


def _conflict(request, course, found, form, draft, *, wants_json):
    """Somebody else saved meanwhile: both texts are shown, and the next save is a decision."""
    theirs = _words(found) | (draft.changes if draft else {})
    labels = [
        (name, capfirst(Lesson._meta.get_field(name).verbose_name)) for name in DRAFTED_FIELDS
    ]
    conflict = {
        "changes": differing(theirs, form.words, labels, _tell),
        "other": draft.edited_by if draft else None,
        "at": draft.edited_at if draft else None,
    }
    revision = draft.revision if draft else 0
    if wants_json:
        html = render_to_string("courses/_conflict.html", conflict, request)
        return JsonResponse({"revision": revision, "html": html}, status=409)
    mine = _form(course, found, initial=form.words | {"revision": revision})
    return _page(request, course, found, form=mine, conflict=conflict, status=409)


def _change(request, asked):
    if asked.action is None:
        return redirect(asked.here)
    done = []

    def change():
        done.append(asked.action.run(asked))

    try:
        if asked.action.is_felt and asked.course.is_published:
            question = confirm(
                request,
                asked.course,
                change,
                title=_("Change “%(lesson)s”?") % {"lesson": asked.lesson},
                cancel_url=asked.here,
                section="outline",
            )
            if question is not None:
                return question
        else:
            change()
    except (*REFUSALS, DraftChanged) as refused:
        messages.error(request, str(refused))
        return redirect(asked.here)
    text, url = done[0]
    say_done(request, text)
    return redirect(url)


def _page(request, course, found, *, form=None, conflict=None, status=200):
    draft = LessonDraft.objects.filter(lesson=found).select_related("edited_by").first()
    words = _words(found) | (draft.changes if draft else {})
    revision = draft.revision if draft else 0
    entries = _entries(found)
    context = {
        "course": course,
        "section": "outline",
        "lesson": found,
        "title": words["title"],
        "draft": draft,
        "revision": revision,
        "form": form or _form(course, found, initial=words | {"revision": revision}),
        "conflict": conflict,
        "entries": entries,
        "is_waiting": found.is_draft or bool(draft) or any(entry.has_draft for entry in entries),
        "rules": lesson_sentence(found),
        "kinds": [(value, label, KIND_ICONS[value]) for value, label in ContentItem.Kind.choices],
        "icons": KIND_ICONS,
        "may_publish": permissions.can_publish_course(request.user, course),
        "crumbs": [*_crumbs(course), (words["title"], "")],
    }
    return render(request, "content/studio_lesson.html", context, status=status)


def _form(course, found, data=None, **options):
    """The form of the words; a script saves it while somebody types."""
    here = reverse("content:studio_lesson", args=[course.slug, found.pk])
    attributes = {"data-autosave": here, "data-unsaved": ""}
    return LessonWordsForm(data, form_action=here, form_attrs=attributes, **options)


def _lesson(course, lesson_id):
    lessons = Lesson.objects.live().select_related("module")
    found = get_object_or_404(lessons, course=course, pk=lesson_id, module__deleted_at__isnull=True)
    found.course = course
    return found


def _entries(found):
    """What the lesson shows, in order; each item knows whether changes of it wait."""
    has_draft = Exists(ItemDraft.objects.filter(item=OuterRef("item")))
    entries = found.items.select_related("item__current_version", "pinned_version")
    return list(entries.annotate(has_draft=has_draft).order_by("position"))


def _words(found):
    return {name: getattr(found, name) for name in DRAFTED_FIELDS}


def _tell(name, value):
    if name == "is_preview":
        return yes_or_no(value)
    if name == "duration_minutes":
        return jinja.minutes(value)
    return str(value)


def _crumbs(course):
    return [(_("Outline"), reverse("content:studio_outline", args=[course.slug]))]


def _search_text(request):
    try:
        return clean_text(request.GET.get("q", "")[:MAX_SEARCH]).strip()
    except TextRefused:
        return ""
