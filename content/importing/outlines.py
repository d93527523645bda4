"""Modules and lessons of an import."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from content.importing.merging import Merge
from content.importing.report import CREATED, REMOVED, UNCHANGED, UPDATED, Report
from content.importing.tree import CourseTree, LeftOut, LessonTree, Why
from content.models import Lesson, LessonDraft, Module
from content.services import outline as services
from content.services.outline import OutlineRefused
from content.services.publishing import DRAFTED_FIELDS, edit_lesson
from courses.models import Course
from users.models import User


@dataclass(slots=True)
class OutlineImporter:
    """Creates, updates, sorts, and puts in the trash what is gone from the tree.

    `lessons` pairs each lesson of the tree with its row, in order.
    """

    tree: CourseTree
    course: Course
    report: Report
    by: User | None
    now: datetime
    merge: Merge
    lessons: list[tuple[LessonTree, Lesson]] = None
    _orders_before: dict = None

    def run(self):
        self.lessons = []
        who = {"by": self.by, "now": self.now}
        modules = self._by_source(Module)
        lessons = self._by_source(Lesson)
        self._orders_before = _orders_of(modules, lessons)
        module_ids, sources = [], []
        for node in self.tree.modules:
            module = self._module(node, modules.pop(node.source, None))
            if module is None:
                for lesson in node.lessons:
                    lessons.pop(lesson.source, None)
                continue
            module_ids.append(module.pk)
            sources.append(node.source)
            rows = [
                (lesson, self._lesson(lesson, module, lessons.pop(lesson.source, None)))
                for lesson in node.lessons
            ]
            found = [(lesson, row) for lesson, row in rows if row is not None]
            ids = [row.pk for _lesson, row in found]
            text = [lesson.source for lesson, _row in found]
            kept = [row for row in lessons.values() if row.module_id == module.pk]
            if self._takes_order(text, f"module/{node.source}/order", node.title, module.pk):
                services.order_lessons(module, self._with_broken(ids, kept), **who)
            self.lessons += found
        if self._takes_order(sources, "course/order", self.course.title, None):
            ids = self._with_broken(module_ids, modules.values())
            services.order_modules(self.course, ids, **who)
        self._trash(lessons.values(), "lesson")
        self._trash(modules.values(), "module")

    def _by_source(self, model):
        """Rows by what the text calls them: where they came from, or their id where they were made here."""
        return {row.source or str(row.pk): row for row in model.objects.filter(course=self.course)}

    def _takes_order(self, text, key, where, module_id):
        return self.merge.takes_order(
            key, text, self._orders_before.get(module_id, []), where=where
        )

    def _module(self, node, module):
        values = {"title": node.title, "description": node.description, **node.rules}
        who = {"by": self.by, "now": self.now}
        prefix = f"module/{node.source}"
        if module is None:
            self.report.note("module", CREATED)
            self.merge.note(prefix, values)
            is_draft = node.is_draft or self.course.is_published
            return services.add_module(
                self.course, source=node.source, is_draft=is_draft, **values, **who
            )
        if module.deleted_at is not None:
            return self._in_trash(node)
        changes = self.merge.changes(prefix, values, module, where=module.title)
        services.update_module(module, **changes, **who)
        self._note("module", bool(changes))
        return module

    def _lesson(self, node, module, lesson):
        who = {"by": self.by, "now": self.now}
        fields = {"title": node.title, **node.fields}
        prefix = f"lesson/{node.source}"
        try:
            if lesson is None:
                self.report.note("lesson", CREATED)
                self.merge.note(prefix, fields)
                return services.add_lesson(
                    module,
                    source=node.source,
                    slug=node.slug,
                    is_draft=node.is_draft or self.course.is_published,
                    **fields,
                    **who,
                )
            if lesson.deleted_at is not None:
                return self._in_trash(node)
            changes = self._change_lesson(lesson, prefix, fields)
        except OutlineRefused as error:
            self.report.left_out.append(LeftOut(node.source, Why.BROKEN, str(error)))
            return None
        self._note("lesson", bool(changes))
        return lesson

    def _change_lesson(self, lesson, prefix, fields):
        """Write what the text changed: words of a lesson that students see wait in its draft."""
        who = {"by": self.by, "now": self.now}
        draft = LessonDraft.objects.filter(lesson=lesson).first()
        form = {name: getattr(lesson, name) for name in fields} | (draft.changes if draft else {})
        changes = self.merge.changes(prefix, fields, form, where=form["title"])
        waits = draft is not None or (self.course.is_published and not lesson.is_draft)
        words = (
            {name: changes[name] for name in changes.keys() & set(DRAFTED_FIELDS)} if waits else {}
        )
        rules = {name: value for name, value in changes.items() if name not in words}
        services.update_lesson(lesson, **rules, **who)
        if words:
            edit_lesson(lesson, revision=draft.revision if draft else 0, **words, **who)
        return changes

    def _in_trash(self, node):
        text = _("“%(title)s” was put in the trash. Restore it there to import it again.")
        self.report.left_out.append(LeftOut(node.source, Why.TRASHED, text % {"title": node.title}))

    def _trash(self, rows, thing):
        """What the folder no longer has goes to the trash, but not what it has and cannot be read today."""
        for row in rows:
            if row.source and row.deleted_at is None and not self._is_broken(row):
                services.trash_part(row, by=self.by, now=self.now)
                self.report.note(thing, REMOVED)

    def _with_broken(self, ids, rows):
        """The order of the tree, and in it, where they were, the rows whose files cannot be read today."""
        ids = list(ids)
        for row in sorted(rows, key=lambda row: row.position):
            if row.deleted_at is None and self._is_broken(row):
                ids.insert(row.position - 1, row.pk)
        return ids

    def _is_broken(self, row):
        if not row.source:
            return False
        return any(
            entry.path == row.source or entry.path.startswith(f"{row.source}/")
            for entry in self.tree.left_out
            if entry.why == Why.BROKEN
        )

    def _note(self, thing, changed):
        self.report.note(thing, UPDATED if changed else UNCHANGED)


def _orders_of(modules, lessons):
    """What the text calls the live modules (under None) and the lessons of each, in their order."""
    orders = {}
    for rows, module_of in ((modules, lambda row: None), (lessons, lambda row: row.module_id)):
        live = [(source, row) for source, row in rows.items() if row.deleted_at is None]
        for source, row in sorted(live, key=lambda pair: pair[1].position):
            orders.setdefault(module_of(row), []).append(source)
    return orders
