from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CairnConfig(AppConfig):
    """The roof: whole-site commands and tests."""

    name = "config"
    default = True


class CairnAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "config.admin_site.CairnAdminSite"
