"""What an export said is what the next import of its text is compared with."""

import tempfile
from datetime import datetime
from pathlib import Path

from content.exporting.bundle import Bundle, write_texts
from content.importing import read_folder
from content.importing.merging import Merge
from content.models import VideoAsset
from content.videos import video_at
from courses.models import Course


def remember_export(course: Course, bundle: Bundle, *, now: datetime) -> None:
    """Keep the pieces of an export, as if the course had come in from it."""
    with tempfile.TemporaryDirectory() as folder:
        write_texts(bundle, Path(folder))
        tree = read_folder(folder)
    merge = Merge.of(course)
    values = {name: value for name, value in tree.values.items() if name != "slug"}
    merge.note("course", {**values, "title": tree.title, "subject": tree.subject})
    merge.said["course/order"] = [module.source for module in tree.modules]
    for module in tree.modules:
        prefix = f"module/{module.source}"
        said = {"title": module.title, "description": module.description, **module.rules}
        merge.note(prefix, said)
        merge.said[f"{prefix}/order"] = [lesson.source for lesson in module.lessons]
        for lesson in module.lessons:
            merge.note(f"lesson/{lesson.source}", {"title": lesson.title, **lesson.fields})
            for item in lesson.items:
                merge.note(f"item/{lesson.source}/{item.source}", _said_by(item, bundle))
    merge.remember(course, now=now)


def _said_by(item, bundle):
    return {
        "title": item.title,
        "body": item.body,
        "media": bundle.assets.get(item.file),
        "video": _video(item.video, bundle) if item.video else None,
        "url": item.url,
        "caption": item.caption,
    }


def _video(video, bundle):
    source = (VideoAsset.Provider.FILE, "") if video.file else video_at(video.url)
    files = [bundle.assets.get(path, "") for path in (video.file, video.poster, video.captions)]
    return [*source, *files] if source else None
