"""The audit log: written by both database identities, changed by neither; sealed and read as the steward."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# New tables are granted whole to both identities (0002). The reader writes entries and needs to see the number and time
# it was given, nothing else: the log's page reads as the steward, whose callers have checked the permission.
PRIVILEGES = """
REVOKE ALL ON households_auditentry, households_auditseal FROM povertyrelief_reader, povertyrelief_steward;
GRANT INSERT, SELECT (id, at) ON households_auditentry TO povertyrelief_reader;
GRANT INSERT, SELECT ON households_auditentry, households_auditseal TO povertyrelief_steward;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0009_batch_work'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField()),
                ('entries', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField())),
                ('count', models.PositiveIntegerField()),
                ('leaves', models.BinaryField(help_text="the first bytes of each entry's own digest, one after another")),
                ('digest', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(fields=['made_at'], name='audit_seal_made_at')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='时间')),
                ('action', models.CharField(choices=[('view_person', '查看人员详情'), ('view_list', '查看人员名单'), ('reveal', '显示完整号码'), ('record', '登记或修改'), ('void', '作废登记'), ('decide', '处理待核实或重复'), ('preview', '上传核对与导入预览'), ('order', '提交导入、撤回或停止'), ('apply', '应用导入'), ('undo', '撤回导入'), ('export', '导出表格'), ('print', '打印名单'), ('login', '登录'), ('login_failed', '登录失败'), ('logout', '退出登录'), ('denied', '越权被拒'), ('permission', '权限变更'), ('account', '账号变更'), ('rules', '口径和参数变更'), ('command', '维护命令'), ('view_log', '查看审计日志')], max_length=20, verbose_name='操作')),
                ('username', models.CharField(blank=True, help_text='of nobody known: # and a keyed hash of what was typed', max_length=150, verbose_name='登录名')),
                ('role', models.CharField(blank=True, choices=[('system_admin', '系统管理员'), ('federation_staff', '市妇联工作人员'), ('county_officer', '县级妇联工作人员'), ('township_worker', '乡镇妇联工作人员'), ('village_worker', '村妇联工作人员'), ('leader', '领导'), ('auditor', '审计员')], max_length=20, verbose_name='角色')),
                ('about', models.CharField(blank=True, help_text='label of the model', max_length=60, verbose_name='对象类别')),
                ('about_id', models.CharField(blank=True, max_length=40, verbose_name='对象编号')),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, help_text='internal numbers of the people it was about')),
                ('region_code', models.CharField(blank=True, db_collation='C', help_text='of the object, else of the user', max_length=12, verbose_name='区划')),
                ('url_name', models.CharField(blank=True, help_text='or the name of the command', max_length=80, verbose_name='页面')),
                ('method', models.CharField(blank=True, max_length=8, verbose_name='方式')),
                ('status', models.PositiveSmallIntegerField(null=True, verbose_name='结果')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='理由')),
                ('address', models.GenericIPAddressField(null=True, verbose_name='来源地址')),
                ('details', models.JSONField(blank=True, default=dict, help_text='counts only', verbose_name='件数')),
                ('user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '审计日志',
                'verbose_name_plural': '审计日志',
                'indexes': [models.Index(fields=['at'], name='audit_at'), models.Index(fields=['user', '-id'], name='audit_user'), models.Index(fields=['about', 'about_id'], name='audit_about'), django.contrib.postgres.indexes.GinIndex(fields=['people'], name='audit_people')],
                'constraints': [models.CheckConstraint(condition=models.Q(('action__in', ['view_person', 'view_list', 'reveal', 'record', 'void', 'decide', 'preview', 'order', 'apply', 'undo', 'export', 'print', 'login', 'login_failed', 'logout', 'denied', 'permission', 'account', 'rules', 'command', 'view_log'])), name='audit_action_known')],
            },
        ),
        migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop),
    ]
