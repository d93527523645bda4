from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from users import mails
from users.models import Mail, User
from users.tests.factories import UserFactory
from users.time_zones import as_read_by, time_zone_of


@pytest.mark.parametrize(
    ("name", "zone"),
    [("Asia/Tokyo", "Asia/Tokyo"), ("", "UTC"), ("Mars/Olympus", "UTC"), ("../etc/passwd", "UTC")],
)
def test_what_people_read_is_in_their_zone_or_that_of_the_site(name, zone):
    with timezone.override("America/Lima"), as_read_by(User(time_zone=name)):
        assert timezone.get_current_timezone_name() == zone


def test_what_people_read_is_in_their_language_or_the_one_asked_for():
    for user, language in ((User(language="de"), "de"), (User(), "en")):
        with translation.override("de"), as_read_by(user):
            assert translation.get_language() == language
    with as_read_by(User(), language="de"):
        assert translation.get_language() == "de"


def test_site_is_no_zone_of_a_person():
    assert time_zone_of(User()) is None


@pytest.mark.django_db
def test_mails_about_accounts_tell_times_in_the_zone_of_their_reader(organization):
    reader = UserFactory(time_zone="Asia/Tokyo")
    mails.send(
        "users/mail/suspended", reader, reason=MomentInWords(datetime(2026, 3, 1, 20, tzinfo=UTC))
    )
    assert "2026-03-02 05:00" in Mail.objects.get().text


class MomentInWords:
    """A reason that names a moment, as a template writes it out."""

    def __init__(self, moment):
        self.moment = moment

    def __str__(self):
        return f"{timezone.localtime(self.moment):%Y-%m-%d %H:%M}"
