"""Who may see what of a person."""

from users.models import User


def can_see_email(user: User, person: User) -> bool:
    """An e-mail is for its owner and the admins."""
    return user == person or user.is_admin
