"""Who may see and change which rows in the admin: the one place that all its pages ask."""

from django.contrib.admin.exceptions import NotRegistered
from django.db import models


class AccessRules:
    """Admins work on every row of the organization, instructors on those that a ModelAdmin hands them.

    Override the hooks below; lists, pages, autocomplete, choices, filters, histories, inlines, actions
    and deletions all follow from them. What another organization has, the database never shows.
    """

    def scope_for_instructor(self, user, queryset: models.QuerySet) -> models.QuerySet:
        """The rows that an instructor works on. Not overridden: the model is closed to instructors."""
        return queryset.none()

    def pickable_by(self, user, queryset: models.QuerySet, source_field) -> models.QuerySet:
        """The rows that may be chosen in `source_field`, a foreign key of another model."""
        return self.rows_for(user, queryset)

    def can_view(self, user, obj=None) -> bool:
        """Whether a row in scope may be looked at; without `obj`, whether the model's pages exist."""
        return True

    def can_add(self, user) -> bool:
        return True

    def can_change(self, user, obj=None) -> bool:
        """Whether a row in scope may be changed; without `obj`, whether any may."""
        return True

    def can_delete(self, user, obj=None) -> bool:
        return self.can_change(user, obj)

    @property
    def is_open_to_instructors(self) -> bool:
        return type(self).scope_for_instructor is not AccessRules.scope_for_instructor

    def rows_for(self, user, queryset: models.QuerySet) -> models.QuerySet:
        """The rows of `queryset` that this person works on."""
        if not self.may_enter(user):
            return queryset.none()
        return queryset if user.is_admin else self.scope_for_instructor(user, queryset)

    def may_enter(self, user) -> bool:
        """Whether anything of this model is shown to the person at all."""
        if not (user.is_authenticated and user.is_active and user.is_staff):
            return False
        return user.is_admin or (user.is_instructor and self.is_open_to_instructors)

    # Django's questions, answered by the hooks above.

    def has_module_permission(self, request):
        return self.may_enter(request.user) and self.can_view(request.user)

    def has_view_permission(self, request, obj=None):
        return self._may(request, self.can_view, obj)

    def has_add_permission(self, request):
        return self.may_enter(request.user) and self.can_add(request.user)

    def has_change_permission(self, request, obj=None):
        return self._may(request, self.can_change, obj)

    def has_delete_permission(self, request, obj=None):
        return self._may(request, self.can_delete, obj)

    def _may(self, request, rule, obj):
        user = request.user
        return self.may_enter(user) and rule(user, obj) and self.is_in_scope(request, obj)

    def is_in_scope(self, request, obj) -> bool:
        """Whether the row is one of the person's; asked once per row and request."""
        if obj is None or obj._state.adding or request.user.is_admin:
            return True
        known = scope_memory(request)
        key = (self.opts.label, obj.pk)
        if key not in known:
            rows = self.model._default_manager.filter(pk=obj.pk)
            known[key] = self.rows_for(request.user, rows).exists()
        return known[key]


def scope_memory(request) -> dict:
    """What has been found out about rows during this request."""
    if not hasattr(request, "_rows_in_scope"):
        request._rows_in_scope = {}
    return request._rows_in_scope


def pickable_rows(admin_site, request, source_field) -> models.QuerySet:
    """What may be chosen in a foreign key: as the ModelAdmin of the other side says.

    A model without one offers its rows to admins alone.
    """
    model = source_field.remote_field.model
    rows = model._default_manager.all()
    try:
        related_admin = admin_site.get_model_admin(model)
    except NotRegistered:
        return rows if request.user.is_admin else rows.none()
    rows = related_admin.pickable_by(request.user, rows, source_field)
    ordering = related_admin.get_ordering(request)
    return rows.order_by(*ordering) if ordering else rows
