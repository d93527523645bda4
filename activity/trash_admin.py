"""Deleting in the back office is putting in the trash."""

from django.contrib.admin.utils import unquote
from django.http import Http404
from django.shortcuts import redirect

from activity import trash_registry


class DeletesIntoTrash:
    """The first base of a ModelAdmin whose rows have a trash, of the kind `trash_kind`.

    The button leads to the page that says what depends on the row; in lists there is the action for it.
    """

    trash_kind = ""

    def can_delete(self, user, obj=None):
        if obj is None:
            return True
        rows = trash_registry.kind_named(self.trash_kind).rows(user)
        return obj.deleted_at is None and rows.filter(pk=obj.pk).exists()

    def delete_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return redirect("activity:trash_put", self.trash_kind, row.pk)

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions
