"""The length of a video is read from its head; what is cut off or damaged says so."""

import contextlib
import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.durations import Unreadable, video_seconds


def box(name, content=b""):
    return struct.pack(">I4s", 8 + len(content), name) + content


def mp4(duration=90_500, scale=1_000, version=0, parts=(b"moov", b"mdat")):
    layout = ">QQIQ" if version else ">IIII"
    header = bytes([version, 0, 0, 0]) + struct.pack(layout, 0, 0, scale, duration) + bytes(80)
    contents = {b"moov": box(b"mvhd", header), b"mdat": b"pictures"}
    return box(b"ftyp", b"isom\0\0\0\0isom") + b"".join(box(name, contents[name]) for name in parts)


def element(name, content, *, size=None):
    size = bytes([0x80 | len(content)]) if size is None else size
    return bytes.fromhex(name) + size + content


def webm(seconds=12.2, scale=1_000_000, *, with_scale=True, segment_size=b"\x01" + b"\xff" * 7):
    info = element("4489", struct.pack(">d", seconds * 1_000_000_000 / scale))
    if with_scale:
        info = element("2AD7B1", scale.to_bytes(3, "big")) + info
    segment = element("EC", b"void") + element("1549A966", info) + element("1F43B675", b"frames")
    head = element("1A45DFA3", element("4282", b"webm"))
    return head + element("18538067", segment, size=segment_size)


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        (mp4(), 91),
        (mp4(version=1), 91),
        (mp4(parts=(b"mdat", b"moov")), 91),
        (mp4(duration=1), 1),
        (webm(), 13),
        (webm(with_scale=False), 13),
        (webm(seconds=600), 600),
    ],
)
def test_length_is_read_in_whole_seconds(data, seconds):
    file = io.BytesIO(data)

    assert video_seconds(file) == seconds
    assert file.tell() == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        mp4()[:-4],
        mp4(parts=(b"moov",)),
        mp4(parts=(b"mdat",)),
        mp4(scale=0),
        webm()[:20],
        box(b"free") * 20_000,
    ],
)
def test_damaged_files_are_unreadable(data):
    with pytest.raises(Unreadable):
        video_seconds(io.BytesIO(data))


@pytest.mark.parametrize(
    "data",
    [
        mp4(duration=0),
        mp4(duration=0xFFFFFFFF, scale=1),
        webm(seconds=float("nan")),
        webm(seconds=-1),
        webm(seconds=float("inf")),
    ],
)
def test_length_that_makes_no_sense_is_unknown(data):
    assert video_seconds(io.BytesIO(data)) is None


@pytest.mark.parametrize("name", ["mp4.mp4", "webm.webm"])
def test_real_files_of_a_second(test_data, name):
    with open(test_data("file-type-samples", "samples", name), "rb") as file:
        assert video_seconds(file) == 1


@given(
    head=st.sampled_from([mp4(), webm()]),
    place=st.integers(0, 60),
    noise=st.binary(max_size=9),
    cut=st.integers(0, 200),
)
def test_anything_has_a_length_or_none_or_is_unreadable(head, place, noise, cut):
    data = (head[:place] + noise + head[place:])[cut // 2 : 300 - cut]
    with contextlib.suppress(Unreadable):
        seconds = video_seconds(io.BytesIO(data))
        assert seconds is None or seconds >= 1
