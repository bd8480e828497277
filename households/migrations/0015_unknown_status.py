"""A household whose poverty status no roster has told is no longer called 未脱贫."""

from django.db import migrations, models

STATUSES = [
    ('not_exited', '未脱贫'), ('planned', '预脱贫'), ('exited', '已脱贫'), ('exited_entitled', '已脱贫（享受政策）'),
    ('exited_closed', '已脱贫（不再享受政策）'), ('fallen_back', '返贫'), ('removed', '清退'), ('unknown', '不详'),
]  # fmt: skip
STATUS = models.CharField(choices=STATUSES, max_length=20, verbose_name='脱贫属性')


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0014_data_requests'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='householdspell', name='spell_status_known'),
        migrations.AlterField(model_name='householdspell', name='status', field=STATUS),
        migrations.AlterField(model_name='householdspellevent', name='status', field=STATUS.clone()),
        migrations.AddConstraint(
            model_name='householdspell',
            constraint=models.CheckConstraint(
                condition=models.Q(('status__in', [status for status, _word in STATUSES])),
                name='spell_status_known',
                violation_error_message='脱贫属性不在列表中。',
            ),
        ),
    ]
