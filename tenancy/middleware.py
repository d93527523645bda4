"""One transaction per request, opened for the organization that the host name belongs to."""

import logging
import select
import uuid
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.http.request import split_domain_port
from django.template.loader import render_to_string
from django.utils import timezone

from lib.http import client_ip
from lib.rows import begin_with
from tenancy import entering
from tenancy.context import now_working_for, remember_organization
from tenancy.idempotency import key_of
from tenancy.models import Organization

logger = logging.getLogger(__name__)

RETRY_AFTER = 5  # seconds that a browser is asked to wait while the database is away

ENTER = "SELECT tenancy_enter(%s, %s, %s, %s) AS organization"


class OrganizationMiddleware:
    """Set the organization by host name and run the request in one transaction.

    The transaction commits before the answer leaves, so a success that a person sees has been stored.
    An exception in a view, or an answer of 500 and above, rolls everything back. `request.now` is the
    database's clock. A lost database is answered with 503. Of a posted form, `request.form_key` is its
    idempotency key and `request.known_answers` the redirects that were given to it, by scope.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.organization = None
        request.now = timezone.now()
        request.form_key, request.known_answers = key_of(request), {}
        skip_needless_ping()
        try:
            # What waits for the commit, such as dropping a cached page, still works for the organization.
            with remember_organization(None), transaction.atomic():
                request.organization = enter(request)
                if request.organization is None:
                    return no_organization()
                now_working_for(request.organization.pk)
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
        except (OperationalError, InterfaceError):
            logger.exception("The database is away.")
            connection.close()
            return database_away()
        return response

    def process_exception(self, request, exception):
        """Undo what a failing view wrote; Django turns the exception into an answer afterwards."""
        if connection.in_atomic_block:
            transaction.set_rollback(True)
        if isinstance(exception, OperationalError | InterfaceError):
            logger.exception("The database is away.", exc_info=exception)
            return database_away()
        return None


def skip_needless_ping() -> None:
    """Spare the statement by which Django asks a kept connection whether it lives.

    A server that has gone leaves its farewell to be read; where there is nothing to read, all is well.
    """
    kept = connection.connection
    if kept is None or kept.closed:
        return
    waiting = select.poll()
    waiting.register(kept.fileno(), select.POLLIN)
    if not waiting.poll(0):
        connection.health_check_done = True


def enter(request) -> Organization | None:
    """Begin: tell the database which organization this request is for, and read its clock.

    With a form's key, waits here until an equal form that came before is answered.
    """
    host, _port = split_domain_port(request.get_host())
    parameters = [host.lower().rstrip("."), client_ip(request), str(uuid.uuid4()), request.form_key]
    questions = entering.questions_of(request)
    entered, *rows = begin_with((ENTER, parameters), *filter(None, questions))
    entering.hand_over(request, questions, rows)
    found = entered.organization
    if found is None:
        return None
    request.now = datetime.fromisoformat(found["at"])
    request.known_answers = found["answers"] or {}
    organization = found["organization"]
    return Organization(**organization | {"id": uuid.UUID(organization["id"])})


def no_organization():
    """The answer on a host name where nobody is at home."""
    return HttpResponse(render_to_string("errors/no_organization.html"), status=404)


def database_away():
    response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = RETRY_AFTER
    return response
