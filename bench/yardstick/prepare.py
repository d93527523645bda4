"""Fill the yardstick's tables and print the key of a signed-in session: `python -m bench.yardstick.prepare`."""

import os
from datetime import UTC, datetime, timedelta

import django

SUBJECTS, TEACHERS, COURSES = 10, 40, 500
TEXT = (
    "learning starts with a question and grows by practice with patience among people who care "
    "about what they make and about each other while time passes and mistakes turn into knowledge"
)
WORDS = TEXT.split()
START = datetime(2024, 1, 1, tzinfo=UTC)


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.yardstick.settings"
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- needs the settings

    make_schema()
    call_command("migrate", run_syncdb=True, verbosity=0)
    fill()
    print(session_key())


def make_schema():
    from django.db import connection  # noqa: PLC0415 -- needs the settings

    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS yardstick")


def fill():
    from bench.yardstick.models import Course, Subject, Teacher  # noqa: PLC0415 -- needs the settings

    if Course.objects.exists():
        return
    subjects = Subject.objects.bulk_create(
        Subject(title=f"Subject {n}", slug=f"subject-{n}", description=words(n, 20))
        for n in range(SUBJECTS)
    )
    teachers = Teacher.objects.bulk_create(
        Teacher(
            first_name=f"First{n}",
            last_name=f"Lastname{n}",
            email=f"teacher{n}@example.org",
            joined_at=START - timedelta(days=n),
        )
        for n in range(TEACHERS)
    )
    Course.objects.bulk_create(
        Course(
            subject=subjects[n % SUBJECTS],
            teacher=teachers[n % TEACHERS],
            title=f"Course {n}: {words(n, 4)}",
            slug=f"course-{n}",
            summary=words(n, 30),
            is_free=n % 2 == 0,
            lesson_count=n % 20,
            published_at=START + timedelta(hours=n),
            updated_at=START + timedelta(hours=2 * n),
        )
        for n in range(COURSES)
    )


def words(start: int, count: int) -> str:
    return " ".join(WORDS[(start * 7 + n) % len(WORDS)] for n in range(count))


def session_key() -> str:
    from django.contrib.auth import (  # noqa: PLC0415 -- needs the settings
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
    )
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415

    user, is_new = User.objects.get_or_create(username="reader", email="reader@example.org")
    if is_new:
        user.set_unusable_password()
        user.save()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


if __name__ == "__main__":
    main()
