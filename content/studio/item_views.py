"""Writing one content item: its page, what is saved while somebody types, and how a lesson will show it."""

from dataclasses import dataclass

from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activity.undo_offer import say_done
from content import videos
from content.models import ContentItem, ItemDraft, Lesson, LessonItem, VideoAsset
from content.services import items, publishing
from content.services import videos as video_services
from content.services.items import ContentRefused
from content.studio.conflicts import differences
from content.studio.item_forms import ItemForm
from courses import permissions
from courses.models import Course
from courses.renames import follow_renames
from courses.services.drafting import DraftChanged
from courses.studio.access import course_to_edit
from lib.text import TextRefused, clean_text

CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Place:
    """An item where it is being worked on."""

    course: Course
    lesson: Lesson
    item: ContentItem

    def url(self, page="studio_item"):
        return reverse(f"content:{page}", args=[self.course.slug, self.lesson.pk, self.item.pk])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def studio_item(request, slug, lesson_id, item_id):
    """The item's page. Its form saves the draft, or publishes it."""
    place = _place(request, slug, lesson_id, item_id)
    draft = _draft_of(place.item)
    form = _form(request, place, draft)
    wants_to_publish = request.POST.get("action") == "publish"
    if wants_to_publish and not permissions.can_publish_course(request.user, place.course):
        raise Http404
    saved = theirs = None
    if request.method == "POST" and form.is_valid() and form.save_files(now=request.now):
        try:
            saved = _save(request, place, form)
            if wants_to_publish:
                publishing.publish_item(place.item, by=request.user, now=request.now)
        except DraftChanged as changed:
            theirs = changed.draft or publishing.begin_draft(_fresh(place.item))
        except ContentRefused as refused:
            form.add_error(None, str(refused))
        else:
            text = _("Published. Students see it now.") if wants_to_publish else _("Draft saved.")
            say_done(request, text)
            return redirect(place.url())
    return _page(request, place, draft, form, saved=saved, theirs=theirs)


@require_POST
@follow_renames
def studio_item_draft(request, slug, lesson_id, item_id):
    """Keep what was typed so far. Fields with an error are left as they were, and named in the answer."""
    place = _place(request, slug, lesson_id, item_id)
    form = _form(request, place, _draft_of(place.item))
    form.is_valid()
    if "revision" in form.errors or "base" in form.errors:
        return JsonResponse({"errors": form.errors}, status=400)
    try:
        draft = _save(request, place, form)
    except DraftChanged:
        return JsonResponse({"error": _("Somebody else changed this meanwhile.")}, status=CONFLICT)
    except ContentRefused as refused:
        return JsonResponse({"errors": {"__all__": [str(refused)]}}, status=400)
    return JsonResponse(
        {"revision": draft.revision, "base": draft.base_number, "errors": form.errors}
    )


