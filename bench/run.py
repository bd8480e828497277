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

from bench import assignment, dashboard, export, history, intake, leadership, preview, stock_import  # noqa: E402

# The contract's growth up to the largest province that ten minutes allow: of the two figures it is made of.
GROWTH = "dashboard_growth_100k_to_1m"
# Every figure of the contract with the benchmark that measures it; several share one.
FIGURES: dict[str, Callable[[], Mapping[str, float]] | None] = {
    "intake_preview_vs_floor_5k": preview.run,
    "intake_preview_vs_floor_50k": intake.run,
    "intake_first_vs_floor_50k": intake.run,
    "intake_settle_vs_floor_50k": intake.run,
    "intake_unchanged_vs_floor_50k": intake.run,
    "intake_first_vs_import_export_5k": stock_import.run,
    "intake_unchanged_vs_import_export_5k": stock_import.run,
    "history_cost_percent": history.run,
    "intake_first_vs_import_export_bulk_5k": stock_import.run,
    "dashboard_db_ms_300k": dashboard.run,
    "dashboard_db_ms_100k": leadership.small,
    "row_security_cost_percent": leadership.small,
    "dashboard_db_ms_1m": leadership.run,
    "dashboard_vs_live_1m": leadership.run,
    GROWTH: leadership.run,
    "dashboard_growth_100k_to_10m": None,  # 10 million persons take longer than ten minutes to generate here
    "worklist_depth_ratio": leadership.run,
    "search_ms_1m": leadership.run,
    "page_p95_ms": leadership.run,
    "page_waited_p95_ms": leadership.run,
    "export_vs_xlsxwriter_100k": export.run,
    "export_peak_mb_100k": export.run,
    "assignment_seconds_5k": assignment.run,
    "assignment_vs_greedy": assignment.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="one figure, and those measured with it: " + ", ".join(FIGURES))
    only = parser.parse_args().only
    if only is not None and only not in FIGURES:
        parser.error(f"no figure is called {only}; there are: {', '.join(FIGURES)}")
    if only is not None and FIGURES[only] is None:
        print(f"{only} is not built yet", file=sys.stderr)
    results: dict[str, float | None] = dict.fromkeys(FIGURES)
    wanted = FIGURES.values() if only is None else [FIGURES[only]]
    if only == GROWTH:
        wanted = [leadership.small, leadership.run]
    for run in dict.fromkeys(wanted):
        if run is not None:
            results |= _alone(run)
    small, large = results["dashboard_db_ms_100k"], results["dashboard_db_ms_1m"]
    if small is not None and large is not None:
        results[GROWTH] = round(large / small, 2)
    print(json.dumps(results))


def _alone(run: Callable[[], Mapping[str, float]]) -> Mapping[str, float]:
    """Run a benchmark in a database of its own beside the real one, thrown away afterwards."""
    real = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        return run()
    finally:
        connection.creation.destroy_test_db(real, verbosity=0)


if __name__ == "__main__":
    main()
