"""Lists of other offices compared with the register, and their lines."""

import django.contrib.postgres.fields
import django.db.models.deletion
import households.encryption
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0007_duplicates'),
    ]

    operations = [
        migrations.CreateModel(
            name='ListComparison',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('waiting', '等待比对'), ('working', '正在比对'), ('done', '已比对'), ('refused', '文件无法读取'), ('failed', '处理失败')], default='waiting', max_length=10, verbose_name='状态')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('regions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12))),
                ('county_code', models.CharField(blank=True, db_collation='C', max_length=6)),
                ('source', households.encryption.EncryptedTextField(purpose='comparison.source')),
                ('day', models.DateField(verbose_name='比对日期')),
                ('area_choice', models.CharField(default='townships', max_length=12)),
                ('area', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, default=list)),
                ('group', models.CharField(choices=[('everybody', '全部在册人员'), ('women', '妇女（16周岁及以上）'), ('children', '儿童（18周岁以下）'), ('pupils', '春蕾助学对象（义务教育阶段学生）'), ('insurable', '“两癌”保障对象（符合年龄的妇女）')], default='everybody', max_length=10)),
                ('file_name', households.encryption.EncryptedTextField(purpose='comparison.file_name')),
                ('file_size', models.PositiveBigIntegerField()),
                ('file_digest', models.BinaryField()),
                ('stored_name', models.CharField(blank=True, max_length=80)),
                ('message', models.TextField(blank=True)),
                ('warnings', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list)),
                ('counts', models.JSONField(blank=True, default=dict)),
                ('compared', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text='labels that were compared')),
                ('progress', models.PositiveSmallIntegerField(default=0)),
                ('heartbeat', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ComparedLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bucket', models.CharField(choices=[('differs', '两边都有、内容不同'), ('same', '两边一致'), ('probable', '疑似同一人'), ('ambiguous', '无法确定是谁'), ('only_theirs', '仅名单有'), ('only_ours', '仅登记簿有'), ('outside', '不在本范围'), ('unreadable', '无法核对'), ('duplicate', '名单内重复')], max_length=12)),
                ('payload', models.BinaryField()),
                ('comparison', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='households.listcomparison')),
            ],
        ),
        migrations.AddIndex(
            model_name='listcomparison',
            index=models.Index(fields=['created_by', '-created_at'], name='comparison_of_user'),
        ),
        migrations.AddIndex(
            model_name='comparedline',
            index=models.Index(fields=['comparison', 'bucket', 'id'], name='compared_line'),
        ),
    ]
