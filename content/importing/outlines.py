"""Modules and lessons of an import."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from content.importing.report import CREATED, REMOVED, UNCHANGED, UPDATED, Report
from content.importing.tree import CourseTree, LeftOut, LessonTree, Why
from content.models import Lesson, Module
from content.services import outline as services
from content.services.outline import OutlineRefused
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
    lessons: list[tuple[LessonTree, Lesson]] = None

    def run(self):
        self.lessons = []
        who = {"by": self.by, "now": self.now}
        modules = self._by_source(Module)
        lessons = self._by_source(Lesson)
        module_ids = []
        for node in self.tree.modules:
            module = self._module(node, modules.pop(node.source, None))
            if module is None:
                for lesson in node.lessons:
                    lessons.pop(lesson.source, None)
                continue
            module_ids.append(module.pk)
            rows = [
                (lesson, self._lesson(lesson, module, lessons.pop(lesson.source, None)))
                for lesson in node.lessons
            ]
            found = [(lesson, row) for lesson, row in rows if row is not None]
            ids = [row.pk for _lesson, row in found]
            kept = [row for row in lessons.values() if row.module_id == module.pk]
            services.order_lessons(module, self._with_broken(ids, kept), **who)
            self.lessons += found
        services.order_modules(self.course, self._with_broken(module_ids, modules.values()), **who)
        self._trash(lessons.values(), "lesson")
        self._trash(modules.values(), "module")

    def _by_source(self, model):
        rows = model.objects.filter(course=self.course).exclude(source="")
        return {row.source: row for row in rows}

    def _module(self, node, module):
        values = {"title": node.title, "description": node.description}
        who = {"by": self.by, "now": self.now}
        if module is None:
            self.report.note("module", CREATED)
            return services.add_module(self.course, source=node.source, **values, **who)
        if module.deleted_at is not None:
            return self._in_trash(node)
        before = (module.title, module.description)
        services.update_module(module, **values, **who)
        self._note("module", before != (module.title, module.description))
        return module

    def _lesson(self, node, module, lesson):
        who = {"by": self.by, "now": self.now}
        fields = {"title": node.title, **node.fields}
        try:
            if lesson is None:
                self.report.note("lesson", CREATED)
                return services.add_lesson(
                    module, source=node.source, slug=node.slug, **fields, **who
                )
            if lesson.deleted_at is not None:
                return self._in_trash(node)
            changed = any(getattr(lesson, name) != value for name, value in fields.items())
            services.update_lesson(lesson, **fields, **who)
        except OutlineRefused as error:
            self.report.left_out.append(LeftOut(node.source, Why.BROKEN, str(error)))
            return None
        self._note("lesson", changed)
        return lesson

    def _in_trash(self, node):
        text = _("“%(title)s” was put in the trash. Restore it there to import it again.")
        self.report.left_out.append(LeftOut(node.source, Why.TRASHED, text % {"title": node.title}))

    def _trash(self, rows, thing):
        """What the folder no longer has goes to the trash, but not what it has and cannot be read today."""
        for row in rows:
            if row.deleted_at is None and not self._is_broken(row):
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
        return any(
            entry.path == row.source or entry.path.startswith(f"{row.source}/")
            for entry in self.tree.left_out
            if entry.why == Why.BROKEN
        )

    def _note(self, thing, changed):
        self.report.note(thing, UPDATED if changed else UNCHANGED)
