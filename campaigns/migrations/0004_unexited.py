"""Of the gap, how much is in households that have not exited poverty: one more number a target in the ledger."""

from django.db import migrations, models

TARGETS = ("cleaning", "insurance", "pairing", "publicity", "schooling")


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_row_security")]

    operations = [
        *(
            migrations.AddField(
                model_name=model, name=f"{target}_unexited", field=models.IntegerField(db_default=0)
            )
            for model in ("ledgerentry", "checkpoint")
            for target in TARGETS
        ),
        # Every village is counted anew by the next settling.
        migrations.RunSQL(
            "INSERT INTO households_touchedvillage (village_code) SELECT DISTINCT village_code FROM campaigns_standing",
            migrations.RunSQL.noop,
        ),
    ]
