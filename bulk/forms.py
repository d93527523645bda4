"""The form that takes a table in."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lib.files import MB
from lib.forms import CrispyFormMixin
from lib.spreadsheets import EXTENSIONS, MAX_BYTES, MAX_ROWS


class SendForm(CrispyFormMixin, forms.Form):
    """One file; what follows from it is shown before anything is done."""

    submit_label = _("Check the table")

    file = forms.FileField(
        label=_("Table"),
        help_text=format_lazy(
            _("CSV or XLSX, titles in the first row; at most {rows} rows and {limit} MB."),
            rows=MAX_ROWS,
            limit=MAX_BYTES // MB,
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(EXTENSIONS)}),
        allow_empty_file=True,
    )
