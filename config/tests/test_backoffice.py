"""Nobody sees or changes in the admin what is not theirs: not by a list, a search, a form or a crafted address."""

import json

import pytest
from django.urls import reverse

from courses.models import Course, CourseStaff
from courses.tests.factories import CourseFactory, CourseStaffFactory, SubjectFactory
from enrollments.tests.factories import EnrollmentFactory
from tenancy.backoffice import lists
from tenancy.context import organization_context
from tenancy.models import AuditEntry, Domain
from users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.tests.backoffice_site")]

MINE, THEIRS, ELSEWHERE = "Mine alone", "Colleague's", "Other house"


@pytest.fixture
def school(organization, other_organization):
    """An instructor with a course, a colleague with one, and one in another organization."""
    me = UserFactory(instructor=True, username="mine_teacher")
    colleague = UserFactory(instructor=True, username="colleague_teacher")
    subject = SubjectFactory(title="Shared subject")
    mine = CourseFactory(title=MINE, owner=me, subject=subject)
    theirs = CourseFactory(title=THEIRS, owner=colleague, subject=subject)
    with organization_context(other_organization):
        far_person = UserFactory(instructor=True, username="far_teacher")
        far = CourseFactory(title=ELSEWHERE, owner=far_person)
    return {
        "me": me,
        "colleague": colleague,
        "admin": UserFactory(admin=True, username="school_admin"),
        "student": UserFactory(username="school_student"),
        "mine": mine,
        "theirs": theirs,
        "far": far,
        "far_person": far_person,
    }


def page(client, user, path, **query):
    client.force_login(user)
    response = client.get(path, query)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


def url(name, *args):
    return reverse(f"admin:{name}", args=args)


def course_form(course, **changes):
    values = {
        "title": course.title,
        "slug": course.slug,
        "subject": str(course.subject_id),
        "owner": str(course.owner_id),
        "max_capacity": "",
        "staff-TOTAL_FORMS": "0",
        "staff-INITIAL_FORMS": "0",
    }
    return values | changes


def change_url(course):
    return url("courses_course_change", course.pk)


def test_list_and_search_hold_what_is_ones_own(client, school):
    for query in ({}, {"q": "o"}, {"all": ""}, {"status__exact": "draft"}):
        text = page(client, school["me"], url("courses_course_changelist"), **query)
        assert THEIRS not in text
        assert ELSEWHERE not in text
    assert MINE in page(client, school["me"], url("courses_course_changelist"))


def test_admin_sees_the_organization_and_nothing_beyond(client, school):
    text = page(client, school["admin"], url("courses_course_changelist"))
    assert MINE in text
    assert "Colleague" in text
    assert ELSEWHERE not in text


def test_filters_offer_only_what_may_be_chosen(client, school):
    SubjectFactory(title="Another subject")
    text = page(client, school["me"], url("courses_course_changelist"))
    assert "Shared subject" in text
    text = page(client, school["me"], url("enrollments_enrollment_changelist"))
    assert THEIRS not in text


@pytest.mark.parametrize("whose", ["theirs", "far"])
@pytest.mark.parametrize("what", ["change", "history", "delete"])
def test_pages_of_others_rows_are_not_there(client, school, whose, what):
    client.force_login(school["me"])
    path = url(f"courses_course_{what}", school[whose].pk)
    assert client.get(path).status_code == 404
    assert client.post(path, course_form(school[whose], title="Taken")).status_code == 404
    assert Course.objects.filter(title="Taken").count() == 0


def test_admin_does_not_reach_another_organization(client, school):
    client.force_login(school["admin"])
    assert client.get(change_url(school["theirs"])).status_code == 200
    assert client.get(change_url(school["far"])).status_code == 404


def test_autocomplete_suggests_only_what_may_be_chosen(client, school):
    ask = {"app_label": "courses", "model_name": "course", "field_name": "owner", "term": "teacher"}
    found = json.loads(page(client, school["me"], url("autocomplete"), **ask | {"term": ""}))
    ids = {row["id"] for row in found["results"]}
    assert str(school["colleague"].pk) in ids
    assert str(school["student"].pk) not in ids
    assert str(school["far_person"].pk) not in ids

    ask = {"app_label": "courses", "model_name": "coursestaff", "field_name": "course", "term": ""}
    found = json.loads(page(client, school["me"], url("autocomplete"), **ask))
    assert [row["text"] for row in found["results"]] == [MINE]


def test_autocomplete_of_a_closed_source_is_refused(client, school):
    client.force_login(school["student"])
    ask = {"app_label": "courses", "model_name": "course", "field_name": "owner"}
    assert client.get(url("autocomplete"), ask).status_code == 302  # to sign-in, which refuses


@pytest.mark.parametrize("whose", ["student", "far_person"])
def test_a_foreign_key_takes_only_what_may_be_chosen(client, school, whose):
    client.force_login(school["me"])
    answer = client.post(
        change_url(school["mine"]), course_form(school["mine"], owner=str(school[whose].pk))
    )
    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()
    assert school[whose].username not in answer.content.decode()


