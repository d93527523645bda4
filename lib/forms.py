"""What every form of the product shares: its frame, its hidden key, and text that can be stored."""

import uuid

from crispy_forms.bootstrap import FormActions, StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, TemplateNameMixin
from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext

from lib.ids import uuid7
from lib.text import TextRefused, clean_json, clean_text

IDEMPOTENCY_KEY = "idempotency_key"


class CleanTextMixin:
    """Every text of the form passes `lib.text.clean_text`; what cannot be stored is a field error.

    Passwords are left exactly as they were typed.
    """

    def full_clean(self):
        for field in self.fields.values():
            if isinstance(field, forms.CharField) and not isinstance(
                field.widget, forms.PasswordInput
            ):
                _clean_text_in(field)
        super().full_clean()


def _clean_text_in(field):
    if "to_python" in vars(field):
        return
    original = field.to_python
    is_json = isinstance(field, forms.JSONField)

    def to_python(value):
        try:
            if isinstance(value, str):
                value = clean_text(value)
            python = original(value)
            return clean_json(python) if is_json else python
        except TextRefused as error:
            raise ValidationError(str(error), code="unstorable_text") from error

    field.to_python = to_python


class IdempotencyKeyField(forms.Field):
    """The hidden key by which a repeated submit is known. Never an error, never a change."""

    def __init__(self):
        # Without an id: a page with two forms would have it twice.
        super().__init__(required=False, initial=uuid7, widget=forms.HiddenInput({"id": False}))

    def clean(self, value):
        try:
            return uuid.UUID(str(value))
        except ValueError:
            return None

    def has_changed(self, initial, data):
        return False


class CancelLink(TemplateNameMixin):
    """A quiet link beside the primary button, for those who changed their mind."""

    def __init__(self, url, label):
        self.url, self.label = url, label

    def render(self, form, context, template_pack=None, **kwargs):
        return format_html('<a class="btn btn-link" href="{}">{}</a>', self.url, self.label)


class _Helper(FormHelper):
    form_action = ""  # always an address: crispy would try each as a URL name first


class CrispyFormMixin(CleanTextMixin):
    """One look for all forms: label above, one column, the primary button first, errors on top.

    The first base of a Form or ModelForm. Set the attributes below on the class or pass them as keywords;
    override `layout_fields()` to arrange fields with crispy's layout objects.
    A posted form carries a hidden `idempotency_key`, fresh whenever the form is unbound; it is found in
    `form.idempotency_key` and kept out of `cleaned_data`.
    """

    submit_label = gettext_lazy("Save")
    cancel_label = gettext_lazy("Cancel")
    cancel_url = ""
    form_action = ""
    form_method = "post"
    form_id = ""
    form_class = ""
    form_attrs: dict[str, str] = {}
    has_form_tag = True  # False when the page draws <form> and buttons itself
    has_idempotency_key = True  # False for the second form inside one <form>

    idempotency_key: uuid.UUID | None = None

    _own_keywords = (
        "submit_label",
        "cancel_label",
        "cancel_url",
        "form_action",
        "form_method",
        "form_id",
        "form_class",
        "form_attrs",
        "has_form_tag",
        "has_idempotency_key",
    )

    def __init__(self, *args, **kwargs):
        for name in self._own_keywords:
            if name in kwargs:
                setattr(self, name, kwargs.pop(name))
        super().__init__(*args, **kwargs)
        if self.has_idempotency_key and self.form_method == "post":
            self.fields[IDEMPOTENCY_KEY] = IdempotencyKeyField()

    def add_prefix(self, field_name):
        # The key belongs to the whole submit, so it keeps its name in a form with a prefix.
        return field_name if field_name == IDEMPOTENCY_KEY else super().add_prefix(field_name)

    def full_clean(self):
        super().full_clean()
        if hasattr(self, "cleaned_data"):
            self.idempotency_key = self.cleaned_data.pop(IDEMPOTENCY_KEY, None)

    def layout_fields(self) -> list:
        """The visible fields in their order: names, or crispy's layout objects around them."""
        return [field.name for field in self.visible_fields()]

    @property
    def helper(self) -> FormHelper:
        helper = _Helper()
        helper.form_tag = self.has_form_tag
        helper.disable_csrf = self.form_method != "post"
        helper.form_method = self.form_method
        helper.form_action = self.form_action
        helper.form_id = self.form_id
        helper.form_class = self.form_class
        helper.attrs = {"novalidate": "", **self.form_attrs}
        helper.render_hidden_fields = True
        helper.layout = Layout(*self.layout_fields())
        if self.has_form_tag:
            helper.layout.append(self._buttons())
        return helper

    def _buttons(self):
        buttons = [StrictButton(self.submit_label, type="submit", css_class="btn-primary")]
        if self.cancel_url:
            buttons.append(CancelLink(self.cancel_url, self.cancel_label))
        return FormActions(*buttons)

    @property
    def error_summary(self) -> SafeString:
        """All errors at the top of the form, each linked to its field; "" without errors."""
        rows = [("", error) for error in self.non_field_errors()]
        for bound in self.visible_fields():
            target = bound.id_for_label or f"div_{bound.auto_id}"
            rows += [(target, f"{bound.label}: {error}") for error in bound.errors]
        if not rows:
            return SafeString("")
        title = ngettext(
            "One thing needs your attention", "%(num)d things need your attention", len(rows)
        ) % {"num": len(rows)}
        items = format_html_join(
            "", "<li>{}</li>", ((_linked(target, text),) for target, text in rows)
        )
        return format_html(
            '<div class="alert alert-danger error-summary" role="alert" tabindex="-1">'
            '<p class="error-summary-title">{}</p><ul>{}</ul></div>',
            title,
            items,
        )


def _linked(target, text):
    return format_html('<a href="#{}">{}</a>', target, text) if target else text
