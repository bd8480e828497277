"""Publicity into village and household (宣传进村入户) as a working room."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Contact, Target
from campaigns.records.spec import RecordTable, Shown
from campaigns.room import Asked, Figure, Room


def _contacts(asked: Asked) -> QuerySet[Contact]:
    return asked.rows(Contact, "done_on")


PUBLICITY = Room(
    key="publicity",
    title=_("宣传进村入户"),
    lead=_("把扶贫政策和妇联服务送到每村每户，登记到户。"),
    target=Target.PUBLICITY,
    ledgers=("contacts",),
    tables=(
        RecordTable(
            name="contacts",
            title=_("宣传记录"),
            model=Contact,
            how=_("在贫困户页面登记，或上传宣传台账。"),
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
            link=lambda contact: reverse("household", args=[contact.household_id]),
            ledger="contacts",
        ),
    ),
    figures=(
        Figure("contacts", _("宣传到户"), _("户次"), lambda asked: _contacts(asked).count()),
        Figure(
            "contacted_households",
            _("接受宣传的户"),
            _("户"),
            lambda asked: _contacts(asked).values("household").distinct().count(),
        ),
    ),
)
