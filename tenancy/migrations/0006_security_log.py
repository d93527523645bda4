"""The security log, which the web role can only add to, and the second factor of staff."""

from django.db import migrations, models

SECURITY_TABLE = """
CREATE TABLE tenancy_securityevent (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.organization_id', true), '')::uuid,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind varchar(30) NOT NULL,
    user_id uuid,
    actor_id uuid DEFAULT NULLIF(current_setting('app.actor_id', true), '')::uuid,
    client_ip inet DEFAULT NULLIF(current_setting('app.client_ip', true), '')::inet,
    request_id uuid DEFAULT NULLIF(current_setting('app.request_id', true), '')::uuid,
    details jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE INDEX idx_tenancy_security_user ON tenancy_securityevent (organization_id, user_id, at DESC);
CREATE INDEX idx_tenancy_security_time ON tenancy_securityevent (organization_id, at DESC, id DESC);
CREATE INDEX idx_tenancy_security_id ON tenancy_securityevent USING brin (id) WITH (autosummarize = on);
CREATE TABLE tenancy_securityevent_default PARTITION OF tenancy_securityevent DEFAULT;
ALTER TABLE tenancy_securityevent ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_securityevent FORCE ROW LEVEL SECURITY;
CREATE POLICY of_organization ON tenancy_securityevent
    USING (organization_id = (SELECT NULLIF(current_setting('app.organization_id', true), '')::uuid))
    WITH CHECK (organization_id = (SELECT NULLIF(current_setting('app.organization_id', true), '')::uuid));
"""

ENSURE_PARTITIONS = """
CREATE OR REPLACE FUNCTION tenancy_ensure_partitions(months_ahead integer DEFAULT 2) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    first date := date_trunc('month', now() AT TIME ZONE 'UTC')::date;
    log text;
    month date;
    begins timestamptz;
    ends timestamptz;
    is_late boolean;
    made integer := 0;
BEGIN
    FOREACH log IN ARRAY %s LOOP
        FOR ahead IN 0 .. least(months_ahead, 12) LOOP
            month := (first + make_interval(months => ahead))::date;
            begins := month::timestamp AT TIME ZONE 'UTC';
            ends := (month + interval '1 month')::timestamp AT TIME ZONE 'UTC';
            CONTINUE WHEN to_regclass(format('%%s_%%s', log, to_char(month, 'YYYY_MM'))) IS NOT NULL;
            EXECUTE format('SELECT EXISTS (SELECT FROM %%I WHERE at >= $1 AND at < $2)', log || '_default')
                INTO is_late USING begins, ends;
            CONTINUE WHEN is_late;
            EXECUTE format(
                'CREATE TABLE public.%%I PARTITION OF public.%%I FOR VALUES FROM (%%L) TO (%%L)',
                format('%%s_%%s', log, to_char(month, 'YYYY_MM')), log, begins, ends
            );
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
"""
BOTH_LOGS = ENSURE_PARTITIONS % "ARRAY['tenancy_auditentry', 'tenancy_securityevent']"
AUDIT_ALONE = ENSURE_PARTITIONS % "ARRAY['tenancy_auditentry']"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0005_missed_event")]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="staff_needs_second_factor",
            field=models.BooleanField(
                default=False,
                help_text="Who works in the back office confirms each sign-in with a second device.",
                verbose_name="staff need a second factor",
            ),
        ),
        migrations.CreateModel(
            name="SecurityEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("signed_in", "signed in"),
                            ("sign_in_failed", "sign-in failed"),
                            ("signed_out", "signed out"),
                            ("session_ended", "session ended"),
                            ("locked_out", "locked out"),
                            ("lockout_released", "lockout released"),
                            ("password_changed", "password changed"),
                            ("email_changed", "e-mail changed"),
                            ("second_factor_added", "second factor added"),
                            ("second_factor_removed", "second factor removed"),
                            ("recovery_codes_made", "recovery codes made"),
                            ("provider_linked", "sign-in provider linked"),
                            ("provider_unlinked", "sign-in provider unlinked"),
                            ("token_made", "token made"),
                            ("token_revoked", "token revoked"),
                            ("suspended", "suspended"),
                            ("suspension_lifted", "suspension lifted"),
                            ("role_changed", "role changed"),
                            ("exported", "data exported"),
                            ("record_disclosed", "record disclosed"),
                            ("view_as_started", "view as a student begun"),
                            ("view_as_ended", "view as a student ended"),
                            ("erased", "personal data erased"),
                        ],
                        max_length=30,
                        verbose_name="what",
                    ),
                ),
                ("user_id", models.UUIDField(null=True, verbose_name="whom")),
                ("actor_id", models.UUIDField(null=True, verbose_name="who")),
                ("client_ip", models.GenericIPAddressField(null=True, verbose_name="from")),
                ("request_id", models.UUIDField(null=True, verbose_name="request")),
                ("details", models.JSONField(default=dict, verbose_name="details")),
            ],
            options={
                "verbose_name": "security event",
                "verbose_name_plural": "security log",
                "ordering": ["-at", "-id"],
                "managed": False,
            },
        ),
        migrations.RunSQL(SECURITY_TABLE, "DROP TABLE tenancy_securityevent"),
        migrations.RunSQL(BOTH_LOGS, AUDIT_ALONE),
        migrations.RunSQL("SELECT tenancy_ensure_partitions()", migrations.RunSQL.noop),
    ]
