"""Setting rules in the studio: acting at once, after a question where people would feel it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from content.models import Lesson
from content.tests.factories import LessonFactory
from courses.studio.impact import CONFIRMED
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

START = {"opens": "start", "completion": "manual"}


@pytest.fixture
def lesson(organization):
    return LessonFactory(module__course__published=True, title="Branches")


@pytest.fixture
def browser(client, lesson):
    client.force_login(lesson.course.owner)
    return client


def rules_url(part):
    kind = "lesson" if isinstance(part, Lesson) else "module"
    return reverse(f"content:studio_{kind}_rules", args=[part.course.slug, part.pk])


def rules_of(part):
    part.refresh_from_db()
    return (part.opens_at, part.opens_after_days)


def send(browser, part, **data):
    return browser.post(rules_url(part), data)


def test_page_tells_the_rules_and_holds_them(browser, lesson):
    Lesson.objects.filter(pk=lesson.pk).update(
        completion="time", completion_seconds=90, opens_after_days=3
    )
    html = browser.get(rules_url(lesson)).content.decode()
    assert "on its page. Opens 3 days after enrolling." in html
    assert 'value="1.5"' in html
    assert 'value="3"' in html


def test_rules_of_a_lesson_act_at_once_and_can_be_undone(browser, lesson):
    response = browser.post(
        rules_url(lesson), START | {"completion": "time", "minutes": "2.5"}, follow=True
    )
    lesson.refresh_from_db()
    assert (lesson.completion, lesson.completion_seconds) == ("time", 150)
    assert response.redirect_chain == [
        (reverse("content:studio_lesson", args=[lesson.course.slug, lesson.pk]), 302)
    ]
    assert "Undo" in response.content.decode()
    send(browser, lesson, **START)
    lesson.refresh_from_db()
    assert (lesson.completion, lesson.completion_seconds) == ("manual", None)


def test_time_is_read_in_the_persons_own_time_zone(browser, lesson):
    type(lesson.course.owner).objects.filter(pk=lesson.course.owner_id).update(
        time_zone="Asia/Tokyo"
    )
    send(browser, lesson, **START | {"opens": "at", "opens_at": "2031-01-05T09:00"})
    assert rules_of(lesson) == (datetime(2031, 1, 5, 0, tzinfo=UTC), None)
    assert 'value="2031-01-05T09:00"' in browser.get(rules_url(lesson)).content.decode()


def test_one_way_of_opening_replaces_the_other(browser, lesson):
    both = {"opens_at": "2031-01-05T09:00", "opens_after_days": "7"}
    send(browser, lesson, **START | both | {"opens": "after"})
    assert rules_of(lesson) == (None, 7)
    send(browser, lesson, **START | both)
    assert rules_of(lesson) == (None, None)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"opens": "at"}, "Say when it opens."),
        ({"opens": "after"}, "Say when it opens."),
        ({"opens": "after", "opens_after_days": "9" * 40}, "less than or equal to 3650"),
        ({"opens": "at", "opens_at": "soon"}, "Enter a valid date/time."),
        ({"opens": "at", "opens_at": "a\x00b"}, "error-summary"),
        ({"opens": "\ud800"}, "error-summary"),
        ({"completion": "time"}, "Say after how many minutes."),
        ({"completion": "time", "minutes": "NaN"}, "Enter a number."),
        ({"completion": "score"}, "Select a valid choice"),
    ],
)
def test_nonsense_is_refused_beside_its_field(browser, lesson, data, complaint):
    body = urlencode(START | data, errors="surrogatepass")
    response = browser.post(
        rules_url(lesson), body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 200
    assert complaint in response.content.decode()
    assert rules_of(lesson) == (None, None)


def test_rules_of_a_module(browser, lesson):
    module = lesson.module
    response = send(browser, module, opens="after", opens_after_days="7", lesson_order="sequential")
    assert response["Location"] == reverse("content:studio_outline", args=[module.course.slug])
    assert rules_of(module) == (None, 7)
    assert module.lesson_order == "sequential"


def test_others_find_no_rules(client, lesson):
    client.force_login(UserFactory(instructor=True))
    for part in (lesson, lesson.module):
        assert client.get(rules_url(part)).status_code == 404
        assert client.post(rules_url(part), START).status_code == 404


def test_lesson_in_the_trash_has_no_rules_to_set(browser, lesson):
    Lesson.objects.filter(pk=lesson.pk).update(deleted_at=timezone.now())
    assert browser.get(rules_url(lesson)).status_code == 404


def test_consent_is_the_name_that_the_question_sends(browser, lesson):
    tomorrow = timezone.now() + timedelta(days=1)
    data = START | {"opens": "at", "opens_at": f"{tomorrow:%Y-%m-%dT%H:%M}", CONFIRMED: "1"}
    send(browser, lesson, **data)
    assert rules_of(lesson)[0] is not None