def test_the_present_value_stays_although_it_could_not_be_chosen_anew(client, school):
    course = school["mine"]
    course.owner.role = "student"
    course.owner.save()
    CourseStaffFactory(course=course, user=school["colleague"])
    client.force_login(school["colleague"])
    answer = client.post(change_url(course), course_form(course, title="Better"))
    assert answer.status_code == 302
    course.refresh_from_db()
    assert (course.title, course.owner) == ("Better", school["me"])


def test_raw_id_names_no_row_of_others(client, school):
    client.force_login(school["me"])
    path = url("courses_coursestaff_add")
    answer = client.post(path, {"course": str(school["theirs"].pk), "user": "", "role": ""})
    assert answer.status_code == 200
    assert THEIRS not in answer.content.decode()
    assert "Colleague&#x27;s" not in answer.content.decode()


def test_history_tells_who_changed_what(client, school):
    with organization_context(school["admin"].organization_id, actor=school["admin"]):
        Course.objects.filter(pk=school["mine"].pk).update(title="Renamed")
    text = page(client, school["me"], url("courses_course_history", school["mine"].pk))
    assert "school_admin" in text
    assert f"{MINE} → Renamed" in text


def test_models_closed_to_instructors_do_not_exist_for_them(client, school):
    client.force_login(school["me"])
    for name in ("users_user", "courses_subject"):
        assert client.get(url(f"{name}_changelist")).status_code == 403
        assert client.get(url(f"{name}_add")).status_code == 403
    assert "users/user" not in page(client, school["me"], url("index"))


def test_students_and_guests_do_not_enter(client, school):
    client.force_login(school["student"])
    for path in (url("index"), url("courses_course_changelist"), change_url(school["mine"])):
        assert client.get(path).status_code in (302, 403)


def test_a_librarys_own_admin_stays_out(client, school):
    text = page(client, school["admin"], url("index"))
    assert "logentry" not in text


def test_actions_touch_only_rows_in_scope(client, school):
    client.force_login(school["me"])
    chosen = [str(school[name].pk) for name in ("mine", "theirs", "far")]
    answer = client.post(
        url("courses_course_changelist"), {"action": "rename", "_selected_action": chosen}
    )
    assert answer.status_code == 302
    assert set(Course.objects.values_list("title", flat=True)) == {
        f"{MINE} renamed by {school['me']}",
        THEIRS,
    }


def test_an_actions_refusal_is_said_and_the_rest_is_done(client, school):
    firm = CourseFactory(title="Firm", owner=school["me"])
    client.force_login(school["me"])
    answer = client.post(
        url("courses_course_changelist"),
        {"action": "rename", "_selected_action": [str(firm.pk), str(school["mine"].pk)]},
        follow=True,
    )
    text = answer.content.decode()
    assert "It keeps its name." in text
    assert "Done for 1 entry." in text


def test_deleting_what_is_needed_explains(client, school):
    enrollment = EnrollmentFactory(course=school["mine"])
    client.force_login(school["admin"])
    path = url("courses_course_delete", school["mine"].pk)
    text = client.get(path).content.decode()
    assert str(enrollment.pk) in text
    answer = client.post(path, {"post": "yes"})
    assert answer.status_code == 200
    assert Course.objects.filter(pk=school["mine"].pk).exists()


def test_bulk_deletion_names_only_rows_in_scope_and_respects_the_rule(client, school):
    kept = CourseFactory(title="Kept", owner=school["me"])
    client.force_login(school["me"])
    post = {
        "action": "delete_selected",
        "_selected_action": [str(school["theirs"].pk), str(kept.pk)],
    }
    text = client.post(url("courses_course_changelist"), post).content.decode()
    assert THEIRS not in text
    assert client.post(url("courses_course_changelist"), post | {"post": "yes"}).status_code == 403
    assert Course.objects.filter(pk=kept.pk).exists()


def test_deleting_ones_own_course_is_recorded_with_its_actor(client, school):
    client.force_login(school["me"])
    answer = client.post(url("courses_course_delete", school["mine"].pk), {"post": "yes"})
    assert answer.status_code == 302
    entry = AuditEntry.objects.get(row_id=school["mine"].pk, operation="DELETE")
    assert entry.actor_id == school["me"].pk


def test_a_new_course_takes_ones_own_organization(client, school):
    client.force_login(school["me"])
    answer = client.post(
        url("courses_course_add"),
        course_form(school["mine"], title="Fresh", slug="fresh"),
    )
    assert answer.status_code == 302
    assert Course.objects.get(title="Fresh").organization_id == school["me"].organization_id


def test_a_taken_slug_is_an_error_of_the_form(client, school):
    client.force_login(school["me"])
    answer = client.post(
        change_url(school["mine"]), course_form(school["mine"], slug=school["theirs"].slug)
    )
    assert answer.status_code == 200
    assert "Another course has this short name." in answer.content.decode()


