import os
import stat
import tempfile

import pytest

from lib.devtools.console import Problem
from lib.devtools.places import LONGEST_SOCKET_FOLDER, Data


@pytest.fixture
def temporary(tmp_path_factory, monkeypatch):
    folder = tempfile.mkdtemp(prefix="d")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: folder)
    yield folder
    for path, folders, files in os.walk(folder, topdown=False):
        for name in files:
            os.unlink(os.path.join(path, name))
        for name in folders:
            (os.unlink if os.path.islink(os.path.join(path, name)) else os.rmdir)(
                os.path.join(path, name)
            )
    os.rmdir(folder)


def test_socket_goes_into_the_data_folder(temporary):
    assert str(Data("/srv/cairn").socket_folder("pg")) == "/srv/cairn/run/pg"


@pytest.mark.parametrize(
    "folder", ["/srv/" + "long" * 20, "/srv/a b", "/srv/a,b", "/srv/schön", "/srv/50%"]
)
def test_socket_goes_elsewhere_where_its_path_would_not_do(temporary, folder):
    found = Data(folder).socket_folder("pg")

    assert str(found).startswith(temporary)
    assert len(str(found)) <= LONGEST_SOCKET_FOLDER
    assert stat.S_IMODE(found.parent.stat().st_mode) == 0o711


def test_two_data_folders_never_share_a_short_folder(temporary):
    assert Data("/srv/a b").socket_folder("pg") != Data("/srv/a c").socket_folder("pg")


def test_short_folder_of_somebody_else_is_refused(temporary):
    data = Data("/srv/a b")
    os.symlink("/etc", data._short_folder)

    with pytest.raises(Problem, match="belongs to somebody else"):
        data.socket_folder("pg")


def test_nothing_stays_in_the_temporary_folder(temporary):
    data = Data("/srv/a b")
    data.socket_folder("pg").mkdir()

    data.tidy_sockets()

    assert os.listdir(temporary) == []


def test_only_our_own_files_are_removed(tmp_path):
    data = Data(tmp_path / "data")
    data.make()
    data.in_use.touch()
    (data.folder / "letter.txt").touch()

    data.remove()

    assert [path.name for path in data.folder.iterdir()] == ["letter.txt"]
