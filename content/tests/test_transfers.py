"""Courses come in and go out by forms and jobs, for those who may, with a word about all that was left out."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from content import tasks
from content.exporting import bundle_of, write_zip
from content.models import ContentItem, CourseTransfer, Lesson, MediaAsset
from content.services import items, transfers
from content.services.leftovers import find_leftovers
from content.tests.factories import LessonItemFactory
from courses.models import Course
from courses.tests.factories import CourseFactory, CourseStaffFactory
from tenancy.context import require_organization_id
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
Status = CourseTransfer.Status


def png():
    out = io.BytesIO()
    Image.new("RGB", (9, 9), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def owner(organization):
    return UserFactory(username="ines", instructor=True)


def zipped(files, name="tea.zip"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return SimpleUploadedFile(name, out.getvalue())


def tea():
    return zipped({"README.md": "# Tea\n\nHot.", "1-a/1-x.md": "# X\n\nText. ![p](gone.png)"})


def work(transfer):
    tasks.run_transfer(str(require_organization_id()), str(transfer.pk))
    transfer.refresh_from_db()
    return transfer


def imported(*files, owner, course=None):
    return work(transfers.start_import(list(files), course=course, by=owner, now=NOW))


def test_archive_becomes_a_course_with_a_report(owner, client):
    client.force_login(owner)
    answer = client.post(reverse("content:studio_import"), {"files": [tea()]})
    transfer = CourseTransfer.objects.get()
    assert answer.url == reverse("content:studio_transfer", args=[transfer.pk])
    assert "Waiting for its turn" in client.get(answer.url).content.decode()
    work(transfer)

    course = Course.objects.get()
    page = client.get(answer.url).content.decode()
    assert (course.title, course.status, course.owner) == ("Tea", "draft", owner)
    assert (transfer.status, transfer.file.name, transfer.course) == (Status.DONE, "", course)
    assert "Lessons: 1 new" in page
    assert "gone.png: There is no such file." in page
    assert reverse("content:studio_outline", args=[course.slug]) in page
    assert "Tea" in client.get(reverse("content:studio_import")).content.decode()


def test_several_files_become_lessons(owner):
    texts = [SimpleUploadedFile(f"{name}.md", f"# {name}\n\nText.".encode()) for name in ("b", "a")]
    transfer = imported(*texts, owner=owner)

    assert transfer.status == Status.DONE
    assert list(Lesson.objects.order_by("position").values_list("title", flat=True)) == ["a", "b"]


def test_new_course_beside_one_from_the_same_text(owner):
    imported(tea(), owner=owner)
    imported(tea(), owner=owner)
    assert sorted(Course.objects.values_list("slug", flat=True)) == ["tea", "tea-2"]


def test_import_into_a_course_updates_it_and_again_changes_nothing(owner):
    course = imported(tea(), owner=owner).course
    again = imported(tea(), owner=owner, course=course)
    assert Course.objects.get() == course
    assert again.report["counts"]
    assert {happened for _thing, happened, _count in again.report["counts"]} == {"unchanged"}


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (SimpleUploadedFile("x.zip", b"nonsense"), "no ZIP archive"),
        (zipped({"../evil.md": "# X"}), "outside of its folder"),
        (zipped({"a.txt": "plain"}), "holds no course"),
        (
            zipped({"imsmanifest.xml": "<manifest xmlns:adlcp='x'/>"}),
            "“SCORM”, which is not understood",
        ),
        (zipped({"1-a/1-x.md": b"\xff"}), "not UTF-8"),
        (zipped({"course.yaml": "format: 2\ntitle: X"}), "a format that is not known here"),
    ],
)
def test_what_cannot_be_imported_is_refused_and_leaves_nothing(owner, client, file, reason):
    file.seek(0)
    transfer = imported(file, owner=owner)
    client.force_login(owner)
    page = client.get(reverse("content:studio_transfer", args=[transfer.pk])).content.decode()

    assert transfer.status == Status.FAILED
    assert reason in transfer.report["problem"]
    assert "Nothing was imported." in page
    assert Course.objects.count() == 0


def test_crash_leaves_rows_and_files_to_the_sweep(owner, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"  # where no other organization has any

    def stop(*args, **kwargs):
        raise RuntimeError("the machine was switched off")

    file = zipped(
        {"1-a/1-x.md": "# X\n\n![p](p.png)", "1-a/2-y.md": "# Y\n\nText.", "1-a/p.png": png()}
    )
    transfer = transfers.start_import([file], course=None, by=owner, now=NOW)
    monkeypatch.setattr("content.importing.contents.ContentsImporter._describe_course", stop)
    with pytest.raises(RuntimeError):
        work(transfer)

    transfer.refresh_from_db()
    assert (transfer.status, transfer.report["problem"]) == (Status.FAILED, "")
    assert (Course.objects.count(), MediaAsset.objects.count()) == (0, 0)
    left = [file.name for file in find_leftovers(now=timezone.now() + timedelta(days=2))]
    assert any(name.startswith("library/") for name in left)


def test_export_is_made_once_at_a_time_and_downloaded_by_editors_alone(owner, client):
    course = LessonItemFactory(lesson__module__course__owner=owner).lesson.course
    client.force_login(owner)
    url = reverse("content:studio_export", args=[course.slug])
    client.post(url)
    client.post(url)
    transfer = CourseTransfer.objects.get()
    work(transfer)

    file_url = reverse("content:studio_transfer_file", args=[transfer.pk])
    assert file_url in client.get(url).content.decode()
    answer = client.get(file_url)
    data = b"".join(answer.streaming_content)
    wanted = io.BytesIO()
    write_zip(bundle_of(Course.objects.get()), wanted)
    assert data == wanted.getvalue()
    assert answer["Content-Disposition"] == f'attachment; filename="{course.slug}.zip"'
    for stranger in (UserFactory(), UserFactory(instructor=True)):
        client.force_login(stranger)
        assert client.get(file_url).status_code == 404
        assert client.get(reverse("content:studio_transfer", args=[transfer.pk])).status_code == 404


def test_what_was_uploaded_is_given_to_nobody(owner, client):
    course = CourseFactory(owner=owner)
    transfer = transfers.start_import([tea()], course=course, by=owner, now=NOW)
    assert transfer.file
    client.force_login(owner)

    answer = client.get(reverse("content:studio_transfer_file", args=[transfer.pk]))

    assert answer.status_code == 404


def test_right_that_was_lost_meanwhile_is_asked_again(owner):
    course = LessonItemFactory(lesson__module__course__owner=owner).lesson.course
    helper = CourseStaffFactory(course=course).user
    export = transfers.start_export(course, by=helper, now=NOW)
    into = transfers.start_import([tea()], course=course, by=helper, now=NOW)
    course.staff.all().delete()

    assert work(export).status == Status.FAILED
    assert work(into).status == Status.FAILED
    assert "belongs to somebody else" in into.report["problem"]


def test_job_that_runs_twice_works_once(owner):
    transfer = imported(tea(), owner=owner)
    work(transfer)
    assert Course.objects.count() == 1


def test_sweep_drops_old_archives_and_gives_up_dead_transfers(owner):
    course = LessonItemFactory(lesson__module__course__owner=owner).lesson.course
    done = work(transfers.start_export(course, by=owner, now=NOW))
    dead = transfers.start_export(course, by=owner, now=NOW)

    assert transfers.sweep_transfers(now=timezone.now()) == 0
    assert transfers.sweep_transfers(now=timezone.now() + timedelta(days=8)) == 2
    done.refresh_from_db()
    dead.refresh_from_db()
    assert (done.file.name, dead.status) == ("", Status.FAILED)


def test_too_much_at_once_is_refused_beside_the_field(owner, client, monkeypatch):
    monkeypatch.setattr(transfers, "MAX_UPLOAD", 10)
    client.force_login(owner)
    page = client.post(reverse("content:studio_import"), {"files": [tea()]}).content.decode()
    assert "too large together" in page
    assert CourseTransfer.objects.count() == 0


def test_only_courses_that_one_may_edit_are_offered(owner, client):
    CourseFactory(title="Strange course")
    mine = CourseFactory(title="My course", owner=owner)
    client.force_login(owner)
    page = client.get(reverse("content:studio_import")).content.decode()
    assert re.findall(r'<option value="[^"]+"[^>]*>([^<]*)</option>', page) == [mine.title]


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_as_many_queries_for_one_row_as_for_three(
    owner, client, count, django_assert_max_num_queries
):
    course = CourseFactory(owner=owner)
    for direction in CourseTransfer.Direction:
        for _number in range(count):
            CourseTransfer.objects.create(direction=direction, course=course, started_by=owner)
    client.force_login(owner)
    for url in (
        reverse("content:studio_import"),
        reverse("content:studio_export", args=[course.slug]),
    ):
        with django_assert_max_num_queries(12):
            assert client.get(url).status_code == 200


def test_conflict_is_shown_with_its_difference_and_settled_by_a_choice(owner, client):
    course = imported(tea(), owner=owner).course
    item = ContentItem.objects.get()
    items.save_version(item, body="Text by hand.", by=owner, now=NOW)
    changed = zipped({"README.md": "# Tea\n\nHot.", "1-a/1-x.md": "# X\n\nText by text."})
    transfer = imported(changed, owner=owner, course=course)
    client.force_login(owner)
    url = reverse("content:studio_transfer", args=[transfer.pk])
    page = client.get(url).content.decode()
    assert "<mark>hand</mark>" in page
    assert "<mark>text</mark>" in page

    client.post(url, {})
    assert len(work(transfer).report["conflicts"]) == 1
    client.post(url, {"choice-0": "text"})
    work(transfer)
    item.refresh_from_db()
    assert item.current_version.body == "Text by text."
    assert (transfer.report["conflicts"], transfer.file.name) == ([], "")
    client.post(url, {"choice-0": "form"})
    assert "no longer kept" in client.get(url).content.decode()
