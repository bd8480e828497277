"""Lines drawn as vector pictures by the server: no script is needed to see or print them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

# A line's own space; the picture stretches it.
WIDTH, HEIGHT = 100, 24
# Weeks drawn one by one at most: three years. An address can ask for a day two centuries away.
MOST_WEEKS = 156
# Colours of the steps (`campaigns.dashboard.step_of`) in a picture that stands alone, as static/app.css has them by day.
HEAT = ("#b9b3aa", "#eea3a8", "#f5c4bd", "#f8dfc8", "#f3f0d4", "#c4e6d0")
# Typefaces of such a picture, which is opened in Word, WPS or a browser.
FONT = "Microsoft YaHei, PingFang SC, Noto Sans CJK SC, Source Han Sans SC, sans-serif"


@dataclass(frozen=True)
class Line:
    """points: of an SVG polyline in WIDTH × HEIGHT; "" for less than two values. x, y: of the last one."""

    points: str
    x: float
    y: float


def line_of(percents: Sequence[float | None]) -> Line:
    """Percentages (0 to 100, None: no task) at equal distances from left to right."""
    last = max(len(percents) - 1, 1)
    return _line([(number / last, percent) for number, percent in enumerate(percents)])


def plotted(percents: Sequence[tuple[date, float | None]], span: tuple[date, date]) -> Line:
    """Percentages of days, placed between the first and the last day of the picture."""
    first, last = span
    length = max((last - first).days, 1)
    return _line([((day - first).days / length, percent) for day, percent in percents])


def _line(values: Sequence[tuple[float, float | None]]) -> Line:
    points = [
        (round(share * WIDTH, 1), round(HEIGHT - percent * HEIGHT / 100, 1))
        for share, percent in values
        if percent is not None
    ]
    return Line(" ".join(f"{x},{y}" for x, y in points), *points[-1]) if len(points) > 1 else Line("", 0, 0)
