"""The queue of doubts: which staged rows are settled, and by which batch."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0003_undo'),
    ]

    operations = [
        migrations.AddField(
            model_name='stagedrow',
            name='closed',
            field=models.CharField(blank=True, choices=[('', '未处理'), ('decided', '已处理'), ('uploaded', '已重新上传')], db_default='', default='', max_length=10, verbose_name='处理'),
        ),
        migrations.AddField(
            model_name='stagedrow',
            name='closed_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='closed_rows', to='households.importbatch'),
        ),
        migrations.AddField(
            model_name='stagedrow',
            name='who_index',
            field=models.BinaryField(null=True),
        ),
        migrations.AlterField(
            model_name='decision',
            name='choice',
            field=models.CharField(choices=[('accept', '确认无误，照此登记'), ('correct', '改正后登记'), ('not_ours', '不是本县（市、区）的人'), ('handled', '已另行处理，不再导入')], max_length=30),
        ),
        migrations.AddIndex(
            model_name='stagedrow',
            index=models.Index(condition=models.Q(('closed', ''), ('status__in', ['held', 'rejected'])), fields=['village_code', 'id'], name='staged_open'),
        ),
        migrations.AddIndex(
            model_name='stagedrow',
            index=models.Index(condition=models.Q(('closed_by__isnull', False)), fields=['closed_by'], name='staged_closed_by'),
        ),
    ]
