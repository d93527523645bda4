"""Courses in the back office: saved through services, changed by actions, each person their own."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from courses import preflight
from courses.models import Course, CoursePrerequisite, FormerSlug
from courses.tests.factories import CourseFactory, CourseStaffFactory, SubjectFactory
from tenancy.context import organization_context
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/courses/course/"


@pytest.fixture
def teacher(organization):
    return UserFactory(instructor=True)


@pytest.fixture
def no_checks(monkeypatch):
    monkeypatch.setattr(preflight, "_checks", {})


def address(course):
    return f"{LIST}{course.pk}/change/"


def posted(staff=(), required=(), **fields):
    """A change form as a browser sends it."""
    form = {
        "title": "Knots",
        "slug": "",
        "summary": "",
        "description": "",
        "objectives": "",
        "requirements": "",
        "tags": "",
        "language": "en",
        "difficulty_level": "",
        "visibility": "public",
        "enrollment_type": "open",
        "currency": "EUR",
        "waitlist_enabled": "on",
        "offer_hours": "48",
    } | fields
    for prefix, name, chosen in (
        ("staff", "user", staff),
        ("prerequisite_links", "required_course", required),
    ):
        form |= {f"{prefix}-TOTAL_FORMS": len(chosen), f"{prefix}-INITIAL_FORMS": 0}
        for number, thing in enumerate(chosen):
            form |= {f"{prefix}-{number}-{name}": thing.pk, f"{prefix}-{number}-id": ""}
            form |= {f"{prefix}-{number}-role": "co_instructor"} if prefix == "staff" else {}
    for prefix in ("role_assignments", "former_slugs"):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return form


def errors(response):
    assert response.status_code == 200
    return response.content.decode().split("errorlist", 1)[1][:600]


def act(client, action, *courses):
    response = client.post(
        LIST,
        {"action": action, "_selected_action": [c.pk for c in courses], "_confirmed": "1"},
        follow=True,
    )
    return [str(message) for message in response.context["messages"]]


def test_instructor_creates_a_course_of_their_own(client, teacher):
    client.force_login(teacher)
    subject, needed = SubjectFactory(), CourseFactory(published=True)
    helper, other = UserFactory(instructor=True), UserFactory(instructor=True)

    response = client.post(
        f"{LIST}add/",
        posted(
            staff=[helper],
            required=[needed],
            subject=subject.pk,
            owner=other.pk,
            objectives="Tie, untie\n\n Tie, untie \nSplice",
            tags="rope, sea ,rope",
            description="**Go**",
        ),
    )

    assert response.status_code == 302, errors(response)
    course = Course.objects.get(title="Knots")
    assert (course.owner, course.status, course.slug) == (teacher, "draft", "knots")
    assert course.objectives == ["Tie, untie", "Splice"]
    assert course.tags == ["rope", "sea"]
    assert course.description_html.strip() == "<p><strong>Go</strong></p>"
    assert [staff.user for staff in course.staff.all()] == [helper]
    assert list(course.prerequisites.all()) == [needed]


def test_change_goes_through_the_service(client, teacher):
    course = CourseFactory(owner=teacher, slug="old", title="Old")
    client.force_login(teacher)
    data = SimpleUploadedFile("x.png", b"no picture")
    form = posted(subject=course.subject_id, owner=teacher.pk, slug="new")

    assert "picture" in errors(client.post(address(course), form | {"thumbnail": data}))
    assert client.post(address(course), form).status_code == 302
    course.refresh_from_db()
    assert (course.title, course.slug) == ("Knots", "new")
    assert FormerSlug.objects.get().slug == "old"

    other = CourseFactory(subject=course.subject)
    client.force_login(other.owner)
    taken = posted(subject=course.subject_id, owner=other.owner_id, slug="old")
    assert "short name" in errors(client.post(address(other), taken))


def test_circle_of_prerequisites_is_an_error_of_the_form(client, teacher):
    course = CourseFactory(owner=teacher, title="Git")
    needed = CourseFactory(title="Web", published=True)
    CoursePrerequisite.objects.create(course=needed, required_course=course)
    client.force_login(teacher)
    form = posted(required=[needed], title="Git", subject=course.subject_id, owner=teacher.pk)
    assert "Git → Web → Git" in errors(client.post(address(course), form))


def test_status_and_times_cannot_be_posted(client, teacher):
    course = CourseFactory(owner=teacher)
    client.force_login(teacher)
    form = posted(subject=course.subject_id, owner=teacher.pk)
    client.post(address(course), form | {"status": "published", "published_at_0": "2026-01-01"})
    course.refresh_from_db()
    assert (course.status, course.published_at) == ("draft", None)


def test_ownership_is_given_by_the_owner_and_not_to_students(client, teacher):
    course, heir = CourseFactory(owner=teacher), UserFactory(instructor=True)
    helper, student = CourseStaffFactory(course=course).user, UserFactory()
    form = posted(subject=course.subject_id)
    form |= {"staff-TOTAL_FORMS": 1, "staff-INITIAL_FORMS": 1}
    form |= {"staff-0-id": course.staff.get().pk, "staff-0-user": helper.pk}
    form |= {"staff-0-role": "co_instructor"}

    client.force_login(helper)
    client.post(address(course), form | {"owner": helper.pk})
    course.refresh_from_db()
    assert course.owner == teacher

    client.force_login(UserFactory(admin=True))
    assert "cannot teach" in errors(client.post(address(course), form | {"owner": student.pk}))
    client.force_login(teacher)
    assert client.post(address(course), form | {"owner": heir.pk}).status_code == 302
    course.refresh_from_db()
    assert course.owner == heir


def test_instructors_see_and_change_only_theirs(client, teacher, other_organization):
    mine, theirs = CourseFactory(owner=teacher, title="My knots"), CourseFactory(title="Theirs")
    helped = CourseStaffFactory(user=teacher, course__title="Helped").course
    with organization_context(other_organization):
        foreign = CourseFactory(title="Foreign")
    client.force_login(teacher)

    page = client.get(LIST).content.decode()
    assert all(title in page for title in ("My knots", "Helped"))
    assert not any(title in page for title in ("Theirs", "Foreign"))
    codes = [client.get(address(course)).status_code for course in (mine, helped, theirs, foreign)]
    assert codes == [200, 200, 404, 404]
    assert act(client, "trash", theirs, foreign) == []
    assert not Course.objects.filter(deleted_at__isnull=False).exists()


def test_actions_change_states_and_name_refusals(client, teacher, no_checks):
    draft, published = CourseFactory(owner=teacher), CourseFactory(owner=teacher, published=True)
    client.force_login(teacher)

    assert "never published" in act(client, "archive", draft)[0]
    assert act(client, "publish", draft)[0].startswith("Done")
    assert act(client, "unpublish", draft)[0].startswith("Done")
    assert act(client, "archive", published)[0].startswith("Done")
    assert set(Course.objects.values_list("title", "status")) == {
        (draft.title, "draft"),
        (published.title, "archived"),
    }


def test_publishing_says_what_is_missing(client, teacher):
    def check(course):
        return [preflight.Finding(preflight.Level.ERROR, "no_lesson", "There is no lesson.")]

    course = CourseFactory(owner=teacher)
    client.force_login(teacher)
    preflight.register("test", check)
    said = act(client, "publish", course)
    page = client.get(address(course)).content.decode()
    preflight.unregister("test")

    assert "There is no lesson." in said[0]
    assert "There is no lesson." in page
    assert Course.objects.get().status == "draft"


def test_trash_restore_and_purge(client, teacher):
    course, admin = CourseFactory(owner=teacher, title="Knots"), UserFactory(admin=True)
    helper = CourseStaffFactory(course=course).user
    client.force_login(helper)
    assert "Only the owner" in act(client, "trash", course)[0]

    client.force_login(teacher)
    assert act(client, "trash", course)[0].startswith("Done")
    assert "Knots" not in client.get(LIST).content.decode()
    trash = f"{LIST}?trash=only"
    assert "Knots" in client.get(trash).content.decode()

    def act_on_trash(action):
        form = {"action": action, "_selected_action": [course.pk], "_confirmed": "1"}
        response = client.post(trash, form, follow=True)
        return [str(message) for message in response.context["messages"]]

    assert "Only the owner" in act_on_trash("purge")[0]
    assert act_on_trash("restore")[0].startswith("Done")
    client.force_login(admin)
    assert "not in the trash" in act(client, "purge", course)[0]
    Course.objects.update(deleted_at=timezone.now())
    assert act_on_trash("purge")[0].startswith("Done")
    assert not Course.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_number_of_rows(
    client, teacher, memory_cache, count, django_assert_max_num_queries
):
    CourseFactory.create_batch(count, owner=teacher, title="Knots")
    client.force_login(teacher)
    client.get(LIST)
    with django_assert_max_num_queries(14):
        page = client.get(LIST).content.decode()
    assert page.count("Knots") >= count


@pytest.mark.parametrize("query", ["knots", "kntos", "kno", "%", "\x00", "x" * 5000])
def test_list_is_searched_like_the_catalogue(client, teacher, query):
    CourseFactory(owner=teacher, title="Knots")
    CourseFactory(owner=teacher, title="Sails")
    client.force_login(teacher)
    page = client.get(LIST, {"q": query}, follow=True).content.decode()
    if query.startswith("k"):
        assert "Knots" in page
        assert "Sails" not in page


@pytest.mark.parametrize(
    "name", ["subject", "courseseats", "coursestaff", "courseprerequisite", "formerslug"]
)
def test_other_lists_show_instructors_their_own_and_are_read_only(client, teacher, name):
    theirs, mine = CourseFactory(title="Theirs"), CourseFactory(owner=teacher, title="Mine")
    for course in (theirs, mine):
        CourseStaffFactory(course=course)
        CoursePrerequisite.objects.create(course=course, required_course=CourseFactory())
        FormerSlug.objects.create(course=course, slug=f"old-{course.slug}")
    client.force_login(teacher)
    page = client.get(f"/admin/courses/{name}/").content.decode()
    assert "Theirs" not in page
    if name != "subject":
        assert "Mine" in page
    assert client.get(f"/admin/courses/{name}/add/").status_code == 403
