"""Suggested pairings for 5,000 people of one township: how long, and how even the loads are beside a greedy pass.

The greedy pass gives each household, as they come, to the nearest helper who has room, among these to her with least people.
"""

import statistics
import time
from collections import Counter
from random import Random

from campaigns.pairing.assignment import Candidate, Group, Share, assign, distance

PEOPLE, VILLAGES, HELPERS, LIMIT, ROUNDS = 5_000, 40, 640, 10, 5
TOWNSHIP = "130299100"


def scene(
    people: int = PEOPLE, helpers: int = HELPERS, villages: int = VILLAGES, seed: int = 5
) -> tuple[list[Group], list[Candidate]]:
    """Households of one to five people in villages of different sizes, and helpers who are not spread as the people are."""
    rng = Random(seed)
    codes = [f"{TOWNSHIP}{number:03d}" for number in range(200, 200 + villages)]
    weights = [rng.randint(1, 5) for _code in codes]
    groups: list[Group] = []
    left = people
    while left:
        size = min(left, rng.choice((1, 1, 2, 2, 2, 3, 3, 4, 5)))
        girls = rng.randint(0, size // 2)
        boys = rng.randint(0, size // 2 - girls // 2) if size > 1 else 0
        barred = frozenset({rng.randrange(helpers)}) if rng.random() < 0.02 else frozenset[int]()
        groups.append(Group(len(groups), rng.choices(codes, weights)[0], size, girls, boys, barred))
        left -= size
    regions = [
        rng.choice(codes) if rng.random() < 0.85 else rng.choice((TOWNSHIP, TOWNSHIP[:6])) for _ in range(helpers)
    ]
    return groups, [
        Candidate(key, region, rng.choice((0, 0, 0, 1, 2, 4)), rng.choice(("F", "F", "F", "M", "")))
        for key, region in enumerate(regions)
    ]


def greedy(groups: list[Group], helpers: list[Candidate], limit: int) -> list[Share]:
    """Household by household to the nearest helper with room."""
    loads = {one.key: one.load for one in helpers}
    near = {
        village: [(level, one.key) for one in helpers if (level := distance(village, one.region)) is not None]
        for village in {group.village for group in groups}
    }
    shares = []
    for group in groups:
        fitting = [
            (level, loads[key], key)
            for level, key in near[group.village]
            if loads[key] + group.size <= limit and key not in group.barred
        ]
        if fitting:
            key = min(fitting)[2]
            loads[key] += group.size
            shares.append(Share(group.key, key, group.size))
    return shares


def loads_after(helpers: list[Candidate], shares: list[Share]) -> list[int]:
    """People of each helper when the shares are accepted."""
    more: Counter[int] = Counter()
    for share in shares:
        more[share.helper] += share.size
    return [one.load + more[one.key] for one in helpers]


def run() -> dict[str, float]:
    """`assignment_seconds_5k`: median; `assignment_vs_greedy`: variance of the loads as a share of the greedy pass's."""
    groups, helpers = scene()
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        shares = assign(groups, helpers, LIMIT)
        times.append(time.perf_counter() - start)
    ours, theirs = loads_after(helpers, shares), loads_after(helpers, greedy(groups, helpers, LIMIT))
    placed = sum(share.size for share in shares)
    print(
        f"{placed} of {PEOPLE} people placed in {statistics.median(times):.2f} s; most people of one helper {max(ours)}, "
        f"greedily {max(theirs)}; variance {statistics.pvariance(ours):.2f}, greedily {statistics.pvariance(theirs):.2f}"
    )
    return {
        "assignment_seconds_5k": round(statistics.median(times), 2),
        "assignment_vs_greedy": round(statistics.pvariance(ours) / statistics.pvariance(theirs), 3),
    }
