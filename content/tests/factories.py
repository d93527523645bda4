"""Modules, lessons and content for tests."""

import factory
from django.utils import timezone

from content.models import (
    ContentItem,
    ContentVersion,
    LearningPath,
    Lesson,
    LessonItem,
    Module,
    PathStep,
)
from courses.tests.factories import CourseFactory
from users.tests.factories import UserFactory


class ModuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Module

    course = factory.SubFactory(CourseFactory)
    title = factory.Sequence(lambda number: f"Module {number}")
    position = factory.Sequence(lambda number: number)


class LessonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lesson

    module = factory.SubFactory(ModuleFactory)
    course = factory.SelfAttribute("module.course")
    title = factory.Sequence(lambda number: f"Lesson {number}")
    slug = factory.Sequence(lambda number: f"lesson-{number}")
    position = factory.Sequence(lambda number: number)


class ContentItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContentItem

    kind = ContentItem.Kind.TEXT
    title = factory.Sequence(lambda number: f"Item {number}")


class ContentVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContentVersion

    item = factory.SubFactory(ContentItemFactory)
    number = 1
    body = "Some *text*."
    html = "<p>Some <em>text</em>.</p>"


class LessonItemFactory(factory.django.DjangoModelFactory):
    """A lesson item whose content item has one current version."""

    class Meta:
        model = LessonItem

    lesson = factory.SubFactory(LessonFactory)
    position = factory.Sequence(lambda number: number)

    @factory.lazy_attribute
    def item(self):
        version = ContentVersionFactory()
        version.item.current_version = version
        version.item.save(update_fields=["current_version"])
        return version.item


class PathFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LearningPath

    class Params:
        published = factory.Trait(
            status=LearningPath.Status.PUBLISHED, published_at=factory.LazyFunction(timezone.now)
        )

    title = factory.Sequence(lambda number: f"Path {number}")
    slug = factory.Sequence(lambda number: f"path-{number}")
    author = factory.SubFactory(UserFactory, instructor=True)


class PathStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PathStep

    path = factory.SubFactory(PathFactory, published=True)
    course = factory.SubFactory(CourseFactory, published=True)
    position = factory.LazyAttribute(lambda step: step.path.steps.count() + 1)
