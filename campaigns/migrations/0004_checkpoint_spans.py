"""Checkpoints of a year and of a month within it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_privileges")]
    operations = [
        migrations.DeleteModel("Checkpoint"),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("pk", models.CompositePrimaryKey("region_code", "series", "span", "day", blank=True, editable=False, primary_key=True, serialize=False)),
                ("region_code", models.CharField(db_collation="C", max_length=12)),
                ("series", models.CharField(max_length=20)),
                ("span", models.CharField(max_length=1)),
                ("day", models.DateField()),
                ("eligible", models.IntegerField()),
                ("covered", models.IntegerField()),
                ("explained", models.IntegerField()),
            ],
        ),
        migrations.RunSQL("REVOKE INSERT, UPDATE, DELETE ON campaigns_checkpoint FROM povertyrelief_reader", migrations.RunSQL.noop),
    ]
