"""The bulk seed fills every table that pages read, whatever columns its models gained since."""

import pytest
from django.core.management import call_command

from config.invariants import differences
from enrollments.models import Enrollment
from tenancy.context import organization_context
from tenancy.services import find_organization
from users.models import Profile, User

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_small_seed_is_whole(capsys):
    call_command("seed", "--scale", "0.002", "--slug", "small")

    with organization_context(find_organization("small")):
        assert User.objects.filter(role="student").count() == 200
        assert Profile.objects.count() == User.objects.count()
        assert Enrollment.objects.exists()
    assert list(differences()) == []
