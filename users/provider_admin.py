"""Sign-in providers in the admin: admins of the organization name those that they trust."""

from allauth.socialaccount.models import SocialApp
from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from tenancy.admin import TenantAdmin, TenantFormMixin
from tenancy.links import organization_origin
from users import openid, providers

# The account library speaks of social applications.
SocialApp._meta.verbose_name = _("sign-in provider")
SocialApp._meta.verbose_name_plural = _("sign-in providers")
apps.get_app_config("socialaccount").verbose_name = _("Sign-in")

SHORT_NAME = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Use small letters without accents, digits and hyphens.")
)


class ProviderForm(TenantFormMixin, forms.ModelForm):
    """A provider; its client secret goes in and never out."""

    name = forms.CharField(
        label=_("name"),
        max_length=40,
        widget=AdminTextInputWidget,
        help_text=_("As the button on the sign-in page says it."),
    )
    provider_id = forms.CharField(
        label=_("short name"),
        max_length=50,
        widget=AdminTextInputWidget,
        validators=[SHORT_NAME],
        help_text=_("Stands in addresses and does not change."),
    )
    server_url = forms.CharField(
        label=_("address of the provider"),
        max_length=500,
        widget=AdminTextInputWidget,
        help_text=_(
            "Begins with https:// and does not change. Below it lies .well-known/openid-configuration."
        ),
    )
    client_id = forms.CharField(label=_("client id"), max_length=191, widget=AdminTextInputWidget)
    new_secret = forms.CharField(
        label=_("client secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off", "class": "vTextField"}),
        help_text=_("Kept encrypted and never shown. Left empty, it stays as it is."),
    )

    class Meta:
        model = SocialApp
        fields = ["name", "provider_id", "client_id"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            for name in ("provider_id", "server_url"):
                self.fields.pop(name, None)
        elif "new_secret" in self.fields:
            self.fields["new_secret"].required = True
            self.fields["new_secret"].help_text = _("Kept encrypted and never shown.")

    def clean_provider_id(self):
        provider_id = self.cleaned_data["provider_id"]
        if SocialApp.objects.filter(provider_id=provider_id).exists():
            raise ValidationError(_("Another provider has this short name."))
        return provider_id

    def clean_server_url(self):
        address = self.cleaned_data["server_url"].rstrip("/").removesuffix(openid.DISCOVERY)
        try:
            openid.check_scheme(address)
        except openid.ProviderFailed as error:
            raise ValidationError(str(error)) from error
        return address

    def save(self, commit=True):
        provider, data = self.instance, self.cleaned_data
        provider.provider = providers.PROTOCOL
        if "server_url" in data:
            provider.settings = provider.settings | {"server_url": data["server_url"]}
        if data["new_secret"]:
            providers.keep_secret(provider, data["new_secret"])
        return super().save(commit)


@admin.register(SocialApp)
class ProviderAdmin(TenantAdmin):
    """Providers by which people sign in. Whoever runs one can sign in as anybody whose address it vouches for."""

    form = ProviderForm
    list_display = ["name", "short_name", "server_url"]
    search_fields = ["name__istartswith", "provider_id__istartswith"]
    ordering = ["name", "pk"]

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["name", "provider_id", "server_url", "client_id", "new_secret"]
        return ["name", "short_name", "server_url", "callback_url", "client_id", "new_secret"]

    def get_readonly_fields(self, request, obj=None):
        return ["short_name", "server_url", "callback_url"] if obj else []

    def get_form(self, request, obj=None, change=False, **options):
        form = super().get_form(request, obj, change=change, **options)
        if obj is not None:  # shown, and not asked for again
            form.base_fields.pop("server_url", None)
        return form

    @admin.display(description=_("address of the provider"))
    def server_url(self, provider):
        return providers.server_url_of(provider)

    @admin.display(description=_("short name"))
    def short_name(self, provider):
        return provider.provider_id

    @admin.display(description=_("callback address"))
    def callback_url(self, provider):
        return f"{organization_origin()}{providers.callback_path(provider)}"

    def save_model(self, request, provider, form, change):
        """A provider that does not answer is kept, for it may be set up later; its admin is told."""
        super().save_model(request, provider, form, change)
        try:
            openid.check_reachable(providers.server_url_of(provider))
        except openid.ProviderFailed as error:
            text = _("Nobody can sign in with it yet: %(why)s") % {"why": error}
            messages.warning(request, text)

    def delete_model(self, request, provider):
        providers.remove_provider(provider)

    def delete_queryset(self, request, queryset):
        for provider in queryset:
            providers.remove_provider(provider)
