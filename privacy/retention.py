"""What is kept for how long: the rules that delete what is over. Higher floors register theirs in `ready()`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from notifications.models import Notification
from privacy.models import DataExport, ErasureRequest, RetentionPolicy
from privacy.periods import months_later
from tenancy.personal import RECORD_KEPT, PersonalData, Rows, about_people

FORGET_SECURITY_EVENTS = "SELECT privacy_forget_security_events(%s)"

#: Deletes, or in a rehearsal counts, what is over; gives the number of rows.
Clear = Callable[[RetentionPolicy, datetime, bool], int]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of thing that is not kept for good."""

    code: str
    label: str
    clear: Clear


_rules: dict[str, Rule] = {}


def register(code: str, label: str, clear: Clear) -> None:
    """Let an app clear away what is over; a repeat changes nothing."""
    _rules[code] = Rule(code, label, clear)


def current_policy() -> RetentionPolicy:
    """The organization's own, else the defaults."""
    return RetentionPolicy.objects.first() or RetentionPolicy()


@transaction.atomic
def apply(*, now: datetime, is_rehearsal: bool = False) -> dict[str, int]:
    """Delete in the current organization what is over by each rule; number of rows by the rules' codes.

    A repeat finds nothing more. A rehearsal counts and changes nothing.
    """
    policy = current_policy()
    return {rule.code: rule.clear(policy, now, is_rehearsal) for rule in _rules.values()}


def kept_records() -> Iterator[PersonalData]:
    """Declarations of what an erasure leaves as a record, those of higher floors first."""
    for data in reversed(list(about_people())):
        if data.rows == Rows.STAY and data.reason is RECORD_KEPT:
            yield data


def clear_notifications(policy, now, is_rehearsal):
    before = months_later(now, -policy.notification_months)
    return delete(Notification.objects.filter(happened_at__lt=before), is_rehearsal)


def clear_exports(policy, now, is_rehearsal):
    """That a copy was made; the copy itself went by its own date."""
    before = months_later(now, -policy.security_log_months)
    over = DataExport.objects.filter(created_at__lt=before).exclude(status=DataExport.Status.READY)
    return delete(over, is_rehearsal)


def clear_security_log(policy, now, is_rehearsal):
    """The database alone may; it reads the organization's policy itself, and its own clock."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET_SECURITY_EVENTS, [is_rehearsal])
        return cursor.fetchone()[0]


def clear_records(policy, now, is_rehearsal):
    """What stayed of people who were erased, from the day that the proof of their erasure names."""
    over = ErasureRequest.objects.filter(
        status=ErasureRequest.Status.DONE,
        records_until__lte=now.date(),
        records_gone_at__isnull=True,
    )
    count = 0
    for asked in over:
        for data in kept_records():
            count += delete(data.rows_of(asked.person_id), is_rehearsal)
        if not is_rehearsal:
            ErasureRequest.objects.filter(pk=asked.pk).update(records_gone_at=now)
    return count


def delete(over: models.QuerySet, is_rehearsal: bool) -> int:
    """Delete the rows, or count them; how many there were, without what hung on them."""
    count = over.count()
    if not is_rehearsal:
        over.delete()
    return count


def export_days() -> timedelta:
    return timedelta(days=current_policy().export_days)


def install():
    register("notifications", _("Notifications"), clear_notifications)
    register("exports", _("Copies of personal data"), clear_exports)
    register("security_log", _("Security log"), clear_security_log)
    register("records", _("Records of people who were erased"), clear_records)
