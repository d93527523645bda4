"""Each table's unique `(organization_id, key)` serves where the organization alone is asked for."""

import django.db.models.deletion
from django.db import migrations, models

import tenancy.context


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0008_find_activity"),
    ]

    operations = [
        migrations.AlterField(
            model_name="domain",
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
            model_name="idempotencykey",
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
            model_name="missedevent",
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
