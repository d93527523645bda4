"""Who may do what: by the built-in role, and by the roles that an organization gives; and who sees what of a person.

`docs/permissions.md` says what each permission opens.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from users.models import Permission, User

#: What a built-in role grants for the whole organization. What an instructor may do with their own courses,
#: `courses.teaching` adds.
BUILT_IN = {
    User.Role.ADMIN: frozenset(Permission),
    User.Role.INSTRUCTOR: frozenset({Permission.COURSE_CREATE, Permission.COURSE_ENROLL}),
    User.Role.STUDENT: frozenset({Permission.COURSE_ENROLL}),
    User.Role.GUEST: frozenset(),
}

#: What every student may; nobody has to hold it to let others have it.
ORDINARY = BUILT_IN[User.Role.STUDENT]

#: Without a role that grants one of these, `User.sees_private_rows` is false and no role need be read; the
#: database's trigger names the same ones.
NEEDS_OTHERS_ROWS = frozenset(
    {
        Permission.COURSE_EDIT,
        Permission.COURSE_PUBLISH,
        Permission.COURSE_STAFF,
        Permission.ENROLLMENT_SEE,
        Permission.ENROLLMENT_MANAGE,
        Permission.ACTIVITY_SEE,
        Permission.ACTIVITY_EXPORT,
        Permission.ACTIVITY_UNDO,
        Permission.PERSON_SEE,
        Permission.PERSON_MANAGE,
        Permission.PERSON_VIEW_AS,
        Permission.PRIVACY_DECIDE,
    }
)


@dataclass(frozen=True, slots=True)
class Grants:
    """What the organization's roles give somebody, beside the built-in one."""

    everywhere: frozenset[str] = frozenset()
    on_courses: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    role_ids: frozenset[UUID] = frozenset()


NO_GRANTS = Grants()

_sources: list[Callable[[User], Grants]] = []
_holders: list[Callable[[Permission], Iterable[UUID]]] = []


def register(source: Callable[[User], Grants]) -> None:
    """Let a higher floor say what somebody's roles grant: `source(user)`, one query at most.

    It may also read `granted_everywhere` with each request's person (`users.backends.read_along`): what these
    roles grant for the organization, which `holds` then knows without a query.
    """
    if source not in _sources:
        _sources.append(source)


def register_holders(finder: Callable[[Permission], Iterable[UUID]]) -> None:
    """Let a higher floor say to whom roles grant a permission for the organization: `finder(permission)`."""
    if finder not in _holders:
        _holders.append(finder)


def grants_of(user: User) -> Grants:
    """What this person's roles grant, read once and kept on the user object, which lives for one request."""
    known = getattr(user, "_grants", None)
    if known is None:
        known = user._grants = merged([source(user) for source in _sources])
    return known


def merged(parts: list[Grants]) -> Grants:
    """All grants together."""
    on_courses: dict[UUID, frozenset[str]] = {}
    for part in parts:
        for course_id, granted in part.on_courses.items():
            on_courses[course_id] = on_courses.get(course_id, frozenset()) | granted
    return Grants(
        frozenset().union(*(part.everywhere for part in parts)),
        on_courses,
        frozenset().union(*(part.role_ids for part in parts)),
    )


def forget_grants(user: User) -> None:
    """After somebody's roles changed: ask anew, also whether they see others' rows."""
    user._grants = user.granted_everywhere = None
    user.refresh_from_db(fields=["sees_private_rows"])


def holds(user, permission: Permission, *, course_id: UUID | None = None) -> bool:
    """Whether `user` (anonymous or not) has a permission, for the organization or for one course.

    One query at most for a request, and none where the built-in role decides, no role could, or what roles
    grant for the organization came with the person.
    """
    if not user.is_authenticated or not user.is_active:
        return False
    if permission in BUILT_IN[user.role]:
        return True
    if course_id is None and (known := getattr(user, "granted_everywhere", None)) is not None:
        return permission in known
    grants = _grants_for(user, (permission,))
    return permission in grants.everywhere or permission in grants.on_courses.get(course_id, ())


def holders_of(permission: Permission) -> set[UUID]:
    """The active people who hold a permission for the organization: by the built-in role, or by a role."""
    built_in = [role for role, granted in BUILT_IN.items() if permission in granted]
    by_roles = {user_id for finder in _holders for user_id in finder(permission)}
    people = User.objects.active().filter(Q(role__in=built_in) | Q(pk__in=by_roles))
    return set(people.values_list("pk", flat=True))


def courses_with(user, permissions: Iterable[Permission]) -> list[UUID]:
    """The single courses for which a role grants one of the permissions. Queries as `holds` does."""
    if not user.is_authenticated or not user.is_active:
        return []
    wanted = frozenset(permissions)
    grants = _grants_for(user, wanted)
    return [course_id for course_id, granted in grants.on_courses.items() if granted & wanted]


def _grants_for(user, permissions):
    if not user.sees_private_rows and NEEDS_OTHERS_ROWS.issuperset(permissions):
        return NO_GRANTS
    return grants_of(user)


def held_by(user: User, *, course_id: UUID | None = None) -> frozenset[str]:
    """All that the built-in role and the organization's roles let somebody do, everywhere or on a course."""
    if not user.is_active:
        return frozenset()
    if user.is_admin:
        return BUILT_IN[user.role]
    grants = grants_of(user)
    return BUILT_IN[user.role] | grants.everywhere | grants.on_courses.get(course_id, frozenset())


def can_see_accounts(user) -> bool:
    """Look at everybody's account, in the back office and by e-mail elsewhere."""
    return holds(user, Permission.PERSON_SEE) or holds(user, Permission.PERSON_MANAGE)


def can_manage_accounts(user) -> bool:
    """Make accounts, and change those of people who may do less than oneself."""
    return holds(user, Permission.PERSON_MANAGE)


def can_manage_account(user, person: User) -> bool:
    """Change or suspend this account.

    Whoever changes an account's e-mail can enter it, so only admins change those of other staff, and nobody
    one whose roles grant more than they hold themselves.
    """
    if not can_manage_accounts(user):
        return False
    if user.is_admin or user == person:
        return True
    grants = grants_of(person)
    by_roles = grants.everywhere.union(*grants.on_courses.values())
    return person.role not in User.STAFF_ROLES and not lacks(user, by_roles)


def can_give_built_in_role(user, role: str) -> bool:
    """Make somebody an admin, an instructor, …: only what one may do oneself."""
    return can_manage_accounts(user) and not lacks(user, BUILT_IN[role])


def lacks(user: User, permissions: Iterable[str]) -> frozenset[str]:
    """Those of the permissions that this person does not hold for the organization, so cannot hand on."""
    wanted = frozenset(permissions) - ORDINARY
    return wanted - held_by(user) if wanted else wanted


def can_manage_roles(user) -> bool:
    """Make roles and give them to people."""
    return holds(user, Permission.ROLE_MANAGE)


def can_manage_organization(user) -> bool:
    """Change the organization's settings."""
    return holds(user, Permission.ORGANIZATION_MANAGE)


def can_see_email(user: User, person: User) -> bool:
    """An e-mail is for its owner and for those who see everybody's account."""
    return user == person or can_see_accounts(user)
