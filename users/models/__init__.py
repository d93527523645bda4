"""People of an organization: accounts, profiles, roles, and what guards the doors."""

from users.models.account import USERNAME_RULE, User, avatar_url
from users.models.mail import Mail
from users.models.profile import Audience, InstructorProfile, Profile, StudentProfile
from users.models.role import Permission, Role
from users.models.security import ApiToken, FailedSignIn, Lockout, TokenScope

__all__ = [
    "USERNAME_RULE",
    "ApiToken",
    "Audience",
    "FailedSignIn",
    "InstructorProfile",
    "Lockout",
    "Mail",
    "Permission",
    "Profile",
    "Role",
    "StudentProfile",
    "TokenScope",
    "User",
    "avatar_url",
]
