"""What people are told, and how often they wish to hear of it."""

import django.db.models.deletion
import lib.ids
import tenancy.context
import tenancy.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenancy', '0009_no_index_on_organization_alone'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.UUIDField(default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('kind', models.CharField(max_length=50, verbose_name='kind')),
                ('source', models.CharField(help_text='The event, so that nobody is told of it twice.', max_length=200, verbose_name='source')),
                ('facts', models.JSONField(default=dict, verbose_name='facts')),
                ('happened_at', models.DateTimeField(verbose_name='happened')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read')),
                ('cadence', models.CharField(choices=[('now', 'at once'), ('daily', 'once a day'), ('weekly', 'once a week'), ('never', 'never')], max_length=10, verbose_name='mailed')),
                ('mailed_at', models.DateTimeField(blank=True, null=True, verbose_name='mailed at')),
                ('organization', models.ForeignKey(db_index=False, default=tenancy.context.current_organization_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.organization', verbose_name='organization')),
                ('user', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'notification',
                'verbose_name_plural': 'notifications',
                'ordering': ['-happened_at', '-id'],
                'indexes': [models.Index(fields=['user', '-happened_at', '-id'], name='idx_notification_user'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user'], name='idx_notification_unread'), models.Index(condition=models.Q(('cadence__in', ['daily', 'weekly']), ('mailed_at__isnull', True)), fields=['organization', 'cadence', 'user'], name='idx_notification_waiting')],
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'source'), name='notifications_notification_once'), models.CheckConstraint(condition=models.Q(('cadence__in', ['now', 'daily', 'weekly', 'never'])), name='notifications_notification_cadence_known')],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.UUIDField(default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('kind', models.CharField(max_length=50, verbose_name='kind')),
                ('cadence', models.CharField(choices=[('now', 'at once'), ('daily', 'once a day'), ('weekly', 'once a week'), ('never', 'never')], max_length=10, verbose_name='mailed')),
                ('organization', models.ForeignKey(db_index=False, default=tenancy.context.current_organization_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.organization', verbose_name='organization')),
                ('user', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notification_preferences', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'wish about mails',
                'verbose_name_plural': 'wishes about mails',
                'constraints': [models.UniqueConstraint(fields=('user', 'kind'), name='notifications_preference_once'), models.CheckConstraint(condition=models.Q(('cadence__in', ['now', 'daily', 'weekly', 'never'])), name='notifications_preference_cadence_known')],
            },
        ),
    ]
