"""Each table's unique `(organization_id, key)` serves where the organization alone is asked for."""

import django.db.models.deletion
from django.db import migrations, models

import tenancy.context


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0005_versions_stay"),
        ("tenancy", "0009_no_index_on_organization_alone"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contentitem",
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
            model_name="contentversion",
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
            model_name="lesson",
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
            model_name="lessonitem",
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
            model_name="mediaasset",
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
            model_name="mediause",
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
            model_name="module",
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
            model_name="videoasset",
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
