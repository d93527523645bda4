"""The media library and the videos."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from content import permissions
from content.admin.base import ContentAdmin, TrashAdmin, TrashFilter, who
from content.forms import MediaAccessForm, MediaForm, VideoForm
from content.models import ContentItem, MediaAsset, MediaUse, VideoAsset
from content.rendering import media_url
from content.services import items, media
from courses.forms import TagsForm
from tenancy.admin import Column, ReadOnlyAdmin, ReadOnlyInline, Table, service_action


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
class MediaAssetAdmin(TrashAdmin):
    """The media library. A file comes in by its form and never changes afterwards."""

    trash_kind = "media"
    form = MediaForm
    trash_service = staticmethod(media.trash_media)
    restore_service = staticmethod(media.restore_media)
    list_display = ["title", "kind", "mime_type", "size", "access", "course", "owner", "created_at"]
    list_select_related = ["course", "owner"]
    list_filter = [TrashFilter, "kind", "access", "course"]
    search_fields = ["title__istartswith", "=sha256"]
    search_help_text = gettext_lazy("The beginning of the title.")
    autocomplete_fields = ["course"]
    ordering = ["-created_at", "-id"]
    readonly_fields = ["shown", "kind", "mime_type", "size", "width", "height", "sha256", "owner"]
    readonly_fields += ["source", "deleted_at", "created_at", "updated_at"]
    fixed_fields = ["course"]
    actions = ["tag", "untag", "change_access", *TrashAdmin.actions]
    inlines = [UseOfMediaInline]
    table = Table(
        keys=(("id",),),
        adds=False,
        columns=(
            Column("id"),
            Column("title"),
            Column("alt"),
            Column("tags"),
            Column("access"),
            Column("course", by="slug", is_fact=True),
            Column("kind", is_fact=True),
            Column("mime_type", is_fact=True),
            Column("size", is_fact=True),
            Column("created_at", is_fact=True),
        ),
    )

    def scope_for_instructor(self, user, queryset):
        return permissions.media_of(user, queryset)

    def get_fieldsets(self, request, obj=None):
        about = ["title", "alt", "tags", "access", "course"]
        if obj is None:
            return [(None, {"fields": ["upload", *about]})]
        more = {"fields": self.readonly_fields[1:], "classes": ["collapse"]}
        return [(None, {"fields": ["shown", *about]}), (gettext_lazy("The file"), more)]

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

    def save_by_service(self, request, row, form):
        values = form.cleaned_data
        about = {name: values[name] for name in ("title", "alt", "tags", "access")}
        if row is not None:
            return media.update_media(row, **about, **who(request))
        upload, course = values["upload"], values["course"]
        return media.add_media(upload, name=upload.name, course=course, **about, **who(request))

    @service_action(gettext_lazy("Add tags …"), asks=lambda data, request: TagsForm(data))
    def tag(self, request, asset, *, tags):
        media.tag_media(asset, add=tags, **who(request))

    @service_action(gettext_lazy("Take tags away …"), asks=lambda data, request: TagsForm(data))
    def untag(self, request, asset, *, tags):
        media.tag_media(asset, remove=tags, **who(request))

    @service_action(
        gettext_lazy("Change who may open it …"),
        asks=lambda data, request: MediaAccessForm(data),
        warning=gettext_lazy("It holds at once, also for lessons that students see now."),
    )
    def change_access(self, request, asset, *, access):
        media.update_media(asset, access=access, **who(request))


@admin.register(VideoAsset)
class VideoAssetAdmin(ContentAdmin):
    """Videos, at a provider or of our own."""

    form = VideoForm
    list_display = ["title", "provider", "provider_id", "status", "duration_seconds", "created_at"]
    list_filter = ["provider", "status"]
    search_fields = ["title__istartswith", "=provider_id"]
    autocomplete_fields = ["file", "poster", "captions"]
    ordering = ["-created_at", "-id"]
    readonly_fields = ["provider", "provider_id", "status", "problem", "created_at", "updated_at"]
    fixed_fields = ["file"]

    def scope_for_instructor(self, user, queryset):
        return permissions.videos_of(user, queryset)

    def get_fieldsets(self, request, obj=None):
        fields = ["title", "description", "poster", "captions", "duration_seconds"]
        if obj is None:
            return [(None, {"fields": ["address", "file", *fields]})]
        return [(None, {"fields": [*fields, "file", *self.readonly_fields]})]

    def save_by_service(self, request, row, form):
        if row is not None:
            form.instance.save()
            items.refresh_html(ContentItem.objects.filter(current_version__video=row))
            return row
        names = ("title", "description", "file", "poster", "captions", "duration_seconds")
        values = {name: form.cleaned_data[name] for name in names}
        return items.add_video(url=form.cleaned_data["address"], **values, **who(request))


@admin.register(MediaUse)
class MediaUseAdmin(ReadOnlyAdmin):
    """Which versions show which files."""

    list_display = ["media", "version", "src", "created_at"]
    list_select_related = ["media", "version"]
    ordering = ["-created_at", "-id"]

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(version__item__in=permissions.items_of(user))
