"""The tables of the libraries that hold people's data get the same row security as ours."""

from django.db import migrations

from tenancy.operations import AdoptTable

# The cache of an installation without Redis.
CACHE_TABLE = """
CREATE TABLE tenancy_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX idx_tenancy_cache_expires ON tenancy_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0002_guard_tables"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        AdoptTable(
            "account_emailaddress",
            unique=[("lower(email)", "verified")],
            drop_constraints=["unique_verified_email"],
        ),
        AdoptTable("account_emailconfirmation"),
        AdoptTable("django_admin_log"),
        AdoptTable("django_session"),
        migrations.RunSQL(CACHE_TABLE, "DROP TABLE tenancy_cache"),
        AdoptTable("tenancy_cache"),
    ]
