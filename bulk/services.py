"""Tables that are sent in, checked and carried out."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from bulk import kinds, tasks
from bulk.kinds import Clerk, Kind, Problem, Verdict, refused
from bulk.models import BulkRow, BulkUpload
from lib.files import safe_filename
from lib.spreadsheets import SheetRefused, read_sheet
from tenancy.backoffice.errors import explain_refusal
from tenancy.context import organization_context, require_organization_id
from users.models import User
from users.time_zones import as_read_by

logger = logging.getLogger(__name__)

Status = BulkUpload.Status

CHECKED_AT_ONCE = 200  # rows of one transaction
CARRIED_OUT_AT_ONCE = 50
STUCK = timedelta(minutes=15)  # without a step, a job has died


SET_REQUEST = """
WITH former AS MATERIALIZED (SELECT COALESCE(current_setting('app.request_id', true), '') AS id)
SELECT former.id, set_config('app.request_id', %s, true) FROM former
"""


class UploadRefused(ValueError):
    """This table is not taken, or this is no longer possible; the message says why."""


@transaction.atomic
def receive(
    file: BinaryIO,
    name: str,
    *,
    kind: Kind,
    about_id: UUID | None = None,
    options: dict | None = None,
    by: User,
    now: datetime,
) -> BulkUpload:
    """Read a table and let a job check it, once somebody has chosen what its unknown columns are.

    Nothing else is written yet. Raises UploadRefused.
    """
    try:
        sheet = read_sheet(file, name)
    except SheetRefused as error:
        raise UploadRefused(str(error)) from error
    columns = kinds.guess_columns(sheet.columns, kind.columns())
    must_choose = bool(kinds.unknown_titles(sheet.columns, kind))
    if not must_choose:
        _require_complete(kind, columns)
    if not sheet.rows:
        raise UploadRefused(_("This table has titles and no rows."))
    upload = BulkUpload.objects.create(
        kind=kind.name,
        status=Status.CHOOSING if must_choose else Status.CHECKING,
        about_id=about_id,
        file_name=safe_filename(name),
        options=options or {},
        columns=list(columns.items()),
        row_count=len(sheet.rows),
        started_by=by,
    )
    rows = [
        BulkRow(
            upload=upload,
            number=row.number,
            cells=row.cells,
            problems=[Problem(title, text) for title, text in row.problems.items()],
        )
        for row in sheet.rows
    ]
    if not must_choose:
        _read_as(columns, rows, kind)
        _later(tasks.check_upload, upload)
    BulkRow.objects.bulk_create(rows, batch_size=1_000)
    return upload


@transaction.atomic
def choose_columns(upload_id: UUID, chosen: dict[str, str]) -> BulkUpload:
    """Read unknown columns, by title, as what somebody says, "" for not at all, and let a job check the table.

    What is not read is forgotten. A repeat changes nothing. Raises UploadRefused.
    """
    upload = _lock(upload_id)
    if upload.status != Status.CHOOSING:
        return upload
    kind = kinds.kind_named(upload.kind)
    columns = {title: name or chosen.get(title, "") for title, name in upload.columns}
    _require_complete(kind, columns)
    rows = list(upload.rows.all())
    _read_as(columns, rows, kind)
    BulkRow.objects.bulk_update(rows, ["cells", "problems"], batch_size=1_000)
    upload.columns, upload.status = list(columns.items()), Status.CHECKING
    upload.save(update_fields=["columns", "status", "updated_at"])
    _later(tasks.check_upload, upload)
    return upload


def _require_complete(kind, columns):
    if missing := kind.missing(set(columns.values())):
        raise UploadRefused(missing)


def _read_as(columns, rows, kind):
    """Name the cells of rows by the columns that their titles are read as; the others are left out."""
    labels = {column.name: str(column.label) for column in kind.columns()}
    for row in rows:
        row.cells = {columns[title]: text for title, text in row.cells.items() if columns[title]}
        row.problems = [
            Problem(labels.get(columns.get(title), ""), text)
            for title, text in row.problems
            if not title or columns[title]
        ]


def check_upload(
    organization_id: UUID | str, upload_id: UUID | str, *, now: Callable[[], datetime]
) -> None:
    """Find out what would follow from each row. Repeating it is harmless."""
    with _failing_aloud(organization_id, upload_id, now):
        clerk, last = None, 0
        while last is not None:
            with _working(organization_id, upload_id, Status.CHECKING) as (upload, person):
                if upload is None:
                    return
                clerk = clerk or _clerk(upload, person, now())
                last = _check_rows(clerk, upload, after=last)
                if last is None:
                    upload.status, upload.done_count = Status.READY, 0
                upload.save(update_fields=["status", "done_count", "updated_at"])


def _check_rows(clerk, upload, *, after) -> int | None:
    """Check the rows after a number; the number of the last one, None at the end."""
    rows = list(upload.rows.filter(number__gt=after).order_by("number")[:CHECKED_AT_ONCE])
    clerk.read_ahead([row.cells for row in rows])
    for row in rows:
        if row.problems:  # a cell could not be read
            row.outcome = BulkRow.Outcome.REFUSED
        else:
            _note(row, clerk.check(row.cells))
    _save(rows, "outcome")
    upload.done_count = len(rows) + (upload.done_count if after else 0)
    return rows[-1].number if rows else None


@transaction.atomic
def confirm(upload_id: UUID, *, by: User, now: datetime) -> BulkUpload:
    """Let a job carry out what was shown, or the rest of it after a failure. A repeat changes nothing.

    Raises UploadRefused.
    """
    upload = _lock(upload_id)
    is_resumed = upload.status == Status.FAILED and upload.confirmed_at is not None
    if upload.status != Status.READY and not is_resumed:
        if upload.confirmed_at is None:
            raise UploadRefused(_("This table is not checked yet."))
        return upload
    upload.status, upload.finished_at = Status.RUNNING, None
    upload.confirmed_at = upload.confirmed_at or now
    upload.save()
    _later(tasks.run_upload, upload)
    return upload


def run_upload(
    organization_id: UUID | str, upload_id: UUID | str, *, now: Callable[[], datetime]
) -> None:
    """Carry out a table that was confirmed, some rows in each transaction; a repeat goes on where it ended."""
    with _failing_aloud(organization_id, upload_id, now):
        clerk = None
        while True:
            with _working(organization_id, upload_id, Status.RUNNING) as (upload, person):
                if upload is None:
                    return
                clerk = clerk or _clerk(upload, person, now())
                if not _carry_out_rows(clerk, upload):
                    upload.status, upload.finished_at = Status.DONE, now()
                upload.save(update_fields=["status", "done_count", "finished_at", "updated_at"])


def _carry_out_rows(clerk, upload) -> int:
    """Carry out the next rows; how many there were."""
    waiting = upload.rows.filter(outcome__in=BulkRow.DOING, result="").order_by("number")
    rows = list(waiting[:CARRIED_OUT_AT_ONCE])
    refusals = kinds.kind_named(upload.kind).refusals
    clerk.read_ahead([row.cells for row in rows])
    for row in rows:
        verdict = _carry_out(clerk, row, refusals)
        is_refused = verdict.outcome == BulkRow.Outcome.REFUSED
        row.result = BulkRow.Result.REFUSED if is_refused else BulkRow.Result.DONE
        row.problems = list(verdict.problems)
        row.does = verdict.does or row.does
        row.person_id = verdict.person_id or row.person_id
    _save(rows, "result")
    upload.done_count += len(rows)
    return len(rows)


def _carry_out(clerk: Clerk, row: BulkRow, refusals) -> Verdict:
    try:
        with transaction.atomic():
            return clerk.carry_out(row.cells)
    except PermissionDenied as error:
        return refused(str(error) or _("This is not yours to change."))
    except Exception as error:
        reason = explain_refusal(error, refusals)
        if reason is None:
            raise
        return refused(reason)


@transaction.atomic
def discard(upload_id: UUID) -> None:
    """Forget a table that was not confirmed. Raises UploadRefused for another one."""
    upload = BulkUpload.objects.select_for_update(of=("self",)).filter(pk=upload_id).first()
    if upload is None:
        return
    if upload.confirmed_at is not None:
        raise UploadRefused(_("This table was carried out already."))
    upload.delete()


def counts_of(upload: BulkUpload) -> Counter:
    """How many rows have which outcome, and which result under `done` and `failed`. One query."""
    counts = Counter()
    groups = upload.rows.order_by().values_list("outcome", "result")
    for outcome, result, count in groups.annotate(count=Count("pk")):
        counts[outcome] += count
        if result:
            counts["done" if result == BulkRow.Result.DONE else "failed"] += count
    return counts


@transaction.atomic
def wake_uploads(*, now: datetime) -> int:
    """Hand tables whose job has died to another one; how many."""
    stuck = list(
        BulkUpload.objects.filter(status__in=BulkUpload.UNDER_WAY, updated_at__lt=now - STUCK)
    )
    for upload in stuck:
        upload.save(update_fields=["updated_at"])
        is_check = upload.status == Status.CHECKING
        _later(tasks.check_upload if is_check else tasks.run_upload, upload)
    return len(stuck)


def _later(task, upload):
    task.defer(organization_id=str(require_organization_id()), upload_id=str(upload.pk))


def _clerk(upload, person, now):
    """Raises PermissionDenied where the person may not send in such tables any more."""
    kind = kinds.kind_named(upload.kind)
    if kind is None or person is None or not kind.may_send(person, upload.about_id):
        raise PermissionDenied
    return kind.clerk(upload, by=person, now=now)


@contextmanager
def _working(organization_id, upload_id, status) -> Iterator[tuple[BulkUpload | None, User]]:
    """One transaction of a job on a table that is locked; without it where its status is another by now.

    All that is changed stands under one request in the audit log, so that it is undone at once.
    """
    with organization_context(UUID(str(organization_id))):
        person = User.objects.filter(bulk_uploads__pk=upload_id).first()
    with (
        as_read_by(person),
        organization_context(UUID(str(organization_id)), actor=person),
        _as_request(upload_id),
    ):
        upload = _locked().filter(pk=upload_id, status=status).first()
        yield upload, person


@contextmanager
def _as_request(request_id):
    """Let the audit log keep what follows under this id."""
    before = _set_request(request_id)
    yield
    _set_request(before)


def _set_request(request_id) -> str:
    """Set the id until the transaction ends, and give the former one."""
    with connection.cursor() as cursor:
        cursor.execute(SET_REQUEST, [str(request_id)])
        return cursor.fetchone()[0]


@contextmanager
def _failing_aloud(organization_id, upload_id, now):
    try:
        yield
    except Exception as error:
        logger.warning("Table %s failed: %s", upload_id, error)
        with organization_context(UUID(str(organization_id))):
            BulkUpload.objects.filter(pk=upload_id, status__in=BulkUpload.UNDER_WAY).update(
                status=Status.FAILED, finished_at=now(), updated_at=now()
            )
        if not isinstance(error, PermissionDenied):
            raise


def _note(row, verdict):
    row.outcome, row.title, row.does = verdict.outcome, verdict.title[:255], verdict.does[:255]
    row.changes, row.problems = list(verdict.changes), list(verdict.problems)
    row.person_id = verdict.person_id


def _save(rows, *fields):
    names = [*fields, "title", "does", "changes", "problems", "person"]
    BulkRow.objects.bulk_update(rows, names, batch_size=CHECKED_AT_ONCE)


def _locked():
    return BulkUpload.objects.select_for_update(of=("self",), no_key=True)


def _lock(upload_id):
    return _locked().get(pk=upload_id)
