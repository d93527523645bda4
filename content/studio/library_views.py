"""The media library: what is there, taking in, describing, replacing."""

from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activity.undo_offer import say_done
from content import permissions
from content.models import MediaAsset
from content.rendering import media_url
from content.services import media, replacing
from content.services.items import ContentRefused
from content.studio.library import STATES, Chosen, files_for, is_used, places_of, tags_of
from content.studio.library_forms import FileForm, ReplaceForm, TagForm, UploadForm
from courses.studio.access import course_to_edit
from lib.files import FileRefused
from lib.pagination import page_url, paginate

NEWEST_FIRST = ("-created_at", "-id")
PER_PAGE = 24
IN_PICKER = 12


@require_safe
def library(request):
    """The files, all or those of a course, as pictures or as a list."""
    _require_library(request.user)
    course = _course_of(request, request.GET)
    files = files_for(request.user, course)
    chosen = Chosen.of(request.GET)
    is_list = request.GET.get("view") == "list"
    page = paginate(
        chosen.narrow(files, request.user)
        .select_related("owner", "course")
        .annotate(used=is_used()),
        order=NEWEST_FIRST,
        cursor=request.GET.get("cursor"),
        size=PER_PAGE,
    )
    address = {
        **chosen._asdict(),
        "course": course.slug if course else "",
        "view": "list" if is_list else "",
    }
    context = _frame(course) | {
        "page": page,
        "chosen": chosen,
        "is_filtered": any(chosen),
        "is_list": is_list,
        "tags": tags_of(files),
        "kinds": MediaAsset.Kind.choices,
        "states": STATES,
        "form": _upload_form(course),
        "address": address,
        "url_with": _address_with(address),
        "previous_url": page_url(address, page.previous_cursor),
        "next_url": page_url(address, page.next_cursor),
    }
    return render(request, "content/library.html", context)