@require_POST
@follow_renames
def studio_item_preview(request, slug, lesson_id, item_id):
    """The item as a lesson will show it, with what stands in the form; nothing is saved."""
    place = _place(request, slug, lesson_id, item_id)
    form = _form(request, place, _draft_of(place.item))
    form.is_valid()
    return render(
        request, "content/_item_preview.html", _preview(place.item, form.preview_values())
    )


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def studio_item_discard(request, slug, lesson_id, item_id):
    """Ask, then throw away what is not published."""
    place = _place(request, slug, lesson_id, item_id)
    draft = ItemDraft.objects.filter(item=place.item).first()
    if draft is None:
        return redirect(place.url())
    if request.method == "POST":
        try:
            revision = int(request.POST.get("revision", "")[:10])
            publishing.discard_item_draft(
                place.item, revision=revision, by=request.user, now=request.now
            )
        except (ValueError, DraftChanged):
            pass  # asked anew below, about the draft as it is now
        else:
            say_done(request, _("Draft discarded."))
            return redirect(place.url())
    context = _about(place) | {"draft": draft}
    return render(request, "content/item_discard.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def studio_item_video(request, slug, lesson_id, item_id):
    """Whether the video of the draft is ready; a POST lets a job look at it once more."""
    place = _place(request, slug, lesson_id, item_id)
    video = _draft_of(place.item).video
    if request.method == "POST":
        if video is not None:
            video_services.try_again(video, by=request.user, now=request.now)
        return redirect(place.url())
    if video is None:
        return HttpResponse(status=204)
    return render(request, "content/_video_state.html", _about(place) | {"video": video})


@require_safe
@follow_renames
def studio_item_embed(request, slug, lesson_id, item_id):
    """What a text says to show the video or page at a pasted address; empty (204) where it cannot be shown."""
    _place(request, slug, lesson_id, item_id)
    try:
        url = clean_text(request.GET.get("url", "")[:2_000])
    except TextRefused:
        return HttpResponse(status=204)
    text = videos.markdown_for(videos.address_in(url), _("Video") if videos.video_at(url) else url)
    if text is None:
        return HttpResponse(status=204)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _place(request, slug, lesson_id, item_id):
    course = course_to_edit(request.user, slug)
    entry = (
        LessonItem.objects.select_related("lesson__module", "item__current_version")
        .filter(
            lesson=lesson_id,
            item=item_id,
            lesson__course=course,
            lesson__deleted_at__isnull=True,
            lesson__module__deleted_at__isnull=True,
            item__deleted_at__isnull=True,
        )
        .first()
    )
    if entry is None:
        raise Http404
    return Place(course, entry.lesson, entry.item)


def _fresh(item):
    return ContentItem.objects.select_related("current_version").get(pk=item.pk)


def _draft_of(item):
    """The draft, or an unsaved one that says what the item says now."""
    parts = ("media", "video__file", "video__poster", "video__captions", "edited_by")
    saved = ItemDraft.objects.select_related(*parts).filter(item=item).first()
    return saved or publishing.begin_draft(item)


def _form(request, place, draft):
    is_sent = request.method == "POST"
    return ItemForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        item=place.item,
        draft=draft,
        user=request.user,
        course=place.course,
    )


@transaction.atomic
def _save(request, place, form):
    """The draft as the form has it; where it is refused, nothing of it is kept, the parts of a video neither."""
    draft = publishing.save_item_draft(
        place.item,
        revision=form.cleaned_data["revision"],
        base=form.cleaned_data["base"],
        by=request.user,
        now=request.now,
        **form.draft_values(now=request.now),
    )
    form.save_alt(now=request.now)
    return draft


def _page(request, place, draft, form, *, saved, theirs):
    """The page as it is, or after a form that was refused; `theirs` is what another person saved meanwhile."""
    known = (
        theirs or saved or (draft if "revision" in form.errors or "base" in form.errors else None)
    )
    values = form.preview_values() if form.is_bound else _values_of(draft)
    context = _about(place) | {
        "form": form,
        "draft": draft,
        "is_saved": draft.edited_at is not None,
        "theirs": theirs,
        "differences": differences(form, theirs) if theirs else [],
        "revision": known.revision if known else form["revision"].value(),
        "base": known.base_number if known else form["base"].value(),
        "may_publish": permissions.can_publish_course(request.user, place.course),
        "other_places": _other_places(place),
        "hosts": videos.hosts(),
        "video_has_more": _video_has_more(draft, form),
        **_preview(place.item, values),
    }
    status = CONFLICT if theirs else 422 if form.errors else 200
    return render(request, "content/item_edit.html", context, status=status)


def _video_has_more(draft, form):
    """Whether the folded part of a video's form has something to see."""
    parts = ("captions", "poster", "duration_seconds")
    names = ("captions", "captions_upload", "poster", "poster_upload", "minutes")
    return any(getattr(draft.video, part, None) for part in parts) or any(
        name in form.errors for name in names
    )


def _values_of(draft):
    return {name: getattr(draft, name) for name in ("title", *items.VERSION_FIELDS)}


def _preview(item, values):
    try:
        return {"preview": items.preview(item, values), "preview_problem": ""}
    except ContentRefused as refused:
        return {"preview": "", "preview_problem": str(refused)}


def _other_places(place):
    """How many other lessons show the item: what is published here changes there too."""
    return (
        LessonItem.objects.filter(item=place.item, lesson__deleted_at__isnull=True)
        .exclude(lesson=place.lesson)
        .count()
    )


def _about(place):
    lesson_url = reverse("content:studio_lesson", args=[place.course.slug, place.lesson.pk])
    return {
        "course": place.course,
        "section": "outline",
        "lesson": place.lesson,
        "item": place.item,
        "Kind": ContentItem.Kind,
        "Status": VideoAsset.Status,
        "lesson_url": lesson_url,
        "here": place.url(),
        "page_of": place.url,
        "crumbs": ((place.lesson.title, lesson_url), (place.item.title, "")),
    }
