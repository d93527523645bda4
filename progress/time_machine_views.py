"""Beginning a look at a course through a student's eyes."""

from uuid import UUID

from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from activity.view_as import person_to_look_as
from content.models import Lesson
from content.outline import lessons_url
from courses.renames import follow_renames
from courses.studio.access import course_to_edit
from enrollments.models import Enrollment
from progress import time_machine
from progress.time_machine_forms import NEW, JourneyForm
from users.models import User
from users.people_search import named_like

PEOPLE_SHOWN = 8
MAX_SEARCH = 100  # characters


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def preview(request, slug):
    """Choose whose eyes, when and what; the look begins at the lesson that is asked for, or at the course's page."""
    course = course_to_edit(request.user, slug)
    lesson = _lesson(course, request.GET.get("lesson", ""))
    search = request.GET.get("q", "")[:MAX_SEARCH].strip()
    people = _people(request, course, search)
    if request.method == "POST":
        people = _with_chosen(request, course, people)
    form = JourneyForm(
        request.POST or None,
        people=people,
        initial={"with_drafts": True, "has_done_before": True},
        cancel_url=reverse("content:studio_course", args=[slug]),
    )
    if form.is_valid():
        person_id = form.person_id
        if person_id is None or person_to_look_as(request.user, person_id) is not None:
            return _begin(request, course, lesson, form)
        form.add_error("who", _("You may not see the site as this person."))
    context = {
        "course": course,
        "section": "preview",
        "form": form,
        "lesson": lesson,
        "search": search,
        "is_people_shown": bool(people or search),
    }
    return render(request, "progress/preview.html", context)


def _begin(request, course, lesson, form):
    time_machine.begin(request, form.journey(course), back=request.get_full_path())
    if lesson is not None:
        return redirect(f"{lessons_url(course.slug)}{lesson.slug}/")
    return redirect("courses:detail", course.slug)


def _lesson(course, lesson_id):
    """The lesson to begin at, None where none is asked for. Raises Http404."""
    if not lesson_id:
        return None
    live = Lesson.objects.live().filter(course=course, module__deleted_at__isnull=True)
    return get_object_or_404(live, pk=_uuid_or_404(lesson_id))


def _uuid_or_404(text):
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _people(request, course, search):
    """Some of those on the course whom the viewer may see, the last seen first. Two queries."""
    places = (
        Enrollment.objects.visible_to(request.user)
        .learning()
        .filter(
            course=course,
            student__is_active=True,
            student__is_staff=False,
            student__sees_private_rows=False,
        )
    )
    if search:
        places = named_like(places, search, person="student")
    places = places.order_by(F("last_accessed_at").desc(nulls_last=True), "-id")
    ids = list(places.values_list("student_id", flat=True)[:PEOPLE_SHOWN])
    people = User.objects.with_person().in_bulk(ids)
    return [people[person_id] for person_id in ids]


def _with_chosen(request, course, people):
    """The same with whom the form names, where the viewer may look as they do: the list may have changed meanwhile."""
    chosen = request.POST.get("who", "")
    if chosen == NEW or chosen in {str(person.pk) for person in people}:
        return people
    try:
        place = Enrollment.objects.visible_to(request.user).filter(
            course=course, student=UUID(chosen)
        )
    except ValueError:
        return people
    return [*people, *User.objects.with_person().filter(pk__in=place.values("student"))]
