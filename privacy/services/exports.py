"""Copies of what the site holds about a person: asked for, made by the worker, kept for some days."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files import File
from django.db import IntegrityError, transaction

from lib.ids import uuid7
from privacy import exporting, mails, retention, tasks
from privacy.models import DataExport
from tenancy import security
from tenancy.context import organization_context, require_organization_id
from tenancy.models import Organization
from users.models import User
from users.time_zones import as_read_by

GIVEN_UP = timedelta(hours=2)  # after which a copy that is still being made never will be


class ExportUnderWay(Exception):
    """A copy for this person is being made already."""


@transaction.atomic
def request_export(person: User, *, by: User, now: datetime) -> DataExport:
    """Ask the worker for a copy of what the site holds about somebody; it is noted in the security log.

    Raises ExportUnderWay.
    """
    try:
        with transaction.atomic():
            export = DataExport.objects.create(
                person=person, requested_by=by, step_count=len(exporting.steps())
            )
    except IntegrityError as error:
        if "privacy_dataexport_one_under_way" not in str(error):
            raise
        raise ExportUnderWay from error
    security.record(security.Kind.EXPORTED, user_id=person.pk, export=export.pk, step="asked for")
    tasks.make_export.defer(
        organization_id=str(require_organization_id()), export_id=str(export.pk)
    )
    return export


def make_export(organization_id: UUID | str, export_id: UUID | str, *, now: datetime) -> None:
    """Make the archive, table by table, each in a transaction of its own so that progress shows.

    A repeat begins anew; one that is ready, or was given up, is left alone. What goes wrong is raised, and
    the copy marked as failed.
    """
    with organization_context(organization_id):
        export = DataExport.objects.select_related("person").filter(pk=export_id).first()
        if export is None or not export.is_under_way:
            return
        _set(export_id, status=DataExport.Status.RUNNING, done_count=0)
        organization = Organization.objects.get(pk=organization_id)
    person = export.person
    with tempfile.TemporaryFile() as file, as_read_by(person):
        try:
            parts = _parts(organization_id, export_id, person)
            exporting.write_archive(file, person, parts, organization=organization, now=now)
            with organization_context(organization_id):
                until = now + retention.export_days()
                _keep(export_id, file, until=until, now=now)
                mails.tell_ready(person, until=until)
        except Exception:
            with organization_context(organization_id):
                _set(export_id, status=DataExport.Status.FAILED, finished_at=now)
            raise


def note_download(export: DataExport) -> None:
    """Note in the security log that the copy left the site."""
    security.record(
        security.Kind.EXPORTED, user_id=export.person_id, export=export.pk, step="downloaded"
    )


def sweep_exports(*, now: datetime) -> int:
    """Delete copies whose days are over, and give up those that no worker finishes; how many."""
    stale = DataExport.objects.filter(
        status__in=DataExport.UNDER_WAY, updated_at__lt=now - GIVEN_UP
    ).update(status=DataExport.Status.FAILED, finished_at=now)
    over = list(DataExport.objects.filter(status=DataExport.Status.READY, expires_at__lte=now))
    for export in over:
        storage, name = export.file.storage, export.file.name
        _set(export.pk, status=DataExport.Status.EXPIRED, file="")
        transaction.on_commit(lambda storage=storage, name=name: storage.delete(name))
    return stale + len(over)


def _parts(organization_id, export_id, person) -> Iterator:
    for number, step in enumerate(exporting.steps(), start=1):
        with organization_context(organization_id):
            yield step(person)
        with organization_context(organization_id):
            _set(export_id, done_count=number)


def _keep(export_id, file, *, until, now):
    size = file.tell()
    file.seek(0)
    export = DataExport.objects.get(pk=export_id)
    name = f"{export.organization_id.hex}/{uuid7().hex}.zip"
    export.file.save(name, File(file), save=False)
    export.status, export.size = DataExport.Status.READY, size
    export.finished_at, export.expires_at = now, until
    export.save(update_fields=["file", "status", "size", "finished_at", "expires_at"])


def _set(export_id, **values):
    DataExport.objects.filter(pk=export_id).update(**values)
