"""What the history costs an import in which 5 % of the rows have changed: preview and apply, with its triggers and without.

Two workbooks differ in every twentieth row and are imported in turn, so that every import changes the same people and
nothing need be reset. Each pair of imports has one with the history's triggers and one with them switched off, the order
alternating. The preview writes no history and its seconds vary more than all history costs, so the difference is taken
from the applying alone and set against the whole import, preview and apply, without history.
"""

import statistics
import tempfile
from pathlib import Path

from django.apps import apps
from pghistory.trigger import Event
from pgtrigger import disable, enable, registered

from bench.preview import COUNTY, apply_latest, make_roster, preview, seconds
from households.access import Role
from households.intake.models import ImportBatch
from households.models import User
from households.regions import load_regions

ROWS = 10_000
# One row in so many has changed: 5 %.
CHANGED_EVERY = 20
PAIRS = 15


def run() -> dict[str, float]:
    """{"history_cost_percent": how much longer an import takes with history, in percent of the import without}."""
    load_regions()
    user = User.objects.create(username="bench", role=Role.COUNTY_OFFICER, regions=[COUNTY])
    extra: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        book, changed = Path(folder) / "one.xlsx", Path(folder) / "other.xlsx"
        make_roster(book, ROWS)
        make_roster(changed, ROWS, changed_every=CHANGED_EVERY)
        for path in (book, changed):  # not measured: the register filled, and caches warm
            preview(path, user, 0)
            apply_latest(user)
        for pair in range(PAIRS):
            applied: dict[bool, float] = {}
            for path, with_history in ((book, pair % 2 == 0), (changed, pair % 2 == 1)):
                previewed, applied[with_history] = _import(path, user, with_history=with_history)
                if not with_history:
                    bare.append(previewed + applied[False])
            extra.append(applied[True] - applied[False])
    cost, whole = statistics.median(extra), statistics.median(bare)
    print(f"{ROWS} rows, 5 % changed: {whole:.3f} s without history, which adds {cost * 1000:.0f} ms")
    return {"history_cost_percent": round(cost / whole * 100, 1)}


def _import(path: Path, user: User, *, with_history: bool) -> tuple[float, float]:
    """Seconds of preview and of apply; the import must change what it should and keep the history it should."""
    events = apps.get_model("households", "PersonEvent").objects
    before = events.count()
    triggers = [trigger.get_uri(model) for model, trigger in registered() if isinstance(trigger, Event)]
    if not with_history:
        disable(*triggers)
    try:
        spent = seconds(lambda: preview(path, user, 0)), seconds(lambda: apply_latest(user))
    finally:
        enable(*triggers)
    changed = ImportBatch.objects.latest("created_at").counts["changed"]
    written = events.count() - before
    if changed < ROWS / CHANGED_EVERY * 0.99 or written != (changed if with_history else 0):
        raise RuntimeError(f"the benchmark changed {changed} rows and kept {written} of them in the history")
    return spent
