"""Households of unknown poverty status count wherever the still poor count, as they did when they were called 未脱贫."""

import campaigns.models
import django.contrib.postgres.fields
from django.db import migrations, models

STATUSES = [
    ('not_exited', '未脱贫'), ('planned', '预脱贫'), ('exited', '已脱贫'), ('exited_entitled', '已脱贫（享受政策）'),
    ('exited_closed', '已脱贫（不再享受政策）'), ('fallen_back', '返贫'), ('removed', '清退'), ('unknown', '不详'),
]  # fmt: skip
COUNT_THEM = """
UPDATE campaigns_countingrules SET statuses = array_append(statuses, 'unknown') WHERE 'not_exited' = ANY (statuses)
"""


def statuses() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(choices=STATUSES, max_length=20),
        default=campaigns.models.default_statuses,
        verbose_name='计入的脱贫属性',
    )


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0007_briefing_template'),
        ('households', '0015_unknown_status'),
    ]

    operations = [
        migrations.AlterField(model_name='countingrules', name='statuses', field=statuses()),
        migrations.AlterField(model_name='countingrulesevent', name='statuses', field=statuses()),
        migrations.RunSQL(COUNT_THEM, migrations.RunSQL.noop),
    ]
