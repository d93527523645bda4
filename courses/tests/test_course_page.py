"""The page of a course: who may open it, what stands on it, old addresses, its picture."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from courses import services, visibility
from courses.course_page import without_summary
from courses.models import Course, FormerSlug
from courses.tests.counting import statements
from courses.tests.factories import CourseFactory, CourseStaffFactory
from lib.files import FileRefused
from tenancy.context import organization_context
from users.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def open_page(client, course, user=None):
    if user is None:
        client.logout()
    else:
        client.force_login(user)
    return client.get(course.get_absolute_url())


def picture(color="red"):
    data = BytesIO()
    Image.new("RGB", (1600, 900), color).save(data, "PNG")
    return SimpleUploadedFile("../../evil.php", data.getvalue())


@pytest.mark.parametrize(
    ("state", "who_sees"),
    [
        ({"published": True}, {"guest", "stranger", "member", "helper", "owner", "admin"}),
        ({"published": True, "visibility": "private"}, {"member", "helper", "owner", "admin"}),
        ({}, {"member", "helper", "owner", "admin"}),
        ({"published": True, "status": "archived"}, {"member", "helper", "owner", "admin"}),
        ({"published": True, "deleted_at": NOW}, set()),
    ],
    ids=["published", "private", "draft", "archived", "trash"],
)
def test_who_may_open_a_course(client, organization, state, who_sees):
    course = CourseFactory(**state)
    member = UserFactory()
    people = {
        "guest": None,
        "stranger": UserFactory(),
        "member": member,
        "helper": CourseStaffFactory(course=course).user,
        "owner": course.owner,
        "admin": UserFactory(admin=True),
        "other instructor": UserFactory(instructor=True),
    }
    if "stranger" in who_sees:
        who_sees = who_sees | {"other instructor"}

    def members(user):
        return Course.objects.filter(pk=course.pk if user == member else None).values("pk")

    visibility.register(members)
    answers = {name: open_page(client, course, user).status_code for name, user in people.items()}
    visibility.unregister(members)

    assert {name for name, code in answers.items() if code == 200} == who_sees
    assert set(answers.values()) <= {200, 404}


def test_page_shows_what_one_gets_and_needs(client, organization):
    needed = CourseFactory(title="First steps", published=True)
    hidden = CourseFactory(title="Hidden steps", published=True, visibility="private")
    course = services.create_course(
        by=UserFactory(instructor=True, first_name="Ines", last_name="Cole"),
        now=NOW,
        title="Knots & ropes",
        subject=needed.subject,
        summary="How to tie.",
        description="Read **this**.",
        objectives=["Tie a bowline"],
        requirements=["A rope"],
        tags=["knots & co"],
        language="fr",
        difficulty_level="beginner",
        duration_minutes=80,
        prerequisites=[needed.pk, hidden.pk],
    )
    Course.objects.filter(pk=course.pk).update(status="published", published_at=NOW)

    page = open_page(client, course).content.decode()

    for shown in (
        "Knots &amp; ropes",
        "<strong>this</strong>",
        "Tie a bowline",
        "A rope",
        "1 h 20 min",
        "Beginner",
        "French",
        "Ines Cole",
        'href="/courses/?tag=knots%20%26%20co"',
        f'href="/courses/?subject={needed.subject.slug}"',
        f'href="{needed.get_absolute_url()}"',
        "Hidden steps",
        "no reviews yet",
    ):
        assert shown in page
    assert hidden.get_absolute_url() not in page
    assert "csrfmiddlewaretoken" not in page
    assert "Edit" not in page


def test_only_editors_are_offered_to_edit(client, organization):
    course = CourseFactory(published=True)
    helper = CourseStaffFactory(course=course).user
    seen = {
        name: f"/studio/courses/{course.slug}/" in open_page(client, course, user).content.decode()
        for name, user in {
            "student": UserFactory(),
            "other": UserFactory(instructor=True),
            "helper": helper,
            "owner": course.owner,
            "admin": UserFactory(admin=True),
        }.items()
    }
    assert seen == {"student": False, "other": False, "helper": True, "owner": True, "admin": True}


def test_former_address_leads_to_the_new_one(client, organization):
    course = CourseFactory(published=True, slug="old")
    services.update_course(course.pk, by=None, now=NOW, slug="new")
    response = client.get("/courses/old/")
    assert (response.status_code, response["Location"]) == (301, "/courses/new/")


def test_former_address_of_a_hidden_course_is_not_known(client, organization):
    course = CourseFactory(slug="old")
    services.update_course(course.pk, by=None, now=NOW, slug="new")
    assert client.get("/courses/old/").status_code == 404
    client.force_login(course.owner)
    assert client.get("/courses/old/")["Location"] == "/courses/new/"
    assert FormerSlug.objects.count() == 1


def test_another_organizations_course_is_not_found(client, organization, other_organization):
    with organization_context(other_organization):
        theirs = CourseFactory(published=True, slug="theirs")
    client.force_login(UserFactory(admin=True))
    assert client.get(theirs.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("path", ["/courses/%00/", "/courses/nowhere/", "/courses/' or 1=1/"])
def test_unknown_addresses_are_not_found(client, organization, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(client, organization, memory_cache, count):
    course = CourseFactory(published=True)
    CourseStaffFactory.create_batch(count, course=course)
    needed = CourseFactory.create_batch(count, published=True)
    services.set_prerequisites(
        course.pk, required_ids=[other.pk for other in needed], by=None, now=NOW
    )
    user = UserFactory()
    open_page(client, course, user)

    with CaptureQueriesContext(connection) as captured:
        page = client.get(course.get_absolute_url()).content.decode()

    assert all(other.title in page for other in needed)
    assert len(statements(captured)) <= 6, statements(captured)


def test_picture_is_made_anew_and_served_to_those_who_see_the_course(client, organization):
    course = CourseFactory(published=True)
    services.update_course(course.pk, by=None, now=NOW, thumbnail=picture())
    course.refresh_from_db()
    page = open_page(client, course).content.decode()
    address = page.split('<span class="cover"><img src="')[1].split('"')[0]

    response = client.get(address)
    assert b"".join(response.streaming_content)[8:12] == b"WEBP"
    assert "immutable" in response["Cache-Control"]
    assert "evil" not in course.thumbnail.name
    assert client.get(address.replace("/picture/", "/picture/x")).status_code == 404

    services.unpublish_course(course.pk, by=None, now=NOW)
    assert client.get(address).status_code == 404


def test_picture_is_replaced_and_taken_away(organization, django_capture_on_commit_callbacks):
    course = CourseFactory()
    with django_capture_on_commit_callbacks(execute=True):
        services.update_course(course.pk, by=None, now=NOW, thumbnail=picture())
    course.refresh_from_db()
    first = course.thumbnail
    with django_capture_on_commit_callbacks(execute=True):
        services.update_course(course.pk, by=None, now=NOW, thumbnail=picture("blue"))
    assert not first.storage.exists(first.name)

    services.update_course(course.pk, by=None, now=NOW, thumbnail=False)
    course.refresh_from_db()
    assert not course.thumbnail


def test_what_is_no_picture_is_refused(organization):
    course = CourseFactory()
    with pytest.raises(FileRefused):
        services.update_course(
            course.pk, by=None, now=NOW, thumbnail=SimpleUploadedFile("x.png", b"<svg/>")
        )
    assert not Course.objects.get(pk=course.pk).thumbnail


def test_description_fits_under_its_heading_and_does_not_repeat_the_summary(client, organization):
    course = CourseFactory(
        published=True,
        summary="Stones & how to stack them.",
        description_html="<p>Stones &amp; how to\nstack <em>them</em>.</p>\n<h2 id='a'>Why</h2><h6>x</h6>",
    )
    page = open_page(client, course).content.decode()

    assert page.count("how to stack them.") == 2  # for search engines, and once for people
    assert "stack <em>" not in page
    assert "<h3 id='a'>Why</h3><h6>x</h6>" in page


@pytest.mark.parametrize(
    ("html", "summary", "shown"),
    [
        ("<p>Another text.</p>", "A text.", "<p>Another text.</p>"),
        ("<p>A text. A &amp; more.</p><p>B</p>", "A text.", "<p>A &amp; more.</p><p>B</p>"),
        ("<p>A text. <em>And</em> more.</p>", "A text.", "<p>A text. <em>And</em> more.</p>"),
        ("<p>A textile.</p>", "A text", "<p>A textile.</p>"),
        ("<h2>A text.</h2><p>A text.</p>", "A text.", "<h2>A text.</h2><p>A text.</p>"),
        ("<p>A text.</p>", "A text.", ""),
        ("<p></p>", "", "<p></p>"),
    ],
)
def test_description_goes_on_where_the_summary_ends(html, summary, shown):
    assert without_summary(html, summary) == shown


def test_long_description_is_folded_from_its_first_heading_on(client, organization):
    sections = "".join(f"<h2>Part {number}</h2><p>{'word ' * 100}</p>" for number in range(10))
    course = CourseFactory(
        published=True,
        summary="In short.",
        description_html=f"<p>In short.</p><p>Opening.</p>{sections}",
    )
    page = open_page(client, course).content.decode()

    prose = page[page.index('<div class="prose"') :]
    opening, folded = prose[: prose.index("</details>")].split(
        "<details><summary>Read more</summary>"
    )
    assert "<p>Opening.</p>" in opening
    assert "Part" not in opening
    assert folded.startswith("<h3>Part 0</h3>")
    assert folded.count("<h3>") == 10


def test_teachers_are_shown_with_the_picture_and_name_of_their_profile(client, organization):
    course = CourseFactory(published=True)
    ProfileFactory(user=course.owner, display_name="Ada of the Hills", avatar="avatars/abc.webp")
    page = open_page(client, course).content.decode()

    assert f'src="/people/{course.owner_id}/picture/?v=abc"' in page
    assert "Ada of the Hills" in page


def test_way_down_to_a_course_ends_with_its_subject(client, organization):
    course = CourseFactory(published=True)
    page = open_page(client, course).content.decode()

    assert f'<a href="/courses/?subject={course.subject.slug}">{course.subject.title}</a>' in page
    assert 'breadcrumb-item active"' not in page
