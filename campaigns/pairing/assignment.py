"""Who could help whom: the best sharing-out of people among helpers, near by and with even loads. No database here.

People of one household stay together as far as the helpers' limits allow. Households of one size are assigned at once by
SciPy's solver for the assignment problem, the biggest first: a row for each household, a column for each place that a
helper has left. A place costs the more the fuller its helper is (the square of her load grows by it), so that the loads
become even; distance costs per person; a household's own helper costs nothing and one of its own people is barred.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# What a level of distance costs a person: a helper one level nearer may have two people more than another.
DISTANCE = 4.0
# What a child with a helper of the other sex costs; a helper whose sex is not known, half of it.
OTHER_SEX = 4.0
# What is won by the helper who helps others of the household already.
SAME_HOUSEHOLD = 30.0
BARRED = 1e7


class Group(NamedTuple):
    """People of one household without a helper. barred: helpers of the household itself; known: helpers of others in it."""

    key: int
    village: str
    size: int
    girls: int = 0
    boys: int = 0
    barred: frozenset[int] = frozenset()
    known: frozenset[int] = frozenset()


class Candidate(NamedTuple):
    """A helper with the people she has now."""

    key: int
    region: str
    load: int = 0
    sex: str = ""


class Share(NamedTuple):
    """So many people of a group go to a helper."""

    group: int
    helper: int
    size: int


def distance(village: str, region: str) -> int | None:
    """0 the village's own helper, 1 her township's, 2 of another village of the township, 3 the county's, 4 the city's;
    None: too far."""
    if region == village:
        return 0
    if len(region) <= 9 and village.startswith(region):
        return {9: 1, 6: 3, 4: 4}.get(len(region))
    return 2 if len(region) == 12 and region[:9] == village[:9] else None


def assign(groups: Sequence[Group], helpers: Sequence[Candidate], limit: int, *, same_sex: bool = True) -> list[Share]:
    """Shares for all people for whom there is a place; nobody has more than `limit` people afterwards."""
    loads = np.array([one.load for one in helpers], dtype=np.int64)
    far = _Distances(helpers)
    by_size: dict[int, list[Group]] = defaultdict(list)
    for group in groups:
        by_size[group.size].append(group)
    shares: list[Share] = []
    parted: list[Group] = []
    for size in sorted(by_size, reverse=True):
        placed = _place(by_size[size], size, helpers, far, loads, limit, same_sex)
        shares += [Share(group.key, helpers[at].key, size) for group, at in placed]
        done = {group.key for group, _at in placed}
        parted += [group for group in by_size[size] if group.key not in done and size > 1]
    # Whom no helper can take as a whole is shared out one by one.
    alone = [
        group._replace(size=1, girls=min(group.girls, 1), boys=0) for group in parted for _one in range(group.size)
    ]
    shares += [
        Share(group.key, helpers[at].key, 1) for group, at in _place(alone, 1, helpers, far, loads, limit, same_sex)
    ]
    return _joined(shares)


def _place(
    groups: Sequence[Group],
    size: int,
    helpers: Sequence[Candidate],
    far: "_Distances",
    loads: NDArray[np.int64],
    limit: int,
    same_sex: bool,
) -> list[tuple[Group, int]]:
    """(group, position of its helper) for groups of one size; their people are added to `loads`."""
    places = np.clip((limit - loads) // size, 0, len(groups)) if len(loads) else loads
    if not groups or not places.sum():
        return []
    of_place = np.repeat(np.arange(len(helpers)), places)
    turn = np.arange(len(of_place)) - np.repeat(np.cumsum(places) - places, places)
    before = loads[of_place] + turn * size
    fuller = (before + size) ** 2 - before**2
    costs = _base_costs(groups, helpers, far, size, same_sex)[:, of_place] + fuller
    # Loading SciPy takes a second or two, and the addresses of all pages are loaded with this module.
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(costs)
    found = []
    for row, column in zip(rows, columns, strict=True):
        if costs[row, column] < BARRED / 2:
            at = int(of_place[column])
            found.append((groups[row], at))
            loads[at] += size
    return found


def _base_costs(
    groups: Sequence[Group], helpers: Sequence[Candidate], far: "_Distances", size: int, same_sex: bool
) -> NDArray[np.float64]:
    """What each helper costs each group, whatever her load."""
    positions = {one.key: at for at, one in enumerate(helpers)}
    costs = np.stack([far[group.village] for group in groups]) * size
    if same_sex:
        against_girls = np.array([{"F": 0.0, "M": OTHER_SEX}.get(one.sex, OTHER_SEX / 2) for one in helpers])
        against_boys = np.array([{"M": 0.0, "F": OTHER_SEX}.get(one.sex, OTHER_SEX / 2) for one in helpers])
        costs += np.outer([group.girls for group in groups], against_girls)
        costs += np.outer([group.boys for group in groups], against_boys)
    for row, group in enumerate(groups):
        for key in group.known & positions.keys():
            costs[row, positions[key]] -= SAME_HOUSEHOLD * size
        for key in group.barred & positions.keys():
            costs[row, positions[key]] = BARRED
    return costs


class _Distances:
    """What the distance to each helper costs a person of a village: worked out once for each region and village."""

    def __init__(self, helpers: Sequence[Candidate]) -> None:
        self._regions = sorted({one.region for one in helpers})
        positions = {region: at for at, region in enumerate(self._regions)}
        self._of_helper = np.array([positions[one.region] for one in helpers], dtype=np.int64)
        self._below: dict[str, list[int]] = defaultdict(list)
        for region, at in positions.items():
            self._below[region[:9]].append(at)
        self._known: dict[str, NDArray[np.float64]] = {}

    def __getitem__(self, village: str) -> NDArray[np.float64]:
        if village not in self._known:
            costs = np.full(len(self._regions), BARRED)
            for prefix in (village[:9], village[:6], village[:4]):
                for at in self._below.get(prefix, ()):
                    level = distance(village, self._regions[at])
                    costs[at] = BARRED if level is None else DISTANCE * level
            self._known[village] = costs[self._of_helper]
        return self._known[village]


def _joined(shares: list[Share]) -> list[Share]:
    sizes: dict[tuple[int, int], int] = defaultdict(int)
    for share in shares:
        sizes[share.group, share.helper] += share.size
    return [Share(group, helper, size) for (group, helper), size in sizes.items()]
