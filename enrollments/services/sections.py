"""Sections of a course: made, changed, taken away, and who is in them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from courses.services.locking import require_teacher
from enrollments.models import Enrollment, Section, SectionMember, SectionStaff
from enrollments.services.expiry import move_end
from enrollments.services.places import lock

#: What the database refuses: no seat is left in the section, or the person has none on its course.
REFUSALS = ("enrollments_section_never_oversold", "enrollments_sectionmember_of_course")


@transaction.atomic
def save_section(section: Section, *, staff: Iterable = (), by, now: datetime) -> Section:
    """Store a new or a changed section and who teaches it; another end of access is that of its people at once.

    Who had an end of their own keeps it. Raises ValidationError for values that no section can have, CannotTeach for
    somebody who cannot be a teacher.
    """
    staff = list(staff)
    for person in staff:
        require_teacher(person)
    former = None
    if not section._state.adding:
        former = Section.objects.select_for_update(of=("self",), no_key=True).get(pk=section.pk)
    section.full_clean()
    if former is None:
        section.save(force_insert=True)
    else:
        section.save(update_fields=["title", "starts_at", "ends_at", "max_capacity"])
        if former.ends_at != section.ends_at:
            _move_ends(section, former.ends_at, by, now)
    SectionStaff.objects.filter(section=section).exclude(user__in=staff).delete()
    rows = [SectionStaff(section=section, user=person) for person in staff]
    SectionStaff.objects.bulk_create(rows, ignore_conflicts=True)
    return section


def _move_ends(section, former, by, now):
    members = Enrollment.objects.filter(section_places__section=section, expires_at=former)
    running = members.exclude(status=Enrollment.Status.COMPLETED).order_by("pk")
    for enrollment_id in list(running.values_list("pk", flat=True)):
        move_end(enrollment_id, section.ends_at, by=by, now=now, reason=_in_section(section))


def delete_section(section: Section, *, by, now: datetime) -> None:
    """Take a section away; its people stay on the course, with the end of access that they have."""
    section.delete()


def put_in_section(
    section: Section, enrollment_ids: Iterable[UUID], *, by, now: datetime
) -> tuple[int, int]:
    """Put people of a course into a section, out of the one they are in; returns how many are in it and how many not.

    Each by themselves: who has no seat on the course, or finds none in the section, stays where they are. A repeat
    changes nothing. Locks each enrollment, then the sections.
    """
    done = refused = 0
    for enrollment_id in enrollment_ids:
        try:
            with transaction.atomic():
                _put(section, enrollment_id, by, now)
        except IntegrityError as error:
            if not any(name in str(error) for name in REFUSALS):
                raise
            refused += 1
        else:
            done += 1
    return done, refused


def _put(section, enrollment_id, by, now):
    enrollment = lock(enrollment_id)
    place = SectionMember.objects.filter(enrollment=enrollment).first()
    if place is not None and place.section_id == section.pk:
        return
    ids = {section.pk} | ({place.section_id} if place else set())
    list(Section.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    if place is None:
        SectionMember.objects.create(
            section=section, enrollment=enrollment, student_id=enrollment.student_id
        )
    else:
        place.section = section
        place.save(update_fields=["section"])
    is_open = enrollment.status != Enrollment.Status.COMPLETED
    if section.ends_at is not None and is_open:
        move_end(enrollment.pk, section.ends_at, by=by, now=now, reason=_in_section(section))


def take_out_of_sections(enrollment_ids: Iterable[UUID], *, by, now: datetime) -> int:
    """Let people be in no section; returns how many were in one."""
    places = SectionMember.objects.filter(enrollment__in=list(enrollment_ids))
    return places.delete()[0]


def _in_section(section):
    return _("Section “%(title)s”.") % {"title": section.title}
