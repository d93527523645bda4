"""Videos of one's own are looked at by a job, which says when they are ready, or why not."""

import io
from pathlib import Path

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from content import videos as addresses
from content.models import VideoAsset
from content.services import items, media, videos
from content.services.items import ContentRefused
from lib.tests.test_durations import mp4
from tenancy.context import require_organization_id

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organization")]

NOW = timezone.now()
WHO = {"by": None, "now": NOW}


def a_video(data=None, **options):
    file = media.add_media(io.BytesIO(data or mp4()), name="a.mp4", **WHO)
    return items.add_video(title="Film", file=file, **options, **WHO)


def processed(video, *, is_last=False):
    videos.process_video(video.pk, is_last=is_last, now=NOW)
    video.refresh_from_db()
    return video


def test_file_is_looked_at_by_a_job_that_names_its_organization():
    video = a_video()
    job = ProcrastinateJob.objects.get(task_name="content.tasks.process_video")

    assert video.status == "processing"
    assert job.args == {
        "organization_id": str(require_organization_id()),
        "video_id": str(video.pk),
    }


def test_length_is_read_from_the_file():
    video = processed(a_video())

    assert (video.status, video.problem, video.duration_seconds) == ("ready", "", 91)


def test_damaged_file_is_named_and_not_published():
    video = processed(a_video(mp4()[:-4]))

    assert video.status == "failed"
    assert "damaged" in video.problem
    item = items.add_item(kind="video", title="Film", **WHO)
    with pytest.raises(ContentRefused, match="cannot be played"):
        items.save_version(item, video=video, **WHO)


def test_file_that_cannot_be_read_is_tried_again_until_the_last_time():
    video = a_video()
    Path(video.file.file.path).unlink()
    with pytest.raises(OSError, match="No such file"):
        processed(video)
    assert VideoAsset.objects.get().status == "processing"

    assert processed(video, is_last=True).status == "failed"
    before = ProcrastinateJob.objects.count()
    videos.try_again(video, **WHO)
    videos.try_again(video, **WHO)
    video.refresh_from_db()
    assert (video.status, video.problem) == ("processing", "")
    assert ProcrastinateJob.objects.count() == before + 1


def test_what_is_ready_is_left_alone():
    video = items.add_video(title="V", url="https://vimeo.com/1234567", **WHO)

    assert processed(video, is_last=True).status == "ready"


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        (" https://vimeo.com/1234567 ", "https://vimeo.com/1234567"),
        ('<iframe title="x" src="//codepen.io/a"></iframe>', "https://codepen.io/a"),
        ("<iframe src='https://a.example/?b=1&amp;c=2'></iframe>", "https://a.example/?b=1&c=2"),
        ("<iframe>", "<iframe>"),
    ],
)
def test_address_is_found_in_what_was_pasted(pasted, address):
    assert addresses.address_in(pasted) == address


def test_title_cannot_leave_the_picture_that_it_names():
    text = addresses.markdown_for("https://codepen.io/a(b)", "x](y) [z\n")

    assert text == "[![x (y)  z](https://codepen.io/a%28b%29)](https://codepen.io/a%28b%29)"
