"""The pages of the feeds: who sees them, what they say, what they cost."""

import csv
import io
import json
from uuid import UUID

import pytest
from allauth.socialaccount.models import SocialApp
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from activity.asked import AskedActivity
from activity.feed import EVERYTHING, page_of
from activity.names import Names
from activity.registry import kinds
from activity.tests.requests import request_by
from activity.undo import undo
from activity.words import tell
from config.seeding.canary import seed_canary
from content.tests.factories import (
    LessonFactory,
    LessonItemFactory,
)
from courses.models import Course
from courses.services import update_course
from courses.tests.factories import (
    CourseFactory,
    CourseStaffFactory,
    RoleAssignmentFactory,
    RoleFactory,
    SubjectFactory,
)
from enrollments.tests.factories import EnrollmentFactory
from lib.ids import uuid7
from tenancy import security
from tenancy.context import acting_for_everyone, organization_context
from tenancy.models import AuditEntry, Domain, Organization, SecurityEvent, row_id_of
from users.erased import erased_name
from users.models import Lockout, User
from users.providers import keep_secret
from users.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db

SAVEPOINTS = 2  # of the test, where a request has its transaction


def address_of(row, name="activity:of"):
    return reverse(name, args=[row._meta.model_name, row.pk])


def page_for(client, user, address):
    client.force_login(user)
    response = client.get(address)
    return response.status_code, response.content.decode()


def rename(lesson, by, title):
    with request_by(by) as request_id:
        lesson.title = title
        lesson.save()
    return request_id


@pytest.mark.parametrize(
    ("who", "status"),
    [("admin", 200), ("owner", 200), ("co", 200), ("other", 404), ("student", 404)],
)
def test_course_feed_opens_for_who_looks_after_the_course(client, organization, who, status):
    course = CourseFactory(published=True)
    people = {
        "admin": UserFactory(admin=True),
        "owner": course.owner,
        "co": CourseStaffFactory(course=course).user,
        "other": CourseFactory().owner,
        "student": EnrollmentFactory(course=course).student,
    }
    lesson = LessonFactory(module__course=course)
    for address in (
        address_of(course),
        address_of(lesson),
        address_of(course, "activity:export_of"),
    ):
        client.force_login(people[who])
        assert client.get(address).status_code == status, address


@pytest.mark.parametrize(
    "name", ["activity:feed", "activity:export", "activity:security", "activity:export_security"]
)
def test_whole_organization_is_for_admins(client, organization, name):
    for user, status in (
        (UserFactory(admin=True), 200),
        (UserFactory(instructor=True), 404),
        (UserFactory(), 404),
    ):
        client.force_login(user)
        assert client.get(reverse(name)).status_code == status


def test_feeds_of_people_and_unknown_things_are_closed_to_instructors(client, organization):
    enrollment = EnrollmentFactory()
    client.force_login(enrollment.course.owner)
    for address in (
        address_of(enrollment.student),
        f"/activity/nonsense/{enrollment.pk}/",
        f"/activity/course/{enrollment.pk}/",
    ):
        assert client.get(address).status_code == 404, address


def test_unknown_row_is_not_there_for_admins_either(client, organization):
    client.force_login(UserFactory(admin=True))
    assert client.get(f"/activity/course/{organization.pk}/").status_code == 404


def test_change_is_told_in_a_sentence_with_both_values(client, organization):
    ines = UserFactory(instructor=True, first_name="Ines", last_name="Duarte")
    lesson = LessonFactory(title="Why notes", module__course__owner=ines)
    rename(lesson, ines, "Why notes <fade>")

    status, page = page_for(client, ines, address_of(lesson))

    assert status == 200
    assert "Ines Duarte changed the title of the lesson “Why notes &lt;fade&gt;”" in page
    assert "<del>Why notes</del> → <ins>Why notes &lt;fade&gt;</ins>" in page
    assert "<fade>" not in page


