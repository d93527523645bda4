"""The pages that are measured, who opens them, and what each may cost."""

from dataclasses import dataclass, field

from bench import crowd, people
from bench.measure import get
from bench.people import HOST, Person

#: Searches: one word, two, a beginning, a phrase, and one with a typing error.
SEARCHES = (
    "statistics",
    "poetry+logic",
    "garden",
    "%22economics+and%22",
    "astronmy",
    "botany+or+geology",
)
LESSON = "/courses/sized-65/lessons/lesson-3-2/"


@dataclass(frozen=True)
class Page:
    """One page of the table."""

    key: str
    title: str
    paths: tuple[str, ...]
    who: str  # "guest", "student", "admin", "teacher:COURSE" or "waiting:COURSE"
    limit: float | None = None  # in B
    max_queries: int | None = None
    max_html_kb: int | None = None
    grows: bool = False  # measured with a tenth of the data as well


STUDENT_QUERIES = 8
LARGE_TEACHER, LARGE_QUEUE = f"teacher:{crowd.LARGE}", f"waiting:{crowd.LARGE}"

PAGES = (
    Page("catalogue-guest", "Catalogue, guest", ("/courses/",), "guest", 0.15),
    Page("catalogue", "Catalogue", ("/courses/",), "student", 0.8, STUDENT_QUERIES, grows=True),
    Page(
        "search",
        "Search",
        tuple(f"/courses/?q={words}" for words in SEARCHES),
        "student",
        1.0,
        STUDENT_QUERIES,
        grows=True,
    ),
    Page(
        "course-65",
        "Course page, 65 lessons",
        ("/courses/sized-65/",),
        "student",
        1.0,
        STUDENT_QUERIES,
        60,
        grows=True,
    ),
    Page(
        "course-300",
        "Course page, 300 lessons",
        ("/courses/sized-300/",),
        "student",
        1.8,
        STUDENT_QUERIES,
    ),
    Page("lesson", "Lesson page", (LESSON,), "student", 0.8, STUDENT_QUERIES, 60, grows=True),
    Page("dashboard", "Dashboard", ("/",), "student", 1.0, STUDENT_QUERIES, grows=True),
    Page(
        "my-courses", "My courses", ("/my/courses/",), "student", 1.0, STUDENT_QUERIES, grows=True
    ),
    Page(
        "people-100",
        "People of a course, 100",
        ("/courses/sized-65/people/",),
        "teacher:sized-65",
        1.0,
    ),
    Page(
        "people-10000",
        "People of a course, 10,000",
        ("/courses/sized-people/people/",),
        "teacher:sized-people",
        1.0,
        grows=True,
    ),
    Page(
        "people-risk",
        "People at risk, of 10,000",
        (f"/courses/{crowd.LARGE}/people/?risk=on",),
        LARGE_TEACHER,
        1.0,
    ),
    Page(
        "people-section",
        "People of a section, of 10,000",
        (f"/courses/{crowd.LARGE}/people/?section={crowd.SECTION}",),
        LARGE_TEACHER,
        1.0,
    ),
    Page(
        "person",
        "All about one person",
        (f"/courses/{crowd.LARGE}/people/{crowd.PLACE}/",),
        LARGE_TEACHER,
    ),
    Page(
        "waiting-50",
        "Course page, one of 50 who wait",
        (f"/courses/{crowd.SMALL}/",),
        f"waiting:{crowd.SMALL}",
        1.0,
        STUDENT_QUERIES,
    ),
    Page(
        "waiting-5000",
        "Course page, one of 5,000 who wait",
        (f"/courses/{crowd.LARGE}/",),
        LARGE_QUEUE,
        1.0,
        STUDENT_QUERIES,
    ),
    Page(
        "my-courses-waiting",
        "My courses, one of 5,000 who wait",
        ("/my/courses/",),
        LARGE_QUEUE,
        1.0,
        STUDENT_QUERIES,
    ),
    Page("agenda", "Agenda", ("/agenda/",), "student", 1.0, STUDENT_QUERIES),
    # As much for a lesson as the course page with 300 of them may cost.
    Page(
        "outline-500",
        "Outline editor, 500 lessons",
        ("/studio/courses/sized-500/outline/",),
        "teacher:sized-500",
        3.0,
    ),
    Page(
        "queue-50",
        "Waitlist for staff, 50",
        (f"/studio/courses/{crowd.SMALL}/waitlist/",),
        LARGE_TEACHER,
        1.0,
    ),
    Page(
        "queue-5000",
        "Waitlist for staff, 5,000",
        (f"/studio/courses/{crowd.LARGE}/waitlist/",),
        LARGE_TEACHER,
        1.0,
    ),
    Page(
        "requests",
        "Requests, 1,000",
        (f"/studio/courses/{crowd.ASKED}/requests/",),
        LARGE_TEACHER,
        1.0,
    ),
    Page(
        "invitations",
        "Invitations, 2,000",
        (f"/studio/courses/{crowd.LARGE}/invitations/",),
        LARGE_TEACHER,
        1.0,
    ),
    Page(
        "certificates",
        "Certificates of a course, 3,000",
        (f"/studio/courses/{crowd.LARGE}/certificates/",),
        LARGE_TEACHER,
        1.0,
    ),
    Page("books", "Invoices, 3,000", ("/invoices/",), "admin", 1.0),
    Page("admin-users", "Admin, people", ("/admin/users/user/",), "admin", grows=True),
    Page(
        "admin-enrollments",
        "Admin, enrollments",
        ("/admin/enrollments/enrollment/",),
        "admin",
        grows=True,
    ),
    Page("admin-courses", "Admin, courses", ("/admin/courses/course/",), "admin", grows=True),
)
READERS = 16  # students that take turns


@dataclass
class Readers:
    """Signed-in people by the name a page gives them."""

    groups: dict[str, list[Person]] = field(default_factory=dict)

    def of(self, who: str) -> list[Person]:
        return self.groups[who]


def find_readers(pages=PAGES) -> Readers:
    """Sessions for everybody the pages need."""
    readers = Readers({"guest": []})
    for who in {page.who for page in pages} - {"guest"}:
        readers.groups[who] = people.signed_in(users_for(who))
    return readers


def users_for(who: str) -> list:
    kind, _colon, course = who.partition(":")
    if kind == "student":
        return people.students(READERS)
    if kind == "teacher":
        return [people.teacher_of(course)]
    if kind == "waiting":
        return people.waiting(course, READERS)
    return people.named("scale_admin")


def requests_of(page: Page, readers: Readers) -> list[str]:
    """The requests of a page: every path, every reader, in turn."""
    sessions = [person.session for person in readers.of(page.who)] or [""]
    count = max(len(sessions), len(page.paths))
    if count % len(page.paths):
        count = len(page.paths) * -(-count // len(page.paths))
    return [
        get(page.paths[n % len(page.paths)], HOST, sessions[n % len(sessions)])
        for n in range(count)
    ]
