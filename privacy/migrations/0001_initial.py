"""Copies of personal data and wishes for its erasure, guarded by organization and person."""

import django.db.models.deletion
import lib.ids
import tenancy.context
import tenancy.fields
from django.conf import settings
from django.db import migrations, models

from tenancy.operations import TenantTable


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("tenancy", "0008_find_activity"),
        ("users", "0006_guard_doors"),
    ]

    operations = [
        migrations.CreateModel(
            name='DataExport',
            fields=[
                ('id', models.UUIDField(default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Being made'), ('ready', 'Ready'), ('failed', 'Failed'), ('expired', 'Deleted')], default='waiting', max_length=20, verbose_name='state')),
                ('done_count', models.PositiveIntegerField(default=0, verbose_name='steps done')),
                ('step_count', models.PositiveIntegerField(default=0, verbose_name='steps')),
                ('file', models.FileField(blank=True, max_length=255, upload_to='exports/', verbose_name='file')),
                ('size', models.PositiveBigIntegerField(default=0, verbose_name='size in bytes')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='is deleted')),
                ('organization', models.ForeignKey(db_index=False, default=tenancy.context.current_organization_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.organization', verbose_name='organization')),
                ('person', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='data_exports', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('requested_by', tenancy.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by')),
            ],
            options={
                'verbose_name': 'copy of personal data',
                'verbose_name_plural': 'copies of personal data',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['person', '-created_at', '-id'], name='idx_privacy_export_person'), models.Index(fields=['organization', '-created_at', '-id'], name='idx_privacy_export_created')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['waiting', 'running'])), fields=('person',), name='privacy_dataexport_one_under_way'), models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'running', 'ready', 'failed', 'expired'])), name='privacy_dataexport_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'ready'), _negated=True), models.Q(models.Q(('file', ''), _negated=True), ('expires_at__isnull', False)), _connector='OR'), name='privacy_dataexport_ready_has_file'), models.CheckConstraint(condition=models.Q(('done_count__lte', models.F('step_count'))), name='privacy_dataexport_not_above_all')],
            },
        ),
        migrations.CreateModel(
            name='ErasureRequest',
            fields=[
                ('id', models.UUIDField(default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('status', models.CharField(choices=[('pending', 'Waiting for a decision'), ('withdrawn', 'Taken back'), ('rejected', 'Rejected'), ('approved', 'Approved'), ('done', 'Erased')], default='pending', max_length=20, verbose_name='state')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('proof', models.JSONField(blank=True, default=dict, verbose_name='proof')),
                ('proof_hash', models.CharField(blank=True, max_length=64, verbose_name='checksum of the proof')),
                ('decided_by', tenancy.fields.TenantForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('organization', models.ForeignKey(db_index=False, default=tenancy.context.current_organization_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.organization', verbose_name='organization')),
                ('person', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='erasure_requests', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'erasure',
                'verbose_name_plural': 'erasures',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['person', '-created_at', '-id'], name='idx_privacy_erasure_person'), models.Index(fields=['organization', 'status', 'created_at', 'id'], name='idx_privacy_erasure_status'), models.Index(fields=['organization', '-created_at', '-id'], name='idx_privacy_erasure_created')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['pending', 'approved'])), fields=('person',), name='privacy_erasurerequest_one_open'), models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'withdrawn', 'rejected', 'approved', 'done'])), name='privacy_erasurerequest_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['rejected', 'approved', 'done']), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='privacy_erasurerequest_decided_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('status', 'done')), models.Q(models.Q(('status', 'done'), _negated=True), ('done_at__isnull', True), ('proof_hash', '')), _connector='OR'), name='privacy_erasurerequest_done_has_time')],
            },
        ),
        TenantTable(
            "DataExport",
            private_to="person_id",
            quiet=["done_count", "step_count", "file", "size"],
        ),
        TenantTable("ErasureRequest", private_to="person_id", secret=["proof"]),
    ]
