"""Row security for what came with the doors, ours and the account library's."""

from django.db import migrations

from tenancy.operations import AdoptTable, TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0005_doors_and_roles"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        TenantTable("User", secret=["password"], quiet=["last_login", "last_login_ip"]),
        TenantTable("Role"),
        TenantTable("StudentProfile"),
        TenantTable("InstructorProfile"),
        TenantTable(
            "ApiToken", private_to="user_id", secret=["token_hash"], quiet=["last_used_at"]
        ),
        TenantTable("FailedSignIn", audited=False),
        TenantTable("Lockout", secret=["release_hash"]),
        AdoptTable("mfa_authenticator"),
        AdoptTable("usersessions_usersession"),
        AdoptTable("socialaccount_socialapp"),
        AdoptTable(
            "socialaccount_socialaccount",
            unique=[("provider, uid", "")],
            replaced={
                "socialaccount_socialaccount_provider_uid_fc810c6e_uniq": "UNIQUE (provider, uid)"
            },
        ),
        AdoptTable("socialaccount_socialtoken"),
    ]
