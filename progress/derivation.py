"""The one place where module and course percentages are made from what was done lesson by lesson."""

from collections import defaultdict

from content.outline import Outline
from enrollments.models import Enrollment
from progress.arithmetic import engagement_of, percent_of
from progress.models import LessonProgress, ModuleProgress

#: What `derive` sets on the enrollment; the caller saves these together with its own.
DERIVED_FIELDS = ("percent", "completed_lesson_count", "outline_version", "engagement_score")


def derive(enrollment: Enrollment, outline: Outline) -> list[ModuleProgress]:
    """Set the derived numbers on a locked enrollment and write those of its modules that changed.

    The caller saves the enrollment. Two queries, one more when a module changed. A completed course
    keeps its percentage when lessons are added. Returns the modules that were completed just now.
    """
    begun = dict(
        LessonProgress.objects.filter(enrollment=enrollment).values_list(
            "lesson_id", "completed_at"
        )
    )
    done_in = defaultdict(list)
    for lesson in outline.lessons:
        if begun.get(lesson.id) is not None:
            done_in[lesson.module_id].append(begun[lesson.id])
    done = sum(map(len, done_in.values()))
    total = len(outline.lessons)

    percent = percent_of(done, total)
    if enrollment.status == Enrollment.Status.COMPLETED:
        percent = max(percent, enrollment.percent)
    enrollment.percent = percent
    enrollment.completed_lesson_count = done
    enrollment.outline_version = outline.version
    enrollment.engagement_score = engagement_of(
        done=done,
        begun=sum(lesson.id in begun for lesson in outline.lessons),
        total=total,
        seconds=enrollment.total_time_seconds,
        planned_seconds=outline.duration_minutes * 60,
    )
    return _write_modules(enrollment, outline, done_in)


def _write_modules(enrollment, outline, done_in):
    stored = {row.module_id: row for row in ModuleProgress.objects.filter(enrollment=enrollment)}
    changed, completed = [], []
    for module in outline.modules:
        total, times = len(module.lessons), done_in[module.id]
        row = stored.get(module.id)
        if row is None and not times:
            continue
        if row is None:
            row = ModuleProgress(
                enrollment=enrollment, student_id=enrollment.student_id, module_id=module.id
            )
        is_done = total > 0 and len(times) == total
        wanted = (len(times), total, percent_of(len(times), total), is_done)
        have = (row.completed_lesson_count, row.lesson_count, row.percent, bool(row.completed_at))
        if wanted == have:
            continue
        if is_done and row.completed_at is None:
            completed.append(row)
        row.completed_lesson_count, row.lesson_count, row.percent = wanted[:3]
        row.completed_at = max(times) if is_done else None
        changed.append(row)
    if changed:
        ModuleProgress.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["enrollment", "module"],
            update_fields=[
                "completed_lesson_count",
                "lesson_count",
                "percent",
                "completed_at",
            ],
        )
    return completed
