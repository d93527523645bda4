from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self):
        from courses import own_checks, preflight  # noqa: PLC0415 -- models must be loaded first

        preflight.register("facts", own_checks.check_facts)
        preflight.register("prerequisites", own_checks.check_prerequisites)
