"""What the database holds of progress, whoever writes."""

import pytest
from django.utils import timezone

from content.tests.factories import LessonFactory
from progress.models import PreviewWork
from progress.tests.factories import LessonProgressFactory, ModuleProgressFactory
from tenancy.tests.refusals import copy_of, refused_by
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.mark.parametrize(
    "fields",
    [
        {"completed_at": NOW},
        {"completion_method": "manual"},
        {"completed_at": NOW, "completion_method": "luck"},
    ],
)
def test_completed_lesson_says_when_and_how(organization, fields):
    refused_by(
        "progress_lessonprogress_completed_has_method", lambda: LessonProgressFactory(**fields)
    )


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"percent": -1}, "percent_range"),
        ({"percent": 101}, "percent_range"),
        ({"completed_lesson_count": 2, "lesson_count": 1}, "not_above_all"),
    ],
)
def test_progress_on_a_module_makes_sense(organization, fields, name):
    refused_by(f"progress_moduleprogress_{name}", lambda: ModuleProgressFactory(**fields))


def test_progress_is_kept_once(organization):
    lesson, module = LessonProgressFactory(), ModuleProgressFactory()
    work = PreviewWork.objects.create(
        student=UserFactory(), lesson=LessonFactory(), started_at=NOW, last_viewed_at=NOW
    )
    refused_by(
        "progress_lessonprogress_once",
        lambda: LessonProgressFactory(enrollment=lesson.enrollment, lesson=lesson.lesson),
    )
    refused_by("progress_moduleprogress_once", lambda: copy_of(module))
    refused_by("progress_previewwork_once", lambda: copy_of(work))
