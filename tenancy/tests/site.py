"""Views that do what a test of the middleware needs."""

import threading
import time

import psycopg
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path

from lib.access import public
from tenancy.context import current_organization_id
from tenancy.models import Domain

done = []
slow = threading.Event()


@public
def whoami(request):
    return HttpResponse(f"{request.organization.slug} {current_organization_id()}")


@public
def act(request):
    """Done once per call, with a redirect; `bad=1` is a form with an error."""
    if request.POST.get("bad"):
        return HttpResponse("Please correct this.")
    if slow.is_set():
        time.sleep(0.3)
    done.append(request.POST.get("n"))
    return HttpResponseRedirect(f"/done/{len(done)}/")


@public
def act_and_fail(request):
    Domain.objects.create(host="never.localhost")
    raise RuntimeError("a view with a fault")


@public
def act_and_answer_500(request):
    Domain.objects.create(host="never.localhost")
    return HttpResponse(status=500)


@public
def fail_at_commit(request):
    """Looks done to the view; the database finds out when it commits."""
    Domain.objects.create(host="never.localhost")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(
            "INSERT INTO users_profile (organization_id, user_id, display_name, bio, avatar, phone,"
            " job_title, company, location, website, created_at, updated_at)"
            " SELECT id, gen_random_uuid(), '', '', '', '', '', '', '', '', now(), now() FROM tenancy_organization"
        )
    return HttpResponse("Saved.")


@public
def lose_connection(request):
    end_backend(backend())
    Domain.objects.count()
    return HttpResponse("Saved.")


def backend():
    """The process at the other end of this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def end_backend(pid):
    parameters = connection.get_connection_params()
    parameters = {
        key: value
        for key, value in parameters.items()
        if key in {"dbname", "host", "user", "port", "password"}
    }
    with psycopg.connect(**parameters) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])  # waits for its end


urlpatterns = [
    path("whoami/", whoami),
    path("act/", act),
    path("fail/", act_and_fail),
    path("500/", act_and_answer_500),
    path("commit/", fail_at_commit),
    path("lose/", lose_connection),
]


def plain(status):
    return lambda request, exception=None: HttpResponse(status=status)


handler400, handler404, handler500 = (
    plain(400),
    plain(404),
    lambda request: HttpResponse(status=500),
)
