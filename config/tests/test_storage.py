"""Script modules are loaded under names that change with their content."""

import re
import shutil

from django.conf import settings

from config.storage import StaticFilesStorage


def test_modules_are_imported_under_hashed_names(tmp_path):
    shutil.copytree(settings.BASE_DIR / "static" / "js", tmp_path / "js")
    storage = StaticFilesStorage(location=str(tmp_path), base_url="/static/")
    paths = {f"js/{path.name}": (storage, f"js/{path.name}") for path in tmp_path.glob("js/*.js")}
    results = list(storage.post_process(paths))

    assert not [error for _name, _hashed, error in results if isinstance(error, Exception)]
    entry = (tmp_path / storage.stored_name("js/cairn.js")).read_text()
    imported = re.findall(r'import\("\./([^"]+)"\)', entry)
    assert len(imported) > 5
    assert all(re.fullmatch(r"[\w-]+\.[0-9a-f]{12}\.js", name) for name in imported)
    assert all((tmp_path / "js" / name).exists() for name in imported)