def test_keys_choices_and_long_texts_are_readable(client, organization):
    admin = UserFactory(admin=True)
    old, new = SubjectFactory(title="Biology"), SubjectFactory(title="History")
    text = "One two three four five. " * 10
    course = CourseFactory(subject=old, description=f"{text}Last old words.")
    with request_by(admin):
        Course.objects.filter(pk=course.pk).update(
            subject=new, difficulty_level="advanced", description=f"{text}Last new words."
        )
    _status, page = page_for(client, admin, address_of(course))
    assert "<del>Biology</del> → <ins>History</ins>" in page
    assert "Advanced</ins>" in page
    assert "<del>old </del><ins>new </ins>" in page
    assert str(new.pk) not in page


def test_trash_and_publishing_have_their_own_words(client, organization):
    admin = UserFactory(admin=True, first_name="Ada", last_name="Stone")
    course = CourseFactory(title="Notes")
    for change in (
        {"status": "published", "published_at": course.created_at},
        {"deleted_at": course.created_at},
        {"deleted_at": None},
    ):
        with request_by(admin):
            Course.objects.filter(pk=course.pk).update(**change)
    _status, page = page_for(client, admin, address_of(course))
    for words in ("published", "put", "took"):
        assert f"Ada Stone {words} the course “Notes”" in page
    assert "the course “Notes” in the trash" in page


def test_lockout_of_a_name_that_nobody_has_is_told_so(client, organization):
    admin = UserFactory(admin=True)
    with request_by(admin):
        Lockout.objects.create(login_hash="x", until=timezone.now())

    _status, page = page_for(client, admin, "/activity/")

    assert "the lockout of a name that nobody has" in page


def test_undoing_is_told_as_such(client, organization):
    course, now = CourseFactory(title="Knots"), timezone.now()
    with request_by(course.owner) as request_id:
        update_course(course.pk, title="Bends", by=course.owner, now=now)
    with request_by(course.owner):
        assert undo(request_id, by=course.owner, now=now)

    for address in ("/activity/", address_of(course)):
        _status, page = page_for(client, UserFactory(admin=True), address)
        assert page.count("(undo)") == 1, address


def test_change_of_the_organization_is_told(client, organization):
    admin = UserFactory(admin=True)
    with request_by(admin):
        Organization.objects.update(brand_color="#0B6B63")

    _status, page = page_for(client, admin, "/activity/")

    assert "the organization “Harbor School”" in page


def test_erased_people_are_called_so(client, organization):
    admin, person = UserFactory(admin=True), UserFactory()
    with request_by(person):
        CourseFactory(title="Knots")
    security.record(security.Kind.SIGNED_IN, user_id=person.pk)
    User.objects.filter(pk=person.pk).update(username=erased_name(), first_name="", last_name="")

    for address in (f"/activity/user/{person.pk}/", "/activity/security/"):
        _status, page = page_for(client, admin, address)
        assert "somebody who was erased" in page, address


def test_rows_that_are_gone_keep_their_names(client, organization):
    admin = UserFactory(admin=True)
    staff = CourseStaffFactory(
        user__first_name="Béla", user__last_name="Kun", course__title="Notes"
    )
    course = staff.course
    with request_by(admin):
        staff.delete()
    _status, page = page_for(client, admin, address_of(course))
    assert "deleted the teacher Béla Kun · Notes" in page

    address = address_of(staff) if staff.pk else None
    assert address is None or page_for(client, admin, address)[0] == 200


def test_secret_columns_never_appear(client, organization):
    admin = UserFactory(admin=True)
    with request_by(admin):
        person = UserFactory()
        person.set_password("a new secret that is long")
        person.save()
    _status, page = page_for(client, admin, address_of(person))
    assert "argon2" not in page
    assert "password" not in page.lower()


