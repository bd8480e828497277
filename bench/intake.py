"""A roster of 50,000 rows on its whole road, against the floor of the same cells (see preview.py), in one run.

preview: receive and stage. first: preview and apply into an empty register. settle: the ledger afterwards. unchanged:
the same file once more, preview and apply. All in: encryption, checks, history.
"""

import statistics
import tempfile
from pathlib import Path

from bench.preview import COUNTY, apply_latest, empty_register, floor, make_roster, preview, seconds
from campaigns.coverage import settle_touched
from campaigns.models import CampaignYear, CountingRules
from households.access import Role
from households.models import User
from households.regions import load_regions

ROUNDS = 3
ROWS = 50_000


def run() -> dict[str, float]:
    """Medians of the rounds' ratios to the floor."""
    load_regions()
    year = CampaignYear.objects.create(
        year=2018, start="2018-01-01", end="2018-12-31", deadline="2018-12-31", reporting_day="2018-06-30"
    )
    CountingRules.objects.create(campaign_year=year, version=1, reason="bench")
    user = User.objects.create(username="bench", role=Role.COUNTY_OFFICER, regions=[COUNTY])
    ratios: dict[str, list[float]] = {"preview": [], "first": [], "settle": [], "unchanged": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        make_roster(path, ROWS)
        for _round in range(ROUNDS):
            empty_register()
            bare = seconds(lambda: floor(path))
            spent = {"preview": seconds(lambda: preview(path, user, ROWS))}
            spent["first"] = spent["preview"] + seconds(lambda: apply_latest(user))
            spent["settle"] = seconds(settle_touched)
            spent["unchanged"] = seconds(lambda: preview(path, user, 0)) + seconds(lambda: apply_latest(user))
            print(f"{ROWS} rows: floor {bare:.2f} s, " + ", ".join(f"{name} {s:.2f} s" for name, s in spent.items()))
            for name, took in spent.items():
                ratios[name].append(took / bare)
    return {f"intake_{name}_vs_floor_50k": round(statistics.median(all_of), 2) for name, all_of in ratios.items()}
