"""The forms that take a table in."""

from django import forms
from django.utils.html import escape
from django.utils.text import Truncator, format_lazy
from django.utils.translation import gettext_lazy as _

from bulk.kinds import unknown_titles
from lib.files import MB
from lib.forms import CrispyFormMixin
from lib.spreadsheets import EXTENSIONS, MAX_BYTES, MAX_ROWS

ROWS_SHOWN = 3  # of an unknown column
CELL_SHOWN = 40  # characters of each


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


class ColumnsForm(CrispyFormMixin, forms.Form):
    """What the columns are that are not known by their title: a field each, with what its first cells say."""

    submit_label = _("Check the table")

    def __init__(self, *args, upload, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self._titles = {}
        read = {name for _title, name in upload.columns}
        free = [(column.name, column.label) for column in kind.columns() if column.name not in read]
        first = [row.cells for row in upload.rows.order_by("number")[:ROWS_SHOWN]]
        unknown = unknown_titles([title for title, _name in upload.columns], kind)
        for position, title in enumerate(unknown):
            cells = list(filter(None, (cells.get(title) for cells in first)))
            name = f"column_{position}"
            self._titles[name] = title
            self.fields[name] = forms.ChoiceField(
                label=title,
                choices=[("", _("Leave out")), *free],
                required=False,
                help_text=escape(" · ".join(Truncator(text).chars(CELL_SHOWN) for text in cells)),
            )

    def clean(self):
        cleaned = super().clean()
        taken = set()
        for name in self._titles:
            column = cleaned.get(name)
            if column and column in taken:
                self.add_error(name, _("Another column is read as this."))
            taken.add(column)
        return cleaned

    @property
    def chosen(self) -> dict[str, str]:
        """By the columns' titles."""
        return {title: self.cleaned_data[name] for name, title in self._titles.items()}
