"""The second step of a sign-in: whoever has a second factor shows it before the session is theirs."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import LoginStage
from allauth.core.internal.httpkit import headed_redirect_response
from allauth.mfa.internal.constants import LoginStageKey

from users import factors


class SecondStep(LoginStage):
    """Until it is passed, the session holds a sign-in that has begun, and nobody's account.

    The account library's own stage does the same, and would load its passkeys into every process.
    """

    key = LoginStageKey.MFA_AUTHENTICATE.value
    urlname = "mfa_authenticate"

    def handle(self):
        user = self.login.user
        if user is None or not factors.has_factor(user) or self._came_by_passkey(user):
            return None, True
        return headed_redirect_response(self.urlname), True

    def _came_by_passkey(self, user):
        """A passkey that checked who holds it is both steps in one."""
        records = get_authentication_records(self.request, user)
        return any(record.get("passwordless") for record in records)
