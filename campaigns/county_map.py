"""The city's map as vector outlines: drawn once from its GeoJSON, coloured and linked by the page."""

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "data"
WIDTH = 400

Point = tuple[float, float]


@dataclass(frozen=True)
class Outline:
    """One area. codes: the divisions it stands for; path: of an SVG `d`; x, y: where its name is written."""

    codes: tuple[str, ...]
    name: str
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class CityMap:
    """All areas in a picture `width` × `height`."""

    width: int
    height: int
    outlines: tuple[Outline, ...]


@cache
def map_of(code: str) -> CityMap | None:
    """The map of a city's counties; None for a region that has none."""
    file = _FOLDER / f"map_{code}.geojson"
    if not (code.isdigit() and file.is_file()):
        return None
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    points = [point for feature in features for ring in _rings(feature["geometry"]) for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    # A degree of longitude is shorter than one of latitude.
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrow)

    def placed(x: float, y: float) -> tuple[float, float]:
        return (x - west) * narrow * scale, (north - y) * scale

    outlines = []
    for feature in features:
        about = feature["properties"]
        x, y = placed(*about["cp"])
        path = "".join(_drawn(placed(*point) for point in ring) for ring in _rings(feature["geometry"]))
        codes = tuple(about.get("codes", [about["code"]]))
        outlines.append(Outline(codes, about["name"], path, round(x), round(y)))
    return CityMap(WIDTH, math.ceil((north - south) * scale), tuple(outlines))


def without_level(name: str) -> str:
    """As short as it can be read on a map: 丰润区 → 丰润, 芦台开发区 → 芦台."""
    return re.sub(r"(?<=..)(?:(?:经济)?开发区|管理区|[区县市])$", "", name)


def _rings(geometry: dict[str, Any]) -> Iterable[list[Point]]:
    """Every closed line of a polygon or of several."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for polygon in polygons for ring in polygon]


def _drawn(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"
