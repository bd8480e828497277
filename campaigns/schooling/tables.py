"""The room's tables: donors, donations, funds, pairs, projects, grants."""

from typing import Any

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import AidProject, Donation, Donor, Fund, Grant, Pledge
from campaigns.records.spec import RecordTable, Shown
from campaigns.schooling.entry_forms import DonationForm, DonorForm, FundForm, GrantForm, PledgeForm, ProjectForm
from households.access import Permission
from households.identity import mask_phone

_YUAN = DecimalField(max_digits=14, decimal_places=2)
_NOTHING = Value(0, output_field=_YUAN)


def _donors(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what each has given."""
    return rows.annotate(given=Coalesce(Sum("donations__amount", filter=Q(donations__voided_at=None)), _NOTHING))


def _donations(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what is left of each."""
    return rows.annotate(left=F("amount") - Coalesce(Sum("allocations__amount"), _NOTHING))


def _funds(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what came in and went out."""
    came = Donation.objects.filter(fund=OuterRef("pk"), voided_at=None).values("fund").annotate(s=Sum("amount"))
    went = Grant.objects.filter(fund=OuterRef("pk"), voided_at=None).values("fund").annotate(s=Sum("amount"))
    return rows.annotate(
        came=Coalesce(Subquery(came.values("s"), output_field=_YUAN), _NOTHING),
        went=Coalesce(Subquery(went.values("s"), output_field=_YUAN), _NOTHING),
    )


def _pledges(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what is paid on each."""
    return rows.annotate(paid=Coalesce(Sum("grants__amount", filter=Q(grants__voided_at=None)), _NOTHING))


def _paid_state(pledge: Any) -> Any:
    return _("已发放") if pledge.paid >= pledge.amount else _("未发放")


def _payer(grant: Grant) -> str:
    """Where the money came from, in words."""
    who = grant.fund or grant.donor or grant.advanced_by
    return f"{grant.get_kind_display()} {who}" if who else str(grant.get_kind_display())


TABLES = (
    RecordTable(
        name="donors",
        title=_("捐赠人"),
        note=_("个人、企业、单位和社团；每位捐赠人有一张对账单。"),
        model=Donor,
        columns=(
            Shown(_("捐赠人"), lambda donor: donor.name),
            Shown(_("类别"), lambda donor: donor.get_kind_display()),
            Shown(_("联系电话"), lambda donor: mask_phone(donor.phone or ""), "nowrap"),
            Shown(_("公示时匿名"), lambda donor: donor.is_anonymous),
            Shown(_("累计捐赠（元）"), lambda donor: donor.given, "num"),
            Shown(_("所属区划"), lambda donor: donor.region.path, "place"),
        ),
        related=("region",),
        search=("name",),
        filters=("kind",),
        form=DonorForm,
        link=lambda donor: reverse("schooling_donor", args=[donor.pk]),
        ledger="donations",
        refine=_donors,
    ),
    RecordTable(
        name="donations",
        title=_("捐赠"),
        note=_("款项和实物都记到基金；已支出的捐赠不能作废。"),
        model=Donation,
        columns=(
            Shown(_("捐赠人"), lambda gift: gift.donor.name),
            Shown(_("到账日期"), lambda gift: gift.received_on, "nowrap"),
            Shown(_("金额或折价（元）"), lambda gift: gift.amount, "num"),
            Shown(_("余下（元）"), lambda gift: gift.left, "num"),
            Shown(_("入账基金"), lambda gift: gift.fund.name),
            Shown(_("用途"), lambda gift: gift.purpose),
            Shown(_("收据号"), lambda gift: gift.receipt_no),
            Shown(_("物品"), lambda gift: gift.goods),
        ),
        day="received_on",
        related=("donor", "fund"),
        search=("donor__name", "receipt_no", "purpose"),
        form=DonationForm,
        ledger="donations",
        refine=_donations,
    ),
    RecordTable(
        name="funds",
        title=_("助学基金"),
        note=_("余额由系统逐笔记账，支出不能超过余额；每个基金有一张对账单。"),
        model=Fund,
        columns=(
            Shown(_("基金名称"), lambda fund: fund.name),
            Shown(_("设立日期"), lambda fund: fund.opened_on, "nowrap"),
            Shown(_("账别"), lambda fund: _("物资") if fund.is_goods else _("资金")),
            Shown(_("捐赠收入（元）"), lambda fund: fund.came, "num"),
            Shown(_("助学支出（元）"), lambda fund: fund.went, "num"),
            Shown(_("余额（元）"), lambda fund: fund.balance, "num"),
            Shown(_("所属区划"), lambda fund: fund.region.path, "place"),
        ),
        related=("region",),
        search=("name",),
        form=FundForm,
        link=lambda fund: reverse("schooling_fund", args=[fund.pk]),
        refine=_funds,
    ),
    RecordTable(
        name="projects",
        title=_("助学项目"),
        note=_("各项目的资助标准、对象和是否计入完成率，由市妇联设定。"),
        model=AidProject,
        columns=(
            Shown(_("项目名称"), lambda project: project.name),
            Shown(_("捐助单位或个人"), lambda project: project.donor),
            Shown(_("年度"), lambda project: project.year),
            Shown(_("资助年度"), lambda project: project.get_year_kind_display()),
            Shown(_("小学（元/人）"), lambda project: project.primary_amount, "num"),
            Shown(_("初中（元/人）"), lambda project: project.junior_amount, "num"),
            Shown(_("只资助女童"), lambda project: project.girls_only),
            Shown(_("计入完成率"), lambda project: project.counts),
            Shown(_("实物计入"), lambda project: project.goods_count),
        ),
        search=("name", "donor"),
        form=ProjectForm,
        change=Permission.MANAGE_RULES,
    ),
    RecordTable(
        name="pledges",
        title=_("结对助学"),
        how=_("在学生名单中勾选学生，与捐赠人结对。"),
        model=Pledge,
        columns=(
            Shown(_("结对学生"), lambda pledge: pledge.person.name),
            Shown(_("捐赠人"), lambda pledge: pledge.donor.name),
            Shown(_("年度"), lambda pledge: pledge.year_shown, "nowrap"),
            Shown(_("每年资助（元）"), lambda pledge: pledge.amount, "num"),
            Shown(_("已发放（元）"), lambda pledge: pledge.paid, "num"),
            Shown(_("发放情况"), _paid_state),
            Shown(_("登记村"), lambda pledge: pledge.village.path, "place"),
        ),
        related=("person", "donor", "village"),
        filters=("year_kind",),
        form=PledgeForm,
        is_corrected_only=True,
        refine=_pledges,
    ),
    RecordTable(
        name="grants",
        title=_("助学记录"),
        how=_("在“发放助学金”中批量登记，在贫困户页面逐个登记。"),
        model=Grant,
        columns=(
            Shown(_("受助学生"), lambda grant: grant.person.name),
            Shown(_("登记村"), lambda grant: grant.village.path, "place"),
            Shown(_("助学项目"), lambda grant: grant.project.name),
            Shown(_("资助日期"), lambda grant: grant.granted_on, "nowrap"),
            Shown(_("金额或折价（元）"), lambda grant: grant.amount, "num"),
            Shown(_("资金来源"), _payer),
            Shown(_("收据号"), lambda grant: grant.receipt_no),
            Shown(_("监护人"), lambda grant: grant.guardian),
            Shown(_("已签收"), lambda grant: grant.guardian_signed),
        ),
        day="granted_on",
        related=("person", "village", "project", "fund", "donor"),
        filters=("kind",),
        form=GrantForm,
        is_corrected_only=True,
        ledger="grants",
    ),
)
