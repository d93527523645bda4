"""How changes around certificates are undone. What was issued stays issued; a revocation is taken back."""

from activity import undo_registry
from activity.undo_registry import Right, UndoTable, always
from certificates.models import Certificate, CertificateDesign, SigningKey
from certificates.permissions import can_design_default
from courses.undoing import course_rights, lock_courses, rights_by
from users.models import Permission


def design_rights(user, ids):
    """Of a course's design: who may edit the course. Of the organization's: who looks after the organization."""
    if None in ids:
        return always(Right.OWN if can_design_default(user) else Right.NONE)
    return course_rights(user, ids)


undo_registry.register(
    UndoTable(
        model=Certificate,
        key="course_id",
        rights=rights_by(Permission.ENROLLMENT_MANAGE),
        lock=lock_courses,
        title="course_title",
        person="student_id",
        is_removable=False,
    )
)
undo_registry.register(
    UndoTable(
        model=CertificateDesign,
        key="course_id",
        rights=design_rights,
        title="",
        files=("signature",),
    )
)
undo_registry.register_consequence(SigningKey)
