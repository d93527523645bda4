"""People are found by how their names begin, and by nothing else."""

import pytest
from allauth.account.models import EmailAddress

from users.models import User
from users.people_search import named_like
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(organization):
    UserFactory(username="grace", email="grace@example.org", first_name="Grace", last_name="Hopper")
    return UserFactory(
        username="countess", email="al@example.org", first_name="Ada", last_name="Lovelace"
    )


@pytest.mark.parametrize("text", ["ada", "ADA lov", "lovelace ada", "count", "al@ex", "  ada  "])
def test_each_word_begins_one_of_the_names(ada, text):
    assert list(named_like(User.objects.all(), text)) == [ada]


@pytest.mark.parametrize(
    "text", ["lace", "ada hop", "%", "_", "a\x00da", "\ud800", "x" * 100_000, "ada ada ada ada x"]
)
def test_what_fits_nobody_finds_nobody(ada, text):
    assert list(named_like(User.objects.all(), text)) == []


def test_no_words_leave_everybody(ada):
    assert named_like(User.objects.all(), " ").count() == 2


def test_words_after_the_fifth_are_not_looked_at(ada):
    assert list(named_like(User.objects.all(), "ada " * 5 + "nobody")) == [ada]


def test_rows_are_narrowed_by_their_person(ada):
    rows = EmailAddress.objects
    rows.create(user=ada, email=ada.email)
    rows.create(user=User.objects.get(username="grace"), email="grace@example.org")
    assert [row.user for row in named_like(rows.all(), "ada", person="user")] == [ada]
