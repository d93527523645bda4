"""What the activity feeds say about modules, lessons and what lessons show."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from activity import registry
from activity.registry import Kind, register
from content.models import (
    ContentItem,
    ContentVersion,
    CourseTransfer,
    ItemDraft,
    LearningPath,
    Lesson,
    LessonDraft,
    LessonItem,
    LessonVersion,
    MediaAsset,
    MediaUse,
    Module,
    PathPrerequisite,
    PathStep,
    VideoAsset,
)
from courses.models import Course

_SHOWN_IN_COURSES = """
SELECT DISTINCT lesson.course_id FROM content_lessonitem shown
JOIN content_lesson lesson ON lesson.id = shown.lesson_id
"""
_LESSONS_OF_COURSE = "SELECT id FROM content_lesson WHERE course_id = %(id)s"
_ITEMS_OF_COURSE = """
SELECT shown.item_id FROM content_lessonitem shown
JOIN content_lesson lesson ON lesson.id = shown.lesson_id WHERE lesson.course_id = %(id)s
"""
_LESSONS_OF_MODULE = "SELECT id FROM content_lesson WHERE module_id = %(id)s"
_ITEMS_OF_LESSON = "SELECT item_id FROM content_lessonitem WHERE lesson_id = %(id)s"


def version_name(parts: list[str]) -> str:
    title, number = parts
    return f"{title} · {number}"


register(
    Kind(
        Module,
        _("the module “%(name)s”"),
        courses="SELECT course_id FROM content_module WHERE id = %(id)s",
        parts=(_LESSONS_OF_MODULE,),
        weight=8,
    ),
    Kind(
        Lesson,
        _("the lesson “%(name)s”"),
        courses="SELECT course_id FROM content_lesson WHERE id = %(id)s",
        parts=(_ITEMS_OF_LESSON,),
        related=("course",),
        weight=7,
    ),
    Kind(
        ContentVersion,
        _("a version of “%(name)s”"),
        columns=("item_id", "number"),
        name=version_name,
        courses=_SHOWN_IN_COURSES
        + "JOIN content_contentversion t ON t.item_id = shown.item_id WHERE t.id = %(id)s",
        hidden=frozenset({"html", "created_by_id", "number"}),
        weight=6,
    ),
    Kind(
        ContentItem,
        _("the content item “%(name)s”"),
        courses=f"{_SHOWN_IN_COURSES} WHERE shown.item_id = %(id)s",
        weight=5,
    ),
    Kind(
        LessonItem,
        _("the place of “%(name)s” in a lesson"),
        columns=("item_id",),
        courses="""
            SELECT lesson.course_id FROM content_lessonitem shown
            JOIN content_lesson lesson ON lesson.id = shown.lesson_id WHERE shown.id = %(id)s
        """,
        weight=4,
    ),
    Kind(
        MediaAsset,
        _("the file “%(name)s”"),
        courses="SELECT course_id FROM content_mediaasset WHERE id = %(id)s",
        hidden=frozenset({"sha256", "variants"}),
        weight=5,
    ),
    Kind(VideoAsset, _("the video “%(name)s”"), hidden=frozenset({"provider_id"}), weight=5),
    Kind(
        ItemDraft,
        _("the draft of “%(name)s”"),
        courses=f"{_SHOWN_IN_COURSES} WHERE shown.item_id = %(id)s",
        weight=3,
    ),
    Kind(
        LessonDraft,
        _("the draft of “%(name)s”"),
        columns=("lesson_id",),
        courses="SELECT course_id FROM content_lesson WHERE id = %(id)s",
        weight=3,
    ),
    Kind(
        LessonVersion,
        _("a version of “%(name)s”"),
        columns=("lesson_id", "number"),
        name=version_name,
        courses="""
            SELECT lesson.course_id FROM content_lessonversion t
            JOIN content_lesson lesson ON lesson.id = t.lesson_id WHERE t.id = %(id)s
        """,
        hidden=frozenset({"created_by_id", "number"}),
        weight=6,
    ),
    Kind(
        LearningPath,
        _("the learning path “%(name)s”"),
        hidden=frozenset({"description_html", "published_at"}),
        weight=9,
    ),
    Kind(PathStep, _("the step “%(name)s” of a learning path"), columns=("course_id",), weight=6),
    Kind(
        PathPrerequisite,
        _("the prerequisite “%(name)s” of a learning path"),
        columns=("required_path_id",),
    ),
    Kind(
        CourseTransfer,
        _("the transfer of “%(name)s”"),
        columns=("file_name",),
        courses="SELECT course_id FROM content_coursetransfer WHERE id = %(id)s",
    ),
    Kind(MediaUse, _("the use of the file “%(name)s”"), columns=("media_id",), weight=0),
)
course = registry.by_table(Course._meta.db_table)
register(replace(course, parts=(_LESSONS_OF_COURSE, _ITEMS_OF_COURSE)))
