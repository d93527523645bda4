"""The files of an export: which of the library are taken along, and what each is called."""

from django.core.files.storage import default_storage

from content.exporting.bundle import Bundle
from content.importing.seals import seal_of
from content.models import MediaAsset
from content.services.media import checksum_of
from lib.text import slug_from

FOLDER = "media"
LONGEST = 60  # characters of a name without its ending


class Shelf:
    """Gives each file a name by its title, in the order in which the course shows them."""

    def __init__(self, bundle: Bundle):
        self.bundle = bundle
        self.records: dict[str, dict] = {}  #: what is said of each file, by its path
        self._paths: dict[tuple[str, str], str] = {}
        self._by_asset: dict = {}

    def path_of(self, asset: MediaAsset) -> str:
        """The path of a file of the library; equal files that the same people may open are one."""
        if asset.pk not in self._by_asset:
            self._by_asset[asset.pk] = self._place(asset)
        return self._by_asset[asset.pk]

    def add_thumbnail(self, name: str) -> None:
        """The picture of the course."""
        path = f"thumbnail.{_ending_of(name)}"
        self.bundle.add_file(path, default_storage, name)
        with default_storage.open(name) as file:
            self.records[path] = {"seal": seal_of(checksum_of(file))}

    def _place(self, asset):
        with asset.file.open() as file:
            checksum = checksum_of(file)
        known = self._paths.get((checksum, asset.access))
        if known is not None:
            return known
        path = self._free_path(asset)
        self._paths[checksum, asset.access] = path
        self.bundle.add_file(path, asset.file.storage, asset.file.name)
        self.bundle.assets[path] = str(asset.pk)
        self.records[path] = {
            "title": asset.title,
            "alt": asset.alt,
            "tags": list(asset.tags),
            "access": "" if asset.access == MediaAsset.Access.COURSE else asset.access,
        }
        if asset.kind == MediaAsset.Kind.IMAGE:
            self.records[path] |= {
                "origin": asset.sha256,
                "seal": seal_of(checksum, asset.sha256),
            }
        return path

    def _free_path(self, asset):
        ending = _ending_of(asset.file.name)
        stem = name_from(asset.title.removesuffix(f".{ending}"), LONGEST) or "file"
        number = 1
        while (path := f"{FOLDER}/{_numbered(stem, number)}.{ending}") in self.bundle:
            number += 1
        return path


def name_from(title: str, longest: int) -> str:
    """The title in Latin letters and digits, for the name of a file; "" for one that has none."""
    is_latin = any(char.isascii() and char.isalnum() for char in title)
    return slug_from(title, longest) if is_latin else ""


def _numbered(stem, number):
    return stem if number == 1 else f"{stem}-{number}"


def _ending_of(name):
    return name.rpartition(".")[2].lower()
