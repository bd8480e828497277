"""Loads a city's divisions and their aliases, and walks them in the official order.

Any city's file of the same format loads: a CSV with the columns code and name, optionally level and parent_code, which
must then agree with the code (2 province, 4 city, 6 county, 9 township, 12 village digits).
"""

import csv
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from households import codes, places
from households.models import Region, RegionAlias
from households.wording import listed

_LENGTHS = sorted(places.LEVELS)
_PARENT_LENGTH = dict(zip(_LENGTHS[1:], _LENGTHS, strict=False))
_SHOWN_PROBLEMS = 5
_BEHIND_ALL = 10_000
_COLUMNS = ("name", "short_name", "level", "parent_id", "path", "position")


class RegionFileError(ValueError):
    """The divisions file cannot be used; the text names cause and remedy."""


def load_regions(csv_path: Path = places.REGIONS_CSV) -> int:
    """Insert or update the file's divisions and the known aliases; return how many divisions the file has.

    Idempotent: a second run writes nothing. Divisions already loaded and not in the file stay (a second city may be
    loaded beside the first). Raises RegionFileError for a file that is not a complete tree.
    """
    with transaction.atomic():
        known = {region.code: region for region in Region.objects.all()}
        names = _read(csv_path, {code: region.name for code, region in known.items()})
        wanted = _in_official_order({code: region.name for code, region in known.items()} | names)
        changed = [region for region in wanted if _values(region) != _values(known.get(region.code))]
        # Parents first: shorter codes, because the foreign key is checked at the statement's end at the latest.
        Region.objects.bulk_create(
            sorted(changed, key=lambda region: len(region.code)),
            batch_size=2_000,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "short_name", "level", "parent", "path", "position"],
        )
        _load_aliases()
    return len(names)


def top_region() -> Region | None:
    """The installation's highest figure level: the first city, else the first division; None before any is loaded."""
    return Region.objects.filter(level=Region.Level.CITY).first() or Region.objects.first()


def official_children(region: Region) -> QuerySet[Region]:
    """The divisions one level down, in the official order."""
    return region.children.order_by("position")


def _values(region: Region | None) -> tuple[object, ...] | None:
    return tuple(getattr(region, column) for column in _COLUMNS) if region else None


def _load_aliases() -> None:
    loaded = set(Region.objects.values_list("code", flat=True))
    known = set(RegionAlias.objects.values_list("alias", "region_id", "is_old_name"))
    rows = [row for row in places.read_aliases() if row[1] in loaded and row not in known]
    RegionAlias.objects.bulk_create(
        [RegionAlias(alias=alias, region_id=code, is_old_name=is_old) for alias, code, is_old in rows],
        update_conflicts=True,
        unique_fields=["alias", "region"],
        update_fields=["is_old_name"],
    )


# --- the file ---------------------------------------------------------------------------------------------------------


def _read(csv_path: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Code → name of the file. Parents may stand anywhere in the file or be loaded already (`known`)."""
    try:
        with open(csv_path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = {"code", "name"} - set(reader.fieldnames or ())
            rows = [] if missing else list(reader)
    except OSError as error:
        raise RegionFileError(
            _("无法读取区划文件%(file)s：%(cause)s。请检查路径和权限。") % {"file": csv_path, "cause": error.strerror}
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise RegionFileError(
            _("区划文件%(file)s不是UTF-8编码的CSV文件。请另存为“CSV UTF-8（逗号分隔）”后重试。") % {"file": csv_path}
        ) from error
    if missing:
        raise RegionFileError(
            _("区划文件%(file)s的表头缺少%(columns)s列。表头应为：code,name,level,parent_code。")
            % {"file": csv_path, "columns": listed(sorted(missing))}
        )
    if not rows:
        raise RegionFileError(_("区划文件%(file)s中没有区划。请检查是否选错了文件。") % {"file": csv_path})
    names: dict[str, str] = {}
    problems = [problem for line, row in enumerate(rows, start=2) if (problem := _take(row, line, names))]
    problems += _orphans(names, known)
    if problems:
        shown = _("；").join(problems[:_SHOWN_PROBLEMS])
        raise RegionFileError(
            _("区划文件%(file)s有%(count)d处错误，未载入任何区划：%(problems)s。请改正后重试。")
            % {"file": csv_path, "count": len(problems), "problems": shown}
        )
    return names


def _take(row: Mapping[str, str | None], line: int, names: dict[str, str]) -> str:
    """Put one line into `names`; the problem as text, "" when there is none."""
    code, name = (row["code"] or "").strip(), (row["name"] or "").strip()
    level, parent = (row.get("level") or "").strip(), (row.get("parent_code") or "").strip()
    where = {"line": line, "code": code, "name": name, "level": level, "parent": parent}
    if len(code) not in places.LEVELS or not (code.isascii() and code.isdigit()):
        return _("第%(line)d行：代码“%(code)s”应为2、4、6、9或12位数字") % where
    if not name or len(name) > 60:
        return _("第%(line)d行：代码%(code)s的名称为空或超过60个字") % where
    if code in names:
        return _("第%(line)d行：代码%(code)s重复") % where
    if level and level != places.LEVELS[len(code)]:
        return _("第%(line)d行：代码%(code)s的位数与级别“%(level)s”不符") % where
    if parent and parent != _parent(code):
        return _("第%(line)d行：代码%(code)s的上级不应是%(parent)s") % where
    names[code] = name
    return ""


def _parent(code: str) -> str:
    return code[: _PARENT_LENGTH[len(code)]] if len(code) in _PARENT_LENGTH else ""


def _orphans(names: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    return [
        _("代码%(code)s（%(name)s）的上级%(parent)s不存在") % {"code": code, "name": name, "parent": _parent(code)}
        for code, name in names.items()
        if _parent(code) and _parent(code) not in names and _parent(code) not in known
    ]


# --- names and order --------------------------------------------------------------------------------------------------


def _in_official_order(names: Mapping[str, str]) -> list[Region]:
    """All divisions depth first: counties as official documents list them, the rest by code."""
    shown = {code: _short_name(code, names) for code in names}
    return [
        Region(
            code=code,
            name=names[code],
            short_name=shown[code],
            level=places.LEVELS[len(code)],
            parent_id=_parent(code) or None,
            # A village's label begins at its county: the city is the same for all.
            path=" / ".join(shown[code[:size]] for size in _LENGTHS if 6 <= size <= len(code)) or shown[code],
            position=number,
        )
        for number, code in enumerate(sorted(names, key=_place))
    ]


def _place(code: str) -> tuple[str, str, int, str]:
    """Sort key: a division before its parts, counties in the official order, those it does not know behind, by code."""
    county = codes.county_positions().get(code[:6], _BEHIND_ALL) if len(code) >= 6 else -1
    return code[:2], code[2:4], county, code


def _short_name(code: str, names: Mapping[str, str]) -> str:
    """As people say it: 曹庄子村, 柳树酄镇, 芦台开发区; nothing that the path says already."""
    # The national list writes one rare character as two.
    name = places.display_name(code, names[code]).replace("瞿阝", "酄")
    if len(code) != 6:
        return name
    if label := codes.county_labels().get(code):
        return label
    province, city = names.get(code[:2], ""), names.get(code[:4], "")
    for above in (province, province.removesuffix("省"), city, city.removesuffix("市")):
        if above and name.startswith(above) and len(name) > len(above) + 2:
            name = name.removeprefix(above)
    return name
