"""Pairing (结对包联) as a working room."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.fact_corrections import PairingCorrection, VisitCorrection
from campaigns.models import Helper, Pairing, Target, Visit
from campaigns.pairing import figures
from campaigns.pairing.due import entries
from campaigns.pairing.helper_form import HelperForm
from campaigns.recording import days_text
from campaigns.records.spec import RecordTable, Shown
from campaigns.room import Figure, Link, Room
from households.access import Permission

PAIRING = Room(
    key="pairing",
    title=_("结对包联"),
    lead=_("为每名建档立卡妇女儿童确定包联人，走访、交接、补缺。"),
    target=Target.PAIRING,
    leading=("helpers", "visits"),
    ledgers=("helpers", "pairings", "visits"),
    pages=(
        Link(
            "pairing_suggestions",
            _("结对建议"),
            _("给还没有包联人的妇女儿童就近、均衡地推荐包联人，可全部或部分采纳。"),
        ),
        Link("pairing_handover", _("包联交接"), _("包联人离岗或村里换届，一步交接，中间不断档。")),
        Link("pairing_overdue", _("逾期未走访"), _("按包联人列出到期没有走访的人，附电话。"), Permission.VIEW_WORKLIST),
    ),
    tables=(
        RecordTable(
            name="helpers",
            title=_("包联人名册"),
            note=_("上级包联人也列在这里；点姓名看她包联的人和走访。"),
            model=Helper,
            columns=(
                Shown(_("姓名"), lambda helper: helper.name),
                Shown(_("包联人类别"), lambda helper: helper.get_kind_display()),
                Shown(_("单位"), lambda helper: helper.unit),
                Shown(_("单位级别"), lambda helper: helper.get_unit_level_display()),
                Shown(_("职务"), lambda helper: helper.post),
                Shown(_("联系电话"), lambda helper: helper.phone, "nowrap"),
                Shown(_("所在区划"), lambda helper: helper.region.path, "place"),
                Shown(_("在岗起止"), lambda helper: days_text(helper.active), "nowrap"),
            ),
            related=("region",),
            filters=("kind", "unit_level"),
            form=HelperForm,
            link=lambda helper: reverse("pairing_helper", args=[helper.pk]),
            offered=True,
            ledger="helpers",
        ),
        RecordTable(
            name="pairings",
            title=_("结对记录"),
            note=_("谁在什么时段包联谁；分片包联和社团帮扶也列在这里，不计入完成率。"),
            model=Pairing,
            how=_("在贫困户页面登记，采纳结对建议。"),
            columns=(
                Shown(_("姓名"), lambda pairing: pairing.person.name),
                Shown(_("登记村"), lambda pairing: pairing.village.path, "place"),
                Shown(_("包联人"), lambda pairing: pairing.helper.name),
                Shown(_("单位"), lambda pairing: pairing.helper.unit),
                Shown(_("包联方式"), lambda pairing: pairing.get_kind_display()),
                Shown(_("起止日期"), lambda pairing: days_text(pairing.period), "nowrap"),
            ),
            related=("person", "helper", "village"),
            filters=("kind",),
            form=PairingCorrection,
            is_corrected_only=True,
            ledger="pairings",
            # Neither needed here nor free: encrypted.
            refine=lambda rows: rows.defer("person__id_number", "person__phone", "helper__phone"),
        ),
        RecordTable(
            name="visits",
            title=_("走访记录"),
            model=Visit,
            note=_("谁在哪天走访了哪一户，约定何时再去；走访情况和需求在贫困户页面看。"),
            how=_("在贫困户页面登记。"),
            columns=(
                Shown(_("户主"), lambda visit: visit.household.head_name or _("（未登记户主）")),
                Shown(_("登记村"), lambda visit: visit.village.path, "place"),
                Shown(_("走访对象"), lambda visit: visit.person.name if visit.person else _("全户")),
                Shown(_("走访日期"), lambda visit: visit.visited_on, "nowrap"),
                Shown(_("包联人"), lambda visit: visit.helper.name),
                Shown(_("同行人"), lambda visit: visit.companions),
                Shown(_("发现需求"), lambda visit: bool(visit.needs)),
                Shown(_("下次走访日期"), lambda visit: visit.next_on, "nowrap"),
            ),
            day="visited_on",
            related=("household", "village", "person", "helper"),
            form=VisitCorrection,
            is_corrected_only=True,
            link=lambda visit: reverse("household", args=[visit.household_id]),
            ledger="visits",
        ),
    ),
    figures=(
        Figure("persons_paired", _("已包联"), _("人"), figures.paired_people),
        Figure("helpers", _("在岗包联人"), _("人"), figures.helpers_in_office),
        Figure("pairings", _("个人结对"), _("对"), figures.pairings),
        Figure("visits", _("走访"), _("次"), figures.visits),
        Figure("visited_people", _("走访到的妇女儿童"), _("人"), figures.visited_people),
        Figure("visits_overdue", _("逾期未走访"), _("人"), figures.overdue, "pairing_overdue"),
    ),
    due=entries,
)
