"""Pictures in several sizes, and what a profile may hold."""

import datetime

import django.core.validators
from django.db import migrations, models
from django.db.models.functions import Cast
from django.db.models.lookups import Regex

import users.models.profile
import users.pictures


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0010_audit_people"),
        ("users", "0009_last_admin_stays"),
    ]

    operations = [
        migrations.AlterField(
            model_name="profile",
            name="avatar",
            field=models.ImageField(
                blank=True,
                storage=users.pictures.PictureStorage(),
                upload_to="avatars/",
                verbose_name="picture",
            ),
        ),
        migrations.AlterField(
            model_name="profile",
            name="birth_date",
            field=models.DateField(
                blank=True,
                null=True,
                validators=[users.models.profile.validate_birth_date],
                verbose_name="date of birth",
            ),
        ),
        migrations.AlterField(
            model_name="profile",
            name="phone",
            field=models.CharField(
                blank=True,
                max_length=20,
                validators=[
                    django.core.validators.RegexValidator(
                        r"^\+?[0-9][0-9 ()/.-]*\Z",
                        "Use digits, spaces and the signs + - ( ) / . only.",
                    )
                ],
                verbose_name="phone",
            ),
        ),
        migrations.AlterField(
            model_name="profile",
            name="website",
            field=models.URLField(
                blank=True,
                max_length=255,
                validators=[
                    django.core.validators.URLValidator(
                        message="Enter an address that begins with http:// or https://.",
                        schemes=["http", "https"],
                    )
                ],
                verbose_name="website",
            ),
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=models.Q(birth_date__isnull=True)
                | models.Q(birth_date__gte=datetime.date(1900, 1, 1)),
                name="users_profile_birth_date_since_1900",
            ),
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=models.Q(website="") | models.Q(website__iregex="^https?://"),
                name="users_profile_website_on_the_web",
            ),
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=Regex(
                    Cast("visibility", models.TextField()),
                    r'^\{("[a-z_]+": "(everyone|courses|staff|me)"(, )?)*\}$',
                ),
                name="users_profile_audiences_known",
            ),
        ),
    ]
