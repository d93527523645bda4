"""axe finds nothing on any page, in both themes, on a narrow phone and a desk (WCAG 2.2 AA)."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from config.seeding.demo import PASSWORD, seed_school
from tenancy.context import organization_context

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLORS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
#: The dark theme differs from the light one in its colors alone.
THEMES = {"light": EVERYTHING, "dark": COLORS}
WIDTHS = (320, 1280)

SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > innerWidth + 1"

STUDIO = "/studio/courses/git-without-fear"
PEOPLE = "/courses/git-without-fear/people"

PAGES = {
    "": [
        "/",
        "/courses/",
        "/courses/?q=lerning",
        "/courses/?q=nothinglikethis",
        "/courses/learning-how-to-learn/",
        "/preferences/",
        "/paths/",
        "/plans/",
        "/certificates/check/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/confirm-email/unknown/",
        "/nowhere/",
    ],
    "ada": [
        "/",
        "/my/courses/",
        "/courses/",
        "/courses/learning-how-to-learn/",
        "/courses/git-without-fear/",
        "/courses/learning-how-to-learn/progress/",
        "/courses/learning-how-to-learn/withdraw/",
        "/certificates/",
        "/paths/",
        "/agenda/",
        "/agenda/calendar/",
        "/join/",
        "/notifications/",
        "/notifications/settings/",
        "/settings/profile/",
        "/settings/payments/",
        "/settings/devices/",
        "/settings/tokens/",
        "/settings/data/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/security/",
        "/accounts/security/linked/",
        "/accounts/reauthenticate/",
        "/accounts/logout/",
    ],
    "ines": [
        "/studio/",
        "/studio/new/",
        "/studio/import/",
        "/studio/library/",
        "/studio/paths/",
        "/studio/requests/",
        *(f"{STUDIO}/{name}" for name in ("", "outline/", "details/", "settings/", "check/")),
        *(f"{STUDIO}/{name}" for name in ("publish/", "versions/", "preview/", "copy/", "export/")),
        *(f"{STUDIO}/{name}" for name in ("dates/", "reviews/", "requests/", "invitations/")),
        *(f"{STUDIO}/{name}" for name in ("codes/", "addresses/", "waitlist/", "certificates/")),
        *(f"{PEOPLE}/{name}" for name in ("", "table/", "sections/", "sections/new/")),
        "/admin/",
        "/admin/courses/course/",
        "/admin/courses/course/add/",
        "/admin/enrollments/enrollment/",
        "/admin/content/lesson/",
        "/admin/content/contentitem/add/",
        "/admin/content/mediaasset/add/",
    ],
    "admin": [
        "/admin/",
        f"{STUDIO}/certificates/design/",
        "/studio/certificates/",
        "/activity/",
        "/activity/security/",
        "/trash/",
        "/erasures/",
        "/invoices/",
        "/admin/users/user/",
        "/admin/users/user/add/",
        "/admin/users/user/?q=nobodyhasthisname",
        "/admin/tenancy/auditentry/",
    ],
}


@pytest.fixture
def living_school(school, django_db_blocker):
    seed_school(school, people=12)
    return school


def problems_of(page, rules=EVERYTHING):
    found = Axe().run(page, options={"runOnly": rules}).response["violations"]
    return [
        (
            violation["id"],
            violation["help"],
            [node["html"][:120] for node in violation["nodes"][:3]],
        )
        for violation in found
    ]


def sign_in(page, address, username):
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()


def lessons_of(school):
    from content.models import Lesson  # noqa: PLC0415 -- apps must be loaded

    with organization_context(school):
        lessons = Lesson.objects.select_related("course").filter(
            course__slug__in=["learning-how-to-learn", "git-without-fear"]
        )
        return [lesson.get_absolute_url() for lesson in lessons]


def admin_pages_of(username, school):
    """Pages of single rows, whose ids the seed decides: forms, histories and the question before deleting."""
    if username not in ("ines", "admin"):
        return []
    from content.models import ContentItem, Lesson  # noqa: PLC0415 -- apps must be loaded
    from courses.models import Course, Subject  # noqa: PLC0415 -- apps must be loaded
    from enrollments.models import Enrollment  # noqa: PLC0415 -- apps must be loaded
    from users.models import User  # noqa: PLC0415 -- apps must be loaded

    with organization_context(school):
        course = Course.objects.get(slug="learning-how-to-learn")
        rows = [(course, "change"), (course, "history")]
        if username == "ines":
            lesson = Lesson.objects.filter(course=course).first()
            rows += [(lesson, "change"), (ContentItem.objects.first(), "change")]
            rows += [(Enrollment.objects.filter(course=course).first(), "change")]
        else:
            person = User.objects.get(username="ada")
            rows += [(person, "change"), (person, "history"), (person, "delete")]
            rows += [(Subject.objects.first(), "delete")]
        return [
            reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{what}", args=[row.pk])
            for row, what in rows
        ]


@pytest.mark.parametrize("username", PAGES, ids=lambda username: username or "guest")
def test_axe_finds_nothing_on_any_page(living_school, address, browser, username):
    context = browser.new_context()
    page = context.new_page()
    if username:
        sign_in(page, address, username)
    wrong = []
    paths = PAGES[username] + admin_pages_of(username, living_school)
    for path in paths + (lessons_of(living_school)[:6] if username == "ada" else []):
        answer = page.goto(address + path)
        assert answer.status in (200, 404), f"{path}: {answer.status}"
        for theme, rules in THEMES.items():
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                wrong += [
                    f"{path} {theme} {width}: {problem}" for problem in problems_of(page, rules)
                ]
                if not path.startswith("/admin") and page.evaluate(SCROLLS_SIDEWAYS):
                    wrong.append(f"{path} {theme} {width}: scrolls sideways")
    context.close()
    assert not wrong, "\n".join(wrong)


def test_axe_would_find_something(address, browser, school):
    page = browser.new_page()
    page.goto(f"{address}/accounts/login/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/x.png\"><button></button>')"
    )
    assert {"image-alt", "button-name"} <= {problem[0] for problem in problems_of(page)}
    page.close()


def test_axe_would_find_a_pale_word_in_the_dark(address, browser, school):
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{address}/accounts/login/")
    assert problems_of(page, THEMES["dark"]) == []
    page.evaluate("document.querySelector('h1').style.setProperty('color', '#333', 'important')")
    assert [problem[0] for problem in problems_of(page, THEMES["dark"])] == ["color-contrast"]
    page.close()
