"""What a course is made of."""

from content.models.draft import ItemDraft, LessonDraft, LessonVersion
from content.models.item import ContentItem, ContentVersion, LessonItem, MediaUse
from content.models.media import MediaAsset, VideoAsset
from content.models.outline import Lesson, Module
from content.models.path import LearningPath, PathPrerequisite, PathStep
from content.models.transfer import CourseText, CourseTransfer

__all__ = [
    "ContentItem",
    "ContentVersion",
    "CourseText",
    "CourseTransfer",
    "ItemDraft",
    "LearningPath",
    "Lesson",
    "LessonDraft",
    "LessonItem",
    "LessonVersion",
    "MediaAsset",
    "MediaUse",
    "Module",
    "PathPrerequisite",
    "PathStep",
    "VideoAsset",
]
