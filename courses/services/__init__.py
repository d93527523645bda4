"""Every change of a course, one function each.

They enforce the rules of the domain; whether the person may ask is for the caller to find out
(`courses.permissions`). All take `by` and `now` from outside.
"""

from courses.services.editing import create_course, tag_course, update_course
from courses.services.prerequisites import set_prerequisites
from courses.services.publication import archive_course, publish_course, unpublish_course
from courses.services.roles import (
    decide_co_instructor,
    decide_giving,
    decide_taking,
    give_role,
    roles_to_give,
    take_role,
)
from courses.services.staff import add_staff, remove_staff, transfer_ownership
from courses.services.trash import purge_course, restore_course, trash_course

__all__ = [
    "add_staff",
    "archive_course",
    "create_course",
    "decide_co_instructor",
    "decide_giving",
    "decide_taking",
    "give_role",
    "publish_course",
    "purge_course",
    "remove_staff",
    "restore_course",
    "roles_to_give",
    "set_prerequisites",
    "tag_course",
    "take_role",
    "transfer_ownership",
    "trash_course",
    "unpublish_course",
    "update_course",
]
