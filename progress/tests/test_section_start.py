"""A section that has not begun: its lessons are closed on the page and for whatever counts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrollments.models import Section
from enrollments.services.sections import put_in_section, save_section
from enrollments.tests.factories import EnrollmentFactory
from progress import services as work
from progress.tests.factories import course_with

DAY = timedelta(days=1)


def test_lessons_are_closed_until_the_section_begins(client, organization):
    course = course_with(1)[0]
    lesson = course.modules.get().lessons.get()
    enrollment = EnrollmentFactory(course=course)
    who = {"by": None, "now": timezone.now()}
    section = Section(course=course, title="Autumn", starts_at=timezone.now() + DAY)
    put_in_section(save_section(section, **who), [enrollment.pk], **who)
    client.force_login(enrollment.student)
    address = f"/courses/{course.slug}/lessons/{lesson.slug}/"

    assert client.get(address).status_code == 403
    with pytest.raises(work.LessonLocked):
        work.complete_lesson(enrollment.pk, lesson.pk, now=timezone.now())

    Section.objects.update(starts_at=timezone.now() - DAY)
    assert client.get(address).status_code == 200
    assert work.complete_lesson(enrollment.pk, lesson.pk, now=timezone.now()).completed_at
