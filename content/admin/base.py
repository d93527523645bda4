"""What the pages of content in the back office share."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.trash_admin import DeletesIntoTrash
from content.services.items import ContentRefused
from content.services.media import StillShown
from content.services.outline import OutlineRefused
from lib.files import FileRefused
from tenancy.admin import ReadOnlyInline, TenantAdmin, service_action

REFUSALS = (ContentRefused, FileRefused, OutlineRefused, StillShown)


def who(request):
    """The keywords that every service wants."""
    return {"by": request.user, "now": request.now}


class ContentAdmin(TenantAdmin):
    """Rows that services write: `save_by_service(request, row, form)` returns the row it stored.

    `row` is the one that is there, None for a new one. `fixed_fields` are chosen when a row is made and
    never afterwards.
    """

    refusals = REFUSALS
    fixed_fields = ()

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, *self.fixed_fields] if obj else self.readonly_fields

    def get_inlines(self, request, obj):
        """A new row has no lists of where it is used yet."""
        return [each for each in self.inlines if obj or not issubclass(each, ReadOnlyInline)]

    def save_model(self, request, obj, form, change):
        rows = self.model._default_manager
        saved = self.save_by_service(request, rows.get(pk=obj.pk) if change else None, form)
        obj.__dict__.update(rows.get(pk=saved.pk).__dict__)  # Django goes on with `obj`


class TrashFilter(admin.SimpleListFilter):
    """Hides the trash unless it is asked for."""

    title = gettext_lazy("trash")
    parameter_name = "trash"

    def lookups(self, request, model_admin):
        return [("only", _("In the trash"))]

    def queryset(self, request, queryset):
        return queryset.filter(deleted_at__isnull=self.value() != "only")


class TrashAdmin(DeletesIntoTrash, ContentAdmin):
    """What has a trash: nothing is deleted here for good, and what is in there cannot be chosen."""

    actions = ["trash", "restore"]
    trash_service = restore_service = None

    def pickable_by(self, user, queryset, source_field):
        return self.rows_for(user, queryset).filter(deleted_at__isnull=True)

    @service_action(gettext_lazy("Put into the trash"))
    def trash(self, request, row):
        self.trash_service(row, **who(request))

    @service_action(gettext_lazy("Take out of the trash"))
    def restore(self, request, row):
        self.restore_service(row, **who(request))
