"""Two hundred things that authors do at random leave no gap in any order, lose no version, and no link leads nowhere."""

import random
import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from config.invariants import differences
from content.models import (
    ContentItem,
    ContentVersion,
    ItemDraft,
    Lesson,
    LessonItem,
    LessonVersion,
    Module,
)
from content.services import publishing
from courses.models import Course
from courses.tests.factories import CourseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ACTS = 200
LOOKED_AT_EVERY = 25  # acts
SEEDS = [3, 41, 2027]

OF_LESSONS = ["up", "down", "copy", "publish", "hide", "trash"]
OF_MODULES = [
    *("module_up", "module_down", "move_module", "copy_module"),
    *("publish_module", "hide_module", "trash_module", "rename_module"),
]
OF_ENTRIES = ["up", "down", "move_item", "copy", "take_out", "pin"]


class Authors:
    """Press buttons of the studio at random, as the owner of one course."""

    def __init__(self, client, course, seed):
        self.client, self.course, self.chance = client, course, random.Random(seed)
        self.outline_url = reverse("content:studio_outline", args=[course.slug])
        self.undo_urls = []
        self.written = {}  # what was published, by item: each text stays in a version
        client.force_login(course.owner)

    def act(self):
        acts = {
            self.add_module: 2,
            self.add_lesson: 6,
            self.press_on_lesson: 8,
            self.press_on_module: 3,
            self.move_many: 3,
            self.restore: 3,
            self.rename: 3,
            self.add_item: 8,
            self.press_on_entry: 8,
            self.write_item: 8,
            self.publish_or_unpublish_course: 1,
            self.undo: 3,
        }
        self.chance.choices(list(acts), list(acts.values()))[0]()

    def post(self, url, **fields):
        fields.setdefault("impact_confirmed", "yes")
        response = self.client.post(url, fields)
        assert response.status_code in (302, 404), response.content
        for message in get_messages(response.wsgi_request):
            self.undo_urls += re.findall(r'href="(/[^"]*undo[^"]*)"', str(message))

    def pick(self, rows):
        return self.chance.choice(list(rows.order_by("created_at", "id")) or [None])

    def a_module(self):
        return self.pick(Module.objects.live().filter(course=self.course))

    def a_lesson(self):
        return self.pick(Lesson.objects.live().filter(course=self.course))

    def page_of(self, lesson):
        return reverse("content:studio_lesson", args=[self.course.slug, lesson.pk])

    def word(self):
        return f"{self.chance.choice(['Stone', 'Wall', 'Ground', 'Gate'])} {self.chance.random()}"

    def add_module(self):
        self.post(self.outline_url, do="add_module", title=self.word())

    def add_lesson(self):
        if module := self.a_module():
            self.post(self.outline_url, do=f"add_lesson:{module.pk}", title=self.word())

    def press_on_lesson(self):
        if lesson := self.a_lesson():
            self.post(self.outline_url, do=f"{self.chance.choice(OF_LESSONS)}:{lesson.pk}")

    def press_on_module(self):
        module, do = self.a_module(), self.chance.choice(OF_MODULES)
        if module:
            fields = {"title": self.word(), "position": self.chance.randint(0, 9)}
            self.post(self.outline_url, do=f"{do}:{module.pk}", **fields)

    def move_many(self):
        lessons = [lesson for lesson in (self.a_lesson(), self.a_lesson()) if lesson]
        if lessons:
            fields = {"lesson": [lesson.pk for lesson in lessons], "to": self.a_module().pk}
            self.post(self.outline_url, do="move", **fields)

    def restore(self):
        model, do = self.chance.choice([(Module, "restore_module"), (Lesson, "restore")])
        part = self.pick(model.objects.filter(course=self.course, deleted_at__isnull=False))
        if part:
            self.post(self.outline_url, do=f"{do}:{part.pk}")

    def rename(self):
        if lesson := self.a_lesson():
            revision = self.chance.randint(0, 2)  # some come from an outdated page
            self.post(
                self.outline_url, do=f"rename:{lesson.pk}", title=self.word(), revision=revision
            )

    def add_item(self):
        if lesson := self.a_lesson():
            kind = self.chance.choice(["text", "text", "text", "embed"])
            self.post(self.page_of(lesson), do="add", kind=kind)

    def press_on_entry(self):
        entry = self.pick(LessonItem.objects.filter(lesson__in=self.live_lessons()))
        if entry:
            fields = {"position": self.chance.randint(0, 5), "version": self.chance.randint(0, 2)}
            do = f"{self.chance.choice(OF_ENTRIES)}:{entry.pk}"
            self.post(self.page_of(entry.lesson), do=do, **fields)

    def write_item(self):
        """Save a draft, and publish it now and then."""
        used = ContentItem.objects.filter(kind="text", uses__lesson__in=self.live_lessons())
        item = self.pick(used.distinct())
        if item is None:
            return
        who = {"by": self.course.owner, "now": self.course.created_at}
        draft = ItemDraft.objects.filter(item=item).first()
        text = self.word()
        publishing.save_item_draft(item, revision=draft.revision if draft else 0, body=text, **who)
        if self.chance.random() < 0.5:
            publishing.publish_item(item, **who)
            self.written.setdefault(item.pk, set()).add(text)

    def publish_or_unpublish_course(self):
        is_published = Course.objects.get(pk=self.course.pk).is_published
        status = Course.Status.DRAFT if is_published else Course.Status.PUBLISHED
        Course.objects.filter(pk=self.course.pk).update(
            status=status, published_at=self.course.created_at
        )

    def undo(self):
        if self.undo_urls:
            self.client.post(self.undo_urls.pop(self.chance.randrange(len(self.undo_urls))))

    def live_lessons(self):
        return Lesson.objects.live().filter(course=self.course, module__deleted_at__isnull=True)


