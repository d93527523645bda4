"""Addresses of what guards an account, under the names that the account library expects."""

from django.urls import path

from users import factor_views, provider_views

urlpatterns = [
    path("security/", factor_views.security, name="mfa_index"),
    path("security/app/", factor_views.app_add, name="mfa_activate_totp"),
    path("security/app/remove/", factor_views.app_remove, name="mfa_deactivate_totp"),
    path("security/passkeys/add/", factor_views.passkey_add, name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/", factor_views.passkey_edit, name="mfa_edit_webauthn"),
    path(
        "security/passkeys/<int:pk>/remove/",
        factor_views.passkey_remove,
        name="mfa_remove_webauthn",
    ),
    path("security/codes/", factor_views.codes, name="mfa_view_recovery_codes"),
    path("security/codes/file/", factor_views.codes_file, name="mfa_download_recovery_codes"),
    path("security/codes/new/", factor_views.codes_make, name="mfa_generate_recovery_codes"),
    path("security/linked/", provider_views.linked, name="socialaccount_connections"),
    path("security/linked/<int:pk>/remove/", provider_views.unlink, name="socialaccount_unlink"),
    path("login/second-step/", factor_views.second_step, name="mfa_authenticate"),
    path("login/passkey/", factor_views.passkey_sign_in, name="mfa_login_webauthn"),
    path("reauthenticate/code/", factor_views.prove_by_code, name="mfa_reauthenticate"),
    path(
        "reauthenticate/passkey/",
        factor_views.prove_by_passkey,
        name="mfa_reauthenticate_webauthn",
    ),
    path("login/with/<slug:provider_id>/", provider_views.begin, name="openid_connect_login"),
    path(
        "login/with/<slug:provider_id>/callback/",
        provider_views.callback,
        name="openid_connect_callback",
    ),
    path("signup/details/", provider_views.SignupView.as_view(), name="socialaccount_signup"),
]
