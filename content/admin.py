"""Content in the back office: instructors work on their own and their courses', every change by a service."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content import permissions
from content.forms import (
    ItemForm,
    LessonForm,
    LessonItemForm,
    LessonItemFormSet,
    MediaForm,
    ModuleForm,
    VideoForm,
)
from content.models import (
    ContentItem,
    ContentVersion,
    Lesson,
    LessonItem,
    MediaAsset,
    MediaUse,
    Module,
    VideoAsset,
)
from content.rendering import media_url
from content.services import items, media, outline
from content.services.items import ContentRefused
from content.services.media import StillShown
from content.services.outline import OutlineRefused
from courses.models import Course
from lib.files import FileRefused
from tenancy.admin import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    TenantAdmin,
    TenantTabularInline,
    service_action,
)

REFUSALS = (ContentRefused, FileRefused, OutlineRefused, StillShown)


def who(request):
    """The keywords that every service wants."""
    return {"by": request.user, "now": request.now}


class TrashFilter(admin.SimpleListFilter):
    """Hides the trash unless it is asked for."""

    title = gettext_lazy("trash")
    parameter_name = "trash"

    def lookups(self, request, model_admin):
        return [("only", _("In the trash"))]

    def queryset(self, request, queryset):
        return queryset.filter(deleted_at__isnull=self.value() != "only")


class ContentAdmin(TenantAdmin):
    """What has a trash: nothing is deleted here for good."""

    refusals = REFUSALS
    actions = ["trash", "restore"]
    trash_service = restore_service = None

    def can_delete(self, user, obj=None):
        return False

    @service_action(gettext_lazy("Put into the trash"))
    def trash(self, request, row):
        type(self).trash_service(row, **who(request))

    @service_action(gettext_lazy("Take out of the trash"))
    def restore(self, request, row):
        type(self).restore_service(row, **who(request))


class UseOfMediaInline(ReadOnlyInline):
    model = MediaUse
    fields = readonly_fields = ["content_item", "number", "src", "created_at"]
    verbose_name_plural = gettext_lazy("Shown in")
    show_change_link = False

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("version__item")
        return rows.defer("version__body", "version__html")

    @admin.display(description=gettext_lazy("content item"))
    def content_item(self, use):
        url = reverse("admin:content_contentitem_change", args=[use.version.item_id])
        return format_html('<a href="{}">{}</a>', url, use.version.item.title)

    @admin.display(description=gettext_lazy("version"))
    def number(self, use):
        return use.version.number


@admin.register(MediaAsset)
class MediaAssetAdmin(ContentAdmin):
    """The media library. A file comes in by its form and never changes afterwards."""

    form = MediaForm
    trash_service, restore_service = (
        staticmethod(media.trash_media),
        staticmethod(media.restore_media),
    )
    list_display = ["title", "kind", "mime_type", "size", "access", "course", "owner", "created_at"]
    list_select_related = ["course", "owner"]
    list_filter = [TrashFilter, "kind", "access", "course"]
    search_fields = ["title__istartswith", "=sha256"]
    search_help_text = gettext_lazy("The beginning of the title.")
    autocomplete_fields = ["course"]
    ordering = ["-created_at", "-id"]
    readonly_fields = ["shown", "kind", "mime_type", "size", "width", "height", "sha256", "owner"]
    readonly_fields += ["source", "deleted_at", "created_at", "updated_at"]
    inlines = [UseOfMediaInline]

    def scope_for_instructor(self, user, queryset):
        return permissions.media_of(user, queryset)

    def pickable_by(self, user, queryset, source_field):
        return self.rows_for(user, queryset).filter(deleted_at__isnull=True)

    def get_fieldsets(self, request, obj=None):
        about = ["title", "alt", "access", "course"]
        if obj is None:
            return [(None, {"fields": ["upload", *about]})]
        more = {"fields": self.readonly_fields[1:], "classes": ["collapse"]}
        return [(None, {"fields": ["shown", *about]}), (gettext_lazy("The file"), more)]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "course"] if obj else self.readonly_fields

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    @admin.display(description=gettext_lazy("file"))
    def shown(self, asset):
        url = media_url(asset.pk)
        if asset.kind == MediaAsset.Kind.IMAGE:
            small = min((entry["width"] for entry in asset.variants), default="original")
            picture = media_url(asset.pk, small)
            return format_html(
                '<a href="{}"><img src="{}" alt="{}" width="320"></a>', url, picture, asset.alt
            )
        return format_html('<a href="{}">{}</a>', url, asset.title)

    def save_model(self, request, obj, form, change):
        values = form.cleaned_data
        if change:
            saved = media.update_media(
                MediaAsset.objects.get(pk=obj.pk),
                **{name: values[name] for name in ("title", "alt", "access")},
                **who(request),
            )
        else:
            upload = values["upload"]
            saved = media.add_media(
                upload,
                name=upload.name,
                title=values["title"],
                alt=values["alt"],
                access=values["access"],
                course=values["course"],
                **who(request),
            )
        obj.__dict__.update(saved.__dict__)


@admin.register(VideoAsset)
class VideoAssetAdmin(TenantAdmin):
    """Videos, at a provider or of our own."""

    form = VideoForm
    refusals = REFUSALS
    list_display = ["title", "provider", "provider_id", "status", "duration_seconds", "created_at"]
    list_filter = ["provider", "status"]
    search_fields = ["title__istartswith", "=provider_id"]
    autocomplete_fields = ["file", "poster", "captions"]
    ordering = ["-created_at", "-id"]
    readonly_fields = ["provider", "provider_id", "status", "created_at", "updated_at"]

    def scope_for_instructor(self, user, queryset):
        return permissions.videos_of(user, queryset)

    def get_fieldsets(self, request, obj=None):
        fields = ["title", "description", "poster", "captions", "duration_seconds"]
        if obj is None:
            return [(None, {"fields": ["address", "file", *fields]})]
        return [(None, {"fields": [*fields, "file", *self.readonly_fields]})]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "file"] if obj else self.readonly_fields

    def save_model(self, request, obj, form, change):
        values = form.cleaned_data
        if change:
            super().save_model(request, obj, form, change)
            items.refresh_html(ContentItem.objects.filter(current_version__video=obj))
            return
        names = ("title", "description", "file", "poster", "captions", "duration_seconds")
        saved = items.add_video(
            url=values["address"], **{name: values[name] for name in names}, **who(request)
        )
        obj.__dict__.update(saved.__dict__)


class VersionInline(ReadOnlyInline):
    model = ContentVersion
    fk_name = "item"
    fields = readonly_fields = ["number", "created_at", "created_by", "media", "video"]
    ordering = ["-number"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.select_related("item", "created_by", "media", "video").defer("html")


class UseOfItemInline(ReadOnlyInline):
    model = LessonItem
    fk_name = "item"
    fields = readonly_fields = ["lesson", "position", "pinned_version"]
    verbose_name_plural = gettext_lazy("Shown in lessons")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("lesson", "pinned_version")


@admin.register(ContentItem)
class ContentItemAdmin(ContentAdmin):
    """Content to be shown in lessons. Saving something new adds a version; old ones stay."""

    form = ItemForm
    trash_service, restore_service = (
        staticmethod(items.trash_item),
        staticmethod(items.restore_item),
    )
    list_display = ["title", "kind", "version", "owner", "updated_at"]
    list_select_related = ["owner", "current_version"]
    list_filter = [TrashFilter, "kind"]
    search_fields = ["title__istartswith"]
    search_help_text = gettext_lazy("The beginning of the title.")
    ordering = ["title", "id"]
    inlines = [VersionInline, UseOfItemInline]
    readonly_fields = ["version", "owner", "deleted_at", "created_at", "updated_at"]

    def scope_for_instructor(self, user, queryset):
        return permissions.items_of(user, queryset)

    def pickable_by(self, user, queryset, source_field):
        return self.rows_for(user, queryset).filter(deleted_at__isnull=True)

    def get_fieldsets(self, request, obj=None):
        content = ["kind", "title", "body", "media", "video", "url", "caption"]
        shown = [(None, {"fields": content})]
        if obj is not None:
            more = {"fields": self.readonly_fields, "classes": ["collapse"]}
            shown.append((gettext_lazy("More"), more))
        return shown

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "kind"] if obj else self.readonly_fields

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        for name in ("media", "video"):
            if name in form.base_fields:
                form.base_fields[name] = self._choice_of(request, form.base_fields[name], name)
        return form

    def _choice_of(self, request, declared, name):
        """A field of the next version, with the rows that the person may choose; new for each request."""
        source = ContentVersion._meta.get_field(name)
        model_admin = self.admin_site.get_model_admin(source.remote_field.model)
        rows = source.remote_field.model.objects.all()
        return forms.ModelChoiceField(
            model_admin.pickable_by(request.user, rows, source),
            required=False,
            label=declared.label,
            widget=admin.widgets.AutocompleteSelect(source, self.admin_site),
        )

    @admin.display(description=gettext_lazy("version"), ordering="current_version__number")
    def version(self, item):
        return item.current_version.number if item.current_version else None

    def save_model(self, request, obj, form, change):
        values = form.cleaned_data
        if change:
            saved = items.update_item(
                ContentItem.objects.get(pk=obj.pk), title=values["title"], **who(request)
            )
        else:
            saved = items.add_item(kind=values["kind"], title=values["title"], **who(request))
        items.save_version(saved, **form.version_values(), **who(request))
        obj.__dict__.update(ContentItem.objects.get(pk=saved.pk).__dict__)


@admin.register(ContentVersion)
class ContentVersionAdmin(ReadOnlyAdmin):
    """What items said, and when. An old one can be made the current one again."""

    refusals = REFUSALS
    list_display = ["item", "number", "created_by", "created_at"]
    list_select_related = ["item", "created_by"]
    list_display_links = ["item", "number"]
    search_fields = ["item__title__istartswith"]
    fields = readonly_fields = ["item", "number", "body", "media", "video", "url", "caption"]
    fields = readonly_fields = [*fields, "created_by", "created_at"]
    ordering = ["-created_at", "-id"]
    actions = ["make_current"]

    def scope_for_instructor(self, user, queryset):
        return permissions.versions_of(user, queryset)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("html")

    @service_action(gettext_lazy("Make it the current version again"), permission="view")
    def make_current(self, request, version):
        items.restore_version(version, **who(request))


@admin.register(MediaUse)
class MediaUseAdmin(ReadOnlyAdmin):
    """Which versions show which files."""

    list_display = ["media", "version", "src", "created_at"]
    list_select_related = ["media", "version"]
    ordering = ["-created_at", "-id"]

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(version__item__in=permissions.items_of(user))


class OfMyCourses(ContentAdmin):
    """Rows of courses: all for admins, those of the courses they teach for instructors."""

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(course__in=Course.objects.live().taught_by(user))

    def pickable_by(self, user, queryset, source_field):
        return self.rows_for(user, queryset).filter(deleted_at__isnull=True)


class LessonInline(ReadOnlyInline):
    model = Lesson
    view_on_site = False
    fields = readonly_fields = ["position", "title", "duration_minutes", "is_preview"]
    ordering = ["position"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(deleted_at__isnull=True)


@admin.register(Module)
class ModuleAdmin(OfMyCourses):
    form = ModuleForm
    trash_service = staticmethod(outline.trash_module)
    restore_service = staticmethod(outline.restore_module)
    list_display = ["title", "course", "position", "updated_at"]
    list_select_related = ["course"]
    list_filter = [TrashFilter, "course"]
    search_fields = ["title__istartswith"]
    autocomplete_fields = ["course"]
    ordering = ["-created_at", "-id"]
    readonly_fields = ["source", "deleted_at", "created_at", "updated_at"]
    inlines = [LessonInline]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "course"] if obj else self.readonly_fields

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def save_model(self, request, obj, form, change):
        values = form.cleaned_data
        texts = {"title": values["title"], "description": values["description"]}
        if not change:
            saved = outline.add_module(
                values["course"], position=values["position"] or None, **texts, **who(request)
            )
        else:
            saved = outline.update_module(Module.objects.get(pk=obj.pk), **texts, **who(request))
            if "position" in form.changed_data and values["position"]:
                saved = outline.move_module(saved, position=values["position"], **who(request))
        obj.__dict__.update(Module.objects.get(pk=saved.pk).__dict__)


class LessonItemInline(TenantTabularInline):
    """What a lesson shows, in order."""

    model = LessonItem
    form = LessonItemForm
    formset = LessonItemFormSet
    fk_name = "lesson"
    fields = ["position", "item", "pinned_version"]
    autocomplete_fields = ["item"]
    raw_id_fields = ["pinned_version"]
    ordering = ["position"]
    verbose_name_plural = gettext_lazy("What it shows")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("item", "pinned_version")


@admin.register(Lesson)
class LessonAdmin(OfMyCourses):
    form = LessonForm
    trash_service = staticmethod(outline.trash_lesson)
    restore_service = staticmethod(outline.restore_lesson)
    list_display = ["title", "course", "module", "position", "duration_minutes", "is_preview"]
    list_select_related = ["course", "module"]
    list_filter = [TrashFilter, "is_preview", "completion", "course"]
    search_fields = ["title__istartswith"]
    autocomplete_fields = ["module"]
    ordering = ["-created_at", "-id"]
    readonly_fields = ["course", "source", "deleted_at", "created_at", "updated_at"]
    inlines = [LessonItemInline]

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "slug"] if obj else self.readonly_fields

    def save_model(self, request, obj, form, change):
        values = form.cleaned_data
        fields = {name: values[name] for name in outline.LESSON_FIELDS if name in values}
        position = values["position"]
        if not change:
            saved = outline.add_lesson(
                values["module"],
                slug=values.get("slug") or "",
                position=position or None,
                **fields,
                **who(request),
            )
        else:
            saved = outline.update_lesson(Lesson.objects.get(pk=obj.pk), **fields, **who(request))
            if {"position", "module"} & set(form.changed_data):
                saved = outline.move_lesson(
                    saved,
                    position=position or outline.PARKED,
                    to_module=values["module"],
                    **who(request),
                )
        obj.__dict__.update(Lesson.objects.get(pk=saved.pk).__dict__)

    def save_formset(self, request, form, formset, change):
        """Items in the order of the positions typed, whatever gaps and doubles these have."""
        formset.save(commit=False)
        lesson = form.instance
        for entry in formset.deleted_objects:
            items.take_from_lesson(entry, **who(request))
        rows = [row for row in formset.forms if row not in formset.deleted_forms]
        rows = [row for row in rows if row.cleaned_data.get("item")]
        rows.sort(key=lambda row: row.cleaned_data["position"])
        ids = []
        for row in rows:
            values = row.cleaned_data
            entry = LessonItem.objects.filter(pk=row.instance.pk, lesson=lesson).first()
            if entry is not None and entry.item_id != values["item"].pk:
                items.take_from_lesson(entry, **who(request))
                entry = None
            if entry is None:
                entry = items.put_in_lesson(lesson, values["item"], **who(request))
            items.pin_version(entry, values["pinned_version"], **who(request))
            ids.append(entry.pk)
        items.order_items(lesson, ids, **who(request))


@admin.register(LessonItem)
class LessonItemAdmin(ReadOnlyAdmin):
    """Which lessons show which items; changed with the lesson."""

    list_display = ["lesson", "position", "item", "pinned_version"]
    list_select_related = ["lesson", "item", "pinned_version"]
    ordering = ["-created_at", "-id"]

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(lesson__course__in=Course.objects.live().taught_by(user))
