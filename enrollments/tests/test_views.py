"""Joining and leaving a course, its people, and the button beside it."""

import re

import pytest
from django.utils import timezone

from courses.models import Course
from courses.tests.factories import CourseFactory, CourseStaffFactory
from enrollments import services
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory
from lib.ids import uuid7
from users.tests.factories import UserFactory

NOW = timezone.now()


@pytest.fixture
def student(organization):
    return UserFactory()


@pytest.fixture
def browser(client, student):
    client.force_login(student)
    return client


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, max_capacity=2)


def address(course, ending=""):
    return f"/courses/{course.slug}/{ending}"


def text_of(response):
    return response.content.decode()


def panel(response):
    """The part of a course's page with its one button."""
    return re.search(r'<div class="enroll .*?\n</div>(?=\n)', text_of(response), re.DOTALL).group()


# Enrolling


def test_enroll_gives_a_place_and_leads_into_the_course(browser, student, course):
    answer = browser.post(address(course, "enroll/"))
    assert (answer.status_code, answer.headers["Location"]) == (302, address(course, "continue/"))
    assert Enrollment.objects.get().student == student


def test_form_sent_twice_enrolls_once(browser, course):
    key = {"idempotency_key": str(uuid7())}
    first = browser.post(address(course, "enroll/"), key)
    again = browser.post(address(course, "enroll/"), key)
    assert first.headers["Location"] == again.headers["Location"]
    assert Enrollment.objects.count() == 1


def test_enrolling_when_enrolled_is_harmless(browser, course):
    for _ in range(2):
        assert browser.post(address(course, "enroll/")).status_code == 302
    assert Enrollment.objects.count() == 1


def test_refusal_is_shown_in_the_words_of_the_decision(browser, course):
    Course.objects.update(waitlist_enabled=False)
    EnrollmentFactory.create_batch(2, course=course)
    page = browser.post(address(course, "enroll/"), follow=True)
    assert page.redirect_chain == [(address(course), 302)]
    assert text_of(page).count("All 2 seats are taken.") == 2  # the message, and the panel
    assert Enrollment.objects.count() == 2


@pytest.mark.parametrize(
    "fields", [{"status": "draft"}, {"visibility": "private"}, {"deleted_at": NOW}]
)
def test_course_one_may_not_see_is_not_found(browser, fields):
    course = CourseFactory(published=True, **fields)
    for ending in ("enroll/", "withdraw/", "pause/", "resume/"):
        assert browser.post(address(course, ending)).status_code == 404
    assert browser.post("/courses/no-such-course/enroll/").status_code == 404


def test_enrolling_needs_a_post_and_a_sign_in(browser, client, course):
    assert browser.get(address(course, "enroll/")).status_code == 405
    client.logout()
    answer = client.post(address(course, "enroll/"))
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert Enrollment.objects.count() == 0


# Leaving, pausing


def test_withdraw_asks_first_and_can_be_undone(browser, student, course):
    place = services.enroll(course.pk, student, by=student, now=NOW)
    page = text_of(browser.get(address(course, "withdraw/")))
    assert "What you did is kept: 0 %." in page
    assert Enrollment.objects.get().status == "active"

    assert browser.post(address(course, "withdraw/")).headers["Location"] == address(course)
    assert Enrollment.objects.get().status == "withdrawn"
    assert "Enroll again" in panel(browser.get(address(course)))

    browser.post(address(course, "enroll/"))
    assert Enrollment.objects.get().pk == place.pk
    assert Enrollment.objects.get().status == "active"


def test_leaving_a_private_course_leads_home(browser, student):
    course = CourseFactory(published=True, visibility="private")
    EnrollmentFactory(course=course, student=student)
    assert browser.get(address(course)).status_code == 200
    assert browser.post(address(course, "withdraw/")).headers["Location"] == "/"
    assert browser.get(address(course)).status_code == 404


def test_completed_course_cannot_be_left(browser, student, course):
    EnrollmentFactory(course=course, student=student, status="completed", completed_at=NOW)
    page = browser.post(address(course, "withdraw/"), follow=True)
    assert "cannot become" in text_of(page)
    assert Enrollment.objects.get().status == "completed"


def test_pause_and_resume(browser, student, course):
    EnrollmentFactory(course=course, student=student)
    states = []
    for ending in ("pause/", "resume/"):
        browser.post(address(course, ending))
        states.append(Enrollment.objects.get().status)
    assert states == ["paused", "active"]


def test_suspended_student_cannot_lift_it_by_resuming(browser, student, course):
    EnrollmentFactory(course=course, student=student, status="suspended")
    browser.post(address(course, "resume/"))
    assert Enrollment.objects.get().status == "suspended"


# The button


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (None, ["Enroll", "2 of 2 seats left"]),
        ("active", ["Start", "Withdraw from this course"]),
        ("completed", ["Completed", "Review"]),
        ("paused", ["You have paused this course", "Resume"]),
        ("suspended", ["suspended"]),
        ("pending", ["waiting for an answer"]),
        ("withdrawn", ["Enroll again"]),
    ],
)
def test_panel_has_the_right_button(browser, student, course, state, words):
    if state:
        EnrollmentFactory(
            course=course,
            student=student,
            status=state,
            approval_requested_at=NOW,
            completed_at=NOW if state == "completed" else None,
        )
    html = panel(browser.get(address(course)))
    assert [word for word in words if word not in html] == []
    assert html.count("btn-primary") <= 1


