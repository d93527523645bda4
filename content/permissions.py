"""Who may change which content: what they own, and what the courses that they may change show."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from content.models import ContentItem, ContentVersion, LessonItem, MediaAsset, MediaUse
from courses.models import Course
from courses.permissions import can_create_course


def items_of(user, items: QuerySet | None = None) -> QuerySet:
    """The content items that an instructor works on."""
    items = ContentItem.objects.all() if items is None else items
    used = LessonItem.objects.filter(item=OuterRef("pk"), lesson__course__in=_edited(user))
    return items.filter(Q(owner=user) | Exists(used))


def versions_of(user, versions: QuerySet) -> QuerySet:
    return versions.filter(item__in=items_of(user))


def media_of(user, media: QuerySet | None = None) -> QuerySet:
    """The files that an instructor works on: their own, their courses', and those their items show."""
    media = MediaAsset.objects.all() if media is None else media
    shown = MediaUse.objects.filter(media=OuterRef("pk"), version__item__in=items_of(user))
    return media.filter(Q(owner=user) | Q(course__in=_edited(user)) | Exists(shown))


def library_of(user) -> QuerySet:
    """The files that somebody finds in the library: all for admins, else those that they work on."""
    media = MediaAsset.objects.all()
    return media if user.is_admin else media_of(user, media)


def can_use_library(user) -> bool:
    """Those who make courses, or help to. One query at most."""
    return can_create_course(user) or _edited(user).exists()


def videos_of(user, videos: QuerySet) -> QuerySet:
    """The videos of an instructor's items, and those that nobody shows yet."""
    versions = ContentVersion.objects.filter(video=OuterRef("pk"))
    return videos.filter(Exists(versions.filter(item__in=items_of(user))) | ~Exists(versions))


def _edited(user):
    return Course.objects.editable_by(user)
