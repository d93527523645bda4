"""The pages of the waitlist: for those who wait, in their mails, and for the staff."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import Course
from courses.tests.factories import CourseFactory
from enrollments import offer_links, services
from enrollments.models import Enrollment, WaitlistEntry
from enrollments.tests.factories import EnrollmentFactory
from lib.ids import uuid7
from notifications import delivery
from notifications.kinds import message_of
from notifications.models import Notification
from users.models import Mail
from users.tests.factories import UserFactory

State = WaitlistEntry.State


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, max_capacity=1, offer_hours=24)


@pytest.fixture
def holder(course):
    return EnrollmentFactory(course=course)


@pytest.fixture
def student(organization):
    return UserFactory()


def join(course, student):
    waiting = services.join_waitlist(course.pk, student, by=student, now=timezone.now())
    return WaitlistEntry.objects.get(pk=waiting.entry_id)


def free_seat(holder):
    services.withdraw(holder.pk, by=holder.student, now=timezone.now())


def url(name, course, *arguments):
    return reverse(f"enrollments:{name}", args=[course.slug, *arguments])


def detail(course):
    return reverse("courses:detail", args=[course.slug])


def links_of(student):
    message = message_of(Notification.objects.get(user=student, kind="waitlist.offered"))
    return dict(message.mail_links)


def test_student_joins_a_full_course_and_sees_the_place(client, course, holder, student):
    client.force_login(student)
    assert "Join the waitlist" in client.get(detail(course)).content.decode()

    answer = client.post(url("enroll", course), follow=True)

    page = answer.content.decode()
    assert "You are number 1 of 1" in page
    assert "as number 1" in page
    assert not Enrollment.objects.filter(student=student).exists()


def test_full_course_without_waitlist_offers_none(client, course, holder, student):
    Course.objects.update(waitlist_enabled=False)
    client.force_login(student)

    page = client.get(detail(course)).content.decode()

    assert "Join the waitlist" not in page
    assert "The only seat is taken" in page


def test_offer_is_shown_and_taken(client, course, holder, student):
    join(course, student)
    free_seat(holder)
    client.force_login(student)
    assert "Take the seat" in client.get(detail(course)).content.decode()

    answer = client.post(url("waitlist_accept", course))

    assert answer.status_code == 302
    assert Enrollment.objects.get(student=student).status == "active"
    assert WaitlistEntry.objects.get().state == State.PLACED


def test_offer_that_is_over_cannot_be_taken(client, course, holder, student):
    entry = join(course, student)
    free_seat(holder)
    WaitlistEntry.objects.filter(pk=entry.pk).update(
        offered_at=timezone.now() - timedelta(hours=30),
        offer_expires_at=timezone.now() - timedelta(hours=6),
    )
    client.force_login(student)
    assert "Your offer is over" in client.get(detail(course)).content.decode()

    page = client.post(url("waitlist_accept", course), follow=True).content.decode()

    assert "This offer is over" in page
    assert not Enrollment.objects.filter(student=student).exists()


@pytest.mark.parametrize(
    ("is_offered", "title"), [(False, "Leave the waitlist?"), (True, "Decline the seat?")]
)
def test_leaving_asks_first(client, course, holder, student, is_offered, title):
    entry = join(course, student)
    if is_offered:
        free_seat(holder)
    client.force_login(student)

    assert title in client.get(url("waitlist_leave", course)).content.decode()
    entry.refresh_from_db()
    assert entry.is_open
    client.post(url("waitlist_leave", course))

    entry.refresh_from_db()
    assert entry.state == (State.DECLINED if is_offered else State.LEFT)


@pytest.mark.parametrize("name", ["waitlist_accept", "waitlist_leave"])
def test_who_never_waited_finds_nothing(client, course, student, name):
    client.force_login(student)

    assert client.post(url(name, course)).status_code == 404


def test_link_in_the_mail_takes_the_seat_with_one_button_and_without_signing_in(
    client, course, holder, student
):
    entry = join(course, student)
    free_seat(holder)
    link = links_of(student)["Take the seat"]

    page = client.get(link).content.decode()
    entry.refresh_from_db()
    assert entry.state == State.OFFERED  # looking answers nothing
    assert page.count(">Take the seat</button>") == 1
    done = client.post(link).content.decode()

    assert "You are on" in done
    assert Enrollment.objects.get(student=student).status == "active"
    assert "You are on" in client.get(link).content.decode()  # opened once more
    assert f"/accounts/login/?next={detail(course)}" in done
    other = client.post(links_of(student)["Decline it"]).content.decode()
    assert "has been answered" in other


def test_link_in_the_mail_declines_the_seat(client, course, holder, student):
    entry = join(course, student)
    free_seat(holder)
    link = links_of(student)["Decline it"]

    client.post(link)

    entry.refresh_from_db()
    assert entry.state == State.DECLINED
    assert ">Declined<" in client.get(link).content.decode()


def test_links_are_of_letters_that_no_mail_program_breaks(course, holder, student):
    join(course, student)
    free_seat(holder)

    for link in links_of(student).values():
        assert re.fullmatch(r"[\w/:.-]+", link)


def test_link_of_an_older_offer_is_good_for_nothing(client, course, holder, student):
    join(course, student)
    free_seat(holder)
    link = links_of(student)["Take the seat"]
    entry = WaitlistEntry.objects.get()
    services.decline_offer(entry.pk, by=student, now=timezone.now())
    join(course, student)  # the seat is free, so it is offered again at once

    page = client.post(link).content.decode()

    assert "has been answered" in page
    entry.refresh_from_db()
    assert entry.state == State.OFFERED


@pytest.mark.parametrize("token", ["x", "a/b:c", "%00", "x" * 5000])
def test_forged_link_leads_nowhere(client, organization, token):
    assert client.get(f"/offers/{token}/accept/").status_code == 404


def test_signed_link_without_its_row_leads_nowhere(client, organization):
    token = offer_links.token_for(uuid7(), timezone.now().isoformat())

    assert client.post(reverse("enrollments:offer_accept", args=[token])).status_code == 404


def test_staff_see_queue_offers_and_history(client, course, holder, student):
    join(course, student)
    second = join(course, UserFactory(first_name="Zoe", last_name="Quill"))
    free_seat(holder)
    client.force_login(course.owner)

    queue = client.get(url("waitlist", course)).content.decode()
    offers = client.get(url("waitlist_offers", course)).content.decode()
    history = client.get(url("waitlist_history", course)).content.decode()

    assert "Zoe Quill" in queue
    assert student.email not in queue
    assert student.email in offers
    assert "Zoe Quill" not in offers
    assert student.email in history
    assert "Zoe Quill" in history
    found = client.get(url("waitlist", course), {"q": "Quill"}).content.decode()
    assert "Zoe Quill" in found
    assert str(second.pk) in found
    assert "Nobody fits" in client.get(url("waitlist", course), {"q": "Nobody"}).content.decode()


@pytest.mark.parametrize("name", ["waitlist", "waitlist_offers", "waitlist_history"])
def test_empty_pages_say_so(client, course, name):
    client.force_login(course.owner)

    assert "empty" in client.get(url(name, course)).content.decode()


@pytest.mark.parametrize("name", ["waitlist", "waitlist_offers", "waitlist_history"])
@pytest.mark.parametrize(
    "query", ["?cursor=x", "?q=%00", "?q=%ED%A0%80", "?state=none", "?q=" + "x" * 9000]
)
def test_lists_take_any_address(client, course, holder, student, name, query):
    join(course, student)
    client.force_login(course.owner)

    assert client.get(url(name, course) + query).status_code in (200, 400)


@pytest.mark.parametrize("name", ["waitlist", "waitlist_offers", "waitlist_history"])
def test_lists_ask_the_same_number_of_queries(client, organization, name):
    counts = []
    for number in (1, 3):
        course = CourseFactory(published=True, max_capacity=3)
        places = [EnrollmentFactory(course=course) for _ in range(3)]
        for _ in range(2 * number):
            join(course, UserFactory())
        for place in places[:number]:
            free_seat(place)
        client.force_login(course.owner)
        client.get(url(name, course))
        with CaptureQueriesContext(connection) as counted:
            client.get(url(name, course))
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_staff_move_and_skip_with_a_reason(client, course, holder, student):
    first, second = join(course, UserFactory()), join(course, student)
    client.force_login(course.owner)
    here = url("waitlist_entry", course, second.pk)

    assert "This field is required" in client.post(here, {"action": "front"}).content.decode()
    client.post(here, {"action": "front", "reason": "Exam next week"})
    assert list(WaitlistEntry.objects.waiting()) == [second, first]

    client.post(here, {"action": "skip", "reason": "No proof"})
    second.refresh_from_db()
    assert second.state == State.SKIPPED
    page = client.get(here).content.decode()
    assert "Exam next week" in page
    assert "No proof" in page

    client.post(here, {"action": "back", "reason": "Proof is there"})
    assert list(WaitlistEntry.objects.waiting()) == [second, first]


def test_step_that_is_not_possible_is_no_choice(client, course, holder, student):
    entry = join(course, student)
    client.force_login(course.owner)

    page = client.post(
        url("waitlist_entry", course, entry.pk), {"action": "back", "reason": "Why"}
    ).content.decode()

    assert "is not one of the available choices" in page


def test_offer_out_of_turn_needs_a_free_seat(client, course, holder, student):
    entry = join(course, student)
    client.force_login(course.owner)

    page = client.post(
        url("waitlist_entry", course, entry.pk),
        {"action": "offer", "reason": "Please"},
        follow=True,
    ).content.decode()

    assert "The only seat is taken" in page


def test_entry_of_another_course_is_not_found(client, course, holder, student):
    entry = join(course, student)
    other = CourseFactory(published=True, owner=course.owner)
    client.force_login(course.owner)

    assert client.get(url("waitlist_entry", other, entry.pk)).status_code == 404


def test_students_do_not_see_the_queue(client, course, holder, student):
    entry = join(course, student)
    client.force_login(student)

    assert client.get(url("waitlist", course)).status_code == 404
    assert client.get(url("waitlist_entry", course, entry.pk)).status_code == 404


def test_first_page_shows_queues_and_offers(client, course, holder, student):
    join(course, student)
    client.force_login(student)
    assert "On the waitlist" in client.get("/").content.decode()

    free_seat(holder)

    page = client.get("/").content.decode()
    assert "A seat is yours if you take it until" in page
    assert course.title in page


def test_mail_has_both_answers(course, holder, student):
    student.email_verified_at = timezone.now()
    student.save()
    join(course, student)
    free_seat(holder)
    notification = Notification.objects.get(kind="waitlist.offered")

    delivery.mail_at_once(notification.pk, now=timezone.now())

    sent = Mail.objects.get(user=student)
    for label, path in links_of(student).items():
        assert label in sent.text
        assert path in sent.text
        assert path in sent.html