def test_panel_leads_those_who_teach_to_their_people(client, course):
    client.force_login(UserFactory(admin=True))
    html = panel(client.get(address(course)))
    assert address(course, "people/") in html
    assert "<form" not in html


def test_panel_for_guests_holds_nothing_about_the_visitor(client, course):
    pages = {panel(client.get(address(course))) for _ in range(2)}
    assert len(pages) == 1
    [html] = pages
    assert f'href="/accounts/login/?next={address(course)}"' in html
    assert "csrf" not in html
    assert "idempotency" not in html


# People


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 200),
        ("co-instructor", 200),
        ("admin", 200),
        ("instructor", 403),
        ("student", 403),
        ("guest", 403),
    ],
)
def test_people_are_for_those_who_look_after_the_course(client, course, who, status):
    place = EnrollmentFactory(course=course)
    user = {
        "owner": lambda: course.owner,
        "co-instructor": lambda: CourseStaffFactory(course=course).user,
    }.get(who, lambda: UserFactory(role=who))()
    client.force_login(user)
    assert client.get(address(course, "people/")).status_code == status
    assert client.get(address(course, f"people/{place.pk}/")).status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_people_query_count_is_constant(client, course, count, django_assert_max_num_queries):
    Course.objects.update(max_capacity=None)
    places = EnrollmentFactory.create_batch(count, course=course)
    client.force_login(course.owner)
    client.get(address(course, "people/"))
    with django_assert_max_num_queries(7):  # with the savepoint around the request
        html = text_of(client.get(address(course, "people/")))
    assert all(place.student.email in html for place in places)


def names(response):
    return re.findall(r"/people/[0-9a-f-]{36}/\">([^<]+)</a>", text_of(response))


def test_people_are_searched_filtered_sorted_and_paged(client, organization, monkeypatch):
    course = CourseFactory(published=True)
    for number, (first, last) in enumerate((("Ada", "Moss"), ("Bo", "Adamson"), ("Chi", "Li"))):
        EnrollmentFactory(
            course=course,
            student=UserFactory(first_name=first, last_name=last, email=f"{first}@mail.org"),
            percent=number * 10,
            status="paused" if first == "Chi" else "active",
        )
    EnrollmentFactory(student=UserFactory(first_name="Ada", last_name="Elsewhere"))
    client.force_login(course.owner)

    def people(query=""):
        return names(client.get(address(course, f"people/{query}")))

    assert people() == ["Chi Li", "Bo Adamson", "Ada Moss"]
    assert people("?q=ada") == ["Bo Adamson", "Ada Moss"]
    assert people("?q=ADA+mo") == ["Ada Moss"]
    assert people("?q=chi@mail") == ["Chi Li"]
    assert people("?q=a%01b") == []
    assert people("?q=%00") == ["Chi Li", "Bo Adamson", "Ada Moss"]
    assert people("?status=paused") == ["Chi Li"]
    assert people("?status=nonsense") == ["Chi Li", "Bo Adamson", "Ada Moss"]
    assert people("?sort=least") == ["Ada Moss", "Bo Adamson", "Chi Li"]
    assert people("?sort=seen&cursor=nonsense") == ["Chi Li", "Bo Adamson", "Ada Moss"]

    monkeypatch.setattr("enrollments.roster.PER_PAGE", 2)
    first = client.get(address(course, "people/?sort=percent"))
    [following] = re.findall(r'rel="next" href="([^"]+)"', text_of(first))
    assert names(first) == ["Chi Li", "Bo Adamson"]
    assert people(following.replace("&amp;", "&")) == ["Ada Moss"]


def test_staff_suspend_and_lift_with_a_reason_that_is_kept(client, course):
    place = EnrollmentFactory(course=course)
    client.force_login(course.owner)
    page = address(course, f"people/{place.pk}/")

    client.post(page, {"action": "suspend", "reason": "The fee is open."})
    place.refresh_from_db()
    assert place.status == "suspended"
    assert "The fee is open." in text_of(client.get(page))

    client.post(page, {"action": "lift"})
    place.refresh_from_db()
    assert place.status == "active"
    assert place.changes.count() == 2


def test_action_that_does_not_fit_the_state_is_refused(client, course):
    place = EnrollmentFactory(course=course)
    client.force_login(course.owner)
    page = client.post(address(course, f"people/{place.pk}/"), {"action": "lift"})
    assert page.status_code == 200
    place.refresh_from_db()
    assert (place.status, place.changes.count()) == ("active", 0)


def test_person_of_another_course_is_not_found(client, course):
    elsewhere = EnrollmentFactory()
    client.force_login(course.owner)
    assert client.get(address(course, f"people/{elsewhere.pk}/")).status_code == 404


def test_bringing_back_to_a_full_course_says_so(client, course):
    place = EnrollmentFactory(course=course, status="withdrawn")
    EnrollmentFactory.create_batch(2, course=course)
    client.force_login(course.owner)
    page = client.post(
        address(course, f"people/{place.pk}/"), {"action": "bring_back"}, follow=True
    )
    assert "All 2 seats are taken." in text_of(page)
    place.refresh_from_db()
    assert place.status == "withdrawn"
