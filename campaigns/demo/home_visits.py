"""Visits of helpers to the homes of their people: most of them, some with a next day agreed on, some overdue by June's end."""

from datetime import date, timedelta
from random import Random

from campaigns.demo.facts import LAST_DAY, Scene
from campaigns.demo.register import insert
from campaigns.models import Pairing, Visit

SEED = "走访"
VISITED, AGAIN, NAMED, NEEDY, AGREED = 0.85, 0.35, 0.15, 0.2, 0.3
NOTES = (
    "入户了解家庭近况，宣传扶贫政策和妇联服务，家中情况平稳。",
    "与全家人谈心，了解孩子学习和在校表现，提醒注意用水用电安全。",
    "帮助整理庭院和房间，了解生产生活情况。",
    "了解务工和收入情况，介绍手工培训和用工信息。",
    "看望老人和孩子，询问生活上的困难。",
    "核对政策享受情况，讲解“两癌”保险和助学的办理方法。",
)
NEEDS = (
    "希望参加手工技能培训",
    "孩子需要课外书和文具",
    "希望就近找一份工作",
    "院墙需要修补",
    "希望了解小额贷款政策",
    "需要过冬衣被",
)


def write_pairing(scene: Scene) -> None:
    """Insert the visits, one draw for each household and helper."""
    rng = Random(f"{SEED}")  # noqa: S311 (the same invented visits every time, nothing secret)
    homes = {id(resident.row): resident.home for resident in scene.residents}
    people = {resident.row.pk: resident for resident in scene.residents}
    visits: dict[tuple[int, int, date, int | None], Visit] = {}
    pairings = (
        Pairing.objects.filter(kind=Pairing.Kind.PERSONAL, voided_at=None).select_related("helper").order_by("pk")
    )
    told: set[tuple[int, int]] = set()
    for pairing in pairings:
        resident = people[pairing.person_id]
        home = homes[id(resident.row)]
        if (home.row.pk, pairing.helper_id) in told or rng.random() > VISITED:
            continue
        told.add((home.row.pk, pairing.helper_id))
        for visit in _visits(rng, pairing, resident.row.pk if rng.random() < NAMED else None, home.row.pk):
            visits[visit.household_id, visit.helper_id, visit.visited_on, visit.person_id] = visit
            for name, value in scene.common(home).items():
                setattr(visit, name, value)
    insert(Visit, list(visits.values()))


def _visits(rng: Random, pairing: Pairing, person: int | None, household: int) -> list[Visit]:
    """The first one within three weeks of the pairing's beginning, sometimes one more."""
    last = min(LAST_DAY, pairing.period.upper - timedelta(days=1)) if pairing.period.upper else LAST_DAY
    day = pairing.period.lower + timedelta(days=rng.randrange(21))
    found = []
    while day <= last:
        agreed = day + timedelta(days=rng.randrange(20, 60)) if rng.random() < AGREED else None
        found.append(
            Visit(
                household_id=household,
                person_id=person,
                helper=pairing.helper,
                visited_on=day,
                notes=rng.choice(NOTES),
                needs=rng.choice(NEEDS) if rng.random() < NEEDY else "",
                next_on=agreed,
            )
        )
        if rng.random() > AGAIN:
            break
        day += timedelta(days=rng.randrange(15, 50))
    return found
