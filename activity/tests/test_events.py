from zoneinfo import ZoneInfo

from django.utils import timezone

from activity.events import told_details


def test_details_tell_moments_in_the_readers_time():
    details = {"door": "sign_in", "until": "2026-11-21 19:15:59.571698+00:00"}

    with timezone.override(ZoneInfo("Europe/Berlin")):
        told = told_details(details)

    assert told == "door: sign_in · until: 11/21/2026 8:15 p.m."


def test_details_that_are_no_moment_are_told_as_they_are():
    assert told_details({"until": "further notice"}) == "until: further notice"
