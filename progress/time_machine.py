"""The time machine: a course as a new student or one of its people sees it, at any time, published or not.

The pages are drawn by the same code as always, in a savepoint that holds what is different and is rolled back.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.view_as import begin_scene, person_to_look_as
from content.outline import outline_of
from content.services.rehearsal import show_drafts
from courses.models import Course, CourseSeats
from enrollments.models import Enrollment
from lib import jinja
from progress.derivation import DERIVED_FIELDS, derive
from progress.models import LessonProgress
from tenancy.context import acting_for_everyone
from users.models import Permission, User

KIND = "course"  # of scene, among those of other apps


@dataclass(frozen=True, slots=True)
class Journey:
    """What somebody wants to see: whose eyes (None: a new student's), when (None: now), and what of the course."""

    course_id: str
    person_id: str | None = None
    at: str | None = None
    joined_days: int = 0  # how long ago a new student enrolled
    has_done_before: bool = False  # a new student has done the lessons before the one on show
    with_drafts: bool = False
    newcomer_id: str = field(default_factory=lambda: str(uuid4()))
    kind: str = KIND


def begin(request, journey: Journey, *, back: str) -> None:
    """From the next request on the session shows the course as the journey says."""
    person_id = journey.person_id and UUID(journey.person_id)
    begin_scene(request, asdict(journey), person_id=person_id, reason=_("Preview"), back=back)


def scene_of(viewer: User, facts: dict, now: datetime) -> "CourseScene | None":
    """The scene of a journey; None where the viewer may not edit the course or see it as that person any more."""
    if facts.get("kind") != KIND:
        return None
    journey = Journey(**facts)
    editable = Course.objects.live().permitted_to(viewer, Permission.COURSE_EDIT)
    course = editable.filter(pk=journey.course_id).first()
    if course is None:
        return None
    if journey.person_id is None:
        student = _newcomer(journey, viewer)
    else:
        student = person_to_look_as(viewer, journey.person_id)
        if student is None:
            return None
    at = parse_datetime(journey.at) if journey.at else now
    return CourseScene(journey, course, viewer, student, at)


def _newcomer(journey, viewer):
    name = f"preview_{UUID(journey.newcomer_id).hex}"
    newcomer = User(
        pk=UUID(journey.newcomer_id),
        username=name,
        email=f"{name}@preview.invalid",
        first_name=_("New"),
        last_name=_("Student"),
        language=viewer.language,
        time_zone=viewer.time_zone,
    )
    newcomer.set_unusable_password()
    newcomer.unread_count = 0
    return newcomer


@dataclass(frozen=True, slots=True)
class CourseScene:
    """A course at a time, for one student; an `activity.view_as.Scene`."""

    journey: Journey
    course: Course
    viewer: User
    student: User
    at: datetime

    @property
    def title(self) -> str:
        if self.journey.person_id is None:
            return _("You look as a new student")
        return _("You look as %(name)s") % {"name": self.student.display_name}

    @property
    def notes(self) -> list[str]:
        notes = []
        if self.journey.at:
            notes.append(_("on %(moment)s") % {"moment": jinja.datetime(self.at)})
        if self.journey.person_id is None and self.journey.joined_days:
            text = ngettext(
                "enrolled %(num)d day ago", "enrolled %(num)d days ago", self.journey.joined_days
            )
            notes.append(text % {"num": self.journey.joined_days})
        if self.journey.with_drafts:
            notes.append(_("with unpublished changes"))
        return notes

    def set_up(self, match) -> None:
        lesson_slug = ""
        if match is not None and match.kwargs.get("slug") == self.course.slug:
            lesson_slug = match.kwargs.get("lesson_slug", "")
        with acting_for_everyone():
            if self.journey.with_drafts:
                show_drafts(self.course, lesson_slug=lesson_slug, by=self.viewer, now=self.at)
            if self.journey.person_id is None:
                self._enroll(lesson_slug)

    def _enroll(self, lesson_slug):
        """Put the new student on the course, full or not, without a word to anybody."""
        self.student.save(force_insert=True)
        seats = CourseSeats.objects.get(course=self.course)
        if seats.capacity is not None and seats.taken >= seats.capacity:
            Course.objects.filter(pk=self.course.pk).update(max_capacity=seats.taken + 1)
        enrolled_at = self.at - timedelta(days=self.journey.joined_days)
        enrollment = Enrollment.objects.create(
            course=self.course, student=self.student, enrolled_at=enrolled_at
        )
        if self.journey.has_done_before and lesson_slug:
            self._finish_before(enrollment, lesson_slug)

    def _finish_before(self, enrollment, lesson_slug):
        self.course.refresh_from_db(fields=["outline_version"])
        outline = outline_of(self.course)
        lesson = outline.by_slug.get(lesson_slug)
        if lesson is None:
            return
        LessonProgress.objects.bulk_create(
            LessonProgress(
                enrollment=enrollment,
                student=self.student,
                lesson_id=before.id,
                started_at=self.at,
                completed_at=self.at,
                completion_method=LessonProgress.Method.MANUAL,
            )
            for before in outline.lessons[: outline.places[lesson.id]]
        )
        derive(enrollment, outline)
        enrollment.save(update_fields=DERIVED_FIELDS)
