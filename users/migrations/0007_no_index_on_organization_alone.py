"""Each table's unique `(organization_id, key)` serves where the organization alone is asked for."""

import django.db.models.deletion
from django.db import migrations, models

import tenancy.context


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0009_no_index_on_organization_alone"),
        ("users", "0006_guard_doors"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apitoken",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                default=tenancy.context.current_organization_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AlterField(
            model_name="failedsignin",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                default=tenancy.context.current_organization_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AlterField(
            model_name="instructorprofile",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                default=tenancy.context.current_organization_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AlterField(
            model_name="lockout",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                default=tenancy.context.current_organization_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                default=tenancy.context.current_organization_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AlterField(
            model_name="profile",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                default=tenancy.context.current_organization_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AlterField(
            model_name="role",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                default=tenancy.context.current_organization_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AlterField(
            model_name="studentprofile",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                default=tenancy.context.current_organization_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                default=tenancy.context.current_organization_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
    ]
