"""Publicity into village and household (宣传进村入户) as a working room."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns import coverage
from campaigns.fact_corrections import ContactCorrection
from campaigns.models import Contact, ContactRound, LeafletMovement, Sheet, Target
from campaigns.publicity.leaflets import LeafletForm, copies
from campaigns.records.spec import RecordTable, Shown
from campaigns.room import Asked, Figure, Link, Room
from campaigns.sheets.table import printed_sheets
from households.access import Permission


def _contacts(asked: Asked) -> QuerySet[Contact]:
    return asked.rows(Contact, "done_on")


def _of_kind(kind: str) -> Callable[[Asked], int]:
    return lambda asked: _contacts(asked).filter(kind=kind).count()


def _moved(*kinds: str) -> Callable[[Asked], int]:
    return lambda asked: copies(asked.rows(LeafletMovement, "day"), *kinds)


def _reached(asked: Asked) -> int:
    """As the target counts: households with a woman or child, from their first counting contact on."""
    return coverage.as_of([asked.region], asked.day)[asked.region].target(Target.PUBLICITY).covered


PUBLICITY = Room(
    key="publicity",
    title=_("宣传进村入户"),
    lead=_("把扶贫政策和妇联服务送到每村每户，登记到户。"),
    target=Target.PUBLICITY,
    pages=(
        Link(
            "contact_rounds",
            _("逐户勾选"),
            _("在手机上打开本村名单，走一户勾一户；没有信号时先存下，有信号后自动补传。"),
        ),
        Link("publicity_sheets", _("打印登记表"), _("一村一张A4登记表，带行号和签字栏，给不上网的村干部用。")),
        Link("publicity_entry", _("按行号录入"), _("照收回的登记表，填表号和行号，核对后一次登记多户。")),
        Link("leaflet_stock", _("宣传单库存"), _("各级各种宣传单的入库、出库和结存。"), Permission.VIEW_DASHBOARD),
    ),
    leading=("households_reached", "leaflets_handed_out"),
    ledgers=("contacts",),
    tables=(
        RecordTable(
            name="contacts",
            title=_("宣传记录"),
            model=Contact,
            how=_("在贫困户页面登记。"),
            columns=(
                Shown(_("户主"), lambda contact: contact.household.head_name or _("（未登记户主）")),
                Shown(_("登记村"), lambda contact: contact.village.path, "place"),
                Shown(_("宣传方式"), lambda contact: contact.get_kind_display()),
                Shown(_("日期"), lambda contact: contact.done_on, "nowrap"),
                Shown(_("地点"), lambda contact: contact.place),
                Shown(_("宣讲人"), lambda contact: contact.speaker),
            ),
            day="done_on",
            related=("household", "village"),
            filters=("kind",),
            form=ContactCorrection,
            is_corrected_only=True,
            link=lambda contact: reverse("household", args=[contact.household_id]),
            ledger="contacts",
        ),
        RecordTable(
            name="leaflets",
            title=_("宣传单出入库"),
            note=_("印制和上级下发的入库，下发和发放的出库；库存不能少于0。"),
            model=LeafletMovement,
            columns=(
                Shown(_("宣传单名称"), lambda moved: moved.title),
                Shown(_("所属区划"), lambda moved: moved.region.path, "place"),
                Shown(_("出入库"), lambda moved: moved.get_kind_display()),
                Shown(_("份数"), lambda moved: moved.copies, "num"),
                Shown(_("日期"), lambda moved: moved.day, "nowrap"),
                Shown(_("领取（接收）单位"), lambda moved: moved.receiver),
            ),
            day="day",
            related=("region",),
            search=("title", "receiver"),
            filters=("kind",),
            form=LeafletForm,
        ),
        RecordTable(
            name="village_rounds",
            title=_("进村宣传"),
            note=_("一次进村的名单，打开可以接着勾选；开错的作废，已勾选的户的宣传记录不受影响。"),
            model=ContactRound,
            how=_("在“逐户勾选”中开始。"),
            columns=(
                Shown(_("日期"), lambda one: one.done_on, "nowrap"),
                Shown(_("村"), lambda one: one.village.path, "place"),
                Shown(_("宣传方式"), lambda one: one.get_kind_display()),
                Shown(_("地点"), lambda one: one.place),
                Shown(_("宣讲人"), lambda one: one.speaker),
                Shown(_("录入人"), lambda one: one.recorded_by),
            ),
            day="done_on",
            related=("village", "recorded_by"),
            filters=("kind",),
            link=lambda one: "" if one.voided_at else reverse("contact_round", args=[one.pk]),
            is_voided_only=True,
        ),
        printed_sheets(Sheet.Purpose.PUBLICITY),
    ),
    figures=(
        Figure("households_reached", _("已宣传到户"), _("户"), _reached),
        Figure("contacts", _("宣传合计"), _("户次"), lambda asked: _contacts(asked).count()),
        Figure(
            "contacted_households",
            _("接受宣传的户（含现在不计入的）"),
            _("户"),
            lambda asked: _contacts(asked).values("household").distinct().count(),
        ),
        *(Figure(f"contacts_{kind}", kind.label, _("户次"), _of_kind(kind)) for kind in Contact.Kind),
        Figure("leaflets_printed", _("印制宣传单"), _("份"), _moved(LeafletMovement.Kind.PRINTED)),
        Figure("leaflets_handed_out", _("发放宣传单"), _("份"), _moved(LeafletMovement.Kind.HANDED_OUT)),
    ),
)
