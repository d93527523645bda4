"""Roles that the organization makes, and who holds them."""

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.forms.models import BaseInlineFormSet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from courses import services
from courses.errors import CourseRefused
from courses.models import Course, RoleAssignment
from courses.permissions import can_manage_staff
from tenancy.admin import TenantAdmin, TenantModelForm, TenantTabularInline
from users import roles
from users.admin import UserAdmin
from users.models import Permission, Role
from users.models.role import PERMISSION_GROUPS
from users.permissions import can_manage_roles, can_see_accounts, lacks

REFUSALS = (roles.RoleRefused, CourseRefused)


def grouped_permissions(offered) -> list:
    """The permissions as choices under the headings that forms show."""
    groups = []
    for heading, beginnings in PERMISSION_GROUPS:
        found = [
            (permission.value, capfirst(permission.label))
            for permission in Permission
            if permission.value.startswith(beginnings) and permission.value in offered
        ]
        if found:
            groups.append((heading, found))
    return groups


class RoleForm(TenantModelForm):
    """A role and its permissions, as far as the person in front holds them."""

    by = None  # bound by the ModelAdmin

    permissions = forms.MultipleChoiceField(
        label=_("Permissions"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who holds the role may do this from their next click on."),
    )

    class Meta:
        model = Role
        fields = ["name", "description", "permissions"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "permissions" in self.fields:
            offered = frozenset(Permission.values) - lacks(self.by, Permission.values)
            self.fields["permissions"].choices = grouped_permissions(offered)


@admin.register(Role)
class RoleAdmin(TenantAdmin):
    """For admins, and for instructors who may manage roles."""

    form = RoleForm
    refusals = REFUSALS
    list_display = ["name", "description", "grants", "holders"]
    search_fields = ["name__istartswith"]
    ordering = ["name", "id"]
    fields = ["name", "description", "permissions"]

    def scope_for_instructor(self, user, queryset):
        return queryset if can_manage_roles(user) else queryset.none()

    def pickable_by(self, user, queryset, source_field):
        return queryset if user.is_staff else queryset.none()

    def can_view(self, user, obj=None):
        return can_manage_roles(user)

    def can_add(self, user):
        return can_manage_roles(user)

    def can_change(self, user, obj=None):
        if obj is None:
            return can_manage_roles(user)
        return bool(roles.decide_saving(user, obj, obj.permissions))

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(holder_count=Count("assignments"))

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user
        return form

    @admin.display(description=_("permissions"))
    def grants(self, role):
        return ", ".join(str(Permission(value).label) for value in role.permissions)

    @admin.display(description=_("people"), ordering="holder_count")
    def holders(self, role):
        return role.holder_count

    def save_model(self, request, obj, form, change):
        values = {name: form.cleaned_data[name] for name in self.fields}
        former = Role.objects.get(pk=obj.pk) if change else None
        saved = roles.save_role(former, **values, by=request.user, now=request.now)
        obj.__dict__.update(saved.__dict__)

    def delete_model(self, request, obj):
        roles.delete_role(obj, by=request.user, now=request.now)

    def delete_queryset(self, request, queryset):
        for role in queryset:
            self.delete_model(request, role)


class AssignmentForm(TenantModelForm):
    """A role for somebody; the reason against it stands at the form."""

    by = None  # bound by the ModelAdmin

    class Meta:
        model = RoleAssignment
        fields = ["user", "role", "course"]

    def _post_clean(self):
        super()._post_clean()
        row = self.instance
        if self.errors or not (row.user_id and row.role_id):
            return
        decision = services.decide_giving(self.by, row.role, user=row.user, course=row.course)
        if not decision:
            self.add_error(None, decision.message)


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(TenantAdmin):
    """Who holds which role: all for those who manage roles, else those of one's own courses."""

    form = AssignmentForm
    refusals = REFUSALS
    list_display = ["user", "role", "course", "given_by", "created_at"]
    list_select_related = ["user", "role", "course", "given_by"]
    list_filter = ["role", "course", ("course", admin.EmptyFieldListFilter)]
    search_fields = [
        "user__username__istartswith",
        "user__email__istartswith",
        "user__last_name__istartswith",
    ]
    search_help_text = _("The beginning of a username, an e-mail or a last name.")
    autocomplete_fields = ["user", "role", "course"]
    ordering = ["-created_at", "-id"]
    fields = ["user", "role", "course"]

    def scope_for_instructor(self, user, queryset):
        if can_manage_roles(user):
            return queryset
        return queryset.filter(
            course__in=Course.objects.live().permitted_to(user, Permission.COURSE_STAFF)
        )

    def can_change(self, user, obj=None):
        return False  # taken and given anew

    def can_delete(self, user, obj=None):
        return obj is None or bool(services.decide_taking(user, obj))

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user
        return form

    def save_model(self, request, obj, form, change):
        given = services.give_role(
            obj.role, user=obj.user, course_id=obj.course_id, by=request.user, now=request.now
        )
        obj.__dict__.update(given.__dict__)

    def delete_model(self, request, obj):
        services.take_role(obj.pk, by=request.user, now=request.now)

    def delete_queryset(self, request, queryset):
        for assignment in queryset:
            self.delete_model(request, assignment)


class AssignmentFormSet(BaseInlineFormSet):
    """Roles on the page of a person or a course, given and taken by services."""

    by = now = None  # bound by the inline

    def save(self, commit=True):
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        who = {"by": self.by, "now": self.now}
        for form in self.deleted_forms:
            if form.instance.pk:
                services.take_role(form.instance.pk, **who)
        for form in self.extra_forms:
            if form.has_changed() and form not in self.deleted_forms:
                row = form.instance
                services.give_role(row.role, user=row.user, course_id=row.course_id, **who)
        return []


class AssignmentInline(TenantTabularInline):
    model = RoleAssignment
    form = AssignmentForm
    formset = AssignmentFormSet
    show_change_link = False
    verbose_name = _("role")
    verbose_name_plural = _("Roles")

    def can_change(self, user, obj=None):
        return False

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.select_related("user", "role", "course", "given_by")

    def get_formset(self, request, obj=None, **options):
        formset = super().get_formset(request, obj, **options)
        formset.by, formset.now, formset.form.by = request.user, request.now, request.user
        return formset


class RoleOfPersonInline(AssignmentInline):
    """On the page of a person."""

    fk_name = "user"
    fields = ["role", "course", "given_by", "created_at"]
    readonly_fields = ["given_by", "created_at"]
    autocomplete_fields = ["role", "course"]

    def can_view(self, user, obj=None):
        return can_see_accounts(user)

    def can_add(self, user):
        return can_manage_roles(user)

    def can_delete(self, user, obj=None):
        return can_manage_roles(user)


class RoleOfCourseInline(AssignmentInline):
    """On the page of a course."""

    fk_name = "course"
    fields = ["user", "role", "given_by", "created_at"]
    readonly_fields = ["given_by", "created_at"]
    autocomplete_fields = ["user", "role"]
    verbose_name_plural = _("Roles on this course")

    def has_add_permission(self, request, obj=None):
        may = obj is None or can_manage_staff(request.user, obj)
        return may and super().has_add_permission(request, obj)

    def can_delete(self, user, obj=None):
        return obj is None or can_manage_staff(user, obj)


UserAdmin.add_inline(RoleOfPersonInline, refusals=REFUSALS)
