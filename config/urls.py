"""Addresses of the whole site. Every one has a row in `config/tests/test_access.py`."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("", include("tenancy.urls")),
    path("", include("courses.urls")),
    path("", include("content.urls")),
]

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