def test_what_only_the_database_knows_is_an_error_of_the_form(client, school):
    """Row security hides the other organization's host name; the unique index does not."""
    client.force_login(school["admin"])
    answer = client.post(url("tenancy_domain_add"), {"host": "summit.localhost"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "This host name is taken already." in text
    assert 'value="summit.localhost"' in text
    assert not Domain.objects.filter(host="summit.localhost").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Nul\x00byte"),
        ("title", "Escape\x1b[31m"),
        ("title", "x" * 5000),
        ("title", ""),
        ("owner", "not an id"),
        ("owner", "\x00"),
        ("subject", "01900000-0000-7000-8000-000000000000"),
        ("max_capacity", "99999999999999999999"),
        ("max_capacity", "-1"),
        ("staff-TOTAL_FORMS", "x"),
        ("staff-TOTAL_FORMS", "100000000"),
    ],
)
def test_bad_input_is_an_error_of_the_form(client, school, field, value):
    client.force_login(school["me"])
    answer = client.post(change_url(school["mine"]), course_form(school["mine"], **{field: value}))
    assert answer.status_code == 200
    assert Course.objects.get(pk=school["mine"].pk).title == MINE


@pytest.mark.parametrize(
    "query",
    [
        "e=1",
        "e=1&p=x",
        "p=x",
        "p=-1",
        "p=99999999999",
        "o=99.-1.x",
        "q=%00",
        "q=" + "a" * 3000,
        "_to_field=password",
        "_to_field=title",
        "_to_field=nonsense",
        "_popup=1&_to_field=id",
        "owner__id__exact=x",
        "owner__id__exact=%00",
        "status__exact=%00",
        "status__exact=nonsense",
        "subject__id__exact=" + "9" * 60,
        "owner__password__startswith=argon2",
        "owner__email__startswith=a",
        "nonsense=1",
        "title__regex=(",
        "max_capacity=99999999999999999999",
        "all=1",
        "id__in=x",
        "_facets=True",
        "_changelist_filters=%00",
    ],
)
def test_bad_addresses_are_answered(client, school, query):
    client.force_login(school["me"])
    for path in (url("courses_course_changelist"), change_url(school["mine"])):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code in (200, 302, 400, 403, 404), query
        while answer.status_code == 302:
            answer = client.get(answer["Location"])
        assert THEIRS not in answer.content.decode()


@pytest.mark.parametrize(
    "lookup",
    [
        "owner__password__startswith",
        "owner__email",
        "staff__user__email",
        "subject__courses__title",
    ],
)
def test_no_filter_walks_to_columns_of_other_tables(client, school, lookup):
    client.force_login(school["me"])
    answer = client.get(url("courses_course_changelist"), {lookup: "a"})
    assert answer.status_code == 400


def test_password_is_no_filter(client, school):
    client.force_login(school["admin"])
    for lookup in ("password__startswith", "password"):
        assert client.get(url("users_user_changelist"), {lookup: "argon2"}).status_code == 400


@pytest.mark.parametrize(
    "object_id", ["x", "1", "%00", "a" * 500, "01900000-0000-7000-8000-000000000000", "_5F", "é"]
)
def test_unknown_objects_are_not_found(client, school, object_id):
    client.force_login(school["me"])
    for what in ("change", "history", "delete"):
        path = f"/admin/courses/course/{object_id}/{what}/"
        assert client.get(path).status_code == 404


def test_selecting_nonsense_in_an_action_is_answered(client, school):
    client.force_login(school["me"])
    for action in ("rename", "delete_selected", "nonsense"):
        answer = client.post(
            url("courses_course_changelist"), {"action": action, "_selected_action": "nonsense"}
        )
        assert answer.status_code in (200, 302)


def test_inline_of_a_colleagues_part_is_not_reached(client, school):
    theirs = CourseStaffFactory(course=school["theirs"], user=school["me"])
    client.force_login(school["admin"])
    form = course_form(
        school["mine"],
        **{
            "staff-TOTAL_FORMS": "1",
            "staff-INITIAL_FORMS": "1",
            "staff-0-id": str(theirs.pk),
            "staff-0-course": str(school["mine"].pk),
            "staff-0-user": str(school["colleague"].pk),
            "staff-0-role": "co_instructor",
        },
    )
    client.post(change_url(school["mine"]), form)
    assert not school["mine"].staff.exists()
    assert CourseStaff.objects.get(pk=theirs.pk).course == school["theirs"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_has_a_constant_number_of_queries(
    client, school, count, django_assert_max_num_queries
):
    CourseFactory.create_batch(count, owner=school["me"])
    client.force_login(school["me"])
    with django_assert_max_num_queries(14):
        client.get(url("courses_course_changelist"))


def test_counting_ends_at_its_bound(client, school, monkeypatch):
    monkeypatch.setattr(lists, "COUNT_LIMIT", 2)
    CourseFactory.create_batch(3, owner=school["me"])
    assert "2+ courses" in page(client, school["me"], url("courses_course_changelist"))


def test_suspended_staff_are_out_at_the_next_click(client, school):
    page(client, school["me"], url("courses_course_changelist"))
    type(school["me"]).objects.filter(pk=school["me"].pk).update(is_active=False)
    assert client.get(url("courses_course_changelist")).status_code == 302
