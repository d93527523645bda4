"""Two small schools that look alive: real short courses, people from everywhere, three months of learning."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import yaml
from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone

from config.seeding.demo_cast import Cast
from config.seeding.demo_learning import HISTORY_DAYS, Learners
from config.seeding.demo_life import add_life
from config.seeding.demo_paths import add_path
from content.importing import apply_tree, course_from_values, read_folder
from content.importing.files import Folder
from courses.models import Course
from courses.services import publish_course
from tenancy import services
from tenancy.context import organization_context
from tenancy.models import Organization
from users.models import Profile, User

PASSWORD = "cairn-demo"  # noqa: S105 -- printed with the accounts; these organizations hold made-up people
FOLDER = Path(settings.BASE_DIR) / "content" / "demo"


class Account(NamedTuple):
    """Somebody with a fixed name, whom the newcomer can sign in as."""

    username: str
    role: str
    first_name: str
    last_name: str
    job_title: str = ""


@dataclass(frozen=True)
class School:
    """What one of the two organizations is made of."""

    name: str
    slug: str
    hosts: tuple[str, ...]
    accounts: tuple[Account, ...]
    folders: tuple[str, ...]
    people: int
    brand_color: str = ""
    is_default: bool = False


HARBOR = School(
    name="Harbor School",
    slug="harbor",
    hosts=("harbor.localhost", "localhost", "127.0.0.1"),
    is_default=True,
    people=120,
    folders=("learning-how-to-learn", "git-without-fear"),
    accounts=(
        Account("admin", "admin", "Marta", "Vold", "Head of school"),
        Account("ines", "instructor", "Inês", "Carvalho", "Teaches learning"),
        Account("tomas", "instructor", "Tomáš", "Říha", "Teaches everything else"),
        Account("ada", "student", "Ada", "Okafor", "Nurse"),
        Account("noor", "student", "Noor", "Haddad", "Carpenter"),
    ),
)
SUMMIT = School(
    name="Summit Institute",
    slug="summit",
    hosts=("summit.localhost",),
    brand_color="#6B3FA0",
    people=40,
    folders=("git-without-fear",),
    accounts=(
        Account("admin", "admin", "Kenji", "Aoki", "Director"),
        Account("ivo", "instructor", "Ivo", "Lindqvist", "Lecturer"),
        Account("lena", "student", "Lena", "Straßer", "Apprentice"),
    ),
)
SCHOOLS = (HARBOR, SUMMIT)

Say = Callable[[str], None]


def exists(school: School) -> bool:
    return any(slug == school.slug for _id, slug in services.organization_ids())


def seed_demo(*, say: Say) -> None:
    """Found what is missing of the two demo organizations; one that is there is left as it is."""
    for school in SCHOOLS:
        if not exists(school):
            say(f"{school.name} …")
            organization = services.found_organization(
                name=school.name,
                slug=school.slug,
                hosts=list(school.hosts),
                brand_color=school.brand_color,
                is_default=school.is_default,
                contact_email=f"hello@{school.slug}.example",
            )
            with organization_context(organization):
                add_life(fill_school(school, people=school.people))


def seed_school(organization: Organization, *, people: int) -> None:
    """Fill an organization with the first demo school's people and courses."""
    with organization_context(organization):
        fill_school(HARBOR, people=people)


def fill_school(school: School, *, people: int) -> Cast:
    """Accounts, courses, and people who learn what is open and free."""
    now = timezone.now()
    chance = random.Random(7)  # noqa: S311 -- equal every time, on purpose
    named = [add_account(school, account, now) for account in school.accounts]
    teachers = [user for user in named if user.role == User.Role.INSTRUCTOR]
    courses = add_courses(school, teachers, now)
    students = [user for user in named if user.role == User.Role.STUDENT]
    crowd = add_people(people, chance, now)
    joinable = [course for course in courses if is_free_to_join(course)]
    learners = Learners(chance, now)
    for user in students:
        learners.enroll_named(user, joinable)
    learners.enroll_crowd(crowd, joinable)
    learners.store()
    add_path(courses, teachers[0], students, now)
    by_slug = {course.slug: course for course in courses}
    return Cast(now, named[0], teachers, students, crowd, by_slug)


def is_free_to_join(course: Course) -> bool:
    return course.enrollment_type == Course.EnrollmentType.OPEN and not course.price


def add_account(school: School, account: Account, now: datetime) -> User:
    user = User.objects.create_user(
        account.username,
        f"{account.username}@{school.slug}.example",
        PASSWORD,
        role=account.role,
        first_name=account.first_name,
        last_name=account.last_name,
        email_verified_at=now,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Profile.objects.update_or_create(user=user, defaults={"job_title": account.job_title})
    return user


def add_courses(school: School, teachers: list[User], now: datetime) -> list[Course]:
    """The folders of this school, then the short courses of the catalogue."""
    courses = []
    for folder in school.folders:
        courses.append(import_tree(read_folder(FOLDER / folder), teachers[0], now, published=True))
    for number, entry in enumerate(
        yaml.safe_load((FOLDER / "courses.yaml").read_text(encoding="utf-8"))
    ):
        if school is not HARBOR and number % 2:
            continue
        teacher = teachers[number % len(teachers)]
        tree = course_from_values(entry, files=Folder(FOLDER), path=f"{entry['slug']}.yaml")
        courses.append(import_tree(tree, teacher, now, published=entry["status"] == "published"))
    spread_publication(courses, now)
    return [course for course in courses if course.status == Course.Status.PUBLISHED]


def import_tree(tree, owner: User, now: datetime, *, published: bool) -> Course:
    course = apply_tree(tree, owner=owner, by=owner, now=now).course
    return publish_course(course.pk, by=owner, now=now) if published else course


def spread_publication(courses: list[Course], now: datetime) -> None:
    """A living school did not publish everything this minute."""
    for number, course in enumerate(courses):
        if course.published_at:
            Course.objects.filter(pk=course.pk).update(
                published_at=now - timedelta(days=HISTORY_DAYS + 3 * number)
            )


def add_people(count: int, chance: random.Random, now: datetime) -> list[User]:
    """People with names from everywhere; nobody knows a password of theirs."""
    words = yaml.safe_load((FOLDER / "people.yaml").read_text(encoding="utf-8"))
    users = []
    for number in range(count):
        if number < len(words["whole_names"]):
            whole = words["whole_names"][number]
            names = {"first_name": whole["first_name"], "last_name": whole["last_name"]}
            username = whole["username"]
        else:
            names = {
                "first_name": chance.choice(words["first_names"]),
                "last_name": chance.choice(words["last_names"]),
            }
            username = f"learner_{number}"
        user = User(
            username=username,
            email=f"{username}@people.example",
            password="!",
            email_verified_at=now,
            **names,
        )
        users.append(user)
    User.objects.bulk_create(users)
    Profile.objects.bulk_create(
        Profile(
            user=user,
            job_title=chance.choice(words["job_titles"]),
            bio=chance.choice(words["bios"]) if chance.random() < 0.3 else "",
        )
        for user in users
    )
    return users


def accounts_text(port: str) -> str:
    """The demo accounts, as the newcomer reads them."""
    lines = []
    for school in SCHOOLS:
        lines.append(f"{school.name}  http://{school.hosts[0]}:{port}/")
        for account in school.accounts:
            lines.append(f"  {account.role:<11} {account.username:<8} {PASSWORD}")
    return "\n".join(lines)
