"""Preview of a roster of 5,000 rows x 28 columns against the floor: calamine's parse plus a bare COPY of the same cells.

Both are measured in turn, several times, in one run; the figure is the median of the rounds' ratios (a shared machine's
speed drifts between rounds, less within one). The preview is all in:
encrypted original, child process, checks, comparison with an empty register, encrypted staging.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import python_calamine
import xlsxwriter
from django.db import connection, transaction

from households.access import Role
from households.identity import check_character
from households.intake import bare_child
from households.intake.applying import Outcome, apply_batch
from households.intake.models import ImportBatch
from households.intake.staging import receive, stage
from households.models import Region, User
from households.regions import load_regions
from households.roster.kind import ROSTER

ROUNDS = 11
COUNTY = "130227"
DAY = date(2018, 6, 30)
HEADERS = (
    "序号", "县(市、区、旗)", "乡(镇)", "行政村", "自然村", "户编号", "人编号", "姓名", "性别", "证件号码", "人数", "与户主关系",
    "民族", "文化程度", "在校生状况", "健康状况", "劳动技能", "务工状况", "务工时间（月）", "参加大病医疗", "脱贫属性", "贫困户属性",
    "主要致贫原因", "危房户", "饮水安全", "饮水困难", "人均纯收入", "联系电话",
)  # fmt: skip


def run(rows: int = 5_000) -> dict[str, float]:
    """{"intake_preview_vs_floor_5k": median of the rounds' ratios}."""
    load_regions()
    user = User.objects.create(username="bench", role=Role.COUNTY_OFFICER, regions=[COUNTY])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        make_roster(path, rows)
        floors, previews = [], []
        for _round in range(ROUNDS):
            bare_child.start_ahead()  # as the worker does between two jobs
            time.sleep(0.2)
            floors.append(seconds(lambda: floor(path)))
            previews.append(seconds(lambda: preview(path, user, rows)))
    bare, ours = statistics.median(floors), statistics.median(previews)
    ratio = statistics.median(one / other for one, other in zip(previews, floors, strict=True))
    print(f"preview of {rows} rows: floor {bare:.3f} s, preview {ours:.3f} s")
    return {"intake_preview_vs_floor_5k": round(ratio, 2)}


def make_roster(path: Path, rows: int, *, seed: int = 1, changed_every: int = 0) -> None:
    """An invented clean system export of one county: households of one to four people.

    `changed_every`: every so many rows one cell, 劳动技能, differs from the roster without this.
    """
    dice = random.Random(seed)
    villages = list(Region.objects.filter(code__startswith=COUNTY, level="village").select_related("parent"))
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("贫困户信息")
    for column, header in enumerate(HEADERS):
        sheet.write_string(0, column, header)
    line = 0
    household = 0
    while line < rows:
        household += 1
        village = dice.choice(villages)
        size = dice.randint(1, 4)
        shared = {
            1: "迁西县",
            2: village.parent.name if village.parent else "",
            3: village.short_name, 5: f"{village.code}{household:04d}", 10: size,
            20: dice.choice(("未脱贫", "预脱贫", "已脱贫")), 21: dice.choice(("一般贫困户", "低保贫困户", "五保户")),
            22: dice.choice(("因病", "因残", "因学", "缺技术")), 23: "否", 24: "是", 25: "否",
            26: dice.randint(2000, 9000), 27: f"1440315{household % 10_000:04d}",
        }  # fmt: skip
        for member in range(min(size, rows - line)):
            line += 1
            own = {0: line, **shared, **_member(dice, shared[5], member)}
            if changed_every and line % changed_every == 0:
                own[16] = "技能劳动力"
            for column, value in own.items():
                if isinstance(value, int):
                    sheet.write_number(line, column, value)
                else:
                    sheet.write_string(line, column, str(value))
    book.close()


def _member(dice: random.Random, household: object, member: int) -> dict[int, object]:
    born = date(1935, 1, 1) + timedelta(days=dice.randrange(30_000))
    sex = dice.choice("男女")
    first_17 = f"130299{born:%Y%m%d}{dice.randrange(50, 499) * 2 + (sex == '男'):03d}"
    child = born.year > 2002
    name = dice.choice("王李张刘陈杨赵黄周吴") + dice.choice("秀桂玉海小立淑艳") + dice.choice("英兰芳珍波强新燕霞云")
    return {
        6: f"{household}{member + 1:02d}",
        7: name,
        8: sex,
        9: first_17 + check_character(first_17),
        11: "户主"
        if member == 0
        else dice.choice(("之子", "之孙子", "之父") if sex == "男" else ("之女", "之孙女", "之母")),
        12: dice.choice(("汉族", "满族")),
        13: "" if child else dice.choice(("文盲或半文盲", "小学", "初中", "高中")),
        14: dice.choice(("小学", "七年级", "学前教育")) if child else "非在校生",
        15: dice.choice(("健康", "长期慢性病", "患有大病", "残疾,长期慢性病")),
        16: dice.choice(("普通劳动力", "无劳动力", "丧失劳动力")),
        17: dice.choice(("", "", "县外省内务工")),
        18: dice.choice(("", 3, 6)),
        19: "是",
    }


def floor(path: Path) -> None:
    """Parse in this process and COPY every cell as text into a bare table."""
    rows = python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()
    columns = ", ".join(f"c{number} text" for number in range(len(HEADERS)))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE floor ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY floor FROM STDIN") as copy:
            for row in rows:
                copy.write_row([str(cell) for cell in row])


def preview(path: Path, user: User, new: int) -> None:
    """Receive and stage; most of `new` rows must be new, or the benchmark measures something else."""
    batch = receive(path, name=path.name, by=user, kind=ROSTER.name)
    staged = stage(batch.pk, ROSTER, default_as_of=DAY)
    if staged.counts["new"] < new * 0.99:
        raise RuntimeError(f"the benchmark's roster is not clean: {staged.counts}")


def apply_latest(user: User) -> None:
    """Write the latest preview into the register."""
    batch = ImportBatch.objects.latest("created_at")
    if apply_batch(batch.pk, ROSTER, by=user) is not Outcome.APPLIED:
        raise RuntimeError("the benchmark's roster was not applied")


def empty_register() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE households_household, households_person, households_importbatch CASCADE")


def seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
