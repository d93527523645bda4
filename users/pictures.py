"""A person's picture: a square made anew on the way in, stored in several sizes."""

from pathlib import PurePosixPath
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

from lib.ids import uuid7
from lib.images import Variant, clean_squares

SIDES = (48, 96, 256)  #: pixels; the component `avatar` names the same ones
SMALLER = SIDES[:-1]


@deconstructible(path="users.pictures.PictureStorage")
class PictureStorage(FileSystemStorage):
    """Where a picture is one name, that of its largest size; the smaller ones are beside it and go with it."""

    def delete(self, name):
        for side in SMALLER:
            super().delete(name_of_size(name, side))
        super().delete(name)


def prepare(upload: BinaryIO) -> tuple[Variant, ...]:
    """The sizes to store, the largest last. Raises lib.files.FileRefused for what is no picture."""
    return clean_squares(upload, sides=SIDES)


def store(field_file, squares: tuple[Variant, ...]) -> None:
    """Write the sizes to the storage and give the field their name; the row is saved by the caller."""
    *smaller, largest = squares
    field_file.save(f"{uuid7().hex}.{largest.extension}", ContentFile(largest.data), save=False)
    for square in smaller:
        name = name_of_size(field_file.name, square.width)
        field_file.storage.save(name, ContentFile(square.data))


def open_size(field_file, side: str):
    """The stored file of this size in pixels; the largest for any other. Raises OSError where it is gone."""
    sizes = {str(each): each for each in SMALLER}
    name = name_of_size(field_file.name, sizes[side]) if side in sizes else field_file.name
    try:
        return field_file.storage.open(name)
    except FileNotFoundError:  # a picture from before there were sizes
        return field_file.storage.open(field_file.name)


def name_of_size(name: str, side: int) -> str:
    """Where one of the smaller sizes is stored."""
    path = PurePosixPath(name)
    return str(path.with_stem(f"{path.stem}-{side}"))