def changes_of_many_kinds(course, by, count):
    """So many changes of each of some kinds of rows, each in a request of its own."""
    for number in range(count):
        with request_by(by):
            shown = LessonItemFactory(lesson=LessonFactory(module__course=course))
        rename(shown.lesson, by, f"New {number}")
        for make in (
            lambda: EnrollmentFactory(course=course),
            lambda: CourseStaffFactory(course=course),
            lambda: RoleAssignmentFactory(course=course),
            SubjectFactory,
            ProfileFactory,
            lambda: Domain.objects.create(host=f"{uuid7().hex}.example"),
            RoleFactory,
        ):
            with request_by(by):
                make()
    return shown.lesson


def helper_of(course):
    """Somebody with a role that the organization made, for one course."""
    role = RoleFactory(permissions=["activity.see", "activity.undo", "course.edit"])
    return RoleAssignmentFactory(course=course, role=role).user


READERS = {
    "admin": lambda course: UserFactory(admin=True),
    "owner": lambda course: course.owner,
    "co-instructor": lambda course: CourseStaffFactory(course=course).user,
    "role holder": helper_of,
}


@pytest.mark.parametrize("count", [1, 3, 25])
@pytest.mark.parametrize("who", READERS)
def test_feed_takes_eight_queries_at_most_whatever_is_on_it(
    client, organization, django_assert_max_num_queries, who, count
):
    course = CourseFactory()
    reader = READERS[who](course)
    lesson = changes_of_many_kinds(course, course.owner, count)
    addresses = [address_of(course), address_of(lesson)]
    if who == "admin":
        addresses.append(reverse("activity:feed"))
    client.force_login(reader)
    for address in addresses:
        client.get(address)
        with django_assert_max_num_queries(8 + SAVEPOINTS):
            assert client.get(address).status_code == 200


def test_looking_at_a_students_activity_is_written_down_once(client, organization):
    admin, student = UserFactory(admin=True), UserFactory()
    for _time in range(2):
        assert page_for(client, admin, address_of(student))[0] == 200
    (event,) = SecurityEvent.objects.filter(kind="record_disclosed")
    assert (event.user_id, event.actor_id) == (student.pk, admin.pk)


def rows_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_export_holds_what_is_filtered_disarmed_and_is_recorded(client, organization):
    admin = UserFactory(admin=True)
    with request_by(admin):
        SubjectFactory(title="=1+1")
        SubjectFactory(title="Safe")
    course = CourseFactory()
    client.force_login(admin)
    head, *rows = rows_of(client.get("/activity/export/?kind=subject&action=INSERT&whose=everyone"))
    assert head[0] == "When"
    assert {row[5] for row in rows} == {"'=1+1", "Safe", course.subject.title}
    (event,) = SecurityEvent.objects.filter(kind="exported")
    assert event.actor_id == admin.pk
    assert event.details["filters"] == {
        "kind": "subject",
        "action": "INSERT",
        "whose": "everyone",
    }


def test_export_says_where_it_was_cut(client, organization, monkeypatch):
    monkeypatch.setattr("activity.exporting.MAX_ENTRIES", 2)
    monkeypatch.setattr("activity.exporting.BATCH", 1)
    SubjectFactory.create_batch(3)
    client.force_login(UserFactory(admin=True))
    rows = rows_of(client.get("/activity/export/?kind=subject&whose=everyone"))
    assert len(rows) == 4
    assert "2" in rows[-1][0]


WHOSE = [
    ("", {"Staff"}),
    ("?whose=staff", {"Staff"}),
    ("?whose=students", {"Student"}),
    ("?whose=everyone", {"Staff", "Student", "System"}),
    ("?whose=nonsense", {"Staff"}),
]


@pytest.mark.parametrize(("query", "told"), WHOSE)
def test_feed_and_export_hold_whose_changes_were_asked_for(client, organization, query, told):
    admin = UserFactory(admin=True)
    with request_by(admin):
        SubjectFactory(title="Staff")
    with request_by(UserFactory()):
        SubjectFactory(title="Student")
    SubjectFactory(title="System")
    _status, page = page_for(client, admin, f"/activity/{query}")
    rows = rows_of(client.get(f"/activity/export/{query}"))

    assert {title for title in ("Staff", "Student", "System") if f"“{title}”" in page} == told
    assert {row[5] for row in rows if row[4] == "subject"} == told


