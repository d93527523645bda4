"""`docs/permissions.md` says of each permission what the code does."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from courses.teaching import CO_INSTRUCTOR_MAY, FOR_ONE_COURSE, OWNER_MAY
from users.models import Permission
from users.models.role import PERMISSION_GROUPS
from users.permissions import BUILT_IN

ROW = re.compile(r"^\| `([a-z_.]+)` \|(.*)\|$", re.MULTILINE)


@pytest.fixture(scope="module")
def rows():
    text = (Path(settings.BASE_DIR) / "docs" / "permissions.md").read_text()
    return {code: cells.split("|") for code, cells in ROW.findall(text)}


def test_every_permission_has_its_row_in_the_order_of_the_code(rows):
    assert list(rows) == Permission.values


@pytest.mark.parametrize("permission", Permission)
def test_row_says_what_the_code_does(rows, permission):
    sentence, built_in, owner, for_one, opens = (cell.strip() for cell in rows[permission])
    with translation.override("en"):
        assert sentence == str(permission.label)
    holders = [role.value for role, granted in BUILT_IN.items() if permission in granted]
    assert built_in.split(", ") == holders
    assert (owner == "yes") == (permission in OWNER_MAY)
    assert (for_one == "yes") == (permission in FOR_ONE_COURSE)
    assert opens


def test_co_instructors_hold_all_but_the_choice_of_staff():
    assert CO_INSTRUCTOR_MAY | {Permission.COURSE_STAFF} == OWNER_MAY


def test_every_permission_stands_under_one_heading_of_the_form():
    for permission in Permission:
        headings = [title for title, starts in PERMISSION_GROUPS if permission.startswith(starts)]
        assert len(headings) == 1
