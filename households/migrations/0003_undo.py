"""What undoing an import leaves behind, and the way from a batch to its history."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0002_identities'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX history_of_batch ON pghistory_context ((metadata->>'batch')) WHERE metadata ? 'batch'",
            "DROP INDEX history_of_batch",
        ),
        migrations.AddField(
            model_name='importbatch',
            name='undo_report',
            field=models.JSONField(blank=True, default=dict, help_text='removed and restored people and households; what was kept: model, id, reason'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='undone_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='撤回时间'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤回人'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='state',
            field=models.CharField(choices=[('uploaded', '已上传，等待核对'), ('checking', '正在核对'), ('preview', '待确认导入'), ('applying', '正在导入'), ('applied', '已导入'), ('undoing', '正在撤回'), ('refused', '文件无法读取'), ('failed', '处理失败'), ('undone', '已撤回'), ('discarded', '已放弃')], default='uploaded', max_length=10, verbose_name='状态'),
        ),
    ]
