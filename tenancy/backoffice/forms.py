"""Forms of the admin: storable text, honest uniqueness, choices in scope."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, ForeignKeyRawIdWidget
from django.db.models import Q

from lib.forms import CleanTextMixin


class TenantFormMixin(CleanTextMixin):
    """Text passes `lib.text.clean_text`; constraints that name the organization are checked too.

    The value that a row has already stays valid although its editor could not choose it anew.
    """

    #: What the database said when this very form was saved a moment ago; shown as the form's error.
    refused_with = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                self._keep_current(name, field)

    def _keep_current(self, name, field):
        if isinstance(field, forms.ModelMultipleChoiceField) or self.instance._state.adding:
            return
        try:
            current = getattr(self.instance, self._meta.model._meta.get_field(name).attname)
        except (LookupError, AttributeError):
            return
        if current is not None and hasattr(field.queryset, "model"):
            rows = field.queryset
            wanted = Q(pk__in=rows.order_by().values("pk")) | Q(pk=current)
            kept = rows.model._default_manager.filter(wanted)
            field.queryset = kept.order_by(*rows.query.order_by) if rows.query.order_by else kept

    def _get_validation_exclusions(self):
        # Not a field of any form, and yet half of most unique constraints.
        return super()._get_validation_exclusions() - {"organization"}

    def _post_clean(self):
        super()._post_clean()
        if self.refused_with:
            self.add_error(None, self.refused_with)


class TenantModelForm(TenantFormMixin, forms.ModelForm):
    """The form of every ModelAdmin that has none of its own."""


class ScopedRawIdWidget(ForeignKeyRawIdWidget):
    """An id to type, named beside it only where the person may choose that row."""

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = rows

    def label_and_url_for_value(self, value):
        try:
            is_pickable = self.rows.filter(**{self.rel.get_related_field().name: value}).exists()
        except (ValueError, forms.ValidationError):
            is_pickable = False
        return super().label_and_url_for_value(value) if is_pickable else ("", "")


class ForgivingAutocomplete(AutocompleteSelect):
    """A value that is no key at all is shown as nothing chosen; the field's error says the rest."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [key for key in value if self._is_key(key)], attr)

    def _is_key(self, key):
        try:
            self.field.target_field.to_python(key)
        except (ValueError, forms.ValidationError):
            return False
        return True
