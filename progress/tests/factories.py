"""Progress for tests."""

import factory
from django.utils import timezone

from content.tests.factories import LessonFactory, ModuleFactory
from courses.tests.factories import CourseFactory
from enrollments.tests.factories import EnrollmentFactory
from progress.models import LessonProgress, ModuleProgress


class LessonProgressFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LessonProgress

    enrollment = factory.SubFactory(EnrollmentFactory)
    student = factory.SelfAttribute("enrollment.student")
    lesson = factory.SubFactory(
        LessonFactory, module__course=factory.SelfAttribute("...enrollment.course")
    )
    started_at = factory.LazyFunction(timezone.now)


class ModuleProgressFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ModuleProgress

    enrollment = factory.SubFactory(EnrollmentFactory)
    student = factory.SelfAttribute("enrollment.student")
    module = factory.SubFactory(ModuleFactory, course=factory.SelfAttribute("..enrollment.course"))


def course_with(*sizes, lesson_fields=None, **fields):
    """A published course with one module of so many lessons for each number; returns it and its lessons."""
    course = CourseFactory(published=True, **fields)
    lessons = []
    for position, size in enumerate(sizes, 1):
        module = ModuleFactory(course=course, position=position)
        lessons += [
            LessonFactory(module=module, position=place, **(lesson_fields or {}))
            for place in range(1, size + 1)
        ]
    return course, lessons
