"""How far the worker is with a batch, and whether it was asked to stop writing."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0008_list_comparison'),
    ]

    operations = [
        migrations.CreateModel(
            name='BatchWork',
            fields=[
                ('batch', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='work', serialize=False, to='households.importbatch')),
                ('began_at', models.DateTimeField(help_text='of the step; None: nothing has been told yet', null=True)),
                ('told_at', models.DateTimeField(null=True)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0, help_text='what `done` counts towards; 0: the step is not counted')),
                ('stop', models.BooleanField(default=False)),
            ],
        ),
    ]
