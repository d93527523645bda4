"""What is personal in content: who made it."""

from django.utils.translation import gettext_lazy as _

from content.models import (
    ContentItem,
    ContentVersion,
    CourseText,
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
from tenancy.personal import Rows, declare, nothing_personal

TEACHING = _("It tells what the organization teaches.")
OF_THE_COURSE = _("Content belongs to its course; its maker's name goes with the account.")

nothing_personal(Module, "title", "description", "source", reason=TEACHING)
nothing_personal(Lesson, "title", "slug", "summary", "source", reason=TEACHING)
nothing_personal(LessonItem, reason=TEACHING)
nothing_personal(MediaUse, "src", reason=TEACHING)
nothing_personal(VideoAsset, "title", "description", "provider_id", "problem", reason=TEACHING)
declare(
    MediaAsset,
    heading=_("Files I brought"),
    person="owner_id",
    reason=OF_THE_COURSE,
    facts=["title", "file", "created_at"],
    impersonal=["mime_type", "sha256", "variants", "tags", "alt", "source"],
)
declare(
    ContentItem,
    heading=_("Content I own"),
    person="owner_id",
    reason=OF_THE_COURSE,
    facts=["title", "kind", "created_at"],
    impersonal=["metadata"],
)
declare(
    ContentVersion,
    heading=_("Content I wrote"),
    person="created_by_id",
    reason=OF_THE_COURSE,
    facts=["item", "number", "created_at"],
    impersonal=["body", "html", "url", "caption"],
)
declare(
    ItemDraft,
    heading=_("Content I was writing"),
    person="edited_by_id",
    rows=Rows.UNLINKED,
    reason=OF_THE_COURSE,
    facts=["item", "edited_at"],
    impersonal=["title", "body", "url", "caption"],
)
declare(
    LessonDraft,
    heading=_("Lessons I was changing"),
    person="edited_by_id",
    rows=Rows.UNLINKED,
    reason=OF_THE_COURSE,
    facts=["lesson", "edited_at"],
    impersonal=["changes"],
)
declare(
    LessonVersion,
    heading=_("Lessons I published"),
    person="created_by_id",
    rows=Rows.UNLINKED,
    reason=OF_THE_COURSE,
    facts=["lesson", "number", "created_at"],
    impersonal=["snapshot", "note"],
)
declare(
    LearningPath,
    heading=_("Learning paths I made"),
    person="author_id",
    rows=Rows.UNLINKED,
    reason=OF_THE_COURSE,
    facts=["title", "status", "created_at"],
    impersonal=["slug", "summary", "description", "description_html", "thumbnail"],
)
declare(
    CourseTransfer,
    heading=_("Courses I brought in or took out"),
    person="started_by_id",
    rows=Rows.UNLINKED,
    reason=OF_THE_COURSE,
    facts=["direction", "course", "file_name", "created_at"],
    impersonal=["file", "options", "report"],
)
nothing_personal(PathStep, reason=TEACHING)
nothing_personal(PathPrerequisite, reason=TEACHING)
nothing_personal(CourseText, "pieces", reason=TEACHING)
