"""Requests to correct or erase. The reader sees those of its counties, and of the people it sees."""

import django.db.models.deletion
import households.encryption
from django.conf import settings
from django.db import migrations, models


WALL = """
ALTER TABLE households_datarequest ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_the_regions ON households_datarequest TO povertyrelief_reader USING (
  county_code ^@ ANY ((SELECT string_to_array(current_setting('povertyrelief.scope', true), ','))::text[])
  OR EXISTS (SELECT FROM households_person other WHERE other.id = households_datarequest.person_id)
);
CREATE POLICY all_of_it ON households_datarequest TO povertyrelief_steward USING (true);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0013_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='DataRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('county_code', models.CharField(db_collation='C', max_length=6)),
                ('kind', models.CharField(choices=[('correct', '更正'), ('erase', '删除')], max_length=10, verbose_name='申请事项')),
                ('asker', models.CharField(choices=[('self', '本人'), ('guardian', '监护人'), ('agent', '受本人委托的人')], max_length=10, verbose_name='申请人身份')),
                ('asker_name', households.encryption.EncryptedTextField(blank=True, purpose='data_request.asker', verbose_name='申请人姓名')),
                ('basis', models.CharField(choices=[('wrong', '信息不准确（《个人信息保护法》第四十六条）'), ('lacking', '信息不完整（《个人信息保护法》第四十六条）'), ('needless', '处理目的已实现或不再必要（《个人信息保护法》第四十七条）'), ('expired', '保存期限已届满（《个人信息保护法》第四十七条）'), ('withdrawn', '撤回同意（《个人信息保护法》第四十七条）'), ('unlawful', '违反法律、法规或约定（《个人信息保护法》第四十七条）')], max_length=10, verbose_name='依据')),
                ('wish', households.encryption.EncryptedTextField(purpose='data_request.wish', verbose_name='申请内容')),
                ('asked_on', models.DateField(verbose_name='申请日期')),
                ('due_on', models.DateField(verbose_name='办理期限')),
                ('state', models.CharField(choices=[('waiting', '待决定'), ('granted', '已同意，待办理'), ('refused', '不予办理'), ('done', '已办结')], default='waiting', max_length=10, verbose_name='状态')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='决定时间')),
                ('answer', households.encryption.EncryptedTextField(blank=True, purpose='data_request.answer', verbose_name='决定理由')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='办结时间')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='决定人')),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='households.household')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_requests', to='households.person', verbose_name='涉及人员')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
            ],
            options={
                'verbose_name': '更正、删除申请',
                'verbose_name_plural': '更正、删除申请',
                'indexes': [models.Index(fields=['county_code', 'state', 'due_on'], name='data_request_of_county')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'granted', 'refused', 'done'])), name='data_request_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('basis__in', ['wrong', 'lacking']), ('kind', 'correct')), models.Q(('basis__in', ['needless', 'expired', 'withdrawn', 'unlawful']), ('kind', 'erase')), _connector='OR'), name='data_request_basis', violation_error_message='依据与申请事项不符：更正依据第四十六条，删除依据第四十七条。'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='data_request_decided_by_somebody'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('recorded_by')), _negated=True), _connector='OR'), name='data_request_by_another', violation_error_message='不能决定自己登记的申请。'), models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_at', None)), _connector='OR'), name='data_request_done')],
            },
        ),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
    ]
