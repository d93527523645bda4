"""How changes of accounts, profiles and roles are undone. Passwords and tokens never are."""

from uuid import UUID

from allauth.account.models import EmailAddress
from django.apps import apps
from django.utils.translation import gettext as _

from activity import undo_registry
from activity.undo_offer import with_undo
from activity.undo_registry import Change, Question, Right, UndoTable, Values, always
from lib.decisions import Reason
from tenancy import security
from tenancy.backoffice import offers
from users.models import InstructorProfile, Profile, Role, StudentProfile, User
from users.permissions import (
    can_give_built_in_role,
    can_manage_accounts,
    can_manage_roles,
)
from users.roles import RoleRefused, decide_saving, require

#: What follows from roles, from signing in, or from a password, and is none of undoing's business.
DERIVED = frozenset({"sees_private_rows", "last_login", "last_login_ip", "password"})


def account_rights(user, ids: set[UUID]) -> Question:
    """Admins: all accounts. Others who manage accounts: those of people who may do no more than everybody."""
    if user.is_admin:
        return always(Right.OWN)
    if not can_manage_accounts(user):
        return always(Right.NONE)
    plain = User.objects.filter(pk__in=ids, is_staff=False, sees_private_rows=False)
    return Question(lambda key, is_plain: Right.CHANGE if is_plain else Right.NONE, (plain,))


def role_rights(user, ids: set[UUID]) -> Question:
    """Whether a role may be as it was, `after_roles` asks as the service does."""
    return always(Right.OWN if can_manage_roles(user) else Right.NONE)


def check_account(user, change: Change, values: Values) -> Reason | None:
    """Nobody gives themselves rights back, and nobody gives what they do not have."""
    former = change.before or {}
    if not {"role", "is_active"} & set(former):
        return None
    if change.row_id == user.pk:
        return Reason("own_rights", _("Nobody changes their own rights. Ask another admin."))
    if "role" in former and not can_give_built_in_role(user, former["role"]):
        return Reason("more_than_held", _("You cannot give this role."))
    return None


def after_accounts(changes: list[Change], *, by, now) -> None:
    """The addresses of the account library follow the account; the security log tells of rights."""
    for person in User.objects.filter(pk__in={change.row_id for change in changes}):
        former = {}
        for change in reversed(changes):
            if change.row_id == person.pk:
                former |= change.before or {}
        if "email" in former:
            _follow_email(person)
        if "role" in former:
            kind = security.Kind.ROLE_CHANGED
            security.record(kind, user_id=person.pk, role=person.role, change="undone")
        if "is_active" in former:
            lifted, suspended = security.Kind.SUSPENSION_LIFTED, security.Kind.SUSPENDED
            security.record(lifted if person.is_active else suspended, user_id=person.pk)


def _follow_email(person):
    EmailAddress.objects.filter(user=person).delete()
    verified = person.email_verified_at is not None
    EmailAddress.objects.create(user=person, email=person.email, verified=verified, primary=True)


def after_roles(changes: list[Change], *, by, now) -> None:
    for role in Role.objects.filter(pk__in={change.row_id for change in changes}):
        require(decide_saving(by, role, role.permissions))
        kind = security.Kind.ROLE_CHANGED
        security.record(kind, role=role.name, permissions=role.permissions, change="undone")


of_person = {"rights": account_rights, "needs_right": True}
undo_registry.register(
    UndoTable(
        model=User,
        **of_person,
        title="username",
        person="id",
        derived=DERIVED,
        is_removable=False,
        check=check_account,
        after=after_accounts,
    )
)
for model in (Profile, StudentProfile, InstructorProfile):
    files = ("avatar",) if model is Profile else ()
    undo_registry.register(
        UndoTable(
            model=model,
            **of_person,
            key="user_id",
            title="display_name",
            person="user_id",
            files=files,
        )
    )
undo_registry.register(
    UndoTable(
        model=Role,
        rights=role_rights,
        title="name",
        needs_right=True,
        after=after_roles,
        refusals=(RoleRefused,),
    )
)
for model in apps.get_app_config("notifications").get_models():
    undo_registry.register_consequence(model)
offers.register(with_undo)
