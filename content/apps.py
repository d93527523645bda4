from django.apps import AppConfig
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "content"
    verbose_name = _("Content")

    def ready(self):
        from content import checks, outline, rendering  # noqa: PLC0415 -- models must be loaded first
        from content.paths_page import paths_with  # noqa: PLC0415 -- models must be loaded first
        from content.services import outline as outline_services  # noqa: PLC0415 -- models must be loaded first
        from content.services import publishing  # noqa: PLC0415 -- models must be loaded first
        from content.studio import own_sections  # noqa: PLC0415 -- models must be loaded first
        from courses import before_publishing, preflight, snapshots  # noqa: PLC0415 -- models must be loaded first
        from courses.studio import waiting  # noqa: PLC0415 -- models must be loaded first
        from lib import jinja  # noqa: PLC0415 -- models must be loaded first

        jinja.register("course_outline", outline.course_outline)
        jinja.register("render_lesson", rendering.render_lesson)
        jinja.register("paths_with", paths_with)
        jinja.register_filter("filesize", filesizeformat)
        before_publishing.register("content", publishing.prepare_course)
        snapshots.register("outline", outline_services.outline_snapshot)
        waiting.register("content", publishing.count_waiting_lessons)
        own_sections.install()
        preflight.register("content", checks.check_content)
