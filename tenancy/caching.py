"""Cache keys carry the organization, so that one never reads what another stored."""

from tenancy.context import current_organization_id


def make_key(key, key_prefix, version):
    """Django's key function: `prefix:version:organization:key`."""
    return f"{key_prefix}:{version}:{current_organization_id() or '-'}:{key}"
