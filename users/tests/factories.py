"""People for tests; their password is `PASSWORD`."""

import factory
from django.contrib.auth.hashers import make_password

from users.models import Profile, User

PASSWORD = "a stone upon a stone"  # noqa: S105 -- not a secret
_HASHED = []


def hashed_password():
    """Hash once: the hasher is as slow in tests as in production."""
    if not _HASHED:
        _HASHED.append(make_password(PASSWORD))
    return _HASHED[0]


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        admin = factory.Trait(role=User.Role.ADMIN)
        instructor = factory.Trait(role=User.Role.INSTRUCTOR)

    username = factory.Sequence(lambda number: f"person{number}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    first_name = "Ada"
    last_name = factory.Sequence(lambda number: f"Stone{number}")
    password = factory.LazyFunction(hashed_password)


class ProfileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Profile

    user = factory.SubFactory(UserFactory)
