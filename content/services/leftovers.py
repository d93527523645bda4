"""Files that no row names any more: of an upload or an import that was rolled back, of a row that is gone.

A file is written before the row that names it is committed, so a young one may belong to work in progress
and stays. An older one can only come back into use through a row that shares it, and `add_media` holds on to
that row until the new one is committed.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models

from content.models import MediaAsset
from content.services.media import LIBRARY
from tenancy.context import organization_context
from tenancy.services import organization_ids

YOUNG = timedelta(days=1)  # longer than any transaction that writes files


class ForeignFiles(RuntimeError):
    """The folder holds files of an organization that this database does not know, so it cannot say what is left over."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file that no row names; `name` is its path below MEDIA_ROOT, `size` in bytes."""

    name: str
    size: int


def find_leftovers(*, now: datetime) -> list[Leftover]:
    """Files below MEDIA_ROOT, older than a day, that no row of any organization names. Raises ForeignFiles."""
    known = list(organization_ids())
    _refuse_foreign_files({organization_id.hex for organization_id, _slug in known})
    # The files first: what is named while this runs is not among them, or is named already.
    found = {file.name: file for file in _files_before((now - YOUNG).timestamp())}
    for organization_id, _slug in known:
        with organization_context(organization_id):
            for name in _names_in_use():
                found.pop(name, None)
    return sorted(found.values(), key=lambda file: file.name)


def delete_leftovers(*, now: datetime) -> list[Leftover]:
    """Delete what `find_leftovers` finds; harmless to repeat, also at once. Raises ForeignFiles."""
    leftovers = find_leftovers(now=now)
    for file in leftovers:
        (Path(settings.MEDIA_ROOT) / file.name).unlink(missing_ok=True)
    return leftovers


def file_columns() -> list[tuple[type[models.Model], list[str]]]:
    """Every table of every app that names files, with the columns that do."""
    columns = (
        (model, [each.name for each in model._meta.local_fields if isinstance(each, models.FileField)])
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
    )  # fmt: skip
    return [(model, names) for model, names in columns if names]


def _names_in_use() -> Iterator[str]:
    """Paths below MEDIA_ROOT that rows of the current organization name."""
    for model, columns in file_columns():
        for row in model._base_manager.values_list(*columns).iterator():
            yield from filter(None, row)
    for variants in MediaAsset._base_manager.values_list("variants", flat=True).iterator():
        yield from (variant["file"] for variant in variants)


def _files_before(moment: float) -> Iterator[Leftover]:
    """Plain files that were written before `moment`, in seconds since 1970; links are left alone."""
    root = Path(settings.MEDIA_ROOT)
    for folder, _folders, _names in os.walk(root):
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    about = entry.stat(follow_symlinks=False)
                    if about.st_mtime < moment:
                        name = Path(entry.path).relative_to(root).as_posix()
                        yield Leftover(name, about.st_size)


def _refuse_foreign_files(known):
    library = Path(settings.MEDIA_ROOT) / LIBRARY
    there = (
        {each.name for each in library.iterdir() if each.is_dir()} if library.is_dir() else set()
    )
    if strangers := sorted(there - known):
        raise ForeignFiles(
            f"{library / strangers[0]} belongs to no organization of this database. Does another one use these "
            "files? If not, remove that folder, then sweep again."
        )
