from datetime import UTC, datetime

import pytest

from privacy import mails
from users.models import Mail
from users.tests.factories import UserFactory


@pytest.mark.django_db
def test_mails_tell_times_in_the_zone_of_their_reader(organization):
    reader = UserFactory(time_zone="Asia/Tokyo")
    mails.tell_ready(reader, until=datetime(2026, 3, 1, 20, tzinfo=UTC))
    assert "March 2, 2026" in Mail.objects.get().text