@require_safe
def library_picker(request):
    """Files to choose from within an editor."""
    _require_library(request.user)
    kinds = set(request.GET.get("kinds", "").split(",")) & set(MediaAsset.Kind.values)
    chosen = Chosen.of({"q": request.GET.get("q", "")})
    files = files_for(request.user).filter(kind__in=kinds or MediaAsset.Kind.values)
    page = paginate(
        chosen.narrow(files, request.user),
        order=NEWEST_FIRST,
        cursor=request.GET.get("cursor"),
        size=IN_PICKER,
    )
    address = {"q": chosen.q, "kinds": ",".join(sorted(kinds))}
    context = {
        "page": page,
        "chosen": chosen,
        "kinds": address["kinds"],
        "previous_url": page_url(address, page.previous_cursor),
        "next_url": page_url(address, page.next_cursor),
    }
    return render(request, "content/library_picker.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def library_upload(request):
    """Take files in. A script sends them one by one and reads JSON; a form is led back to the library."""
    _require_library(request.user)
    course = _course_of(request, request.POST if request.method == "POST" else request.GET)
    form = _upload_form(course, request.POST or None, request.FILES or None)
    wants_json = request.headers.get("Accept") == "application/json"
    if form.is_valid():
        added, refused = _take_in(request, form, course)
        if wants_json:
            return _as_json(added[0]) if added else JsonResponse({"error": refused[0]}, status=422)
        if not refused:
            text = ngettext("%(num)d file is in the library.", "%(num)d files are in the library.", len(added))  # fmt: skip
            say_done(request, text % {"num": len(added)})
            return redirect(_library_url(course))
        for message in refused:
            form.add_error("files", message)
    elif wants_json:
        errors = [str(error) for found in form.errors.values() for error in found]
        return JsonResponse({"error": " ".join(errors) or _("Choose a file.")}, status=422)
    context = _frame(course) | {"form": form}
    return render(
        request, "content/library_upload.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def library_file(request, media_id):
    """One file: what it is, what is said of it, where it is shown."""
    asset = _file(request, media_id)
    form = FileForm(request.POST or None, asset=asset)
    if form.is_valid():
        media.update_media(asset, **form.cleaned_data, by=request.user, now=request.now)
        say_done(request, _("Saved."))
        return redirect("content:library_file", asset.pk)
    return _file_page(request, asset, form, ReplaceForm())


@require_POST
def library_replace(request, media_id):
    """Put another file in this one's place, wherever it is shown."""
    asset = _file(request, media_id)
    form = ReplaceForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            new, count = _replace(request, asset, form.cleaned_data["upload"])
        except FileRefused as refused:
            form.add_error("upload", refused.message)
        except ContentRefused as refused:  # an item that shows it could not be saved as it is
            form.add_error("upload", str(refused))
        else:
            text = ngettext("Replaced in %(num)d item.", "Replaced in %(num)d items.", count)
            say_done(request, text % {"num": count})
            return redirect("content:library_file", new.pk)
    return _file_page(request, asset, FileForm(asset=asset), form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def library_tags(request):
    """The tags: calling them differently, putting two together, taking one away."""
    _require_library(request.user)
    files = files_for(request.user)
    form = TagForm(request.POST or None)
    if form.is_valid():
        old, new = form.cleaned_data["old"], form.cleaned_data["new"]
        count = media.rename_tag(files, old, new, by=request.user, now=request.now)
        text = ngettext("%(num)d file changed.", "%(num)d files changed.", count)
        say_done(request, text % {"num": count})
        return redirect("content:library_tags")
    context = _frame(None) | {"tags": tags_of(files), "form": form}
    return render(request, "content/library_tags.html", context, status=422 if form.errors else 200)


def _require_library(user):
    if not permissions.can_use_library(user):
        raise Http404


def _course_of(request, values):
    slug = values.get("course", "")
    return course_to_edit(request.user, slug[:200].replace("\x00", "")) if slug else None


def _file(request, media_id):
    _require_library(request.user)
    return get_object_or_404(files_for(request.user).select_related("owner", "course"), pk=media_id)


def _frame(course):
    return {"course": course, "section": "library", "nav": "studio", "home": _library_url(course)}


def _library_url(course):
    home = reverse("content:library")
    return f"{home}?course={course.slug}" if course else home


def _address_with(address):
    """A function that gives the query string with some filters changed, from the first page on."""

    def url_with(**changes):
        return "?" + urlencode(
            {name: value for name, value in (address | changes).items() if value}
        )

    return url_with


def _upload_form(course, *sent):
    address = reverse("content:library_upload")
    return UploadForm(
        *sent,
        initial={"course": course.slug if course else ""},
        form_action=address,
        form_attrs={
            "data-uploader": "",
            "data-say-uploading": _("Uploading {name} …"),
            "data-say-failed": _("{name} could not be uploaded."),
            "data-say-cancel": _("Cancel upload"),
        },
    )


def _take_in(request, form, course):
    """Files that were taken, and a sentence for each that was not."""
    added, refused = [], []
    for file in form.cleaned_data["files"]:
        try:
            added.append(
                media.add_media(
                    file,
                    name=file.name,
                    course=course,
                    alt=form.cleaned_data["alt"],
                    by=request.user,
                    now=request.now,
                )
            )
        except FileRefused as error:
            refused.append(f"{file.name}: {error.message}")
    return added, refused


def _as_json(asset):
    address = reverse("content:media", args=[asset.pk, "original"])
    return JsonResponse(
        {
            "id": str(asset.pk),
            "title": asset.title,
            "kind": asset.kind,
            "alt": asset.alt,
            "url": address,
            "page": reverse("content:library_file", args=[asset.pk]),
        },
        status=201,
    )


@transaction.atomic
def _replace(request, asset, upload):
    """The new file, and in how many items it stands now; where it is refused, it is not kept either."""
    foreign = replacing.items_showing(asset)
    if not request.user.is_admin:
        mine = permissions.items_of(request.user).values("pk")
        if foreign.exclude(pk__in=mine).exists():
            raise FileRefused(
                "shown_elsewhere",
                _("Courses of other people show this file too. Ask an admin to replace it."),
            )
    who = {"by": request.user, "now": request.now}
    replacing.check_kind(asset, media.kind_of(upload, upload.name))
    is_known = media.is_stored(upload)
    new = media.add_media(
        upload,
        name=upload.name,
        course=asset.course,
        access=asset.access,
        alt=asset.alt,
        tags=asset.tags,
        **who,
    )
    try:
        return new, replacing.replace_everywhere(asset, new, **who)
    except (ContentRefused, FileRefused):
        if not is_known:
            media.delete_stored(new)
        raise


def _file_page(request, asset, form, replace_form, *, status=200):
    replace_form.form_action = reverse("content:library_replace", args=[asset.pk])
    form.form_action = reverse("content:library_file", args=[asset.pk])
    context = _frame(None) | {
        "asset": asset,
        "form": form,
        "replace_form": replace_form,
        "places": places_of(asset, request.user),
        "original_url": media_url(asset.pk),
        "is_kept_by_versions": asset.uses.exists(),
    }
    status = 422 if form.errors else status
    return render(request, "content/library_file.html", context, status=status)
