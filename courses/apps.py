from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self):
        # Models must be loaded first.
        from courses import (  # noqa: PLC0415 -- see above
            grants,
            handing_over,
            impact,
            notices,  # noqa: F401, PLC0415 -- see above
            own_checks,
            own_impact,
            preflight,
            taught,
        )
        from courses.studio import sections  # noqa: PLC0415 -- see above
        from privacy import obstacles  # noqa: PLC0415 -- see above
        from users import backends, permissions  # noqa: PLC0415 -- see above

        permissions.register(grants.grants_by_roles)
        permissions.register_holders(grants.holders_by_roles)
        backends.read_along("granted_everywhere", grants.GRANTED_EVERYWHERE)
        obstacles.register(handing_over.owned_courses)
        taught.install()
        sections.install()
        impact.register("reach", own_impact.measure_reach, own_impact.tell_reach)
        preflight.register("facts", own_checks.check_facts)
        preflight.register("dates", own_checks.check_dates)
        preflight.register("prerequisites", own_checks.check_prerequisites)
