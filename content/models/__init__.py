"""What a course is made of."""

from content.models.item import ContentItem, ContentVersion, LessonItem, MediaUse
from content.models.media import MediaAsset, VideoAsset
from content.models.outline import Lesson, Module

__all__ = [
    "ContentItem",
    "ContentVersion",
    "Lesson",
    "LessonItem",
    "MediaAsset",
    "MediaUse",
    "Module",
    "VideoAsset",
]
