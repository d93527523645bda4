"""What templates may ask of this app."""

from django.urls import reverse

from lib import jinja


def theme_url(organization):
    """Address of the style sheet with the organization's own colour; empty where it has none."""
    if organization is None or not organization.brand_color:
        return ""
    return f"{reverse('tenancy:theme')}?v={organization.brand_color.lstrip('#')}"


def install():
    jinja.register("theme_url", theme_url)
