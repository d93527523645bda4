"""Hostile text goes in through every field and comes back out as text: nothing runs, nothing breaks, nothing is lost."""

import itertools
from unicodedata import normalize
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.tests import hostile
from content.models import ContentItem, ContentVersion, Lesson, LessonItem, Module
from courses.models import Course
from courses.tests.factories import SubjectFactory
from enrollments.tests.factories import EnrollmentFactory
from lib.markdown import render
from tenancy.context import organization_context
from users.models import Profile, User
from users.tests.factories import UserFactory


@pytest.fixture(autouse=True)
def _needs_data(test_data):
    """Skips where other people's hostile text is absent."""


@pytest.mark.django_db
def test_search_answers_every_naughty_string(client, organization):
    SubjectFactory()
    for text in hostile.naughty_strings():
        for parameter in ("q", "subject", "cursor", "sort", "difficulty"):
            assert client.get("/courses/", {parameter: text}).status_code == 200, (parameter, text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url_name", "fields"),
    [
        ("account_login", ["login"]),
        ("account_signup", ["username", "email", "first_name", "last_name"]),
        ("account_reset_password", ["email"]),
    ],
)
def test_account_forms_answer_every_naughty_string(client, organization, url_name, fields):
    for text in hostile.naughty_strings():
        response = client.post(reverse(url_name), dict.fromkeys(fields, text))
        assert response.status_code in (200, 302), text


@pytest.mark.django_db
def test_profile_keeps_every_naughty_string_as_it_was_or_says_why_not(organization):
    user = UserFactory()
    client = Client(SERVER_NAME="harbor.localhost")
    client.force_login(user)
    address = reverse("users:profile_edit")
    kept = 0
    for text in hostile.naughty_strings():
        response = client.post(
            address, {"first_name": "Ada", "last_name": "Stone", "bio": text, "company": text[:100]}
        )
        assert response.status_code in (200, 302), text
        if response.status_code == 302:
            stored = Profile.objects.get(user=user).bio
            assert stored.split() == normalize("NFC", text).split() or not text.strip()
            kept += 1
    assert kept > 400


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/courses/{}/", "/courses/x/lessons/{}/", "/media/{}/original/", "/people/{}/", "/{}"]
)
def test_addresses_answer_every_naughty_string(client, organization, path):
    for text in hostile.naughty_strings():
        found = path.format(quote(text, safe="", errors="replace"))
        assert client.get(found).status_code in (200, 301, 302, 400, 404), text


@pytest.fixture
def hostile_school(school):
    """A school whose every visible text is an attempt to run a script."""
    with organization_context(school):
        build_hostile_school()
    return school


def build_hostile_school():
    payloads = hostile.scripts()
    short = itertools.cycle([line for line in payloads if len(line) <= 100])
    admin = UserFactory(
        admin=True, username="root_admin", first_name=next(short), last_name=next(short)
    )
    student = UserFactory(username="learner", first_name=next(short), last_name=next(short))
    Profile.objects.update_or_create(
        user=student,
        defaults={
            name: next(short)[:100]
            for name in ("display_name", "bio", "job_title", "company", "location")
        },
    )
    subject = SubjectFactory(title=next(short), description=next(short))
    courses = Course.objects.bulk_create(
        hostile_course(number, short, subject, admin, payloads) for number in range(120)
    )
    fill_with_lessons(courses[0], payloads, short)
    for course in courses[:6]:
        EnrollmentFactory(course=course, student=student, rejection_reason=next(short))


def hostile_course(number, short, subject, owner, payloads):
    description = "\n\n".join(payloads[number * 10 : number * 10 + 10])
    return Course(
        title=next(short), slug=f"hostile-{number}", summary=" ".join(next(short) for _ in range(4))[:500],
        description=description, description_html=render(description).html,
        objectives=[next(short)], requirements=[next(short)], tags=[next(short)[:50]],
        subject=subject, owner=owner, status="published", published_at=timezone.now(),
    )  # fmt: skip


def fill_with_lessons(course, payloads, short):
    module = Module.objects.create(
        course=course, title=next(short), description=next(short), position=1
    )
    for number, lines in enumerate(hostile.chunks(payloads, 400), start=1):
        lesson = Lesson.objects.create(
            course=course,
            module=module,
            title=next(short),
            slug=f"lesson-{number}",
            summary=next(short),
            position=number,
        )
        body = "\n\n".join(lines)
        item = ContentItem.objects.create(kind="text", title=next(short))
        item.current_version = ContentVersion.objects.create(
            item=item, number=1, body=body, html=render(body).html
        )
        item.save()
        LessonItem.objects.create(lesson=lesson, item=item, position=1)


def pages_of(username):
    lessons = [
        f"/courses/hostile-0/lessons/lesson-{number}/"
        for number in range(1, len(hostile.chunks(hostile.scripts(), 400)) + 1)
    ]
    site = ["/", "/courses/", "/courses/?sort=title", "/courses/hostile-0/", "/courses/hostile-7/"]
    if username == "learner":
        return [
            *site,
            "/my/courses/",
            "/courses/hostile-0/progress/",
            "/courses/hostile-0/withdraw/",
            "/settings/profile/",
            *lessons,
        ]
    back = [
        "courses/course/",
        "courses/subject/",
        "users/user/",
        "content/lesson/",
        "content/contentitem/",
        "content/module/",
        "enrollments/enrollment/",
        "tenancy/auditentry/",
    ]
    return ["/courses/hostile-0/people/", "/admin/", *(f"/admin/{path}" for path in back)]


def next_pages(page):
    link = page.locator("a[rel=next]").first
    return link.get_attribute("href") if link.count() else None


def findings(page, path):
    return [(path, found) for found in page.evaluate(hostile.FINDINGS)]


@pytest.mark.browser
@pytest.mark.slow
def test_nothing_runs_even_without_the_content_policy(hostile_school, address, browser, client):
    found = []
    for username in ("learner", "root_admin"):
        context = browser.new_context(bypass_csp=True)
        context.add_init_script(hostile.HOOKS)
        with organization_context(hostile_school):
            client.force_login(User.objects.get(username=username))
        context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                    "url": address,
                }
            ]
        )
        page = context.new_page()
        for path in pages_of(username):
            response = page.goto(address + path)
            assert response.status == 200, path
            found += findings(page, path)
        context.close()
    assert found == []


@pytest.mark.browser
def test_the_hooks_notice_a_script_that_runs(address, browser, school):
    context = browser.new_context(bypass_csp=True)
    context.add_init_script(hostile.HOOKS)
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)><a href=\" javascript:alert(2)\">x</a>')"
    )
    page.wait_for_function("window.__executed.length > 0")
    assert len(findings(page, "")) >= 3
    context.close()
