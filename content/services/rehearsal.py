"""A course as it will be when all that waits is published, for a look that is taken back."""

from contextlib import suppress
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from content.models import ContentItem, Lesson, LessonDraft, Module
from content.services.items import ContentRefused
from content.services.outline import OutlineRefused, update_lesson
from content.services.publishing import publish_item
from courses.models import Course
from courses.services.drafts import publish_course_draft
from users.models import User


def show_drafts(course: Course, *, lesson_slug: str = "", by: User, now: datetime) -> None:
    """Let every draft of a course take effect: its words, its modules and lessons, and what the items of one lesson say.

    What cannot be published yet stays as it is. No versions of lessons are kept; the caller rolls all of it back.
    """
    with suppress(ValidationError), transaction.atomic():
        publish_course_draft(course.pk, by=by, now=now)
    for draft in LessonDraft.objects.filter(
        lesson__course=course, lesson__deleted_at__isnull=True
    ).select_related("lesson"):
        with suppress(OutlineRefused), transaction.atomic():
            update_lesson(draft.lesson, by=by, now=now, **draft.changes)
    for model in (Module, Lesson):
        model.objects.live().filter(course=course, is_draft=True).update(is_draft=False)
    if lesson_slug:
        for item in ContentItem.objects.filter(
            uses__lesson__course=course, uses__lesson__slug=lesson_slug, draft__isnull=False
        ).distinct():
            with suppress(ContentRefused), transaction.atomic():
                publish_item(item, by=by, now=now)
