"""Who is asked for a second factor and has none is led to set one up, and reaches nothing else until then."""

from django.shortcuts import redirect

#: Set-up, what proves that it is they, and the way out; the organization's look, and language and colours.
OPEN = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_logout",
    "users:preferences",
    "tenancy:theme",
    "tenancy:logo",
    "healthz",
    "readyz",
}


class RequiredFactorMiddleware:
    """`User.lacks_factor` comes with the statement that reads the user, so a page costs no query more."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if (
            getattr(request.user, "lacks_factor", False)
            and request.resolver_match.view_name not in OPEN
        ):
            return redirect("mfa_index")
        return None
