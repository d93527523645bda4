"""Answers for load balancers and supervisors. They need no session and no organization."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lib.access import public


@public
@never_cache
@require_safe
def healthz(request):
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@public
@never_cache
@require_safe
def readyz(request):
    """The process can do its work: 200, or 503 and what is missing. A dead cache alone does not count."""
    checks = {
        "database": "ok",
        "migrations": "ok",
        "cache": "ok" if cache_works() else "slow: not available",
    }
    try:
        missing = missing_migrations()
        if missing:
            checks["migrations"] = f"{missing} not applied"
    except DatabaseError:
        connection.close()
        checks["database"] = checks["migrations"] = "not available"
    ready = checks["database"] == checks["migrations"] == "ok"
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


class HealthMiddleware:
    """Answer the probes before anything that needs an organization, a session or a host name we know."""

    probes = {"/healthz": healthz, "/readyz": readyz}

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        probe = self.probes.get(request.path_info)
        return self.get_response(request) if probe is None else probe(request)


def missing_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def cache_works() -> bool:
    cache.set("readyz", "ok", 5)
    return cache.get("readyz") == "ok"