def test_staff_are_those_who_were_staff_then(client, organization):
    admin, former = UserFactory(admin=True), UserFactory(instructor=True)
    helper = RoleAssignmentFactory(role=RoleFactory(permissions=["enrollment.see"])).user
    for number, person in enumerate((former, helper)):
        with request_by(person):
            SubjectFactory(title=f"Then {number}")
    User.objects.filter(pk=former.pk).update(role="student", is_staff=False)
    with request_by(former):
        SubjectFactory(title="Now")
    _status, page = page_for(client, admin, "/activity/")
    assert "“Then 0”" in page
    assert "“Then 1”" in page
    assert "“Now”" not in page


def test_step_of_a_student_that_sees_everybodys_rows_is_still_a_students(organization):
    with request_by(UserFactory()), acting_for_everyone():
        subject = SubjectFactory()
    assert not AuditEntry.objects.get(row_id=subject.pk).is_by_staff


def test_feed_of_a_person_holds_all_that_they_did_at_first(client, organization):
    student = UserFactory()
    with request_by(student):
        SubjectFactory(title="Mine")
    _status, page = page_for(client, UserFactory(admin=True), address_of(student))
    assert "“Mine”" in page
    _status, page = page_for(client, UserFactory(admin=True), f"{address_of(student)}?whose=staff")
    assert "“Mine”" not in page


def test_feed_without_changes_by_staff_leads_to_those_of_everyone(client, organization):
    course = CourseFactory()
    _status, page = page_for(client, course.owner, address_of(course))
    assert "Staff have changed nothing yet" in page
    assert 'href="?whose=everyone"' in page
    _status, page = page_for(client, course.owner, f"{address_of(course)}?whose=everyone")
    assert f"“{course.title}”" in page


def test_pages_of_a_feed_keep_whose_changes_were_asked_for(client, organization):
    asked = AskedActivity.of(QueryDict("whose=students"), whose_at_first="staff")
    assert asked.address("x") == "?whose=students&cursor=x"
    asked = AskedActivity.of(QueryDict("whose=staff"), whose_at_first="staff")
    assert (asked.address("x"), asked.is_filtered) == ("?cursor=x", False)


def keep_provider(by, **changes):
    """A sign-in provider, made or changed by somebody in a request of theirs."""
    with request_by(by) as request_id:
        provider = SocialApp.objects.first() or SocialApp(
            provider="openid_connect", provider_id="campus", name="Campus", client_id="cairn"
        )
        for name, value in changes.items():
            setattr(provider, name, value)
        keep_secret(provider, f"very hidden {request_id}")
        provider.save()
    return provider


def test_changes_of_sign_in_providers_are_told_without_their_secrets(client, organization):
    admin = UserFactory(admin=True, first_name="Ada", last_name="Stone")
    provider = keep_provider(admin, settings={"server_url": "https://old.example"}, secret="s3cr3t")
    kept = provider.settings["secret"]
    keep_provider(admin)
    keep_provider(admin, client_id="harbor", key="k3y")

    entries = AuditEntry.objects.filter(table_name="socialaccount_socialapp").order_by("id")
    assert [entry.row_id for entry in entries] == [row_id_of(provider.pk)] * 3
    told = json.dumps([[entry.before, entry.after] for entry in entries])
    assert "old.example" in told
    for secret in (kept, "s3cr3t", "k3y", '"secret"', '"key"'):
        assert secret not in told

    _status, page = page_for(client, admin, f"/activity/socialapp/{row_id_of(provider.pk)}/")
    assert "Ada Stone added the sign-in provider “Campus”" in page
    assert "Ada Stone gave the sign-in provider “Campus” another client secret" in page
    assert "<ins>harbor</ins>" in page
    assert "the sign-in provider “Campus”" in page_for(client, admin, "/activity/")[1]


