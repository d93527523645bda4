"""The account library's pages that this site offers, under the names the library expects.

Its others (sign-in by code, telephone numbers) are not switched on, and so have no address. What guards an
account is in `users.security_urls`.
"""

from allauth.account import views as account
from django.urls import include, path, re_path
from django.views.decorators.http import require_http_methods

from users.decorators import asks_password_again
from users.views import SignupView


def page(route, view, name, *, is_pattern=False):
    """One page; a form is sent by POST alone."""
    make = re_path if is_pattern else path
    return make(route, require_http_methods(["GET", "HEAD", "POST"])(view), name=name)


CONFIRM = r"^confirm-email/(?P<key>[-:\w]+)/$"
RESET = r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"

urlpatterns = [
    page("login/", account.login, "account_login"),
    page("logout/", account.logout, "account_logout"),
    page("signup/", SignupView.as_view(), "account_signup"),
    page("inactive/", account.account_inactive, "account_inactive"),
    page("reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    page("email/", asks_password_again(account.email), "account_email"),
    page("confirm-email/", account.email_verification_sent, "account_email_verification_sent"),
    page(CONFIRM, account.confirm_email, "account_confirm_email", is_pattern=True),
    page("password/change/", account.password_change, "account_change_password"),
    page("password/set/", asks_password_again(account.password_set), "account_set_password"),
    page("password/reset/", account.password_reset, "account_reset_password"),
    page("password/reset/done/", account.password_reset_done, "account_reset_password_done"),
    page(
        RESET, account.password_reset_from_key, "account_reset_password_from_key", is_pattern=True
    ),
    page(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        "account_reset_password_from_key_done",
    ),
    path("", include("users.security_urls")),
]
