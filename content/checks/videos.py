"""Videos that cannot be played, or not be followed without sound."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from content.checks.reading import ReadCourse
from content.models import VideoAsset
from courses.preflight import Finding, Level


def check_videos(content: ReadCourse) -> Iterator[Finding]:
    """Videos of our own: failed, still being processed, or without captions."""
    for item in content.items:
        video = item.video
        if video is None:
            continue
        names = {"title": item.title, "lesson": item.lesson.title}
        if video.status == VideoAsset.Status.FAILED:
            text = _("The video “%(title)s” in “%(lesson)s” cannot be played.") % names
            yield content.about_item(Level.ERROR, "video_failed", text, item)
        elif video.status == VideoAsset.Status.PROCESSING:
            text = _("The video “%(title)s” in “%(lesson)s” is still being processed.") % names
            yield content.about_item(Level.WARNING, "video_processing", text, item)
        if video.provider == VideoAsset.Provider.FILE and video.captions_id is None:
            text = _("The video “%(title)s” in “%(lesson)s” has no captions.") % names
            yield content.about_item(Level.WARNING, "video_without_captions", text, item)
