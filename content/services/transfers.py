"""Courses that are exported and imported in the background."""

import logging
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.core.cache import cache
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from content import tasks
from content.cache import TRANSFER_SECONDS, transfer_key
from content.exporting import bundle_of, remember_export, write_zip
from content.importing import ImportRefused, apply_tree, read_folder
from content.importing.archives import lay_out, unpack
from content.models import CourseTransfer
from courses.models import Course
from courses.permissions import can_edit_course
from lib.files import MB, safe_filename
from tenancy.context import organization_context, require_organization_id
from users.models import User
from users.time_zones import as_read_by

logger = logging.getLogger(__name__)

Status = CourseTransfer.Status
Direction = CourseTransfer.Direction

MAX_UPLOAD = 500 * MB
KEPT = timedelta(days=7)  # an archive that was made
GIVEN_UP = timedelta(hours=3)  # longer than any transfer takes
_UNDER_WAY = (Status.WAITING, Status.RUNNING)

Tell = Callable[[int, int, str], None]


class TransferRefused(ValueError):
    """This cannot be begun; the message says why."""


@transaction.atomic
def start_export(course: Course, *, by: User, now: datetime) -> CourseTransfer:
    """Let a job write a course as an archive; a repeat gives the one that is under way."""
    under_way = CourseTransfer.objects.filter(
        direction=Direction.EXPORT, course=course, started_by=by, status__in=_UNDER_WAY
    ).first()
    if under_way is not None:
        return under_way
    transfer = CourseTransfer.objects.create(
        direction=Direction.EXPORT, course=course, started_by=by, file_name=f"{course.slug}.zip"
    )
    _run_later(transfer)
    return transfer


