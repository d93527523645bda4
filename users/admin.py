"""People and mails in the admin."""

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress, EmailConfirmation
from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy as _

from tenancy.admin import (
    Column,
    OrganizationAdmin,
    ReadOnlyAdmin,
    ReadOnlyInline,
    Table,
    TenantAdmin,
    TenantModelForm,
    service_action,
)
from users import door_admin as door_admin  # registers what it has
from users import permissions, services, suspension, time_zones
from users import provider_admin as provider_admin  # registers what it has
from users.door_forms import BuiltInRoleForm, SuspensionForm, built_in_roles_to_give
from users.models import Mail, User
from users.profile_admin import InstructorProfileInline, ProfileInline, StudentProfileInline
from users.profile_forms import language_choices

OrganizationAdmin.let_manage(permissions.can_manage_organization)


class EmailAddressInline(ReadOnlyInline):
    model = EmailAddress
    fields = ["email", "verified", "primary"]
    show_change_link = False


class UserForm(TenantModelForm):
    language = forms.ChoiceField(label=_("language"), required=False, choices=language_choices)
    time_zone = forms.ChoiceField(label=_("time zone"), required=False, choices=time_zones.choices)


@admin.register(User)
class UserAdmin(TenantAdmin):
    """Accounts: for admins, and for instructors with a role that says so. Others choose among those who teach."""

    form = UserForm
    list_display = [
        "username",
        "last_name",
        "first_name",
        "email",
        "role",
        "is_active",
        "created_at",
    ]
    list_filter = ["role", "is_active", "created_at"]
    search_fields = ["username__istartswith", "email__istartswith", "last_name__istartswith"]
    search_help_text = _("The beginning of a username, an e-mail or a last name.")
    ordering = ["-created_at", "-id"]
    readonly_fields = [
        "is_active",
        "suspension_reason",
        "email_verified_at",
        "last_login",
        "last_login_ip",
        "created_at",
        "updated_at",
    ]
    fieldsets = [
        (None, {"fields": ["username", "email", "email_verified_at", "first_name", "last_name"]}),
        (_("Rights"), {"fields": ["role", "is_active", "suspension_reason"]}),
        (_("Preferences"), {"fields": ["language", "time_zone"]}),
        (
            _("More"),
            {
                "fields": [
                    "external_id",
                    "last_login",
                    "last_login_ip",
                    "created_at",
                    "updated_at",
                ],
                "classes": ["collapse"],
            },
        ),
    ]
    inlines = [ProfileInline, StudentProfileInline, InstructorProfileInline, EmailAddressInline]
    actions = ["send_invitation", "suspend", "lift_suspension", "change_role"]
    refusals = (suspension.ChangeRefused,)
    table = Table(
        keys=(("username",), ("email",)),
        columns=(
            Column("username"),
            Column("email"),
            Column("first_name"),
            Column("last_name"),
            Column("role"),
            Column("language"),
            Column("time_zone"),
            Column("external_id"),
            Column("is_active", is_fact=True),
            Column("last_login", is_fact=True),
            Column("created_at", is_fact=True),
        ),
    )

    def get_inlines(self, request, obj):
        return (
            super().get_inlines(request, obj) if obj else []
        )  # a new account gets its profile by itself

    def get_readonly_fields(self, request, obj=None):
        """Nobody takes their own rights away, so that somebody is left who has them."""
        own = ["role"] if obj and obj.pk == request.user.pk else []
        return [*super().get_readonly_fields(request, obj), *own]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_unusable_password()
            services.add_account(obj, now=request.now)
            get_adapter(request).send_invitation(obj)
            return
        role, obj.role = obj.role, form.initial.get("role", obj.role)
        super().save_model(request, obj, form, change)
        if role != obj.role:
            suspension.change_role(obj.pk, role=role, by=request.user, now=request.now)
        if "email" in form.changed_data:
            services.change_email(obj, email=obj.email, now=request.now)

    @service_action(_("Mail a link to choose a password"))
    def send_invitation(self, request, user):
        get_adapter(request).send_invitation(user)

    def delete_model(self, request, obj):
        suspension.refuse_removal(obj, by=request.user)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for user in queryset:
            self.delete_model(request, user)

    @service_action(
        _("Suspend …"),
        asks=lambda data, request: SuspensionForm(data),
        warning=_(
            "Nobody can use these accounts until the suspension is lifted. "
            "They are signed out at once; nothing in them is lost."
        ),
    )
    def suspend(self, request, user, *, reason):
        suspension.suspend(user.pk, by=request.user, now=request.now, reason=reason)

    @service_action(_("Lift the suspension"))
    def lift_suspension(self, request, user):
        suspension.lift_suspension(user.pk, by=request.user, now=request.now)

    @service_action(
        _("Change the role …"),
        asks=lambda data, request: BuiltInRoleForm(data, by=request.user),
        warning=_("The people are told by mail."),
    )
    def change_role(self, request, user, *, role):
        suspension.change_role(user.pk, role=role, by=request.user, now=request.now)

    @classmethod
    def add_inline(cls, inline, *, refusals=()):
        """Let a higher floor show and change what it knows of a person; `refusals` as on the class."""
        cls.inlines = [*cls.inlines, inline]
        cls.refusals = (*cls.refusals, *refusals)

    def scope_for_instructor(self, user, queryset):
        return queryset if permissions.can_see_accounts(user) else queryset.none()

    def pickable_by(self, user, queryset, source_field):
        if permissions.can_see_accounts(user):
            return queryset
        return queryset.active().instructors() if user.is_instructor else queryset.none()

    def can_view(self, user, obj=None):
        return permissions.can_see_accounts(user)

    def can_add(self, user):
        return permissions.can_manage_accounts(user)

    def can_change(self, user, obj=None):
        if obj is None:
            return permissions.can_manage_accounts(user)
        return permissions.can_manage_account(user, obj)

    def can_delete(self, user, obj=None):
        return user.is_admin and (obj is None or obj.pk != user.pk)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "role":
            kwargs["choices"] = built_in_roles_to_give(request.user)
        return super().formfield_for_choice_field(db_field, request, **kwargs)


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """The outbox. Texts are not shown: they carry links that open accounts."""

    list_display = ["created_at", "recipient", "subject", "sent_at"]
    list_filter = [("sent_at", admin.EmptyFieldListFilter), "created_at"]
    search_fields = ["recipient__istartswith"]
    fields = ["recipient", "user", "subject", "created_at", "sent_at"]
    ordering = ["-created_at", "-id"]


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    list_display = ["email", "user", "verified", "primary"]
    list_select_related = ["user"]
    list_filter = ["verified", "primary"]
    search_fields = ["email__istartswith"]
    autocomplete_fields = ["user"]


@admin.register(EmailConfirmation)
class EmailConfirmationAdmin(ReadOnlyAdmin):
    list_display = ["email_address", "created", "sent"]
    list_select_related = ["email_address"]
    fields = ["email_address", "created", "sent"]  # never the key


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """What was done in the admin, in the admin's words; the audit log knows every change."""

    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag"]
    list_select_related = ["user", "content_type"]
    list_filter = ["action_flag", "action_time"]
    fields = ["action_time", "user", "content_type", "object_id", "object_repr", "change_message"]
