"""Home cleaning (家居清洁互助) as a working room."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.cleaning.due import entries
from campaigns.cleaning.quality import latest, still_open
from campaigns.fact_corrections import CleaningCorrection
from campaigns.models import Cleaning, Recheck, Sheet, SpotCheck, Story, Target
from campaigns.records.spec import RecordTable, Shown
from campaigns.room import Asked, Figure, Link, Room
from campaigns.sheets.table import printed_sheets
from households.access import Permission
from households.wording import listed, word


def _first_rounds(asked: Asked) -> int:
    return asked.rows(Cleaning, "done_on").filter(round_number=1).values("household").distinct().count()


def _rechecks(asked: Asked) -> QuerySet[Recheck]:
    return asked.rows(Recheck, "checked_on")


def _kept_clean(asked: Asked) -> int:
    return Recheck.objects.filter(pk__in=latest(_rechecks(asked)).values("pk"), passed=True).count()


def _head(record: Cleaning | Recheck | Story) -> str:
    return record.household.head_name or str(_("（未登记户主）"))


def _recheck_state(recheck: Recheck) -> str:
    if recheck.passed:
        return str(_("合格"))
    return str(_("整改已完成") if recheck.settled_on else _("需整改"))


_HEAD = Shown(_("户主"), _head)
_VILLAGE = Shown(_("登记村"), lambda record: record.village.path, "place")

CLEANING = Room(
    key="cleaning",
    title=_("家居清洁互助"),
    lead=_("帮助有妇女儿童的贫困户完成首轮清洁，并保持整洁。"),
    target=Target.CLEANING,
    pages=(
        Link(
            "cleaning_quality",
            _("保持整洁情况"),
            _("各地复查合格率、待整改户数和抽查佐证率。"),
            Permission.VIEW_DASHBOARD,
        ),
        Link("rectifications", _("整改清单"), _("复查发现、还没有整改完成的户。"), Permission.VIEW_WORKLIST),
        Link("spot_draw", _("随机抽查"), _("在已清洁的户中随机抽取，打印抽查表，录入结果。")),
        Link("cleaning_sheets", _("打印登记表"), _("一村一张A4登记表，带行号和签字栏，给不上网的村干部用。")),
        Link("cleaning_entry", _("按行号录入"), _("照收回的登记表，填表号和行号，核对后一次登记多户首轮清洁。")),
    ),
    leading=("cleaning_rounds", "rectifications_open"),
    ledgers=("cleanings",),
    tables=(
        RecordTable(
            name="cleanings",
            title=_("家居清洁记录"),
            model=Cleaning,
            how=_("在贫困户页面登记，按行号录入。"),
            columns=(
                _HEAD,
                _VILLAGE,
                Shown(_("轮次"), lambda cleaning: cleaning.round_number, "num"),
                Shown(_("日期"), lambda cleaning: cleaning.done_on, "nowrap"),
                Shown(_("参加人员"), lambda cleaning: cleaning.helpers),
                Shown(_("清洁项目"), lambda cleaning: listed(map(word, cleaning.items))),
                Shown(_("评分"), lambda cleaning: cleaning.score, "num"),
            ),
            day="done_on",
            related=("household", "village"),
            form=CleaningCorrection,
            is_corrected_only=True,
            link=lambda cleaning: reverse("cleaning_photos", args=[cleaning.pk]),
            ledger="cleanings",
        ),
        RecordTable(
            name="rechecks",
            title=_("清洁复查记录"),
            model=Recheck,
            how=_("在贫困户页面登记。"),
            columns=(
                _HEAD,
                _VILLAGE,
                Shown(_("复查日期"), lambda recheck: recheck.checked_on, "nowrap"),
                Shown(_("复查结果"), _recheck_state),
                Shown(_("复查人"), lambda recheck: recheck.checker),
                Shown(_("整改内容"), lambda recheck: recheck.wants),
                Shown(_("整改期限"), lambda recheck: recheck.due_on, "nowrap"),
                Shown(_("整改完成日期"), lambda recheck: recheck.settled_on, "nowrap"),
            ),
            day="checked_on",
            related=("household", "village"),
            link=lambda recheck: reverse("recheck", args=[recheck.pk]),
            ledger="cleanings",
        ),
        RecordTable(
            name="spot_checks",
            title=_("随机抽查记录"),
            model=SpotCheck,
            how=_("在“随机抽查”中抽取。"),
            columns=(
                Shown(_("抽查范围"), lambda check: check.region.path),
                Shown(_("抽查日期"), lambda check: check.day, "nowrap"),
                Shown(_("抽查户数"), lambda check: check.size, "num"),
                Shown(_("可抽户数"), lambda check: check.pool, "num"),
                Shown(_("抽签号"), lambda check: check.seed, "num"),
                Shown(_("表号"), lambda check: check.sheet.number, "nowrap"),
            ),
            day="day",
            related=("region", "sheet"),
            link=lambda check: reverse("spot_check", args=[check.pk]),
        ),
        RecordTable(
            name="stories",
            title=_("清洁故事"),
            model=Story,
            how=_("在贫困户页面登记；家里同意的，可供简报采用。"),
            columns=(
                Shown(_("标题"), lambda story: story.title),
                Shown(_("户主"), _head),
                _VILLAGE,
                Shown(_("日期"), lambda story: story.told_on, "nowrap"),
                Shown(_("同意人"), lambda story: story.consent_by),
                Shown(_("可供简报采用"), lambda story: story.is_offered),
            ),
            day="told_on",
            related=("household", "village"),
            link=lambda story: reverse("story", args=[story.pk]),
        ),
        printed_sheets(Sheet.Purpose.CLEANING),
    ),
    figures=(
        Figure("households_cleaned", _("已完成首轮清洁"), _("户"), _first_rounds),
        Figure("cleaning_rounds", _("清洁轮次合计"), _("户次"), lambda asked: asked.rows(Cleaning, "done_on").count()),
        Figure(
            "households_rechecked",
            _("已复查"),
            _("户"),
            lambda asked: _rechecks(asked).values("household").distinct().count(),
        ),
        Figure("households_kept_clean", _("复查保持整洁"), _("户"), _kept_clean),
        Figure(
            "rectifications_open",
            _("待整改"),
            _("户次"),
            lambda asked: still_open(_rechecks(asked), asked.day).count(),
            "rectifications",
        ),
        Figure(
            "stories_offered",
            _("可供简报采用的故事"),
            _("篇"),
            lambda asked: asked.rows(Story, "told_on").filter(is_offered=True).count(),
        ),
    ),
    due=entries,
)
