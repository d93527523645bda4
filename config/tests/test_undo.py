"""Undoing single changes, and every reason against it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from activity.models import Undo
from activity.tests.requests import request_by
from activity.undo import undo, undo_states
from content.models import ContentItem, ContentVersion, Lesson, LessonItem, Module
from content.services import items, outline
from content.tests.factories import LessonFactory, ModuleFactory
from courses import services as courses
from courses.models import Course, CourseStaff, FormerSlug, Subject
from courses.services.roles import give_role
from courses.tests.factories import CourseFactory, SubjectFactory
from enrollments import services as enrollments
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory
from lib.ids import uuid7
from tenancy.context import organization_context
from tenancy.models import Domain, SecurityEvent
from users.models import Permission, Role, User
from users.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def admin(organization):
    return UserFactory(admin=True)


@pytest.fixture
def course(organization):
    return CourseFactory(title="Knots", slug="knots")


def changed(actor, act, *arguments, **options):
    """The id of a request in which `actor` did this."""
    with request_by(actor) as request_id:
        act(*arguments, by=actor, now=NOW, **options)
    return request_id


def undone(request_id, user, *, now=None):
    with request_by(user) as own_id:
        decision = undo(request_id, by=user, now=now or timezone.now())
    return own_id, decision


def renamed(course, user, title="Bends"):
    return changed(user, courses.update_course, course.pk, title=title)


def test_undo_gives_columns_their_former_values(course):
    request_id = renamed(course, course.owner)

    _own, decision = undone(request_id, course.owner)

    assert decision, decision.message
    course.refresh_from_db()
    assert course.title == "Knots"


def test_undo_of_a_new_row_takes_it_away(course):
    request_id = changed(course.owner, outline.add_module, course, title="One")

    assert undone(request_id, course.owner)[1]

    assert not Module.objects.exists()


def test_undo_brings_a_deleted_row_back_with_its_id(course, admin):
    helper = UserFactory(instructor=True)
    staff = courses.add_staff(course.pk, user=helper, by=admin, now=NOW)
    request_id = changed(admin, courses.remove_staff, course.pk, user=helper)

    assert undone(request_id, admin)[1]

    back = CourseStaff.objects.get()
    assert (back.pk, back.user, back.role) == (staff.pk, helper, staff.role)
    assert abs(back.created_at - staff.created_at) < timedelta(seconds=1)


def test_undo_can_itself_be_undone_and_again(course):
    request_id = renamed(course, course.owner)

    first, _ = undone(request_id, course.owner)
    second, decision = undone(first, course.owner)
    assert decision, decision.message
    course.refresh_from_db()
    assert course.title == "Bends"

    _third, decision = undone(request_id, course.owner)
    assert decision, decision.message
    course.refresh_from_db()
    assert course.title == "Knots"
    assert Undo.objects.filter(taken_back_at=None).count() == 2


def test_a_new_course_goes_and_comes_back(organization, admin):
    subject = SubjectFactory()
    with request_by(admin) as request_id:
        course = courses.create_course(
            title="Tides", subject=subject, description="*High*", by=admin, now=NOW
        )
    version = course.outline_version

    gone, decision = undone(request_id, admin)
    assert decision, decision.message
    assert not Course.objects.exists()
    _own, decision = undone(gone, admin)

    assert decision, decision.message
    back = Course.objects.get()
    assert (back.pk, back.title, back.owner) == (course.pk, "Tides", admin)
    assert "<em>High</em>" in back.description_html
    assert back.outline_version > version
    assert back.seats.taken == 0


def test_a_new_module_on_which_others_built_goes_to_the_trash(course):
    with request_by(course.owner) as request_id:
        module = outline.add_module(course, title="One", by=course.owner, now=NOW)
    outline.add_lesson(module, title="First", by=course.owner, now=NOW)

    _own, decision = undone(request_id, course.owner)

    assert decision.allowed
    assert decision.code == "in_the_trash"
    module.refresh_from_db()
    assert module.deleted_at is not None
    assert Lesson.objects.get().deleted_at is not None


def test_positions_close_when_a_new_part_goes(course):
    first = changed(course.owner, outline.add_module, course, title="One")
    outline.add_module(course, title="Two", by=course.owner, now=NOW)

    assert undone(first, course.owner)[1]

    assert list(Module.objects.values_list("title", "position")) == [("Two", 1)]


def test_a_rename_gives_the_former_address_back(course):
    request_id = changed(course.owner, courses.update_course, course.pk, slug="bends")
    assert FormerSlug.objects.count() == 1

    assert undone(request_id, course.owner)[1]

    course.refresh_from_db()
    assert course.slug == "knots"
    assert not FormerSlug.objects.exists()


def test_moving_lessons_between_modules_goes_back(course):
    one, two = ModuleFactory.create_batch(2, course=course)
    lessons = [LessonFactory(module=one, position=number) for number in (1, 2, 3)]
    before = list(Lesson.objects.order_by("pk").values_list("pk", "module", "position"))
    request_id = changed(course.owner, outline.move_lesson, lessons[0], position=1, to_module=two)

    assert undone(request_id, course.owner)[1]

    assert list(Lesson.objects.order_by("pk").values_list("pk", "module", "position")) == before


def test_a_trashed_module_comes_back_to_its_place_with_its_lessons(course):
    modules = [ModuleFactory(course=course, position=number) for number in (1, 2, 3)]
    LessonFactory(module=modules[0], position=1)
    request_id = changed(course.owner, outline.trash_part, modules[0])

    assert undone(request_id, course.owner)[1]

    places = Module.objects.live().order_by("position").values_list("pk", flat=True)
    assert list(places) == [module.pk for module in modules]
    assert Lesson.objects.live().count() == 1


def test_undo_of_new_content_shows_what_was_there_before(course):
    item = items.add_item(kind="text", title="Text", by=course.owner, now=NOW)
    first = items.save_version(item, body="One", by=course.owner, now=NOW).version
    request_id = changed(course.owner, items.save_version, item, body="Two")

    assert undone(request_id, course.owner)[1]

    item.refresh_from_db()
    assert item.current_version == first
    assert ContentVersion.objects.count() == 2  # what was said once stays in the history


def test_new_content_goes_with_its_only_version_and_comes_back(course):
    with request_by(course.owner) as request_id:
        item = items.add_item(kind="text", title="Text", by=course.owner, now=NOW)
        items.save_version(item, body="One *more*", by=course.owner, now=NOW)

    gone, decision = undone(request_id, course.owner)
    assert decision, decision.message
    assert not ContentItem.objects.exists()
    assert not ContentVersion.objects.exists()
    _own, decision = undone(gone, course.owner)

    assert decision, decision.message
    back = ContentItem.objects.get()
    assert back.pk == item.pk
    assert "<em>more</em>" in back.current_version.html


def test_an_item_taken_out_of_a_lesson_comes_back_to_its_place(course):
    lesson = LessonFactory(module=ModuleFactory(course=course))
    item = items.add_item(kind="text", title="Text", by=course.owner, now=NOW)
    entries = [items.put_in_lesson(lesson, item, by=course.owner, now=NOW) for _ in range(3)]
    before = list(LessonItem.objects.order_by("position").values_list("position", "pk"))
    request_id = changed(course.owner, items.take_from_lesson, entries[0])

    assert undone(request_id, course.owner)[1]

    assert list(LessonItem.objects.order_by("position").values_list("position", "pk")) == before


# Places on courses


def test_a_withdrawn_place_comes_back_as_it_was(course, admin):
    place = EnrollmentFactory(course=course)
    request_id = changed(admin, enrollments.withdraw, place.pk)

    assert undone(request_id, admin)[1]

    back = Enrollment.objects.get()
    assert (back.status, back.enrolled_at) == ("active", place.enrolled_at)
    assert [*back.changes.values_list("to_status", flat=True)] == ["withdrawn", "active"]


def test_a_new_place_is_left_again_and_its_record_stays(course, admin):
    request_id = changed(admin, enrollments.place, course.pk, UserFactory())

    assert undone(request_id, admin)[1]

    assert Enrollment.objects.get().status == "withdrawn"
    course.seats.refresh_from_db()
    assert course.seats.taken == 0


def test_a_place_does_not_come_back_without_a_seat(organization, admin):
    course = CourseFactory(published=True, max_capacity=1)
    place = EnrollmentFactory(course=course)
    request_id = changed(admin, enrollments.withdraw, place.pk)
    EnrollmentFactory(course=course)

    _own, decision = undone(request_id, admin)

    assert not decision
    assert "seat" in decision.message
    place.refresh_from_db()
    assert place.status == "withdrawn"


def test_a_step_that_the_table_of_states_does_not_have_is_refused(course, admin):
    place = EnrollmentFactory(course=course, status="suspended")
    request_id = changed(admin, enrollments.withdraw, place.pk)

    assert undo_states([request_id], admin)[request_id].code == "unlawful"
    assert undone(request_id, admin)[1].code == "unlawful"


def test_what_students_do_to_their_own_place_is_theirs(course, admin):
    place = EnrollmentFactory(course=course)
    request_id = changed(place.student, enrollments.withdraw, place.pk)

    assert undone(request_id, admin)[1].code == "own_act"


# People


def test_an_account_gets_its_former_role_and_the_security_log_tells(admin):
    person = UserFactory(instructor=True)
    with request_by(admin) as request_id:
        person.role = User.Role.STUDENT
        person.save(update_fields=["role"])

    assert undone(request_id, admin)[1]

    person.refresh_from_db()
    assert (person.role, person.is_staff) == ("instructor", True)
    assert SecurityEvent.objects.filter(kind="role_changed", user_id=person.pk).count() == 1


def test_nobody_gives_themselves_rights_back(admin):
    other = UserFactory(admin=True)
    with request_by(admin) as request_id:
        other.is_active = False
        other.save(update_fields=["is_active"])
    other.is_active = True  # a request of theirs that had begun before

    assert undone(request_id, other)[1].code == "own_rights"


def test_a_profile_changed_by_staff_goes_back(admin):
    profile = ProfileFactory(display_name="Ada")
    with request_by(admin) as request_id:
        profile.display_name = "Lady Ada"
        profile.save()

    assert undone(request_id, admin)[1]

    profile.refresh_from_db()
    assert profile.display_name == "Ada"


def test_an_account_is_not_taken_away(admin):
    with request_by(admin) as request_id:
        UserFactory()

    assert undone(request_id, admin)[1].code == "stays"


def test_a_password_is_never_undone(admin):
    person = UserFactory()
    with request_by(admin) as request_id:
        person.set_password("another stone")
        person.first_name = "Augusta"
        person.save()

    assert undone(request_id, admin)[1]

    person.refresh_from_db()
    assert (person.first_name, person.check_password("another stone")) == ("Ada", True)


# Reasons against


def test_undo_is_refused_when_somebody_changed_it_since(course):
    request_id = renamed(course, course.owner)
    courses.update_course(course.pk, title="Hitches", by=None, now=NOW)

    _own, decision = undone(request_id, course.owner)

    assert decision.code == "changed"
    assert str(course.pk) in decision.reason.url
    course.refresh_from_db()
    assert course.title == "Hitches"
    assert not Undo.objects.exists()


def test_nothing_is_half_undone(course):
    with request_by(course.owner) as request_id:
        courses.update_course(course.pk, title="Bends", by=course.owner, now=NOW)
        courses.update_course(course.pk, summary="All of them", by=course.owner, now=NOW)
        module = outline.add_module(course, title="One", by=course.owner, now=NOW)
    outline.update_module(module, title="Two", by=None, now=NOW)

    assert undone(request_id, course.owner)[1].code == "changed"

    course.refresh_from_db()
    assert (course.title, course.summary) == ("Bends", "All of them")


def test_undo_is_refused_when_the_row_is_gone(organization, admin):
    subject = SubjectFactory(title="Sea")
    with request_by(admin) as request_id:
        subject.title = "Ocean"
        subject.save()
    subject.delete()

    assert undone(request_id, admin)[1].code == "gone"


def test_undo_is_refused_when_a_parent_is_gone(course, admin):
    helper = UserFactory(instructor=True)
    courses.add_staff(course.pk, user=helper, by=admin, now=NOW)
    request_id = changed(admin, courses.remove_staff, course.pk, user=helper)
    courses.trash_course(course.pk, by=admin, now=NOW)
    courses.purge_course(course.pk, by=admin, now=NOW)

    _own, decision = undone(request_id, admin)

    assert (decision.allowed, decision.code) == (False, "refused")


def test_undo_is_refused_when_the_row_is_there_again(course, admin):
    helper = UserFactory(instructor=True)
    courses.add_staff(course.pk, user=helper, by=admin, now=NOW)
    request_id = changed(admin, courses.remove_staff, course.pk, user=helper)
    courses.add_staff(course.pk, user=helper, by=admin, now=NOW)

    assert not undone(request_id, admin)[1]
    assert CourseStaff.objects.count() == 1


def test_what_was_deleted_for_good_does_not_come_back(course, admin):
    courses.trash_course(course.pk, by=admin, now=NOW)
    request_id = changed(admin, courses.purge_course, course.pk)

    assert undone(request_id, admin)[1].code == "purged"


def test_a_course_is_not_published_again_without_what_it_needs(course, admin):
    course.status, course.published_at = "published", NOW
    course.save()
    request_id = changed(admin, courses.unpublish_course, course.pk)

    assert not undone(request_id, admin)[1]

    course.refresh_from_db()
    assert course.status == "draft"


def test_a_picture_that_is_gone_does_not_come_back(course, admin):
    Course.objects.filter(pk=course.pk).update(thumbnail="thumbnails/gone.png")
    with request_by(admin) as request_id:
        courses.update_course(course.pk, thumbnail=False, by=admin, now=NOW)

    assert undone(request_id, admin)[1].code == "file_gone"


def test_undo_ends_after_thirty_days(course):
    request_id = renamed(course, course.owner)

    late = timezone.now() + timedelta(days=30, minutes=1)
    assert undone(request_id, course.owner, now=late)[1].code == "too_old"
    assert undone(request_id, course.owner, now=late - timedelta(minutes=5))[1]


def test_undo_twice_is_refused(course):
    request_id = renamed(course, course.owner)
    undone(request_id, course.owner)

    assert undone(request_id, course.owner)[1].code == "undone"
    assert undo_states([request_id], course.owner)[request_id].code == "undone"


def test_what_the_system_did_is_not_undone(course, admin):
    with request_by(admin) as request_id, connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor_id', '', true)")
        courses.update_course(course.pk, title="Bends", by=None, now=NOW)

    assert undone(request_id, admin)[1].code == "by_system"


def test_a_step_that_no_app_declared_keeps_the_whole_request(course, admin):
    with request_by(admin) as request_id:
        courses.update_course(course.pk, title="Bends", by=admin, now=NOW)
        Domain.objects.create(host="elsewhere.localhost")

    assert undone(request_id, admin)[1].code == "not_undoable"


def test_an_unknown_request_holds_nothing_to_undo(admin):
    unknown = uuid7()
    assert undo_states([unknown], admin)[unknown].code == "nothing"
    assert undone(unknown, admin)[1].code == "nothing"


# Who


def test_who_may_undo(course, admin):
    helper = UserFactory(instructor=True)
    courses.add_staff(course.pk, user=helper, by=admin, now=NOW)
    request_id = renamed(course, helper)
    people = {
        "admin": admin,
        "owner": course.owner,
        "who did it": helper,
        "another instructor": UserFactory(instructor=True),
        "student": UserFactory(),
    }

    may = {name: undo_states([request_id], user)[request_id].code for name, user in people.items()}

    assert may == {
        "admin": "",
        "owner": "",
        "who did it": "",
        "another instructor": "not_yours",
        "student": "not_yours",
    }


def test_who_may_no_longer_change_it_may_not_undo_it(course, admin):
    helper = UserFactory(instructor=True)
    courses.add_staff(course.pk, user=helper, by=admin, now=NOW)
    request_id = renamed(course, helper)
    courses.remove_staff(course.pk, user=helper, by=admin, now=NOW)

    assert undone(request_id, helper)[1].code == "not_yours"


def test_a_co_instructor_does_not_take_a_course_out_of_the_trash(course, admin):
    helper = UserFactory(instructor=True)
    courses.add_staff(course.pk, user=helper, by=admin, now=NOW)
    request_id = changed(course.owner, courses.trash_course, course.pk)

    assert undone(request_id, helper)[1].code == "not_owner"
    assert undone(request_id, course.owner)[1]


def test_a_co_instructor_does_not_bring_another_back(course, admin):
    helper, other = UserFactory.create_batch(2, instructor=True)
    for person in (helper, other):
        courses.add_staff(course.pk, user=person, by=admin, now=NOW)
    request_id = changed(course.owner, courses.remove_staff, course.pk, user=other)

    assert undone(request_id, helper)[1].code == "not_yours"


def test_a_role_to_undo_reaches_all_courses_and_hands_on_no_rights(course, admin):
    person, other = UserFactory.create_batch(2, instructor=True)
    role = Role.objects.create(name="Keeper", permissions=[Permission.ACTIVITY_UNDO])
    give_role(role, user=person, by=admin, now=NOW)
    person.refresh_from_db()
    courses.add_staff(course.pk, user=other, by=admin, now=NOW)
    rename = renamed(course, course.owner)
    removal = changed(admin, courses.remove_staff, course.pk, user=other)
    with request_by(admin) as suspension:
        other.is_active = False
        other.save(update_fields=["is_active"])
    taken = changed(admin, courses.transfer_ownership, course.pk, to=admin)

    states = undo_states([rename, removal, suspension, taken], person)

    codes = [states[request_id].code for request_id in (rename, removal, suspension, taken)]
    assert codes == ["", "not_yours", "not_yours", "not_yours"]


@pytest.mark.parametrize("who", ["admin", "owner"])
def test_states_take_as_many_queries_for_one_as_for_many(
    course, admin, who, django_assert_max_num_queries
):
    user = {"admin": admin, "owner": course.owner}[who]
    requests = [renamed(course, course.owner, title=f"Title {number}") for number in range(25)]
    with django_assert_max_num_queries(6) as one:
        undo_states(requests[-1:], user)
    with django_assert_max_num_queries(len(one)):
        states = undo_states(requests, user)

    assert [state.code for state in states.values()].count("changed") == 24


def test_another_organization_has_nothing_to_undo(course, other_organization):
    request_id = renamed(course, course.owner)

    with organization_context(other_organization):
        stranger = UserFactory(admin=True)
        assert undo_states([request_id], stranger)[request_id].code == "nothing"


def test_a_subject_that_was_deleted_comes_back(organization, admin):
    subject = SubjectFactory(title="Sea", position=3)
    pk = subject.pk
    with request_by(admin) as request_id:
        subject.delete()

    assert undone(request_id, admin)[1]

    back = Subject.objects.get()
    assert (back.pk, back.title, back.position) == (pk, "Sea", 3)
