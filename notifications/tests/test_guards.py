"""What the database holds of notifications and wishes about mails, whoever writes."""

import pytest
from django.utils import timezone

from notifications.models import Notification, Preference
from tenancy.tests.refusals import copy_of, refused_by
from users.tests.factories import UserFactory


@pytest.fixture
def person(organization):
    return UserFactory()


def test_person_is_told_once_of_an_event_and_mailed_at_a_known_pace(person):
    told = Notification.objects.create(
        user=person, kind="a", source="x", cadence="now", happened_at=timezone.now()
    )
    refused_by("notifications_notification_once", lambda: copy_of(told))
    refused_by(
        "notifications_notification_cadence_known",
        lambda: copy_of(told, source="y", cadence="hourly"),
    )


def test_person_has_one_wish_for_each_kind_at_a_known_pace(person):
    wish = Preference.objects.create(user=person, kind="a", cadence="never")
    refused_by("notifications_preference_once", lambda: copy_of(wish))
    refused_by(
        "notifications_preference_cadence_known",
        lambda: copy_of(wish, kind="b", cadence="hourly"),
    )
