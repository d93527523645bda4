"""A large organization by bulk insert: scale 1 is 1,000 courses and 100,000 people."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection

from config.seeding.rows import insert_rows
from config.seeding.words import PARAGRAPHS, TOPICS, VERBS
from content.models import ContentItem, ContentVersion, Lesson, LessonItem, Module
from courses.models import Course, Subject
from enrollments.models import Enrollment
from lib.ids import uuid7
from progress.arithmetic import percent_of
from progress.models import LessonProgress, ModuleProgress
from tenancy import services
from tenancy.context import organization_context
from users.models import Profile, User

PASSWORD = "cairn-demo"  # noqa: S105 -- printed with the accounts; these organizations hold made-up people
COURSES, PEOPLE, INSTRUCTORS = 1_000, 100_000, 200
LESSONS_PER_MODULE = 3
MODULES = 4
#: Courses of known size, which the benchmarks open: short name → (modules, lessons per module).
SIZED_COURSES = {
    "sized-65": (13, 5),
    "sized-300": (30, 10),
    "sized-people": (4, 3),
    "sized-hot": (4, 3),
    "sized-500": (50, 10),
}
STUDENTS_OF_LARGE_COURSE = 10_000


@dataclass
class Plan:
    """What has been made so far, by id."""

    organization_id: UUID
    now: datetime
    random: random.Random
    say: Callable[[str], None]
    instructors: list[UUID]
    students: list[UUID]
    subjects: list[UUID]
    #: course id → its modules, each a pair of module id and lesson ids
    outlines: dict[UUID, list[tuple[UUID, list[UUID]]]]
    sized: dict[str, UUID]


def seed_bulk(
    *, slug: str, name: str, host: str, scale: float, seed: int, now: datetime, say
) -> dict:
    """Found an organization and fill it; returns how many rows of each kind there are.

    `scale` 1 is 1,000 courses and 100,000 people; smaller fractions work. Equal seeds give equal shapes.
    """
    organization = services.found_organization(name=name, slug=slug, hosts=[host])
    counts = {}
    with organization_context(organization):
        plan = Plan(organization.pk, now, random.Random(seed), say, [], [], [], {}, {})
        counts["people"] = add_people(
            plan, round(PEOPLE * scale), max(2, round(INSTRUCTORS * scale))
        )
        counts["courses"] = add_courses(plan, max(len(SIZED_COURSES), round(COURSES * scale)))
        counts["lessons"] = add_outlines(plan)
        counts["enrollments"] = add_enrollments(plan)
    return counts


def stamped(plan: Plan, row_id, *values) -> tuple:
    return (row_id, plan.organization_id, plan.now, plan.now, *values)


STAMP = ("id", "organization_id", "created_at", "updated_at")


def add_people(plan: Plan, students: int, instructors: int) -> int:
    plan.say(f"{students:,} people …")
    password = make_password(PASSWORD)
    people = [("admin", "scale_admin")]
    people += [("instructor", f"scale_instructor{n}") for n in range(instructors)]
    people += [("student", f"scale_student{n}") for n in range(students)]
    ids = [uuid7() for _ in people]
    columns = (
        *STAMP, "username", "email", "first_name", "last_name", "role", "is_staff", "is_active",
        "password", "email_verified_at", "language", "time_zone",
    )  # fmt: skip
    first, last = ("Ada", "Noor", "Kenji", "Zoë", "Mateus", "Amina", "Ivo", "Lena"), TOPICS
    insert_rows(
        User,
        columns,
        (
            stamped(
                plan, row_id, username, f"{username}@example.org", plan.random.choice(first),
                f"{plan.random.choice(last).title()}{number % 997}", role, role != "student", True,
                password, plan.now, "", "",
            )
            for number, (row_id, (role, username)) in enumerate(zip(ids, people, strict=True))
        ),
    )  # fmt: skip
    blank = ("", "", "", "", "", "", "", "")
    insert_rows(
        Profile,
        (
            "user_id", "organization_id", "created_at", "updated_at", "display_name", "bio", "avatar",
            "phone", "job_title", "company", "location", "website",
        ),
        (stamped(plan, row_id, *blank) for row_id in ids),
    )  # fmt: skip
    insert_rows(
        EmailAddress,
        ("user_id", "email", "verified", "primary", "organization_id"),
        (
            (row_id, f"{username}@example.org", True, True, plan.organization_id)
            for row_id, (_role, username) in zip(ids, people, strict=True)
        ),
    )
    plan.instructors, plan.students = ids[1 : instructors + 1], ids[instructors + 1 :]
    return len(ids)


def add_courses(plan: Plan, count: int) -> int:
    plan.say(f"{count:,} courses …")
    plan.subjects = [uuid7() for _ in range(24)]
    insert_rows(
        Subject,
        (*STAMP, "title", "slug", "description", "position"),
        (
            stamped(plan, row_id, topic.title(), f"{topic}-{n}", "", n)
            for n, (row_id, topic) in enumerate(zip(plan.subjects, TOPICS, strict=False))
        ),
    )
    columns = (
        *STAMP, "title", "slug", "summary", "description", "description_html", "objectives",
        "requirements", "tags", "language", "subject_id", "owner_id", "thumbnail", "status", "visibility",
        "enrollment_type", "max_capacity", "waitlist_enabled", "difficulty_level", "duration_minutes",
        "is_sequential", "certificate_enabled", "currency", "published_at", "outline_version", "source",
    )  # fmt: skip
    insert_rows(Course, columns, (course_row(plan, number) for number in range(count)))
    return count


def course_row(plan: Plan, number: int) -> tuple:
    choose = plan.random.choice
    sized = list(SIZED_COURSES)[number] if number < len(SIZED_COURSES) else ""
    first, second = plan.random.sample(TOPICS, 2)
    title = f"{choose(VERBS)} {first} and {second}"
    description = "\n\n".join(plan.random.sample(PARAGRAPHS, 3))
    course_id = uuid7()
    if sized:
        plan.sized[sized] = course_id
    plan.outlines[course_id] = []
    return stamped(
        plan, course_id, title, sized or f"{first}-{second}-{number}", choose(PARAGRAPHS)[:200], description,
        "".join(f"<p>{text}</p>" for text in description.split("\n\n")),
        [f"Explain {first} to a friend", f"Use {second} at work"], ["Curiosity"], [first, second], "en",
        choose(plan.subjects), choose(plan.instructors), "", "published", "public", "open",
        None if sized or number % 3 else 40, True, choose(["beginner", "intermediate", "advanced"]),
        plan.random.randrange(30, 3000, 30), number % 5 == 0 and not sized, False, "EUR",
        plan.now - timedelta(minutes=number), 1, "",
    )  # fmt: skip


def add_outlines(plan: Plan) -> int:
    plan.say("Modules and lessons …")
    sizes = {course_id: SIZED_COURSES[name] for name, course_id in plan.sized.items()}
    modules, lessons, items, versions, places = [], [], [], [], []
    body = "\n\n".join(PARAGRAPHS)
    html = "".join(f"<p>{text}</p>" for text in PARAGRAPHS * 2)
    for course_id, outline in plan.outlines.items():
        module_count, lesson_count = sizes.get(course_id, (MODULES, LESSONS_PER_MODULE))
        for module_number in range(1, module_count + 1):
            module_id, lesson_ids = uuid7(), []
            topic = plan.random.choice(TOPICS)
            modules.append(
                stamped(plan, module_id, course_id, f"About {topic}", "", module_number, "")
            )
            for number in range(1, lesson_count + 1):
                lesson_id, item_id, version_id = uuid7(), uuid7(), uuid7()
                title = f"{plan.random.choice(VERBS)} {topic}, part {number}"
                lessons.append(
                    stamped(
                        plan, lesson_id, course_id, module_id, title, f"lesson-{module_number}-{number}", "",
                        number, 12, "manual", False, "",
                    )
                )  # fmt: skip
                items.append(stamped(plan, item_id, "text", title, "{}"))
                versions.append((version_id, item_id))
                places.append(stamped(plan, uuid7(), lesson_id, item_id, 1))
                lesson_ids.append(lesson_id)
            outline.append((module_id, lesson_ids))
    insert_rows(
        Module, (*STAMP, "course_id", "title", "description", "position", "source"), modules
    )
    insert_rows(
        Lesson,
        (
            *STAMP, "course_id", "module_id", "title", "slug", "summary", "position", "duration_minutes",
            "completion", "is_preview", "source",
        ),
        lessons,
    )  # fmt: skip
    insert_rows(ContentItem, (*STAMP, "kind", "title", "metadata"), items)
    insert_rows(
        ContentVersion,
        (*STAMP, "item_id", "number", "body", "html", "url", "caption"),
        (
            stamped(plan, version_id, item_id, 1, body, html, "", "")
            for version_id, item_id in versions
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE content_contentitem item SET current_version_id = version.id "
            "FROM content_contentversion version WHERE version.item_id = item.id AND item.current_version_id IS NULL"
        )
    insert_rows(LessonItem, (*STAMP, "lesson_id", "item_id", "position"), places)
    return len(lessons)


@dataclass(frozen=True)
class Place:
    """One enrollment to be made: who, where, and how many lessons are done."""

    id: UUID
    course_id: UUID
    student_id: UUID
    status: str
    done: int
    lesson_count: int
    at: datetime

    @property
    def percent(self) -> Decimal:
        return percent_of(self.done, self.lesson_count)


def add_enrollments(plan: Plan) -> int:
    plan.say("Enrollments and progress …")
    places = list(places_of_everyone(plan))
    versions = dict(Course.objects.values_list("pk", "outline_version"))
    insert_rows(
        Enrollment,
        (
            *STAMP, "course_id", "student_id", "status", "enrolled_at", "completed_at", "rejection_reason",
            "percent", "completed_lesson_count", "total_time_seconds", "last_accessed_at",
            "last_activity_at", "engagement_score", "outline_version",
        ),
        (
            stamped(
                plan, place.id, place.course_id, place.student_id, place.status, place.at,
                plan.now if place.status == "completed" else None, "", place.percent, place.done,
                place.done * 600, place.at, place.at, 0, versions[place.course_id] if place.done else 0,
            )
            for place in places
        ),
    )  # fmt: skip
    started = [place for place in places if place.done]
    insert_rows(
        LessonProgress,
        (
            *STAMP, "enrollment_id", "student_id", "lesson_id", "started_at", "completed_at",
            "completion_method", "time_spent_seconds", "view_count", "last_viewed_at",
        ),
        (row for place in started for row in lesson_rows(plan, place)),
    )  # fmt: skip
    insert_rows(
        ModuleProgress,
        (
            *STAMP, "enrollment_id", "student_id", "module_id", "completed_lesson_count", "lesson_count",
            "percent", "completed_at",
        ),
        (row for place in started for row in module_rows(plan, place)),
    )  # fmt: skip
    return len(places)


def places_of_everyone(plan: Plan):
    choose = plan.random
    taken: dict[UUID, int] = {}
    small = [course_id for course_id in plan.outlines if course_id not in plan.sized.values()]
    for student_id in plan.students[:STUDENTS_OF_LARGE_COURSE]:
        yield place_of(plan, plan.sized["sized-people"], student_id)
    for name in ("sized-65", "sized-300"):
        for student_id in plan.students[:100]:
            yield place_of(plan, plan.sized[name], student_id)
    if not small:
        return
    for student_id in plan.students:
        for course_id in set(choose.choices(small, k=2)):
            if taken.get(course_id, 0) < 38:
                taken[course_id] = taken.get(course_id, 0) + 1
                yield place_of(plan, course_id, student_id)


def place_of(plan: Plan, course_id, student_id) -> Place:
    lesson_count = sum(len(lessons) for _module, lessons in plan.outlines[course_id])
    luck = plan.random.random()
    status = (
        "active"
        if luck < 0.8
        else "completed"
        if luck < 0.85
        else "withdrawn"
        if luck < 0.95
        else "paused"
    )
    done = lesson_count if status == "completed" else 0
    if status == "active" and luck < 0.25:
        done = plan.random.randrange(1, lesson_count)
    at = plan.now - timedelta(minutes=plan.random.randrange(1, 60 * 24 * 200))
    return Place(uuid7(), course_id, student_id, status, done, lesson_count, at)


def lesson_rows(plan: Plan, place: Place):
    lessons = [lesson for _module, lessons in plan.outlines[place.course_id] for lesson in lessons]
    for lesson_id in lessons[: place.done]:
        yield stamped(
            plan, uuid7(), place.id, place.student_id, lesson_id, place.at, place.at, "manual", 600, 2, place.at
        )  # fmt: skip


def module_rows(plan: Plan, place: Place):
    left = place.done
    for module_id, lessons in plan.outlines[place.course_id]:
        done = min(left, len(lessons))
        left -= done
        yield stamped(
            plan, uuid7(), place.id, place.student_id, module_id, done, len(lessons),
            percent_of(done, len(lessons)), place.at if done == len(lessons) else None,
        )  # fmt: skip


def organization_exists(slug: str) -> bool:
    return any(found == slug for _id, found in services.organization_ids())
