"""Jobs, courses, attendances and employments as officers lay them out."""

from datetime import date
from pathlib import Path

from campaigns.models import TrainingSession
from tests.campaigns.test_ledger_layouts import sent
from tests.conftest import Cast


def test_a_place_beside_a_course_is_no_caption(cast: Cast, tmp_path: Path) -> None:
    """Rows of few cells, one of them a township, were taken for captions over the rows, and lost."""
    told = sent("courses", cast.officer_a, tmp_path, [
        ["手工技能培训场次统计"], ["培训内容", "培训日期", "培训地点"],
        ["剪纸", "2018.4.10", "黄各庄镇"], [None, "2018.4.11", "黄各庄镇"],
    ])  # fmt: skip
    assert [row["row"] for row in told["rows"]] == [3, 4]
    assert set(TrainingSession.objects.values_list("day", flat=True)) == {date(2018, 4, 10), date(2018, 4, 11)}
