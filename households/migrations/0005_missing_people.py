"""Decisions about registered people whom a roster does not list."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0004_open_rows'),
    ]

    operations = [
        migrations.CreateModel(
            name='MissingDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('choice', models.CharField(choices=[('stays', '仍在本户，名册漏列'), ('died', '死亡'), ('married_out', '婚嫁迁出'), ('left', '迁走或其他减少'), ('removed', '全户清退')], max_length=20, verbose_name='处理')),
                ('day', models.DateField(verbose_name='日期')),
                ('decided_at', models.DateTimeField(auto_now_add=True)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='missing_decisions', to='households.importbatch')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='missing_decisions', to='households.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'person'), name='missing_decision_once')],
            },
        ),
    ]
