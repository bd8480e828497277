"""Spring Bud school aid (春蕾助学) as a working room."""

from django.utils.translation import gettext_lazy as _

from campaigns.models import Target
from campaigns.room import Link, Room
from campaigns.schooling.due import entries
from campaigns.schooling.figures import FIGURES
from campaigns.schooling.tables import TABLES
from households.access import Permission

SCHOOLING = Room(
    key="schooling",
    title=_("春蕾助学"),
    lead=_("募集善款，资助在校贫困儿童，每一笔都能从捐助人查到受助学生。"),
    target=Target.SCHOOLING,
    pages=(
        Link("schooling_pay", _("发放助学金"), _("从基金一次发放多名学生，先看基金余额，再确认。")),
        Link(
            "schooling_payments",
            _("签收表和公示名单"),
            _("按项目和日期打印监护人签收表、公示名单。"),
            Permission.VIEW_PEOPLE,
        ),
        Link(
            "schooling_donations",
            _("捐赠公示"),
            _("按到账日期列出捐赠，不愿具名的不显示姓名，可打印。"),
            Permission.VIEW_PEOPLE,
        ),
        Link(
            "schooling_pupils",
            _("学生名单"),
            _("本年度名单：列入和退出、受助和结对，可按村查看、勾选结对。"),
            Permission.VIEW_PEOPLE,
        ),
        Link(
            "schooling_grades",
            _("升学核对"),
            _("每年9月1日：谁升级、谁毕业、谁的年级要核实。"),
            Permission.VIEW_PEOPLE,
        ),
    ),
    tables=TABLES,
    leading=("springbud_donations_yuan", "springbud_grants_yuan"),
    ledgers=("donations", "grants"),
    figures=FIGURES,
    due=entries,
)
