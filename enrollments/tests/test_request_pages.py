"""Asking for a place, and the queue in which staff answer."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import Course
from courses.tests.factories import CourseFactory, CourseStaffFactory
from enrollments import services
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory
from users.tests.factories import UserFactory

NOW = timezone.now()
ALL = "/studio/requests/"


@pytest.fixture
def student(organization):
    return UserFactory()


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, enrollment_type="approval", waitlist_enabled=False)


def address(course, ending=""):
    return f"/courses/{course.slug}/{ending}"


def queue_of(course):
    return f"/studio/courses/{course.slug}/requests/"


def text_of(response):
    return response.content.decode()


def panel(client, course):
    html = text_of(client.get(address(course)))
    return re.search(r'<div class="enroll .*?\n</div>(?=\n)', html, re.DOTALL).group()


def a_request(course, **fields):
    fields = {"approval_requested_at": NOW, "enrolled_at": None} | fields
    return EnrollmentFactory(course=course, status="pending", **fields)


def names(response):
    return re.findall(r'<strong dir="auto">([^<]+)</strong>', text_of(response))


# Asking


def test_student_asks_with_a_message_and_takes_it_back(client, course, student):
    client.force_login(student)
    assert address(course, "request/") in panel(client, course)

    answer = client.post(address(course, "request/"), {"message": "Please, I teach this."})
    assert answer.headers["Location"] == address(course)
    place = Enrollment.objects.get()
    assert (place.status, place.request_message) == ("pending", "Please, I teach this.")
    html = panel(client, course)
    assert "waiting for an answer" in html
    assert address(course, "withdraw/") in html

    assert "Keep the request" in text_of(client.get(address(course, "withdraw/")))
    page = client.post(address(course, "withdraw/"), follow=True)
    assert "Your request is withdrawn." in text_of(page)
    assert Enrollment.objects.get().status == "withdrawn"


def test_rejected_student_reads_why_and_may_ask_again(client, course, student):
    place = a_request(course, student=student)
    services.reject(place.pk, by=course.owner, now=NOW, reason="Begin with the basics.")
    client.force_login(student)
    html = panel(client, course)
    assert "Begin with the basics." in html
    assert "Ask again" in html
    client.post(address(course, "request/"), {"message": ""})
    assert Enrollment.objects.get().status == "pending"


def test_page_to_ask_leads_back_where_there_is_nothing_to_ask(client, student):
    client.force_login(student)
    course = CourseFactory(published=True)
    page = client.get(address(course, "request/"), follow=True)
    assert "You need not ask" in text_of(page)
    client.post(address(course, "request/"), {"message": ""})
    assert not Enrollment.objects.exists()


@pytest.mark.parametrize("message", ["a\x00b", "x" * 1001, "x" * 1_000_000])
def test_message_that_cannot_be_kept_is_refused_beside_the_field(client, course, student, message):
    client.force_login(student)
    page = client.post(address(course, "request/"), {"message": message})
    assert page.status_code == 200
    assert "error-summary" in text_of(page)
    assert not Enrollment.objects.exists()


# Answering


def answer(client, page, answer, *places, **fields):
    data = {"answer": answer, "request": [place.pk for place in places]} | fields
    return client.post(page, data, follow=True)


def test_staff_approve_many_at_once(client, course):
    places = [a_request(course) for _ in range(3)]
    client.force_login(CourseStaffFactory(course=course).user)
    page = answer(client, queue_of(course), "approve", *places[:2])
    assert "2 requests approved." in text_of(page)
    assert names(page) == [places[2].student.display_name]
    assert Enrollment.objects.filter(status="active").count() == 2


def test_staff_reject_with_a_reason_only(client, course):
    place = a_request(course)
    client.force_login(course.owner)
    page = answer(client, queue_of(course), "reject", place)
    assert "Say why: the student reads it." in text_of(page)
    assert "checked" in text_of(page)
    assert Enrollment.objects.get().status == "pending"

    answer(client, queue_of(course), "reject", place, reason="Too late.")
    place.refresh_from_db()
    assert (place.status, place.rejection_reason) == ("rejected", "Too late.")


def test_nothing_ticked_is_said(client, course):
    a_request(course)
    client.force_login(course.owner)
    assert "Tick the requests first." in text_of(answer(client, queue_of(course), "approve"))


def test_who_comes_second_is_told_who_decided_what(client, course):
    place = a_request(course)
    services.approve(place.pk, by=course.owner, now=NOW)
    client.force_login(CourseStaffFactory(course=course).user)
    page = answer(client, queue_of(course), "reject", place, reason="No.")
    assert f"{course.owner.display_name} has approved this request already." in text_of(page)


def test_approval_of_a_full_course_is_refused_or_leads_to_the_waitlist(client, course):
    Course.objects.filter(pk=course.pk).update(max_capacity=1)
    EnrollmentFactory(course=course, approved=True)
    place = a_request(course)
    client.force_login(course.owner)
    assert "The only seat is taken." in text_of(answer(client, queue_of(course), "approve", place))
    place.refresh_from_db()
    assert place.is_waiting_for_answer

    Course.objects.filter(pk=course.pk).update(waitlist_enabled=True)
    page = answer(client, queue_of(course), "approve", place)
    assert "1 person waits on the waitlist." in text_of(page)
    place.refresh_from_db()
    assert (place.status, place.approved_by) == ("pending", course.owner)
    assert names(page) == []

    client.force_login(place.student)
    assert "You are number 1 of 1" in panel(client, course)


def test_approved_student_gets_the_seat_that_becomes_free(course):
    Course.objects.filter(pk=course.pk).update(max_capacity=1, waitlist_enabled=True)
    first = EnrollmentFactory(course=course, approved=True)
    place = a_request(course)
    services.approve(place.pk, by=course.owner, now=NOW)
    services.withdraw(first.pk, by=first.student, now=NOW)
    entry = place.student_id and course.waitlist.get()
    assert entry.state == "offered"
    services.accept_offer(entry.pk, by=place.student, now=NOW)
    place.refresh_from_db()
    assert (place.status, place.approved_by) == ("active", course.owner)


def test_requests_of_others_are_nobody_elses_to_answer(client, course):
    elsewhere = a_request(CourseFactory(published=True, enrollment_type="approval"))
    client.force_login(course.owner)
    for page in (queue_of(course), ALL):
        answer(client, page, "approve", elsewhere)
        answer(client, page, "reject", elsewhere, reason="No.")
    elsewhere.refresh_from_db()
    assert elsewhere.is_waiting_for_answer
    assert names(client.get(ALL)) == []


def test_queue_is_filtered_sorted_and_paged(client, course, monkeypatch):
    other = CourseFactory(published=True, enrollment_type="approval", owner=course.owner)
    for days, (first, where) in enumerate((("Ada", course), ("Bo", other), ("Chi", course))):
        a_request(
            where,
            student=UserFactory(first_name=first, last_name="Moss"),
            approval_requested_at=NOW - timedelta(days=days * 2),
        )
    client.force_login(course.owner)

    def people(page, query=""):
        return [name.split()[0] for name in names(client.get(page + query))]

    assert people(ALL) == ["Chi", "Bo", "Ada"]
    assert people(queue_of(course)) == ["Chi", "Ada"]
    assert people(ALL, f"?course={other.slug}") == ["Bo"]
    assert people(ALL, "?age=1") == ["Chi", "Bo"]
    assert people(ALL, "?age=3") == ["Chi"]
    assert people(ALL, "?q=bo+mo") == ["Bo"]
    assert people(ALL, "?q=a%01") == people(ALL, "?course=nowhere") == []
    assert people(ALL, "?age=nonsense&cursor=nonsense") == ["Chi", "Bo", "Ada"]

    monkeypatch.setattr("enrollments.request_queue.PER_PAGE", 2)
    [following] = re.findall(r'rel="next" href="([^"]+)"', text_of(client.get(ALL)))
    assert people(ALL, following.replace("&amp;", "&")) == ["Ada"]


@pytest.mark.parametrize("page", ["course", "all"])
@pytest.mark.parametrize("count", [1, 3])
def test_queue_query_count_is_constant(client, course, page, count, django_assert_max_num_queries):
    places = [a_request(course) for _ in range(count)]
    client.force_login(course.owner)
    path = ALL if page == "all" else queue_of(course)
    client.get(path)
    with django_assert_max_num_queries(9):  # with the savepoint, the frame and who else is here
        html = text_of(client.get(path))
    assert all(place.student.email in html for place in places)


@pytest.mark.parametrize(
    ("who", "of_course", "of_all"),
    [("owner", 200, 200), ("admin", 200, 200), ("instructor", 404, 200), ("student", 404, 404)],
)
def test_queue_is_for_those_who_answer(client, course, who, of_course, of_all):
    client.force_login(course.owner if who == "owner" else UserFactory(role=who))
    assert client.get(queue_of(course)).status_code == of_course
    assert client.get(ALL).status_code == of_all


@pytest.mark.parametrize("sent", ["nonsense", "\x00", "9" * 400])
def test_hostile_answers_change_nothing(client, course, sent):
    a_request(course)
    client.force_login(course.owner)
    for data in (
        {"answer": "approve", "request": [sent] * 40},
        {"answer": sent, "request": [sent], "reason": sent},
    ):
        assert client.post(queue_of(course), data).status_code == 200
    assert Enrollment.objects.get().status == "pending"


# The back office


def test_admin_answers_through_the_services(client, course):
    first, second = a_request(course), a_request(course)
    client.force_login(UserFactory(admin=True))
    page = "/admin/enrollments/enrollment/"
    client.post(page, {"action": "approve", "_selected_action": [first.pk], "index": "0"})
    client.post(page, {"action": "reject", "_selected_action": [second.pk], "index": "0"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("active", "pending")

    sent = {"action": "reject", "_selected_action": [second.pk], "index": "0"}
    client.post(page, sent | {"_confirmed": "1", "reason": ""})
    second.refresh_from_db()
    assert second.status == "pending"
    client.post(page, sent | {"_confirmed": "1", "reason": "Full."})
    second.refresh_from_db()
    assert (second.status, second.rejection_reason) == ("rejected", "Full.")
