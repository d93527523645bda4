"""Tables of the back office go out and come in: by the admin's own forms and services, seen before they are done."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bulk import kinds, services, tasks
from bulk.asking import ask_checks_at_once
from bulk.models import BulkRow, BulkUpload
from bulk.retention import clear_uploads
from content.tests.factories import ModuleFactory
from courses.models import Course, Subject
from courses.tests.factories import (
    CourseFactory,
    RoleAssignmentFactory,
    RoleFactory,
    SubjectFactory,
)
from enrollments.tests.factories import EnrollmentFactory
from tenancy.context import require_organization_id
from tenancy.models import AuditEntry, SecurityEvent
from tenancy.tests.refusals import copy_of, refused_by
from users.models import Mail, Permission, User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def send(text, *, kind="courses.course", by, name="table.csv"):
    """A table that was sent in and checked."""
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    upload = services.receive(file, name, kind=kinds.kind_named(kind), by=by, now=NOW)
    tasks.check_upload(str(require_organization_id()), str(upload.pk))
    upload.refresh_from_db()
    return upload


def carry_out(upload, *, by):
    services.confirm(upload.pk, by=by, now=NOW)
    tasks.run_upload(str(require_organization_id()), str(upload.pk))
    upload.refresh_from_db()
    return upload


def outcomes(upload):
    return list(upload.rows.order_by("number").values_list("number", "outcome"))


def problems(upload):
    return [problem for row in upload.rows.order_by("number") for problem in row.problems]


@pytest.fixture
def admin(organization):
    return UserFactory(username="root", admin=True)


@pytest.fixture
def ines(organization):
    return UserFactory(username="ines", instructor=True)


def exported(client, path, **asked):
    response = client.get(path, asked)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_nothing_is_written_before_it_is_confirmed(admin):
    course = CourseFactory(slug="tea", title="Tea", max_capacity=5, owner=admin)
    SubjectFactory(slug="food", title="Food")

    upload = send("Slug;Title;Subject;max_capacity\ntea;Tea;food;9\nnew;New;food;\n", by=admin)

    course.refresh_from_db()
    assert (course.max_capacity, Course.objects.count()) == (5, 1)
    assert upload.status == BulkUpload.Status.READY
    assert outcomes(upload) == [(2, "changed"), (3, "new")]
    (changes,) = upload.rows.filter(number=2).values_list("changes", flat=True)
    assert changes == [["subject", course.subject.slug, "food"], ["seats", "5", "9"]]


def test_confirmed_rows_are_saved_once_and_a_second_time_changes_nothing(admin):
    CourseFactory(slug="tea", title="Tea", owner=admin)
    SubjectFactory(slug="food", title="Food")
    text = (
        'slug,title,subject,tags,waitlist_enabled\ntea,Green tea,food,"a, b",Ja\nnew,New,food,,no\n'
    )

    upload = carry_out(send(text, by=admin), by=admin)

    assert (upload.status, upload.done_count) == (BulkUpload.Status.DONE, 2)
    tea, new = Course.objects.get(slug="tea"), Course.objects.get(slug="new")
    assert (tea.title, tea.tags, tea.waitlist_enabled) == ("Green tea", ["a", "b"], True)
    assert (new.title, new.status, new.owner, new.subject.slug) == ("New", "draft", admin, "food")
    assert outcomes(send(text, by=admin)) == [(2, "same"), (3, "same")]


def test_what_a_table_did_stands_under_one_request(admin):
    text = "slug,title\na,A\nb,B\n"
    upload = carry_out(send(text, kind="courses.subject", by=admin), by=admin)

    entries = AuditEntry.objects.filter(table_name="courses_subject", operation="INSERT")
    assert set(entries.values_list("request_id", "actor_id")) == {(upload.pk, admin.pk)}
    assert Subject.objects.count() == 2


def test_errors_are_told_by_row_and_column(admin):
    SubjectFactory(slug="food")
    text = (
        "slug,title,subject,max_capacity,waitlist_enabled\n"
        "a,A,nowhere,1,yes\n"
        "b,B,food,many,perhaps\n"
        ",C,food,1,no\n"
        "d,D,food,1,no\n"
        "d,D again,food,1,no\n"
    )

    upload = send(text, by=admin)

    assert outcomes(upload) == [(number, "refused") for number in (2, 3, 4)] + [
        (5, "new"),
        (6, "refused"),
    ]
    told = [" ".join(problem) for problem in problems(upload)]
    assert [text for text in told if "nowhere" in text]
    assert [text for text in told if "yes or no" in text]
    assert [text for text in told if "Nothing in this row" in text]
    assert [text for text in told if "Another row above" in text]
    carry_out(upload, by=admin)
    assert list(Course.objects.values_list("slug", flat=True)) == ["d"]


def test_what_the_database_would_refuse_is_told_before(admin):
    CourseFactory(slug="tea", title="Tea", owner=admin)

    upload = send("slug,max_capacity,price\ntea,,-1\n", by=admin)

    assert outcomes(upload) == [(2, "refused")]
    assert problems(upload)


def test_what_the_database_refuses_only_then_is_told_in_its_row(admin):
    """The checks of a row are left to the database when it is carried out."""
    upload = send("slug,title\ntea,Green\nmilk,Milk\n", kind="courses.subject", by=admin)
    BulkRow.objects.filter(number=2).update(cells={"slug": "tea", "title": "T", "position": "-1"})

    carry_out(upload, by=admin)

    assert list(upload.rows.order_by("number").values_list("result", flat=True)) == [
        "refused",
        "done",
    ]
    assert problems(upload)


@pytest.mark.parametrize(("phase", "at_most"), [("check", 6.9), ("carry out", 13)])
def test_a_new_row_asks_the_database_little(admin, phase, at_most):
    SubjectFactory(slug="food")

    def asked(count):
        rows = "".join(f"c{count}-{row},Title,food\n" for row in range(count))
        file = io.BytesIO(f"slug,title,subject\n{rows}".encode())
        kind = kinds.kind_named("courses.course")
        upload = services.receive(file, "t.csv", kind=kind, by=admin, now=NOW)
        with CaptureQueriesContext(connection) as checked:
            tasks.check_upload(str(require_organization_id()), str(upload.pk))
        services.confirm(upload.pk, by=admin, now=NOW)
        with CaptureQueriesContext(connection) as done:
            tasks.run_upload(str(require_organization_id()), str(upload.pk))
        return len(checked if phase == "check" else done)

    assert (asked(11) - asked(1)) / 10 <= at_most


def test_a_check_that_fails_is_told_by_its_own_words(organization):
    course = CourseFactory()
    course.max_capacity = 0
    ask_checks_at_once(course)

    with pytest.raises(ValidationError) as told:
        course.validate_constraints()
    asked = told.value.messages
    with pytest.raises(ValidationError) as told:
        Course.validate_constraints(course)
    assert asked == told.value.messages


def test_a_file_in_latin_letters_with_formulas_is_taken_as_text(admin):
    SubjectFactory(slug="food")
    text = "slug;title;summary\nx;K\xfcche;'=1+1\n".encode("cp1252")
    send_text = text.replace(b"slug;title;summary", b"slug;title;description")

    carry_out(send(send_text, kind="courses.subject", by=admin), by=admin)

    subject = Subject.objects.get(slug="x")
    assert (subject.title, subject.description) == ("Küche", "=1+1")


def test_an_instructor_cannot_touch_others_rows(admin, ines):
    others = CourseFactory(slug="others", title="Others", owner=admin)
    SubjectFactory(slug="food")
    mine = CourseFactory(slug="mine", title="Mine", owner=ines)
    text = (
        "slug,title,subject,owner\nothers,Taken,food,ines\nmine,Still mine,food,ines\n"
        "new,New,food,root\n"
    )

    upload = carry_out(send(text, by=ines), by=ines)

    others.refresh_from_db()
    mine.refresh_from_db()
    assert (others.title, others.owner) == ("Others", admin)
    assert mine.title == "Still mine"
    assert [outcome for _number, outcome in outcomes(upload)] == ["refused", "changed", "refused"]
    assert not Course.objects.filter(slug="new").exists()


def test_others_modules_are_not_found_by_their_id(admin, ines):
    module = ModuleFactory(course__owner=admin, title="Theirs")

    upload = send(f"id,title\n{module.pk},Mine now\nx,Y\n", kind="content.module", by=ines)

    assert outcomes(upload) == [(2, "refused"), (3, "refused")]
    assert problems(upload)[0][1] == "There is no such entry, or it is not yours."
    assert "Theirs" not in str(list(upload.rows.values()))


def test_what_one_may_see_and_not_change_stays_also_below_a_row_of_ones_own(admin, ines):
    """The forms of rows are made once for many rows: whose each row is must be asked for each."""
    CourseFactory(slug="mine", title="Mine", owner=ines)
    theirs = CourseFactory(slug="theirs", title="Theirs", owner=admin)
    role = RoleFactory(permissions=[Permission.COURSE_PUBLISH])
    RoleAssignmentFactory(user=ines, role=role, course=theirs)
    text = "slug,title\nmine,Still mine\ntheirs,Taken\n"

    upload = carry_out(send(text, by=ines), by=ines)

    assert outcomes(upload) == [(2, "changed"), (3, "refused")]
    assert problems(upload) == [["", "This is not yours to change."]]
    assert dict(Course.objects.values_list("slug", "title")) == {
        "mine": "Still mine",
        "theirs": "Theirs",
    }


def test_who_may_change_and_not_add_adds_nothing(ines, monkeypatch):
    CourseFactory(slug="tea", owner=ines, subject__slug="food")
    monkeypatch.setattr("courses.permissions.can_create_course", lambda user: False)

    upload = carry_out(send("slug,title,subject\ntea,Green,food\nnew,New,food\n", by=ines), by=ines)

    assert outcomes(upload) == [(2, "changed"), (3, "refused")]
    assert problems(upload) == [["", "You may not add entries here."]]
    assert list(Course.objects.values_list("slug", flat=True)) == ["tea"]


def test_what_only_others_may_choose_is_not_chosen(admin, ines):
    ModuleFactory(course__owner=admin, course__slug="theirs")

    upload = send("course,title\ntheirs,New\n", kind="content.module", by=ines)

    assert problems(upload) == [["course", "There is no “theirs” that you may choose."]]


def test_who_may_not_send_a_table_any_more_has_nothing_carried_out(ines):
    CourseFactory(slug="mine", title="Mine", owner=ines)
    upload = send("slug,title\nmine,Changed\n", by=ines)
    User.objects.filter(pk=ines.pk).update(role="student", is_staff=False)

    carry_out(upload, by=ines)

    assert upload.status == BulkUpload.Status.FAILED
    assert Course.objects.get().title == "Mine"


def test_the_rules_of_places_are_sent_in(admin):
    course = CourseFactory(slug="tea", owner=admin)
    text = (
        "slug,offer_hours,enrollment_closes_at,access_ends_at,waitlist_enabled,price,currency\n"
        "tea,48,2027-03-01 12:00,2027-09-01 00:00,yes,12.50,CHF\n"
    )

    carry_out(send(text, by=admin), by=admin)

    course.refresh_from_db()
    assert (course.offer_hours, course.waitlist_enabled) == (48, True)
    assert (str(course.price), course.currency) == ("12.50", "CHF")
    assert f"{course.access_ends_at:%Y-%m}" in ("2027-08", "2027-09")
    assert course.enrollment_closes_at.year == 2027
    assert outcomes(send(text, by=admin)) == [(2, "same")]
    both = send("slug,access_days\ntea,30\n", by=admin)
    assert outcomes(both) == [(2, "refused")]
    either = send("slug,access_days,access_ends_at\ntea,30,\n", by=admin)
    carry_out(either, by=admin)
    course.refresh_from_db()
    assert (course.access_days, course.access_ends_at) == (30, None)


# Columns that are chosen by hand


def sent_by_hand(client, text, *, kind="courses.subject"):
    """The page to which a table leads, and the table."""
    file = SimpleUploadedFile("t.csv", text.encode())
    page = client.post(reverse("bulk:send", args=[kind]), {"file": file}).url
    return page, BulkUpload.objects.get()


def test_unknown_columns_are_asked_for_with_what_they_say(client, admin):
    client.force_login(admin)
    page, upload = sent_by_hand(client, "slug,colour,<b>Name\na,red,Tea\nb,<i>blue,Milk\n")

    shown = client.get(page).content.decode()

    assert upload.status == BulkUpload.Status.CHOOSING
    assert "red · &lt;i&gt;blue" in shown
    assert "&lt;b&gt;Name" in shown
    assert "<b>Name" not in shown
    assert '<option value="" selected>Leave out</option>' in shown
    assert '<option value="slug"' not in shown


def test_what_is_chosen_is_read_and_the_rest_is_forgotten(client, admin):
    client.force_login(admin)
    page, upload = sent_by_hand(client, "slug,colour,Name\na,red,Tea\n")

    assert client.post(page, {"column_1": "title"}).url == page
    tasks.check_upload(str(require_organization_id()), str(upload.pk))
    carry_out(upload, by=admin)

    assert dict(Subject.objects.values_list("slug", "title")) == {"a": "Tea"}
    assert list(upload.rows.values_list("cells", flat=True)) == [{"slug": "a", "title": "Tea"}]
    assert upload.columns == [["slug", "slug"], ["colour", ""], ["Name", "title"]]


def test_a_column_that_a_table_cannot_do_without_may_be_chosen(client, admin):
    client.force_login(admin)
    page, upload = sent_by_hand(client, "Short,title\na,Tea\n")

    refused = client.post(page, {"column_0": ""}).content.decode()
    assert "must name" in refused
    client.post(page, {"column_0": "slug"})

    upload.refresh_from_db()
    assert upload.status == BulkUpload.Status.CHECKING


@pytest.mark.parametrize(
    "chosen",
    [
        {"column_0": "title", "column_1": "title"},
        {"column_0": "slug"},
        {"column_0": "is_active"},
        {"column_0": "\x00"},
        {"column_0": "9" * 10_000},
    ],
)
def test_columns_are_chosen_once_and_among_those_there_are(client, admin, chosen):
    client.force_login(admin)
    page, upload = sent_by_hand(client, "slug,colour,Name\na,red,Tea\n")

    assert client.post(page, chosen).status_code == 200

    upload.refresh_from_db()
    assert upload.status == BulkUpload.Status.CHOOSING


def test_a_cell_that_cannot_be_read_keeps_its_problem_under_the_chosen_column(admin):
    text = "slug,Name\na," + "x" * 60_000 + "\n"
    file = io.BytesIO(text.encode())
    kind = kinds.kind_named("courses.subject")
    upload = services.receive(file, "t.csv", kind=kind, by=admin, now=NOW)

    services.choose_columns(upload.pk, {"Name": "title"})
    services.choose_columns(upload.pk, {"Name": ""})

    (told,) = upload.rows.values_list("problems", flat=True)
    assert [label for label, _text in told] == ["title"]


def test_nothing_is_carried_out_before_the_columns_are_chosen(client, admin):
    client.force_login(admin)
    page, upload = sent_by_hand(client, "slug,title,colour\na,Tea,red\n")

    with pytest.raises(services.UploadRefused):
        services.confirm(upload.pk, by=admin, now=NOW)
    tasks.check_upload(str(require_organization_id()), str(upload.pk))
    tasks.run_upload(str(require_organization_id()), str(upload.pk))
    assert not Subject.objects.exists()
    client.post(page, {"action": "discard"})
    assert not BulkUpload.objects.exists()


def test_tables_whose_columns_nobody_chooses_are_forgotten_after_a_day(admin):
    text = "slug,password\na,secret\n"
    kind = kinds.kind_named("courses.subject")
    services.receive(io.BytesIO(text.encode()), "t.csv", kind=kind, by=admin, now=NOW)
    send("slug,title\na,A\n", kind="courses.subject", by=admin)
    soon, later = timezone.now() + timedelta(hours=23), timezone.now() + timedelta(hours=25)

    assert clear_uploads(None, soon, True) == 0
    assert clear_uploads(None, later, True) == 1
    clear_uploads(None, later, False)
    assert BulkUpload.objects.get().status == BulkUpload.Status.READY


def test_what_tables_only_tell_is_not_asked_for(client, admin):
    client.force_login(admin)
    kind = "courses.course"
    _page, upload = sent_by_hand(client, "slug,status,published_at\na,draft,\n", kind=kind)
    assert upload.status == BulkUpload.Status.CHECKING


def test_who_lost_the_right_cannot_carry_it_out(admin, ines):
    CourseFactory(slug="mine", title="Mine", owner=ines)
    upload = send("slug,title\nmine,Changed\n", by=ines)
    Course.objects.update(owner=admin)

    carry_out(upload, by=ines)

    assert Course.objects.get(slug="mine").title == "Mine"
    assert list(upload.rows.values_list("result", flat=True)) == ["refused"]


def test_a_job_that_died_goes_on_where_it_ended(admin, monkeypatch):
    monkeypatch.setattr(services, "CARRIED_OUT_AT_ONCE", 1)
    upload = send("slug,title\na,A\nb,B\nc,C\n", kind="courses.subject", by=admin)
    services.confirm(upload.pk, by=admin, now=NOW)
    calls = []

    def die(clerk, row, refusals):
        calls.append(row.number)
        if len(calls) == 2:
            raise MemoryError
        return original(clerk, row, refusals)

    original = services._carry_out
    monkeypatch.setattr(services, "_carry_out", die)
    with pytest.raises(MemoryError):
        tasks.run_upload(str(require_organization_id()), str(upload.pk))
    monkeypatch.setattr(services, "_carry_out", original)
    upload.refresh_from_db()
    assert (upload.status, upload.done_count) == (BulkUpload.Status.FAILED, 1)

    carry_out(upload, by=admin)
    assert (upload.status, upload.done_count) == (BulkUpload.Status.DONE, 3)
    assert sorted(Subject.objects.values_list("slug", flat=True)) == ["a", "b", "c"]


def test_a_stuck_job_is_woken(admin):
    upload = send("slug,title\na,A\n", kind="courses.subject", by=admin)
    services.confirm(upload.pk, by=admin, now=NOW)

    assert services.wake_uploads(now=NOW) == 0
    assert services.wake_uploads(now=timezone.now() + 2 * services.STUCK) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title\nA\n", "Slug"),
        ("slug,title\n", "no rows"),
        ("", "empty"),
        ("slug,slug\na,b\n", "twice"),
    ],
)
def test_what_is_no_such_table_is_refused_beside_the_file(client, admin, text, words):
    client.force_login(admin)
    page = client.post(
        reverse("bulk:send", args=["courses.course"]),
        {"file": SimpleUploadedFile("t.csv", text.encode())},
    ).content.decode()

    assert words.casefold() in page.casefold()
    assert not BulkUpload.objects.exists()


def test_pages_show_what_would_follow_and_what_did(client, admin):
    client.force_login(admin)
    listing = client.get(reverse("admin:courses_subject_changelist")).content.decode()
    address = reverse("bulk:send", args=["courses.subject"])
    assert f'href="{address}"' in listing
    file = SimpleUploadedFile("t.csv", b"slug,title,colour\na,A,red\n,B,blue\n")
    page = client.post(address, {"file": file}).url
    client.post(page, {"column_0": ""})
    upload = BulkUpload.objects.get()
    assert "being checked" in client.get(page).content.decode()
    tasks.check_upload(str(require_organization_id()), str(upload.pk))

    shown = client.get(page).content.decode()
    assert "1 row would be carried out" in shown
    assert "colour" in shown
    assert "Nothing in this row" in shown
    assert client.post(page, {"action": "confirm"}).url == page
    tasks.run_upload(str(require_organization_id()), str(upload.pk))

    assert "1 row is carried out" in client.get(page).content.decode()
    report = client.get(reverse("bulk:report", args=[upload.pk])).content.decode("utf-8-sig")
    assert [row[3] for row in csv.reader(io.StringIO(report))] == ["Result", "Done", ""]


def test_a_table_can_be_forgotten_until_it_is_confirmed(client, admin):
    client.force_login(admin)
    upload = send("slug,title\na,A\n", kind="courses.subject", by=admin)
    client.post(reverse("bulk:upload", args=[upload.pk]), {"action": "discard"})
    assert not BulkUpload.objects.exists()

    upload = carry_out(send("slug,title\na,A\n", kind="courses.subject", by=admin), by=admin)
    client.post(reverse("bulk:upload", args=[upload.pk]), {"action": "discard"})
    assert BulkUpload.objects.exists()


def test_others_tables_are_not_found(client, admin, ines):
    upload = send("slug,title\na,A\n", by=admin)
    client.force_login(ines)

    assert client.get(reverse("bulk:upload", args=[upload.pk])).status_code == 404
    assert client.get(reverse("bulk:report", args=[upload.pk])).status_code == 404
    assert client.get(reverse("bulk:send", args=["users.user"])).status_code == 404
    assert client.get(reverse("bulk:send", args=["no.such"])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    client, admin, count, django_assert_max_num_queries
):
    lines = "".join(f"s{number},S\n" for number in range(count))
    upload = send(f"slug,title\n{lines}", kind="courses.subject", by=admin)
    client.force_login(admin)

    with django_assert_max_num_queries(8):
        client.get(reverse("bulk:upload", args=[upload.pk]))


# Taking away


def test_the_filtered_list_is_taken_away_and_written_down(client, admin):
    CourseFactory(slug="tea", title="=Tea", status="draft", owner=admin)
    CourseFactory(slug="milk", published=True)
    client.force_login(admin)

    rows = exported(client, reverse("admin:courses_course_export", args=["csv"]), status="draft")

    assert [(row["slug"], row["title"]) for row in rows] == [("tea", "'=Tea")]
    (event,) = SecurityEvent.objects.filter(kind="exported")
    assert event.details == {"what": "course", "rows": 1, "filters": {"status": "draft"}}


def test_a_selection_is_taken_away_as_a_workbook(client, admin):
    tea = SubjectFactory(slug="tea")
    SubjectFactory(slug="milk")
    client.force_login(admin)

    answer = client.post(
        reverse("admin:courses_subject_changelist"),
        {"action": "export_as_xlsx", "_selected_action": [tea.pk]},
    )

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert [row[0].value for row in book.active] == ["slug", "tea"]


def test_an_instructor_takes_away_only_what_is_theirs(client, admin, ines):
    CourseFactory(slug="others", owner=admin)
    CourseFactory(slug="mine", owner=ines)
    client.force_login(ines)

    rows = exported(client, reverse("admin:courses_course_export", args=["csv"]))

    assert [row["slug"] for row in rows] == ["mine"]
    assert client.get(reverse("admin:users_user_export", args=["csv"])).status_code == 403
    assert client.get(reverse("admin:courses_course_export", args=["pdf"])).status_code == 404


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_was_taken_away_changes_nothing_when_it_is_sent_in(client, admin, ending):
    subject = SubjectFactory(description="=1+1\n+two")
    CourseFactory(subject=subject, owner=admin, tags=["a b", "c"], price="1.50", max_capacity=3)
    UserFactory(first_name="-x", time_zone="Europe/Berlin")
    client.force_login(admin)
    for kind in ("courses.subject", "courses.course", "users.user"):
        path = reverse(f"admin:{kind.replace('.', '_')}_export", args=[ending])
        data = b"".join(client.get(path).streaming_content)

        upload = send(data, kind=kind, by=admin, name=f"x.{ending}")

        assert {outcome for _number, outcome in outcomes(upload)} == {"same"}, problems(upload)


def test_who_is_in_a_table_of_people_is_disclosed(client, admin):
    student = EnrollmentFactory().student
    client.force_login(admin)
    exported(client, reverse("admin:enrollments_enrollment_export", args=["csv"]))

    (event,) = SecurityEvent.objects.filter(kind="record_disclosed")
    assert event.user_id == student.pk


def test_accounts_come_in_by_table_and_nobody_gives_more_than_they_have(admin):
    text = "username,email,first_name,last_name,role\nada,ada@example.com,Ada,L,student\n"

    carry_out(send(text, kind="users.user", by=admin), by=admin)

    ada = User.objects.get(username="ada")
    assert (ada.email, ada.role, ada.has_usable_password()) == ("ada@example.com", "student", False)
    assert Mail.objects.get(recipient=ada.email).user == ada
    assert outcomes(send(text, kind="users.user", by=admin)) == [(2, "same")]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"status": "away"}, "status_known"),
        ({"status": "running"}, "run_was_confirmed"),
        ({"status": "done", "finished_at": NOW}, "run_was_confirmed"),
        ({"status": "failed"}, "finished_has_time"),
        ({"finished_at": NOW}, "finished_has_time"),
    ],
)
def test_database_refuses_what_no_table_can_be(organization, fields, name):
    refused_by(f"bulk_bulkupload_{name}", lambda: BulkUpload.objects.create(**fields))


def test_database_refuses_what_no_row_can_be(organization):
    row = BulkRow.objects.create(upload=BulkUpload.objects.create(), number=1)
    refused_by("bulk_bulkrow_once", lambda: copy_of(row))
    refused_by("bulk_bulkrow_outcome_known", lambda: copy_of(row, number=2, outcome="odd"))
    refused_by("bulk_bulkrow_result_known", lambda: copy_of(row, number=2, result="odd"))