@transaction.atomic
def start_import(
    files: Sequence[UploadedFile], *, course: Course | None, by: User, now: datetime
) -> CourseTransfer:
    """Let a job take in an archive, or several files, as a new course or into `course`. Raises TransferRefused."""
    if sum(file.size for file in files) > MAX_UPLOAD:
        raise TransferRefused(
            _("These files are too large together; at most %(limit)d MB are taken.")
            % {"limit": MAX_UPLOAD // MB}
        )
    names = [safe_filename(file.name) for file in files]
    transfer = CourseTransfer(
        direction=Direction.IMPORT,
        course=course,
        started_by=by,
        file_name=", ".join(names)[:255],
        options={"names": names} if not _is_archive(names) else {},
    )
    with tempfile.TemporaryFile() as packed:
        if _is_archive(names):
            transfer.file.save("import.zip", files[0], save=False)
        else:
            _pack(files, names, packed)
            transfer.file.save("import.zip", File(packed), save=False)
    transfer.save(force_insert=True)
    _run_later(transfer)
    return transfer


@transaction.atomic
def settle_conflicts(
    transfer: CourseTransfer, choices: dict[str, str], *, by: User, now: datetime
) -> CourseTransfer:
    """Let a job take the text in once more, now that somebody chose between it and the forms, conflict by conflict.

    Raises TransferRefused when the text is no longer kept, or the job runs already.
    """
    waiting = CourseTransfer.objects.select_for_update(of=("self",), no_key=True)
    transfer = waiting.get(pk=transfer.pk)
    if transfer.status != Status.DONE or not transfer.file:
        raise TransferRefused(_("This text is no longer kept. Import it again."))
    transfer.options = {**transfer.options, "choices": choices}
    transfer.status, transfer.finished_at, transfer.started_by = Status.WAITING, None, by
    transfer.save()
    _run_later(transfer)
    return transfer


def run_transfer(
    organization_id: UUID | str, transfer_id: UUID | str, *, now: Callable[[], datetime]
) -> None:
    """Do what a transfer asks for; one that was begun or done is left alone.

    What was refused stands in its report. What goes wrong otherwise is raised, and the transfer marked as failed.
    """
    organization_id = UUID(str(organization_id))  # as the names of files have it
    with organization_context(organization_id):
        waiting = CourseTransfer.objects.select_for_update(of=("self",), no_key=True)
        transfer = waiting.filter(pk=transfer_id, status=Status.WAITING).first()
        if transfer is None:
            return
        transfer.status = Status.RUNNING
        transfer.save(update_fields=["status", "updated_at"])
        person = transfer.started_by
    work = _export if transfer.direction == Direction.EXPORT else _import
    try:
        with as_read_by(person), organization_context(organization_id, actor=person):
            work(transfer, person, now())
    except ImportRefused as refused:
        _fail(organization_id, transfer, str(refused), now())
    except Exception:
        _fail(organization_id, transfer, "", now())
        raise


def steps_of(transfer: CourseTransfer) -> tuple[int, int]:
    """Steps done and all steps; while a job works, as it said last."""
    if transfer.status == Status.RUNNING:
        return cache.get(transfer_key(transfer.pk)) or (0, 0)
    return transfer.done_steps, transfer.total_steps


@transaction.atomic
def sweep_transfers(*, now: datetime) -> int:
    """Drop archives whose days are over, and give up transfers that no worker finishes; how many."""
    stale = CourseTransfer.objects.filter(
        status__in=_UNDER_WAY, updated_at__lt=now - GIVEN_UP
    ).update(status=Status.FAILED, finished_at=now)
    over = CourseTransfer.objects.exclude(file="").filter(finished_at__lte=now - KEPT)
    for transfer in over:
        _drop_file(transfer)
        transfer.save(update_fields=["file", "updated_at"])
    return stale + len(over)


def _is_archive(names):
    return len(names) == 1 and not names[0].lower().endswith((".md", ".markdown"))


def _pack(files, names, target):
    """Several files as one, without packing them; they are unpacked by the same code as a stranger's archive."""
    with zipfile.ZipFile(target, "w") as archive:
        for file, name in zip(files, names, strict=True):
            with archive.open(zipfile.ZipInfo(name), "w") as entry:
                for chunk in file.chunks():
                    entry.write(chunk)
    target.seek(0)


def _run_later(transfer):
    tasks.run_transfer.defer(
        organization_id=str(require_organization_id()), transfer_id=str(transfer.pk)
    )


def _export(transfer, person, now):
    course = Course.objects.live().select_related("subject").get(pk=transfer.course_id)
    if person is None or not can_edit_course(person, course):
        raise ImportRefused(_("“%(title)s” belongs to somebody else.") % {"title": course})
    bundle = bundle_of(course)
    with tempfile.TemporaryFile() as file:
        write_zip(bundle, file, progress=_teller(transfer))
        transfer.file.save(transfer.file_name, File(file), save=False)
    remember_export(course, bundle, now=now)
    _finish(transfer, now, steps=len(bundle))


def _import(transfer, person, now):
    if person is None:
        raise ImportRefused(_("Who began this import has no account any more."))
    with _unpacked(transfer) as folder:
        tree = read_folder(folder)
        report = apply_tree(
            tree,
            owner=person,
            now=now,
            course=transfer.course,
            is_new=transfer.course_id is None,
            choices=transfer.options.get("choices"),
            progress=_teller(transfer),
        )
    transfer.course = report.course
    transfer.report = report.as_values()
    if not report.conflicts:
        _drop_file(transfer)
    _finish(transfer, now, steps=len(tree.lessons))


@contextmanager
def _unpacked(transfer):
    with tempfile.TemporaryDirectory() as place:
        packed, laid_out = (
            Path(place, "packed"),
            Path(place, Path(transfer.file_name).stem or "course"),
        )
        packed.mkdir()
        laid_out.mkdir()
        with transfer.file.open("rb") as file:
            if "names" not in transfer.options:
                yield unpack(file, laid_out)
                return
            unpack(file, packed)
        yield _lay_out_again(packed, laid_out)


def _lay_out_again(packed, folder):
    opened = [(path.name, path.open("rb")) for path in sorted(packed.iterdir())]
    try:
        return lay_out(opened, folder)
    finally:
        for _name, file in opened:
            file.close()


def _teller(transfer) -> Tell:
    """Keeps how far it is where a page finds it while the transaction is open; a cache that is away changes nothing."""
    key = transfer_key(transfer.pk)
    return lambda done, total, what: cache.set(key, (done, total), TRANSFER_SECONDS)


def _finish(transfer, now, *, steps):
    transfer.status, transfer.finished_at = Status.DONE, now
    transfer.done_steps = transfer.total_steps = steps
    transfer.save()


def _fail(organization_id, transfer, problem, now):
    logger.warning("Transfer %s failed: %s", transfer.pk, problem or "see the error")
    with organization_context(organization_id):
        failed = CourseTransfer.objects.get(pk=transfer.pk)
        _drop_file(failed)
        failed.status, failed.finished_at = Status.FAILED, now
        failed.report = {"problem": problem}
        failed.save()


def _drop_file(transfer):
    """Forget the file, which goes once that is committed."""
    if transfer.file:
        storage, name = transfer.file.storage, transfer.file.name
        transaction.on_commit(lambda: storage.delete(name))
        transfer.file = ""
