"""Codes that are told to a class: made, ended, and typed."""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from enrollments.models import Enrollment, JoinCode
from enrollments.services.places import EnrollmentRefused
from enrollments.services.waitlist import enroll_or_wait
from enrollments.standing import Standing, standing_of
from enrollments.ways import CODE, WayIn
from lib.decisions import Reason, refuse
from users import lockout
from users.models import FailedSignIn

#: Without letters and digits that look or sound alike.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 8
ATTEMPTS = 5  # to find a code that nobody has: there are 8 · 10¹¹


class Joined(NamedTuple):
    """Where a code led: the course as the person stood to it before, and the place; None on the waitlist."""

    standing: Standing
    enrollment: Enrollment | None


class WrongCode(ValidationError):
    """No course has this code."""

    def __init__(self):
        super().__init__(_("No course has this code. Check each letter."), code="wrong_code")


def make_code(
    course_id: UUID, *, by, now: datetime, max_uses: int | None, ends_at: datetime | None
) -> JoinCode:
    """A new code for a course, which works so many times (None: without limit) and so long."""
    for _attempt in range(ATTEMPTS):
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        try:
            with transaction.atomic():
                return JoinCode.objects.create(
                    course_id=course_id, code=code, made_by=by, max_uses=max_uses, ends_at=ends_at
                )
        except IntegrityError as error:
            if "enrollments_joincode_once" not in str(error):
                raise
    raise RuntimeError("No free join code was found.")


def end_code(course_id: UUID, code_id: UUID, *, now: datetime) -> JoinCode:
    """Let nobody else in by a code; who came by it stays. Repeating it is harmless. Raises JoinCode.DoesNotExist."""
    with transaction.atomic():
        code = JoinCode.objects.select_for_update(of=("self",)).get(pk=code_id, course=course_id)
        if code.ended_at is None:
            code.ended_at = now
            code.save(update_fields=["ended_at"])
    return code


def join_by_code(text: str, student, *, now: datetime, client_ip: str) -> Joined:
    """Give somebody who typed a code a seat on its course, or a place on the waitlist of a full one.

    Repeating it is harmless and uses the code once.

    Guesses are counted as those at sign-in are. Raises WrongCode, lockout.LockedOut, and EnrollmentRefused with
    the reasons, also where the code is over.
    """
    door = FailedSignIn.Door.JOIN_CODE
    with lockout.one_guess(_target_of(student), door=door, client_ip=client_ip, now=now):
        code = JoinCode.objects.filter(code=spelled(text)).first()
        if code is None:
            raise WrongCode
    return _use(code.pk, student, now=now)


def spelled(text: str) -> str:
    """A code as it is kept, however it was typed."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


@transaction.atomic
def _use(code_id, student, *, now):
    # One after the other: whoever comes by the last use sees that it is gone, and a second click the first one's seat.
    code = JoinCode.objects.select_for_update(of=("self",)).get(pk=code_id)
    standing = standing_of(student, code.course_id)
    if standing.holds_seat:
        return Joined(standing, Enrollment.objects.get(pk=standing.enrollment_id))
    if not code.is_open(now):
        raise EnrollmentRefused(refuse(Reason("code_over", _over(code, now))))
    standing = replace(standing, way=WayIn(CODE, code.made_by_id or standing.owner_id))
    place = enroll_or_wait(standing, by=student, now=now)
    JoinCode.objects.filter(pk=code.pk).update(used_count=F("used_count") + 1)
    return Joined(standing, place if isinstance(place, Enrollment) else None)


def _over(code, now):
    if code.ended_at is not None or (code.ends_at is not None and now >= code.ends_at):
        return _("This code is no longer valid. Ask for another one.")
    return _("This code has been used as often as it may be. Ask for another one.")


def _target_of(student):
    # Not the account itself: whoever mistypes a code may still sign in.
    return lockout.target_of_name(f"join code {student.pk}")
