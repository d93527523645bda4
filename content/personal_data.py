"""What is personal in content: who made it."""

from django.utils.translation import gettext_lazy as _

from content.models import (
    ContentItem,
    ContentVersion,
    Lesson,
    LessonItem,
    MediaAsset,
    MediaUse,
    Module,
    VideoAsset,
)
from tenancy.personal import declare, nothing_personal

TEACHING = _("It tells what the organization teaches.")
OF_THE_COURSE = _("Content belongs to its course; its maker's name goes with the account.")

nothing_personal(Module, "title", "description", "source", reason=TEACHING)
nothing_personal(Lesson, "title", "slug", "summary", "source", reason=TEACHING)
nothing_personal(LessonItem, reason=TEACHING)
nothing_personal(MediaUse, "src", reason=TEACHING)
nothing_personal(VideoAsset, "title", "description", "provider_id", reason=TEACHING)
declare(
    MediaAsset,
    heading=_("Files I brought"),
    person="owner_id",
    reason=OF_THE_COURSE,
    facts=["title", "file", "created_at"],
    impersonal=["mime_type", "sha256", "variants", "alt", "source"],
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
