"""Jobs of this app."""

import logging
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from enrollments.notices import tell_of_ends, tell_teachers_of_day
from enrollments.services import EnrollmentRefused, expiry, offers
from tenancy.context import organization_context
from tenancy.services import organization_ids

logger = logging.getLogger(__name__)


@app.periodic(cron="20 0 * * *")
@app.task(queue="default", pass_context=False)
def tell_teachers_of_yesterday(timestamp: int):
    """Every night: who joined and completed which course."""
    now = timezone.now()
    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            tell_teachers_of_day(now.date() - timedelta(days=1), now=now)


@app.periodic(cron="* * * * *")
@app.task(queue="maintenance", queueing_lock="end access", pass_context=False)
def end_access(timestamp: int):
    """Every minute: access whose time is over ends, for each person in a transaction of their own."""
    now = timezone.now()
    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            ids = expiry.due(now=now)
        for enrollment_id in ids:
            try:
                with organization_context(organization_id):
                    expiry.expire(enrollment_id, now=now)
            except DatabaseError:
                logger.exception("Access of enrollment %s could not be ended.", enrollment_id)


@app.periodic(cron="35 * * * *")
@app.task(queue="maintenance", pass_context=False)
def warn_of_ends_of_access(timestamp: int):
    """Every hour: tell those whose access ends soon."""
    now = timezone.now()
    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            tell_of_ends(now=now)


@app.task(queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def deliver_message(organization_id: str, key: str, facts: dict, students: list[str]):
    from enrollments.services import messages  # noqa: PLC0415 -- messages defers this job

    with organization_context(organization_id):
        messages.deliver(students, facts=facts, key=key, now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queue="maintenance", queueing_lock="serve waitlists", pass_context=False)
def serve_waitlists(timestamp: int):
    """Every minute: offers whose time is over pass on, and what an interrupted worker left is done."""
    now = timezone.now()
    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            course_ids, entry_ids = offers.courses_to_serve(now=now), offers.promised()
        for course_id in course_ids:
            try:
                with organization_context(organization_id):
                    offers.serve(course_id, now=now)
            except DatabaseError:
                logger.exception("The waitlist of course %s could not be served.", course_id)
        for entry_id in entry_ids:
            place_promised(str(organization_id), str(entry_id))


@app.task(queue="default", retry=RetryStrategy(max_attempts=5, exponential_wait=2))
def place_promised(organization_id: str, entry_id: str):
    """Put somebody on the course whose seat is theirs without a question."""
    try:
        with organization_context(organization_id):
            offers.accept_offer(entry_id, by=None, now=timezone.now())
    except (offers.OfferGone, EnrollmentRefused) as refused:
        logger.info("The promised seat of %s was not taken: %s", entry_id, refused)