def test_history_of_a_sign_in_provider_is_shown_in_the_back_office(client, organization):
    admin = UserFactory(admin=True)
    provider = keep_provider(admin)
    keep_provider(admin, client_id="harbor")
    path = reverse("admin:socialaccount_socialapp_history", args=[provider.pk])
    assert "harbor" in page_for(client, admin, path)[1]


def test_sign_in_provider_that_is_gone_or_never_was(client, organization):
    admin = UserFactory(admin=True)
    provider = keep_provider(admin)
    address = f"/activity/socialapp/{row_id_of(provider.pk)}/"
    with request_by(admin):
        provider.delete()
    assert "deleted the sign-in provider “Campus”" in page_for(client, admin, address)[1]
    for unknown in (UUID(int=0), UUID(int=2**63), UUID(int=2**128 - 1), admin.pk):
        assert page_for(client, admin, f"/activity/socialapp/{unknown}/")[0] == 404
    assert page_for(client, UserFactory(instructor=True), address)[0] == 404


HOSTILE = ["%00", "%ED%A0%80", "x" * 2000, "1e999", "%F0%9F%92%A3", "-1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nonsense_in_the_address_is_left_out(client, organization, text):
    client.force_login(UserFactory(admin=True))
    for path in ("/activity/", "/activity/security/"):
        for name in ("who", "whose", "kind", "action", "since", "until", "cursor"):
            assert client.get(f"{path}?{name}={text}").status_code == 200, (path, name)


def test_security_log_tells_and_filters(client, organization):
    admin = UserFactory(admin=True)
    student = UserFactory(first_name="Grace", last_name="Hopper")
    with request_by(admin):
        security.record(security.Kind.SUSPENDED, user_id=student.pk, reason="<b>rude</b>")
        security.record(security.Kind.ROLE_CHANGED, user_id=admin.pk, role="Helper")
    client.force_login(admin)
    page = client.get("/activity/security/").content.decode()
    assert "Grace Hopper" in page
    assert "reason: &lt;b&gt;rude&lt;/b&gt;" in page
    assert "role: Helper" not in client.get("/activity/security/?kind=suspended").content.decode()
    assert "role: Helper" not in client.get("/activity/security/?who=grace").content.decode()
    rows = rows_of(client.get("/activity/security/export/?kind=suspended"))
    assert [row[2] for row in rows[1:]] == ["Grace Hopper"]


@pytest.mark.parametrize("count", [1, 3])
def test_security_log_query_count_is_constant(
    client, organization, django_assert_num_queries, count
):
    admin = UserFactory(admin=True)
    for person in UserFactory.create_batch(count):
        security.record(security.Kind.SIGNED_IN, user_id=person.pk)
    client.force_login(admin)
    client.get("/activity/security/")
    with django_assert_num_queries(4 + SAVEPOINTS):
        client.get("/activity/security/")


def test_person_who_is_gone_is_still_named(client, organization):
    admin = UserFactory(admin=True)
    person = UserFactory(first_name="Grace", last_name="Hopper")
    key = person.pk
    with request_by(admin):
        User.objects.filter(pk=key).delete()
    _status, page = page_for(client, admin, "/activity/?kind=user&action=DELETE")
    assert "deleted the account of Grace Hopper" in page


def test_every_kind_of_row_can_be_told(client, organization):
    """A feed over everything that the seed of all tables wrote: no kind is left without words."""
    canary = seed_canary()
    with organization_context(canary.organization):
        admin = User.objects.get(pk=canary.accounts["admin"]["id"])
        page = page_of(EVERYTHING, AskedActivity(), size=400)
        told = tell(page.items, Names(page), {})
        written = {entry.table_name for item in page for entry in item.entries}
    assert len(told) == len(page.items)
    assert all("%(" not in item.sentence for item in told)
    assert written <= set(kinds())
    assert len(written) > 15
    client.defaults["SERVER_NAME"] = canary.host
    with organization_context(canary.organization):
        client.force_login(admin)
        student = canary.accounts["student"]["id"]
    assert client.get(f"/activity/user/{student}/").status_code == 200
    assert client.get("/activity/").status_code == 200
