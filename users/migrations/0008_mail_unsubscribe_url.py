"""A mail knows the link that ends mails of its kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0007_no_index_on_organization_alone"),
    ]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="unsubscribe_url",
            field=models.URLField(blank=True, max_length=500, verbose_name="ends these mails"),
        ),
    ]
