"""Each table's unique `(organization_id, key)` serves where the organization alone is asked for."""

import django.db.models.deletion
from django.db import migrations, models

import tenancy.context


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0005_search_at_once"),
        ("tenancy", "0009_no_index_on_organization_alone"),
    ]

    operations = [
        migrations.AlterField(
            model_name="course",
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
            model_name="courseprerequisite",
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
            model_name="courseseats",
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
            model_name="coursestaff",
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
            model_name="formerslug",
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
            model_name="subject",
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
