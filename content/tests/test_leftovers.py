"""Files that no row names are swept away, and never one that is in use or coming in."""

import contextlib
import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from PIL import Image

from content import tasks
from content.models import MediaAsset
from content.services import leftovers, media
from courses.models import Course
from courses.tests.factories import CourseFactory
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization
from users.models import Profile
from users.tests.factories import UserFactory

NOW = timezone.now()
WHO = {"by": None, "now": NOW}


@pytest.fixture(autouse=True)
def root(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def picture(color="teal"):
    out = io.BytesIO()
    Image.new("RGB", (400, 20), color).save(out, "PNG")
    return io.BytesIO(out.getvalue())


def write(path: Path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    grow_old(path)


def grow_old(*paths, age=timedelta(days=2)):
    then = (NOW - age).timestamp()
    for path in paths:
        os.utime(path, (then, then))


def files_below(root):
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def name_file(label, column, name):
    """Let a row of this table name the file."""
    model = apps.get_model(label)
    if model is Profile:
        Profile.objects.get_or_create(user=UserFactory())
    elif model is Course:
        CourseFactory()
    elif model is MediaAsset:
        media.add_media(io.BytesIO(b"ID3" + bytes(400)), name="a.mp3", **WHO)
    model.objects.update(**{column: name})


FILE_COLUMNS = [
    ("content.MediaAsset", "file"),
    ("courses.Course", "thumbnail"),
    ("tenancy.Organization", "logo"),
    ("users.Profile", "avatar"),
]


@pytest.mark.parametrize(("label", "column"), FILE_COLUMNS)
def test_file_stays_while_a_row_names_it(organization, root, label, column):
    write(root / "pictures/named.png")
    write(root / "pictures/unnamed.png")
    name_file(label, column, "pictures/named.png")

    leftovers.delete_leftovers(now=NOW)
    assert "pictures/named.png" in files_below(root)
    assert "pictures/unnamed.png" not in files_below(root)
    apps.get_model(label).objects.update(**{column: ""})
    assert [file.name for file in leftovers.delete_leftovers(now=NOW)] == ["pictures/named.png"]


def test_every_column_of_files_is_looked_at():
    found = {
        (model._meta.label, name) for model, names in leftovers.file_columns() for name in names
    }
    assert found >= set(FILE_COLUMNS)


def test_smaller_sizes_stay_with_their_picture(organization, root):
    asset = media.add_media(picture(), name="a.png", **WHO)
    names = {asset.file.name, *(entry["file"] for entry in asset.variants)}
    assert len(names) == 2
    grow_old(*(root / name for name in names))

    assert leftovers.delete_leftovers(now=NOW) == []
    assert files_below(root) == names


def test_files_of_every_organization_stay(organization, other_organization, root):
    with organization_context(other_organization):
        theirs = media.add_media(picture(), name="a.png", **WHO).file.name
    grow_old(root / theirs)
    leftovers.delete_leftovers(now=NOW)
    assert theirs in files_below(root)


def test_files_of_what_was_rolled_back_go_after_a_day(organization, root):
    with transaction.atomic():
        media.add_media(picture(), name="a.png", **WHO)
        transaction.set_rollback(True)
    assert not MediaAsset.objects.exists()
    left = files_below(root)
    assert len(left) == 2

    grow_old(*(root / name for name in left), age=timedelta(hours=23))
    assert leftovers.delete_leftovers(now=NOW) == []
    grow_old(*(root / name for name in left), age=timedelta(hours=25))
    assert {file.name for file in leftovers.delete_leftovers(now=NOW)} == left
    assert files_below(root) == set()


def test_links_are_neither_followed_nor_removed(organization, root, tmp_path):
    write(tmp_path / "elsewhere/kept.txt")
    write(root / "plain.txt")
    (root / "folder").symlink_to(tmp_path / "elsewhere")
    (root / "file").symlink_to(tmp_path / "elsewhere/kept.txt")
    swept = leftovers.delete_leftovers(now=NOW + timedelta(days=9))
    assert [file.name for file in swept] == ["plain.txt"]
    assert {path.name for path in root.iterdir()} == {"folder", "file"}


def test_folder_that_another_database_uses_is_left_alone(organization, root):
    write(root / "library/0123456789abcdef0123456789abcdef/theirs.png")
    write(root / "avatars/perhaps-theirs.png")
    with pytest.raises(leftovers.ForeignFiles, match="no organization of this database"):
        leftovers.delete_leftovers(now=NOW)
    with pytest.raises(CommandError, match="no organization of this database"):
        call_command("sweep_files")
    assert len(files_below(root)) == 2


def test_command_names_first_and_deletes_when_told(organization, root, capsys):
    write(root / "avatars/a.png")
    write(root / "avatars/b.png")

    call_command("sweep_files", "--dry-run")
    shown = capsys.readouterr().out.splitlines()
    assert shown == ["avatars/a.png", "avatars/b.png", "2 files would be deleted, 2\xa0bytes."]
    assert len(files_below(root)) == 2
    call_command("sweep_files")
    assert capsys.readouterr().out == "2 files deleted, 2\xa0bytes.\n"
    assert files_below(root) == set()


def test_job_sweeps(organization, root):
    write(root / "avatars/a.png")
    tasks.sweep_files(0)
    assert files_below(root) == set()


def delete_elsewhere(connection, organization, asset):
    """As another process would, without waiting long."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
        cursor.execute(
            "SELECT set_config('app.organization_id', %s, false)", [str(organization.pk)]
        )
        cursor.execute("DELETE FROM content_mediaasset WHERE id = %s", [asset.pk])
        return cursor.rowcount


@pytest.mark.django_db(transaction=True)
def test_row_stays_until_the_one_that_shares_its_file_is_committed():
    organization = found_organization("Harbor School", "harbor", host="harbor.localhost")
    with organization_context(organization):
        first = media.add_media(picture(), name="a.png", **WHO)
    with contextlib.closing(connection.copy()) as other:
        with organization_context(organization):
            shared = media.add_media(picture(), name="a.png", access="public", **WHO)
            with pytest.raises(OperationalError, match="lock timeout"):
                delete_elsewhere(other, organization, first)
        assert delete_elsewhere(other, organization, first) == 1
        assert shared.file.name == first.file.name


def test_file_of_a_row_that_was_just_deleted_is_not_shared(organization):
    gone = media.add_media(picture(), name="a.png", **WHO)
    MediaAsset.objects.filter(pk=gone.pk).delete()
    assert media._hold(gone) is None
