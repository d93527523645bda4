"""What this app tells the floors below: how the lessons stand to a reader, and what completes a course."""

from django.utils.translation import gettext_lazy as _

from activity.view_as import register_scenes
from agenda import dates
from content.outline import OPEN, register_states
from courses import impact
from courses.studio.sections import Group, Section, by_slug
from courses.studio.sections import register as register_section
from enrollments.standing import standing_here
from lib import jinja
from privacy import retention
from progress import requirements
from progress.dates import openings
from progress.impact import measure_reached, measure_shown, tell_reached, tell_shown
from progress.impact_locks import measure_doors, tell_doors
from progress.retention import clear_visits
from progress.student_work import student_work
from progress.time_machine import scene_of
from progress.unlocking import states_of
from progress.viewing import barriers_for, work_of
from users.backends import read_along
from users.models import Permission


def outline_states(request, course, outline):
    """States for the outline on a course's page: a student's own, all open for those who teach it."""
    standing = standing_here(request, course.pk)
    if standing.is_learning:
        completed, begun = work_of(standing.enrollment_id)
        barriers = barriers_for(standing, outline, completed=completed, now=request.now)
        return states_of(outline, completed=completed, begun=begun, barriers=barriers)
    if standing.teaches:
        return dict.fromkeys(outline.places, OPEN)
    return None


#: Whether somebody read previews whose courses they are not on yet.
HAS_PREVIEW_WORK = "EXISTS (SELECT FROM progress_previewwork w WHERE w.student_id = person.id)"

PREVIEW = Section(
    "preview",
    _("Preview"),
    "eye",
    Group.PUBLISHING,
    10,
    frozenset({Permission.COURSE_EDIT}),
    by_slug("progress:preview"),
)


def install():
    read_along("has_preview_work", HAS_PREVIEW_WORK)
    register_states(outline_states)
    register_scenes(scene_of)
    dates.register(openings)
    register_section(PREVIEW)
    jinja.register("student_work", student_work)
    impact.register("reached", measure_reached, tell_reached)
    impact.register("shown lessons", measure_shown, tell_shown)
    impact.register("doors", measure_doors, tell_doors)
    requirements.register("lessons", requirements.all_lessons_are_done)
    retention.register("visits", _("Details of visits"), clear_visits)
