"""The forms around certificates."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.models import Certificate, CertificateDesign, Look
from certificates.services import prepare_signature
from certificates.wording import PLACEHOLDERS, unknown_placeholders
from lib.contrast import validate_brand
from lib.files import FileRefused
from lib.forms import CrispyFormMixin

TEXTS = ("heading", "opening", "text", "signer_name", "signer_role")


class DesignForm(CrispyFormMixin, forms.Form):
    """How certificates look. `design` is what it was, `usual` the texts where a field is left empty."""

    orientation = forms.ChoiceField(
        label=gettext_lazy("Orientation"),
        choices=Look.Orientation.choices,
        widget=forms.RadioSelect,
    )
    heading = forms.CharField(label=gettext_lazy("Heading"), required=False, max_length=80)
    opening = forms.CharField(
        label=gettext_lazy("Line above the name"), required=False, max_length=160
    )
    text = forms.CharField(
        label=gettext_lazy("Text below the name"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    signer_name = forms.CharField(label=gettext_lazy("Who signs"), required=False, max_length=120)
    signer_role = forms.CharField(label=gettext_lazy("Their role"), required=False, max_length=120)
    signature = forms.FileField(
        label=gettext_lazy("Picture of the signature"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG, GIF or WebP, best dark on nothing."),
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )
    remove_signature = forms.BooleanField(
        label=gettext_lazy("Take the picture away"), required=False
    )
    color = forms.CharField(
        label=gettext_lazy("Colour"),
        required=False,
        max_length=7,
        help_text=gettext_lazy("Such as #0B6B63. Empty: the organization's."),
    )

    form_id = "design"

    LOOK = ("orientation", "color", *TEXTS)

    def __init__(self, *args, design: CertificateDesign, usual: dict, language: str, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.LOOK:
            self.fields[name].initial = getattr(design, name)
        for name, text in usual.items():
            self.fields[name].widget.attrs |= {"placeholder": text, "lang": language}
        if not design.signature:
            del self.fields["remove_signature"]
        names = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        self.fields["text"].help_text = _("May hold %(names)s.") % {"names": names}

    def clean(self):
        cleaned = super().clean()
        for name in TEXTS:
            if unknown := unknown_placeholders(cleaned.get(name, "")):
                text = _("“%(placeholder)s” stands for nothing. There are %(known)s.")
                known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
                self.add_error(name, text % {"placeholder": unknown[0], "known": known})
        return cleaned

    def clean_color(self):
        color = self.cleaned_data["color"]
        if color:
            validate_brand(color)
        return color

    def clean_signature(self):
        upload = self.cleaned_data["signature"]
        if upload:
            try:
                prepare_signature(upload)
            except FileRefused as error:
                raise ValidationError(str(error)) from error
            upload.seek(0)
        return upload

    @property
    def values(self) -> dict:
        """The look without the signature. Only for a valid form."""
        return {name: self.cleaned_data[name] for name in self.LOOK}

    @property
    def new_signature(self):
        """An upload, False to take the picture away, None to keep it."""
        return self.cleaned_data["signature"] or (
            False if self.cleaned_data.get("remove_signature") else None
        )


class RevokeForm(CrispyFormMixin, forms.Form):
    """Why a certificate no longer holds."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=Certificate._meta.get_field("revocation_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The student reads it; the public page does not tell it."),
    )
    submit_label = gettext_lazy("Revoke")
    has_form_tag = False


class CheckForm(CrispyFormMixin, forms.Form):
    """What somebody wants to have checked: the code on a paper, or a credential as text or file."""

    code = forms.CharField(
        label=gettext_lazy("Code on the certificate"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    credential = forms.CharField(
        label=gettext_lazy("Or paste an Open Badges credential"),
        required=False,
        strip=True,
        max_length=200_000,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or choose its file"),
        required=False,
        help_text=gettext_lazy("JWT, JSON, or a picture that it is baked into (PNG, SVG)."),
    )
    submit_label = gettext_lazy("Check")
    has_idempotency_key = False

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not any(cleaned.values()):
            raise ValidationError(_("Type a code, or bring a credential."))
        return cleaned
