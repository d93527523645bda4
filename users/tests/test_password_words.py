"""The names of a site are the first that somebody tries."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "password", ["HarborSchool1", "harbor-2026!", "Cairn-cairn-1", "LearningCourse", "Schule12345"]
)
def test_names_of_the_site_are_no_password(organization, password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, UserFactory())

    assert [error.code for error in refused.value.error_list] == ["password_of_site_words"]


@pytest.mark.parametrize(
    "password",
    [
        "a stone upon a stone",
        "four harbor seals dive",
        "Summit-Institute",
        "zq84kx!pLw",
        "cairn-zq8kxpw",
    ],
)
def test_other_passwords_may_hold_them(organization, password):
    validate_password(password, UserFactory())
