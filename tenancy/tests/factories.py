"""Organizations for tests."""

from tenancy import services


def found_organization(name, slug, *, host, **fields):
    return services.found_organization(name=name, slug=slug, hosts=[host], **fields)
