"""Who opens the pages: sessions of the seeded people, made without the form."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

from bench.database import SLUG
from courses.models import Course
from enrollments.models import Enrollment, WaitlistEntry
from tenancy.context import organization_context
from tenancy.services import find_organization
from users.models import User
from users.sessions import DEVICE, SEEN

HOST = f"{SLUG}.localhost"
BATCH = 1_000  # sessions per statement


@dataclass(frozen=True)
class Person:
    id: UUID
    username: str
    session: str


def organization():
    """A `with` in which the seeded organization is the current one."""
    return organization_context(find_organization(SLUG))


def signed_in(users) -> list[Person]:
    """A session for each of these users, in the database and in the cache as a sign-in leaves it."""
    people, rows, kept = [], [], {}
    now = timezone.now()
    until = now + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    store = SessionStore()
    devices = [
        UserSession(user=user, ip="127.0.0.1", session_key=store._get_new_session_key())
        for user in users
    ]
    for device in UserSession.objects.bulk_create(devices, batch_size=BATCH):
        user, key = device.user, device.session_key
        facts = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            DEVICE: device.pk,
            SEEN: int(now.timestamp()),
        }
        rows.append(Session(session_key=key, session_data=store.encode(facts), expire_date=until))
        kept[SessionStore.cache_key_prefix + key] = facts
        people.append(Person(user.pk, user.username, key))
    Session.objects.bulk_create(rows, batch_size=BATCH)
    cache.set_many(kept, settings.SESSION_COOKIE_AGE)
    return people


def named(*usernames: str) -> list[User]:
    """Users by name, in this order."""
    found = {user.username: user for user in User.objects.filter(username__in=usernames)}
    return [found[name] for name in usernames]


def students(count: int) -> list[User]:
    """Students that are on the courses of known size, active, with something done."""
    places = Enrollment.objects.filter(course__slug="sized-65", status=Enrollment.Status.ACTIVE)
    places = places.filter(
        student__in=Enrollment.objects.filter(course__slug="sized-300", status="active").values(
            "student"
        )
    )
    ids = places.order_by("-completed_lesson_count", "id").values_list("student_id", flat=True)[
        :count
    ]
    return list(User.objects.filter(pk__in=list(ids)))


def waiting(slug: str, count: int) -> list[User]:
    """People from the whole length of the queue before a course."""
    queue = WaitlistEntry.objects.waiting().filter(course__slug=slug)
    ids = list(queue.values_list("student_id", flat=True))
    return list(User.objects.filter(pk__in=ids[:: max(1, len(ids) // count)][:count]))


def outsiders(slug: str, count: int) -> list[User]:
    """Students that are not on this course and never waited for it."""
    inside = Enrollment.objects.filter(course__slug=slug).values("student")
    waited = WaitlistEntry.objects.filter(course__slug=slug).values("student")
    outside = User.objects.filter(role=User.Role.STUDENT)
    outside = outside.exclude(pk__in=inside).exclude(pk__in=waited)
    return list(outside.order_by("-id")[:count])


def teacher_of(slug: str) -> User:
    return Course.objects.select_related("owner").get(slug=slug).owner
