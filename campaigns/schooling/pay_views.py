"""Paying many pupils in one step: choose, look, confirm."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns import coverage, tasks
from campaigns.figures import asked_for
from campaigns.recording import AlreadyRecordedError
from campaigns.schooling.accounts import accounts_of, too_much
from campaigns.schooling.operations import MOST_AT_ONCE, amount_for, pay_pupils
from campaigns.schooling.page_forms import PayForm
from campaigns.schooling.pupils import Pupil, present
from campaigns.schooling.room import SCHOOLING
from campaigns.views import home_region, region_of, require, ticked
from households.access import Permission
from households.models import Person, Region, User


@dataclass(frozen=True)
class Line:
    """A pupil to pay: the amount as it stands in the form, whether she is ticked, and why she is not by default."""

    pupil: Pupil
    amount: str
    is_ticked: bool
    remark: str


@dataclass(frozen=True)
class Preview:
    """What would be paid, and what the fund holds on the day before and after; `refusal`: why not, "" if it can."""

    count: int
    total: Decimal
    before: Decimal
    after: Decimal
    refusal: str


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def pay(request: HttpRequest) -> HttpResponse:
    """Choose fund, project, day and place; tick pupils; look at the fund's balance before and after; pay."""
    user = require(request.user, Permission.RECORD_FACTS)
    sent = request.POST if request.method == "POST" else request.GET
    code = sent.get("region", "")
    region = region_of(user, code) if code else home_region(user)
    form = PayForm(sent if "fund" in sent else None, by=user, region=region)
    context: dict[str, Any] = {"room": SCHOOLING, "form": form, "most": MOST_AT_ONCE}
    if form.is_valid():
        if not coverage.settle_if_small():
            tasks.settle_touched.enqueue()
        data = form.cleaned_data
        pupils = present(user, data["region"], asked_for(data["region"].code, data["paid_on"]), most=MOST_AT_ONCE)
        context |= {"too_many": len(pupils) > MOST_AT_ONCE, "chosen": data}
        if request.method == "POST":
            amounts, wrong = _amounts(request.POST)
            context["wrong"] = wrong
            if not wrong:
                if _is_confirmed(request.POST, amounts) and (answer := _pay(request, user, data, amounts)):
                    return answer
                context["preview"] = _preview(data, amounts)
        sent_lines = request.POST if request.method == "POST" else None
        context["lines"] = [_line(one, data["project"], sent_lines) for one in pupils[:MOST_AT_ONCE]]
    return render(request, "schooling_pay.html", context)


def _amounts(sent: QueryDict) -> tuple[dict[int, Decimal], str]:
    """Ticked pupils with their amounts, and what is wrong with them, "" if nothing."""
    amounts: dict[int, Decimal] = {}
    for pk in ticked(sent.getlist("people")):
        try:
            yuan = Decimal(sent.get(f"amount-{pk}", "").replace(",", "").strip())
        except InvalidOperation:
            yuan = Decimal(0)
        if not (yuan.is_finite() and 0 < yuan < 1_000_000):
            return {}, _("勾选的学生都要填写金额（大于0的数字），请核对。")
        if yuan != yuan.quantize(Decimal("0.01")):
            return {}, _("金额最多两位小数（到分），请核对。")
        amounts[pk] = yuan
    return amounts, "" if amounts else _("没有勾选学生，请勾选后再核对。")


def _is_confirmed(sent: QueryDict, amounts: dict[int, Decimal]) -> bool:
    """Confirmed is exactly what the preview showed."""
    return sent.get("action") == "pay" and sent.get("seen") == _seen(len(amounts), sum(amounts.values(), Decimal(0)))


def _seen(count: int, total: Decimal) -> str:
    return f"{count}-{total:.2f}"


def _pay(request: HttpRequest, user: User, data: dict[str, Any], amounts: dict[int, Decimal]) -> HttpResponse | None:
    """Pay and lead to the list for signing; None where it was refused, with a message."""
    region: Region = data["region"]
    try:
        grants = pay_pupils(
            by=user, fund=data["fund"], project=data["project"], paid_on=data["paid_on"], amounts=amounts
        )
    except AlreadyRecordedError as already:
        messages.info(request, already.messages[0])
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return None
    else:
        total = sum((grant.amount or Decimal(0) for grant in grants), Decimal(0))
        messages.success(
            request,
            _("已从“%(fund)s”发放%(count)s人、%(total)s元，请打印签收表。")
            % {"fund": data["fund"], "count": len(grants), "total": total},
        )
    day = f"{data['paid_on']:%Y-%m-%d}"
    query = f"project={data['project'].pk}&start={day}&end={day}&region={region.code}"
    return redirect(f"{reverse('schooling_signatures')}?{query}")


def _preview(data: dict[str, Any], amounts: dict[int, Decimal]) -> Preview:
    total = sum(amounts.values(), Decimal(0))
    before = accounts_of([data["fund"]])[data["fund"].pk].available(data["paid_on"])
    refusal = too_much(data["fund"], data["paid_on"], total)
    return Preview(len(amounts), total, before, before - total, refusal)


def _line(pupil: Pupil, project: Any, sent: QueryDict | None) -> Line:
    remark = ""
    if project.girls_only and pupil.person.sex != Person.Sex.FEMALE:
        remark = _("项目只资助女童")
    elif pupil.grants:
        remark = _("本年度已受助%(count)s次") % {"count": pupil.grants}
    standard = amount_for(project, pupil.stage)
    if sent is None:
        return Line(pupil, f"{standard:.2f}" if standard else "", not remark and standard is not None, remark)
    key = str(pupil.person.pk)
    return Line(pupil, sent.get(f"amount-{key}", ""), key in sent.getlist("people"), remark)
