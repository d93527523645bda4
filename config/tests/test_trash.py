"""The trash: putting in with what depends on it, taking out, deleting for good, and what happens by itself."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from activity import trash, trash_registry
from activity.tests.requests import request_by
from content.models import ContentItem, Lesson, MediaAsset, Module
from content.services import items, outline
from content.tests.factories import LessonFactory, LessonItemFactory, ModuleFactory
from courses import services as courses
from courses.models import Course
from courses.tests.factories import CourseFactory
from enrollments.tests.factories import EnrollmentFactory
from lib.ids import uuid7
from progress.models import LessonProgress
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=31)


@pytest.fixture
def admin(organization):
    return UserFactory(admin=True, first_name="Runa", last_name="Berg")


@pytest.fixture
def course(organization):
    return CourseFactory(title="Knots")


@pytest.fixture
def lesson(course):
    return LessonFactory(title="Bowline", module=ModuleFactory(course=course, title="Loops"))


def media(course, **fields):
    values = {"kind": "image", "title": "Rope", "mime_type": "image/png", "size": 1, "sha256": "0"}
    return MediaAsset.objects.create(course=course, **values | fields)


def thrown_away(user, row, *, now=NOW):
    kind = next(kind for kind in trash_registry.kinds() if kind.model is type(row))
    with request_by(user):
        decision = trash.put(kind, row, by=user, now=now)
    assert decision, decision.message
    row.refresh_from_db()
    return kind


def address(name, row):
    kind = next(kind for kind in trash_registry.kinds() if kind.model is type(row))
    return reverse(f"activity:{name}", args=[kind.name, row.pk])


def page(client, **query):
    response = client.get(reverse("activity:trash"), query)
    assert response.status_code == 200
    return response.content.decode()


# The page


def test_trash_says_what_lies_there_since_when_and_by_whom(client, admin, lesson):
    thrown_away(admin, lesson, now=timezone.now() - timedelta(days=2))
    client.force_login(admin)

    text = page(client)

    for told in ("Bowline", "Knots", "Runa Berg", ">29<", address("trash_restore", lesson)):
        assert told in text


@pytest.mark.parametrize("count", [1, 3])
def test_trash_takes_as_many_queries_for_many(
    client, admin, course, count, django_assert_num_queries
):
    for part in LessonFactory.create_batch(count, module=ModuleFactory(course=course)):
        thrown_away(admin, part)
    client.force_login(admin)
    client.get(reverse("activity:trash"))

    with django_assert_num_queries(6):  # two for the savepoint, organization, person, list, who
        text = page(client)

    assert text.count("/restore/") == count


def test_trash_is_narrowed_by_kind_and_title(client, admin, course, lesson):
    other = CourseFactory(title="Bowlines and more")
    for row in (lesson, other):
        thrown_away(admin, row)
    client.force_login(admin)

    assert "/restore/" in page(client, kind="course", q="bowl")
    assert address("trash_restore", lesson) not in page(client, kind="course", q="bowl")
    assert address("trash_restore", other) not in page(client, kind="lesson")
    assert "Nothing fits" in page(client, q="100%_")


def test_trash_is_paged(client, admin, course, monkeypatch):
    monkeypatch.setattr(trash, "PER_PAGE", 2)
    module = ModuleFactory(course=course)
    for part in [CourseFactory(), *LessonFactory.create_batch(4, module=module)]:
        thrown_away(admin, part, now=timezone.now())
    seen, cursor = [], None
    while True:
        found = trash.trashed_page(admin, kind="", search="", cursor=cursor, now=NOW)
        seen += [one.id for one in found]
        if not found.next_cursor:
            break
        cursor = found.next_cursor
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "x"},
        {"kind": "no\x00"},
        {"q": "\x00"},
        {"q": b"\xed\xa0\x80"},
        {"q": "a" * 9_999},
    ],
)
def test_nonsense_in_the_address_does_no_harm(client, admin, query):
    client.force_login(admin)
    page(client, **query)


def test_people_see_in_the_trash_what_is_theirs(client, admin, lesson):
    mine, others = lesson, LessonFactory(title="Sheepshank")
    for row in (mine, others):
        thrown_away(admin, row)
    client.force_login(mine.course.owner)

    text = page(client)

    assert "Bowline" in text
    assert "Sheepshank" not in text
    assert "Delete for good" not in text


def test_students_have_no_trash(client, organization):
    client.force_login(UserFactory())
    assert client.get(reverse("activity:trash")).status_code == 404


# In


def test_before_it_goes_the_page_says_what_depends_on_it(client, admin, lesson):
    place = EnrollmentFactory(course=lesson.course)
    LessonProgress.objects.create(
        enrollment=place, student=place.student, lesson=lesson, started_at=NOW
    )
    LessonItemFactory(lesson=lesson)
    client.force_login(admin)
    told = {
        row: client.get(address("trash_put", row)).content.decode()
        for row in (lesson, lesson.module, lesson.course)
    }

    assert "1 student with work on it" in told[lesson]
    assert "1 content item, which stays in the library" in told[lesson]
    assert "1 student with work on it" in told[lesson.module]
    assert "1 lesson" in told[lesson.module]
    for text in ("1 module", "1 lesson", "1 student on it"):
        assert text in told[lesson.course]


def test_putting_in_the_trash_offers_undo(client, lesson):
    client.force_login(lesson.course.owner)

    response = client.post(address("trash_put", lesson), follow=True)

    lesson.refresh_from_db()
    assert lesson.deleted_at is not None
    text = response.content.decode()
    assert "/undo/" in text
    assert "is in the trash" in text


def test_looking_at_the_question_changes_nothing(client, lesson):
    client.force_login(lesson.course.owner)
    client.get(address("trash_put", lesson))
    lesson.refresh_from_db()
    assert lesson.deleted_at is None


def test_what_a_lesson_shows_does_not_go_and_the_page_says_where(client, admin, lesson):
    entry = LessonItemFactory(lesson=lesson)
    client.force_login(admin)

    text = client.post(address("trash_put", entry.item)).content.decode()

    assert "Take it out there first" in text
    assert lesson.get_absolute_url() in text
    entry.item.refresh_from_db()
    assert entry.item.deleted_at is None


@pytest.mark.parametrize("name", ["trash_put", "trash_restore", "trash_purge"])
def test_what_is_not_yours_is_not_there(client, lesson, name):
    client.force_login(UserFactory(instructor=True))
    assert client.post(address(name, lesson)).status_code == 404


def test_unknown_kinds_and_rows_are_not_there(client, admin):
    client.force_login(admin)
    for kind in ("lesson", "nothing"):
        path = reverse("activity:trash_put", args=[kind, uuid7()])
        assert client.get(path).status_code == 404


def test_a_co_instructor_does_not_throw_a_course_away(client, admin, course):
    helper = UserFactory(instructor=True)
    courses.add_staff(course.pk, user=helper, by=admin, now=NOW)
    client.force_login(helper)
    assert client.post(address("trash_put", course)).status_code == 404


# Out


def test_restoring_puts_a_lesson_back_to_its_place(client, course):
    module = ModuleFactory(course=course)
    lessons = [LessonFactory(module=module, position=number) for number in (1, 2, 3)]
    thrown_away(course.owner, lessons[0])
    client.force_login(course.owner)

    client.post(address("trash_restore", lessons[0]))

    places = Lesson.objects.live().order_by("position").values_list("pk", flat=True)
    assert list(places) == [each.pk for each in lessons]


def test_a_lesson_in_a_trashed_module_comes_back_with_it_or_not_at_all(client, lesson):
    owner = lesson.course.owner
    thrown_away(owner, lesson)
    thrown_away(owner, lesson.module)
    client.force_login(owner)
    assert "Restore with “Loops”" in page(client)

    refused = client.post(address("trash_restore", lesson), follow=True).content.decode()
    assert "is in the trash too" in refused
    lesson.refresh_from_db()
    assert lesson.deleted_at is not None

    client.post(address("trash_restore", lesson), {"with_parents": 1})
    assert Lesson.objects.live().count() == Module.objects.live().count() == 1


def test_a_lesson_of_a_trashed_course_needs_the_owner(client, admin, lesson):
    helper = UserFactory(instructor=True)
    courses.add_staff(lesson.course.pk, user=helper, by=admin, now=NOW)
    thrown_away(admin, lesson)
    thrown_away(admin, lesson.course)
    client.force_login(helper)

    client.post(address("trash_restore", lesson), {"with_parents": 1})

    assert not Lesson.objects.live().exists()
    assert not Course.objects.live().exists()


def test_restoring_twice_is_harmless(client, lesson):
    thrown_away(lesson.course.owner, lesson)
    client.force_login(lesson.course.owner)
    for _ in range(2):
        assert client.post(address("trash_restore", lesson)).status_code == 302
    assert Lesson.objects.live().count() == 1


# For good


def test_only_admins_delete_for_good(client, admin, lesson):
    thrown_away(admin, lesson)
    client.force_login(lesson.course.owner)
    assert client.post(address("trash_purge", lesson)).status_code == 404
    client.force_login(admin)
    assert client.get(address("trash_purge", lesson)).status_code == 200
    assert Lesson.objects.count() == 1
    client.post(address("trash_purge", lesson))
    assert Lesson.objects.count() == 0


def test_what_is_not_in_the_trash_is_not_deleted_for_good(client, admin, lesson):
    client.force_login(admin)
    assert client.post(address("trash_purge", lesson)).status_code == 404
    kind = trash_registry.kind_named("lesson")
    assert not trash.purge(kind, lesson, by=admin, now=NOW)


def test_what_students_worked_on_stays(client, admin, lesson):
    place = EnrollmentFactory(course=lesson.course)
    LessonProgress.objects.create(
        enrollment=place, student=place.student, lesson=lesson, started_at=NOW
    )
    thrown_away(admin, lesson)
    client.force_login(admin)

    text = client.post(address("trash_purge", lesson)).content.decode()

    assert "depend on it" in text
    assert Lesson.objects.count() == 1


def test_after_thirty_days_the_trash_is_emptied_of_what_nobody_needs(admin, course):
    module = ModuleFactory(course=course)
    old, young, worked_on = LessonFactory.create_batch(3, module=module)
    place = EnrollmentFactory(course=course)
    LessonProgress.objects.create(
        enrollment=place, student=place.student, lesson=worked_on, started_at=NOW
    )
    item = items.add_item(kind="text", title="Text", by=admin, now=NOW)
    items.save_version(item, body="One", by=admin, now=NOW)
    file, unused = media(course), CourseFactory()
    for row in (old, worked_on, item, file, unused, course):
        thrown_away(admin, row, now=LONG_AGO)
    thrown_away(admin, young, now=NOW - timedelta(days=29))

    named = StringIO()
    call_command("empty_trash", "--dry-run", stdout=named)
    assert Lesson.objects.count() == 3
    assert str(old.pk) in named.getvalue()
    assert str(young.pk) not in named.getvalue()

    gone, kept = trash.empty_trash(now=NOW)

    assert gone == {"lesson": 1, "item": 1, "media": 1, "course": 1}
    assert kept == {"lesson": 1, "course": 1}
    assert set(Lesson.objects.all()) == {young, worked_on}
    assert [*Course.objects.all()] == [course]
    assert not ContentItem.objects.exists()
    assert not MediaAsset.objects.exists()
    assert trash.empty_trash(now=NOW)[0] == {}


def test_a_part_is_not_moved_while_it_is_in_the_trash(admin, lesson):
    thrown_away(admin, lesson)
    with pytest.raises(outline.OutlineRefused):
        outline.move_lesson(lesson, position=1, by=admin, now=NOW)
