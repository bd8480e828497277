"""From a received list to its lines: read, match, compare, store. May run twice; the comparison's row is the lock."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone

from households.access import steward
from households.comparing.differing import compared_labels, note_differences
from households.comparing.lines import Line, write_lines
from households.comparing.matching import left_over, match
from households.comparing.models import ComparedLine, ListComparison
from households.comparing.reading import read_lines
from households.comparing.register import Area, Ours, people_of
from households.comparing.table import list_table
from households.intake import originals
from households.intake.messages import file_message
from households.intake.sheets import find_tables
from households.intake.staging import collector_paused
from households.intake.workbook import FileRefused, read_workbook
from households.places import current_index

State, Bucket = ListComparison.State, ComparedLine.Bucket
TO_DO = (State.WAITING, State.WORKING)

# The registered people of the area → those who should stand on the list.
type Expected = Callable[[list[Ours]], list[Ours]]


def compare_list(comparison_id: uuid.UUID, expected: Expected) -> None:
    """Compare a received list with the register; afterwards it is done or refused, and the uploaded file is gone.

    Does nothing to a comparison that is over or has been deleted. The caller has checked the user's right.
    """
    comparison = ListComparison.objects.filter(pk=comparison_id, state__in=TO_DO).first()
    if comparison is None:
        return
    try:
        with collector_paused():
            _compare(comparison, expected)
    except FileRefused as refused:
        end(comparison, State.REFUSED, file_message(refused.code, refused.params))
    originals.delete(comparison.stored_name)


def end(comparison: ListComparison, state: str, message: str) -> None:
    """Say on an unfinished comparison why it ended."""
    ListComparison.objects.filter(pk=comparison.pk, state__in=TO_DO).update(state=state, message=message, progress=100)


def _compare(comparison: ListComparison, expected: Expected) -> None:
    _mark(comparison, progress=5)
    with originals.opened(comparison.stored_name, comparison.file_name) as path:
        found = find_tables(read_workbook(path, original_name=comparison.file_name), list_table())
    _mark(comparison, progress=30)
    lines = read_lines(found.tables, comparison.regions, current_index(), comparison.day)
    _mark(comparison, progress=60)
    with steward():
        # Deleted, or finished by another worker, while this one was reading: nothing is left to do.
        if ListComparison.objects.select_for_update().filter(pk=comparison.pk, state__in=TO_DO).exists():
            comparison.warnings = found.warnings
            _match(comparison, lines, expected)
            comparison.state, comparison.progress = State.DONE, 100
            comparison.save(update_fields=["state", "progress", "warnings", "area", "counts", "compared"])


def _mark(comparison: ListComparison, *, progress: int) -> None:
    """Tell at once how far we are, outside the transaction of the work."""
    unfinished = ListComparison.objects.filter(pk=comparison.pk, state__in=TO_DO)
    unfinished.update(state=State.WORKING, progress=progress, heartbeat=timezone.now())


def _match(comparison: ListComparison, lines: list[Line], expected: Expected) -> None:
    """Decide every line and store it, with the people of the register who stand on none."""
    area = Area(_area_of(comparison, lines))
    indexes = [line.row.id_index for line in lines if line.row.id_index is not None]
    people = people_of(comparison.regions, area, indexes, comparison.day)
    uncertain = match(lines, people, area)
    note_differences(lines, comparison.day)
    wanted = expected([one for one in people.by_id.values() if one.is_present and one.village in area])
    missing = left_over(lines, sorted(wanted, key=lambda one: (one.village, one.household_no, one.id)), uncertain)
    comparison.area, comparison.counts = area.prefixes, _figures(lines, missing, wanted)
    comparison.compared = compared_labels(lines)
    write_lines(comparison, [*lines, *missing])


def _area_of(comparison: ListComparison, lines: Iterable[Line]) -> Iterable[str]:
    """The regions the register is looked at in; a list that names no village at all is compared with the whole scope."""
    choice = comparison.area_choice
    if choice in (ListComparison.Area.TOWNSHIPS, ListComparison.Area.VILLAGES):
        size = 9 if choice == ListComparison.Area.TOWNSHIPS else 12
        return {line.row.village[:size] for line in lines if line.row.village} or comparison.regions
    return comparison.regions if choice == ListComparison.Area.SCOPE else [choice]


def _figures(lines: list[Line], missing: list[Line], wanted: list[Ours]) -> dict[str, Any]:
    """rows = the sum of all buckets but only_ours; expected = expected_sure + expected_probable + only_ours.

    differing: bucket → label → how many of its lines differ there.
    """
    means = {line.row.person_id: line.bucket for line in lines}
    met = Counter(means.get(one.id) for one in wanted)
    sizes = Counter(line.bucket for line in (*lines, *missing))
    return {
        "rows": len(lines),
        **{bucket.value: sizes[bucket] for bucket in Bucket},
        "differing": {bucket: _differing(lines, bucket) for bucket in (Bucket.DIFFERS, Bucket.PROBABLE)},
        "expected": len(wanted),
        "expected_sure": met[Bucket.SAME] + met[Bucket.DIFFERS],
        "expected_probable": met[Bucket.PROBABLE],
    }


def _differing(lines: list[Line], bucket: str) -> dict[str, int]:
    return dict(Counter(label for line in lines if line.bucket == bucket for label in line.row.before))
