"""Content items and their versions."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy

from content import permissions
from content.admin.base import REFUSALS, TrashAdmin, TrashFilter, who
from content.forms import ItemForm
from content.models import ContentItem, ContentVersion, LessonItem
from content.services import items
from tenancy.admin import ReadOnlyAdmin, ReadOnlyInline, service_action
from tenancy.backoffice.forms import ForgivingAutocomplete


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
class ContentItemAdmin(TrashAdmin):
    """Content to be shown in lessons. Saving something new adds a version; old ones stay."""

    trash_kind = "item"
    form = ItemForm
    trash_service = staticmethod(items.trash_item)
    restore_service = staticmethod(items.restore_item)
    list_display = ["title", "kind", "version", "owner", "updated_at"]
    list_select_related = ["owner", "current_version"]
    list_filter = [TrashFilter, "kind"]
    search_fields = ["title__istartswith"]
    search_help_text = gettext_lazy("The beginning of the title.")
    ordering = ["title", "id"]
    inlines = [VersionInline, UseOfItemInline]
    readonly_fields = ["version", "owner", "deleted_at", "created_at", "updated_at"]
    fixed_fields = ["kind"]

    def scope_for_instructor(self, user, queryset):
        return permissions.items_of(user, queryset)

    def get_fieldsets(self, request, obj=None):
        content = ["kind", "title", "body", "media", "video", "url", "caption"]
        shown = [(None, {"fields": content})]
        if obj is not None:
            more = {"fields": self.readonly_fields, "classes": ["collapse"]}
            shown.append((gettext_lazy("More"), more))
        return shown

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
            widget=ForgivingAutocomplete(source, self.admin_site),
        )

    @admin.display(description=gettext_lazy("version"), ordering="current_version__number")
    def version(self, item):
        return item.current_version.number if item.current_version else None

    def save_by_service(self, request, row, form):
        values = form.cleaned_data
        if row is not None:
            item = items.update_item(row, title=values["title"], **who(request))
        else:
            item = items.add_item(kind=values["kind"], title=values["title"], **who(request))
        items.save_version(item, **form.version_values(), **who(request))
        return item


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
