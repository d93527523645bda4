"""Addresses of the whole site. Every one has a row in `config/tests/test_access.py`."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import health
from progress import views as progress_views

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # What learners open at every click comes first: each pattern before it would be tried in vain.
    path("", include("courses.urls")),
    path("", include("enrollments.urls")),
    path("", include("progress.urls")),
    path("", include("content.urls")),
    path("", include("billing.urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("users.account_urls")),
    path("", include("tenancy.urls")),
    path("", include("users.urls")),
    path("notifications/", include("notifications.urls")),
    path("agenda/", include("agenda.urls")),
    path("", include("privacy.urls")),
    path("", include("activity.urls")),
    path("", include("bulk.urls")),
    path("", include("certificates.urls")),
    path("", progress_views.home, name="home"),
]

handler400 = "config.errors.bad_request"

if settings.DEBUG:
    from django.views.generic import TemplateView

    from lib.access import public

    urlpatterns.append(
        path(
            "components/",
            public(TemplateView.as_view(template_name="components_page.html")),
            name="components",
        )
    )
