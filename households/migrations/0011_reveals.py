"""Requests to see a minor's whole number. The reader sees those of its counties, and of the people it sees."""

import django.db.models.deletion
import households.encryption
from django.conf import settings
from django.db import migrations, models


WALL = """
ALTER TABLE households_revealrequest ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_the_regions ON households_revealrequest TO povertyrelief_reader USING (
  county_code ^@ ANY ((SELECT string_to_array(current_setting('povertyrelief.scope', true), ','))::text[])
  OR EXISTS (SELECT FROM households_person other WHERE other.id = households_revealrequest.person_id)
);
CREATE POLICY all_of_it ON households_revealrequest TO povertyrelief_steward USING (true);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0010_audit'),
    ]

    operations = [
        migrations.CreateModel(
            name='RevealRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('county_code', models.CharField(db_collation='C', max_length=6)),
                ('what', models.CharField(choices=[('id-number', '证件号码'), ('phone', '联系电话'), ('home-phone', '户主联系电话')], max_length=10, verbose_name='号码')),
                ('why', models.CharField(choices=[('visit', '入户核实身份'), ('contact', '电话联系本人或监护人'), ('insurance', '办理保险或理赔'), ('aid', '办理助学或救助'), ('correct', '更正登记信息'), ('check', '上级核查'), ('other', '其他')], max_length=10, verbose_name='事由')),
                ('note', households.encryption.EncryptedTextField(blank=True, purpose='reveal.note', verbose_name='说明')),
                ('state', models.CharField(choices=[('waiting', '待审批'), ('approved', '已同意'), ('refused', '未同意')], default='waiting', max_length=10, verbose_name='状态')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='申请时间')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='审批时间')),
            ],
            options={
                'verbose_name': '查看号码申请',
                'verbose_name_plural': '查看号码申请',
            },
        ),
        migrations.RemoveConstraint(
            model_name='auditentry',
            name='audit_action_known',
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('view_person', '查看人员详情'), ('view_list', '查看人员名单'), ('reveal', '显示完整号码'), ('reveal_ask', '申请查看完整号码'), ('reveal_decide', '审批查看申请'), ('record', '登记或修改'), ('void', '作废登记'), ('decide', '处理待核实或重复'), ('preview', '上传核对与导入预览'), ('order', '提交导入、撤回或停止'), ('apply', '应用导入'), ('undo', '撤回导入'), ('export', '导出表格'), ('print', '打印名单'), ('login', '登录'), ('login_failed', '登录失败'), ('logout', '退出登录'), ('denied', '越权被拒'), ('permission', '权限变更'), ('account', '账号变更'), ('rules', '口径和参数变更'), ('command', '维护命令'), ('view_log', '查看审计日志')], max_length=20, verbose_name='操作'),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['view_person', 'view_list', 'reveal', 'reveal_ask', 'reveal_decide', 'record', 'void', 'decide', 'preview', 'order', 'apply', 'undo', 'export', 'print', 'login', 'login_failed', 'logout', 'denied', 'permission', 'account', 'rules', 'command', 'view_log'])), name='audit_action_known'),
        ),
        migrations.AddField(
            model_name='revealrequest',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人'),
        ),
        migrations.AddField(
            model_name='revealrequest',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审批人'),
        ),
        migrations.AddField(
            model_name='revealrequest',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='households.household'),
        ),
        migrations.AddField(
            model_name='revealrequest',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reveal_requests', to='households.person'),
        ),
        migrations.AddIndex(
            model_name='revealrequest',
            index=models.Index(fields=['county_code', 'state', '-asked_at'], name='reveal_of_county'),
        ),
        migrations.AddConstraint(
            model_name='revealrequest',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'approved', 'refused'])), name='reveal_state_known'),
        ),
        migrations.AddConstraint(
            model_name='revealrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='reveal_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='revealrequest',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='reveal_decided_by_another', violation_error_message='不能审批自己的申请。'),
        ),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
    ]
