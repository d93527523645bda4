"""Forms that take courses in."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from content.services.transfers import MAX_UPLOAD
from content.studio.library_forms import ManyFiles
from courses.models import Course
from courses.permissions import can_create_course
from lib.files import MB
from lib.forms import CrispyFormMixin


class ImportForm(CrispyFormMixin, forms.Form):
    """An archive or several files, as a new course or into one that `user` may edit."""

    submit_label = _("Import")

    files = ManyFiles(
        label=_("Archive or files"),
        help_text=format_lazy(
            _(
                "A ZIP of a folder of Markdown, or Markdown files with their pictures; at most {limit} MB."
            ),
            limit=MAX_UPLOAD // MB,
        ),
    )
    course = forms.ModelChoiceField(
        label=_("Into"),
        queryset=Course.objects.none(),
        required=False,
        empty_label=_("A new course"),
        help_text=_("Into an existing course comes what the text has changed since the last time."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["course"]
        field.queryset = Course.objects.editable_by(user).order_by("title", "id")
        if not can_create_course(user):
            field.required, field.empty_label = True, _("Choose a course")
