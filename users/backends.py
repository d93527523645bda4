"""Sign-in by username or e-mail, and who a session's user is at every request."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import CharField, F
from django.db.models.expressions import Case, Func, Value, When
from django.db.models.functions import Cast

from tenancy.context import EVERYONE
from users.models import User


class SetConfig(Func):
    """`set_config(name, value, true)`: a setting of the database for the rest of the transaction."""

    function = "set_config"
    output_field = CharField()

    def __init__(self, name, value):
        super().__init__(Value(name), value, Value(True))


def acting(queryset):
    """The same rows; reading one also tells the database that this user acts.

    A student's private rows are all that a student sees of such tables; staff see everybody's. Both come
    from the row itself, so a suspension or a changed role holds from the next request on.
    """
    key = Cast(F("pk"), CharField())
    private_to = Case(When(role__in=User.STAFF_ROLES, then=Value(EVERYONE)), default=key)
    return queryset.annotate(
        _actor=SetConfig("app.actor_id", key), _private_to=SetConfig("app.private_to", private_to)
    )


class AccountBackend(AuthenticationBackend):
    """The account library's checks; the user is read together with telling the database who acts."""

    def get_user(self, user_id):
        # The organization's row security lets a session of another organization find nobody.
        return acting(User.objects.active().with_person()).filter(pk=user_id).first()
