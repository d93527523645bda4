"""Failures, lockouts and tokens in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tenancy.admin import ReadOnlyAdmin, service_action
from users import lockout, tokens
from users.models import ApiToken, FailedSignIn, Lockout


@admin.register(FailedSignIn)
class FailedSignInAdmin(ReadOnlyAdmin):
    """What went wrong at the doors in the last day; the security log keeps it for longer."""

    list_display = ["created_at", "door", "client_ip"]
    list_filter = ["door", "created_at"]
    search_fields = ["client_ip"]
    fields = ["created_at", "door", "client_ip"]
    ordering = ["-created_at", "-id"]


@admin.register(Lockout)
class LockoutAdmin(ReadOnlyAdmin):
    """Accounts, and names that no account has, at which somebody guessed. A lockout ends by itself."""

    list_display = ["created_at", "user", "until", "released_at", "released_by"]
    list_select_related = ["user", "released_by"]
    list_filter = ["created_at", ("released_at", admin.EmptyFieldListFilter)]
    search_fields = ["user__username__istartswith", "user__email__istartswith"]
    autocomplete_fields = ["user", "released_by"]
    fields = ["user", "created_at", "until", "released_at", "released_by"]
    ordering = ["-created_at", "-id"]
    actions = ["release"]
    refusals = (lockout.LockoutGone,)

    @service_action(_("End the lockout"), permission="view")
    def release(self, request, row):
        lockout.release(row.pk, by=request.user, now=request.now)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """People's tokens, never their values: those are known to their owners alone."""

    record_of = "user_id"
    list_display = ["name", "user", "begins", "last_used_at", "expires_at", "revoked_at"]
    list_select_related = ["user"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter), "expires_at"]
    search_fields = ["user__username__istartswith", "prefix"]
    autocomplete_fields = ["user"]
    fields = ["user", "name", "begins", "scopes", "created_at"]
    fields += ["last_used_at", "expires_at", "revoked_at"]
    readonly_fields = ["begins"]
    ordering = ["-created_at", "-id"]
    actions = ["revoke"]

    @admin.display(description=_("begins with"))
    def begins(self, token):
        return f"{tokens.BEGINNING}{token.prefix}…"

    @service_action(_("Revoke"), permission="view")
    def revoke(self, request, token):
        tokens.revoke_token(token.pk, now=request.now)
