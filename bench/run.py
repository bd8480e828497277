"""All benchmarks: `python bench/run.py [--only NAME]`. Ratios and medians within one run; the last line is one JSON object.

A figure that is not built yet is null, not a guess.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from povertyrelief import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povertyrelief.settings")
embedded.ensure_database_url()

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402

from bench import dashboard, intake, preview  # noqa: E402

FIGURES = [
    "intake_preview_vs_floor_5k", "intake_preview_vs_floor_50k", "intake_first_vs_floor_50k", "intake_settle_vs_floor_50k",
    "intake_unchanged_vs_floor_50k", "intake_first_vs_import_export_5k", "intake_unchanged_vs_import_export_5k",
    "history_cost_percent", "intake_first_vs_import_export_bulk_5k", "dashboard_db_ms_300k", "dashboard_db_ms_1m",
    "dashboard_vs_live_1m", "dashboard_growth_100k_to_10m", "worklist_depth_ratio", "export_vs_xlsxwriter_100k",
    "export_peak_mb_100k", "search_ms_1m", "page_p95_ms", "assignment_seconds_5k", "assignment_vs_greedy",
]  # fmt: skip
BENCHMARKS: dict[str, Callable[[], Mapping[str, float | None]]] = {
    "intake_preview_vs_floor_5k": preview.run,
    "intake_first_vs_floor_50k": intake.run,
    "dashboard_db_ms_300k": dashboard.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted(BENCHMARKS))
    only = parser.parse_args().only
    results: dict[str, float | None] = dict.fromkeys(FIGURES)
    for name, run in BENCHMARKS.items():
        if only in (None, name):
            # A database of its own beside the real one, thrown away afterwards.
            real = connection.settings_dict["NAME"]
            connection.creation.create_test_db(verbosity=0, autoclobber=True)
            try:
                results |= run()
            finally:
                connection.creation.destroy_test_db(real, verbosity=0)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
