"""Modules, lessons and content for tests."""

import factory

from content.models import ContentItem, ContentVersion, Lesson, LessonItem, Module
from courses.tests.factories import CourseFactory


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