def assert_no_gaps(course):
    modules = Module.objects.live().filter(course=course)
    assert_counted(modules)
    for module in modules:
        assert_counted(module.lessons.live())
    for lesson in Lesson.objects.filter(course=course):
        assert_counted(lesson.items.all())


def assert_counted(rows):
    places = list(rows.order_by("position").values_list("position", flat=True))
    assert places == list(range(1, len(places) + 1))


def versions():
    """Everything that was ever published, by its key."""
    items = ContentVersion.objects.values_list("pk", "item_id", "number", "body", "html")
    lessons = LessonVersion.objects.values_list("pk", "lesson_id", "number", "snapshot")
    return {row[0]: row[1:4] for row in items} | {row[0]: row[1:] for row in lessons}


def links_in(page):
    text = page.content.decode()
    return {href.partition("#")[0] for href in re.findall(r'href="(/[^"]*)"', text)} - {""}


def assert_no_dead_links(authors):
    """On the pages of the studio, and on those that students see."""
    pages = {
        authors.outline_url,
        reverse("content:studio_course", args=[authors.course.slug]),
        reverse("courses:studio"),
        *(authors.page_of(lesson) for lesson in authors.live_lessons()),
    }
    if Course.objects.get(pk=authors.course.pk).is_published:
        pages.add(authors.course.get_absolute_url())
    authors.client.get(authors.outline_url)  # with messages of long ago, whose offers ended
    links = set().union(*(links_in(authors.client.get(page)) for page in pages))
    links = {link for link in links if not link.startswith("/static/")}
    dead = {link: authors.client.get(link).status_code for link in sorted(links)}
    assert {link: status for link, status in dead.items() if status >= 400} == {}
    assert len(links) > len(pages)


@pytest.mark.parametrize("seed", SEEDS)
def test_two_hundred_random_acts_of_authors_do_no_harm(client, organization, seed):
    authors = Authors(client, CourseFactory(), seed)
    kept = {}

    for number in range(1, ACTS + 1):
        authors.act()
        assert_no_gaps(authors.course)
        if number % LOOKED_AT_EVERY == 0:
            now = versions()
            assert {key: now.get(key) for key in kept} == kept
            kept = now

    for item_id, texts in authors.written.items():
        bodies = ContentVersion.objects.filter(item=item_id).values_list("body", flat=True)
        assert texts <= set(bodies)
    assert Lesson.objects.count() > 5
    assert kept
    assert list(differences()) == []
    assert_no_dead_links(authors)
