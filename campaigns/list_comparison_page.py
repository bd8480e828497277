"""What a comparison's page and workbook show: figures, tabs, and its lines as this viewer may see them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import batched

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.batch_preview import ChangedCell, Tab, remarks, shown_value
from campaigns.household_page import homes
from households.access import Permission
from households.comparing.lines import Line, unpacked
from households.comparing.models import ComparedLine, ListComparison
from households.identity import mask_id
from households.intake.staged_rows import NAME
from households.models import Membership, Region, User
from households.roster.fields import LABELS
from households.wording import listed, word

PAGE_SIZE = 50
MOST_PLACES = 6
_WORKBOOK_BLOCK = 2000

Bucket = ComparedLine.Bucket
# What each bucket holds, for who has not made the rules.
EXPLANATIONS = {
    Bucket.DIFFERS: gettext_lazy("证件号码相同，而内容不同。"),
    Bucket.SAME: gettext_lazy("证件号码相同，比对的内容都相同。"),
    Bucket.PROBABLE: gettext_lazy("证件号码不能用或对不上，但姓名和所在村只对应登记簿中的一个人。请核对后再采用。"),
    Bucket.AMBIGUOUS: gettext_lazy("姓名和所在村对应不止一个人，或不止一行对应同一个人，不能确定。"),
    Bucket.ONLY_THEIRS: gettext_lazy("名单中有，而您负责的登记簿中没有（或比对日期不在册）。"),
    Bucket.ONLY_OURS: gettext_lazy("登记簿中有，应当列入而名单中没有。"),
    Bucket.OUTSIDE: gettext_lazy("名单写的村不在比对范围内，或者找不到这个村。"),
    Bucket.UNREADABLE: gettext_lazy("证件号码有误且按姓名和村找不到，或者缺少必要的内容。改正名单后可重新比对。"),
    Bucket.DUPLICATE: gettext_lazy("同一个人在名单中出现不止一次，只比对了第一行。"),
}


@dataclass(frozen=True)
class ShownLine:
    """A line as this viewer may see it. sheet and row_number: where it stands in the list; number: the identity number.

    differences: old is the list's value, new the register's. household_id: hers in the register, as far as it is the
    viewer's business today.
    """

    sheet: str
    row_number: int
    name: str
    sex: str
    born: str
    relation: str
    number: str
    village: str
    head: str
    household_id: int | None
    differences: list[ChangedCell]
    remark: str

    @property
    def detail(self) -> str:
        """Sex, birth date and relation to the head, as far as they are known."""
        return " ".join(filter(None, (self.sex, self.born, self.relation)))


@dataclass(frozen=True)
class Page:
    """One page of one bucket; `next_key` continues after it (None: the last one). differing: label and how many differ."""

    tab: str
    explanation: str
    differing: list[tuple[str, int]]
    tabs: list[Tab]
    lines: list[ShownLine]
    next_key: int | None


def tabs(comparison: ListComparison) -> list[Tab]:
    """Every bucket with its figure."""
    return [Tab(bucket.value, str(bucket.label), comparison.counts.get(bucket, 0)) for bucket in Bucket]


def page(user: User, comparison: ListComparison, tab: str, after: int) -> Page:
    """One page of the user's own comparison; "" opens the first bucket that holds anybody. Raises ValueError for an unknown tab."""
    shown = tabs(comparison)
    bucket = Bucket(tab or next((one.key for one in shown if one.count), Bucket.DIFFERS))
    found = list(
        ComparedLine.objects.filter(comparison=comparison, bucket=bucket, pk__gt=after).order_by("pk")[: PAGE_SIZE + 1]
    )
    next_key = found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None
    unpacked_lines = [unpacked(one) for one in found[:PAGE_SIZE]]
    households = _households(user, [one.row.person_id for one in unpacked_lines if one.row.person_id is not None])
    lines = [
        replace(line, number=mask_id(line.number), household_id=households.get(of.row.person_id or 0))
        for line, of in zip(shown_lines(user, unpacked_lines), unpacked_lines, strict=True)
    ]
    return Page(
        tab=bucket,
        explanation=str(EXPLANATIONS[bucket]),
        differing=differing(comparison, bucket),
        tabs=[one for one in shown if one.count or one.key == bucket],
        lines=lines,
        next_key=next_key,
    )


def differing(comparison: ListComparison, bucket: str) -> list[tuple[str, int]]:
    """Of a bucket's lines, how many differ in what: (label as shown, lines), most first."""
    counts: dict[str, int] = comparison.counts["differing"].get(bucket, {})
    return [(label_word(label), count) for label, count in sorted(counts.items(), key=lambda one: -one[1])]


def all_lines(user: User, comparison: ListComparison, bucket: str) -> Iterator[ShownLine]:
    """All lines of a bucket for the workbook, identity numbers as the user's own list has them."""
    stored = ComparedLine.objects.filter(comparison=comparison, bucket=bucket).order_by("pk")
    for block in batched(stored.iterator(chunk_size=_WORKBOOK_BLOCK), _WORKBOOK_BLOCK, strict=False):
        yield from shown_lines(user, [unpacked(one) for one in block])


def shown_lines(user: User, lines: list[Line]) -> list[ShownLine]:
    """Lines as the user may see them, without links to households."""
    codes = {line.row.village for line in lines} | {str(line.row.before.get("village_code")) for line in lines}
    villages = {code: region.path for code, region in Region.objects.in_bulk(codes).items()}
    return [_shown(line, villages, user) for line in lines]


def _households(user: User, people: list[int]) -> dict[int, int]:
    """Person → the household whose page the user may open today."""
    members = Membership.objects.filter(person__in=people).order_by("period")
    last = dict(members.values_list("person_id", "household_id"))
    open_to_her = set(homes(user).filter(household__in=set(last.values())).values_list("household_id", flat=True))
    return {person: household for person, household in last.items() if household in open_to_her}


def _shown(line: Line, villages: dict[str, str], user: User) -> ShownLine:
    row, values = line.row, line.row.values
    sensitive = user.may(Permission.VIEW_SENSITIVE)
    return ShownLine(
        sheet=row.sheet,
        row_number=row.number,
        name=values.get(NAME) or _("（未填）"),
        sex=word(values.get("性别") or ""),
        born=values.get("出生日期") or "",
        relation=word(values.get("与户主关系") or ""),
        number=line.number,
        village=villages.get(row.village) or line.place,
        head=values.get("户主姓名") or "",
        household_id=None,
        differences=[_difference(line, label, villages, sensitive=sensitive) for label in row.before],
        remark=remarks(row, LABELS, user),
    )


def _difference(line: Line, label: str, villages: dict[str, str], *, sensitive: bool) -> ChangedCell:
    theirs, ours = line.row.values.get(label), line.row.before[label]
    if label == "village_code":
        return ChangedCell(label_word(label), villages.get(line.row.village) or line.place, villages.get(str(ours), ""))
    return ChangedCell(label_word(label), shown_value(label, theirs, sensitive), shown_value(label, ours, sensitive))


def area_words(comparison: ListComparison) -> str:
    """The compared regions in words."""
    regions = Region.objects.filter(code__in=comparison.area[:MOST_PLACES]).order_by("position")
    named = listed(region.path for region in regions)
    more = len(comparison.area) - MOST_PLACES
    return _("%(places)s等%(count)s处") % {"places": named, "count": len(comparison.area)} if more > 0 else named


def label_word(label: str) -> str:
    """What is compared, as the reader knows it."""
    return _("所在村") if label == "village_code" else word(label)
