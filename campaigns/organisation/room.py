"""What moves the campaign: events, calendar (组织推动) as a working room."""

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Event, Participant
from campaigns.organisation.due import entries
from campaigns.organisation.forms import EventForm
from campaigns.records.spec import RecordTable, Shown
from campaigns.room import Asked, Figure, Link, Room
from households.access import Permission, code_range
from households.wording import shown


def _trained(asked: Asked) -> QuerySet[Participant]:
    """Who took part in a training class that began in the time asked for, by where she comes from."""
    found: QuerySet[Participant] = Participant.objects.filter(
        code_range("region_id", asked.region),
        voided_at=None,
        event__voided_at=None,
        event__kind=Event.Kind.TRAINING,
        event__first_day__range=(asked.start, asked.day),
    )
    return found


def _trained_in_all(asked: Asked) -> int:
    """And of classes without a list of who took part, how many did."""
    held = asked.rows(Event, "first_day").filter(kind=Event.Kind.TRAINING)
    unlisted = held.exclude(pk__in=Participant.objects.filter(voided_at=None).values("event"))
    return _trained(asked).count() + (unlisted.aggregate(all=Sum("headcount"))["all"] or 0)


def _days(event: Event) -> str:
    if event.last_day == event.first_day:
        return str(shown(event.first_day))
    return f"{event.first_day:%Y-%m-%d} — {event.last_day:%Y-%m-%d}"


ORGANISATION = Room(
    key="organisation",
    title=_("组织推动"),
    lead=_("启动会、培训班、擂台赛等活动和工作日历。"),
    pages=(
        Link(
            "calendar",
            _("待办日历"),
            _("完成期限、报告日期、保险期满、活动和满龄人数，按月列出。"),
            Permission.VIEW_DASHBOARD,
        ),
        Link("years", _("工作年度"), _("各年度的起止日期、完成期限和报告日期，年度结转。"), Permission.VIEW_DASHBOARD),
        Link("counting_rules", _("统计口径"), _("现行口径和历次修改：谁、何时、为什么改。"), Permission.VIEW_DASHBOARD),
    ),
    tables=(
        RecordTable(
            name="events",
            title=_("活动"),
            note=_("上级举办的活动一并列出。"),
            model=Event,
            columns=(
                Shown(_("活动名称"), lambda event: event.name),
                Shown(_("类别"), lambda event: event.get_kind_display()),
                Shown(_("日期"), _days, "nowrap"),
                Shown(_("地点"), lambda event: event.place),
                Shown(_("主办单位"), lambda event: event.organiser),
                Shown(_("所属区划"), lambda event: event.region.path, "place"),
            ),
            day="first_day",
            related=("region",),
            search=("name", "place", "organiser"),
            filters=("kind",),
            form=EventForm,
            link=lambda event: reverse("event", args=[event.pk]),
            offered=True,
            ledger="events",
        ),
        RecordTable(
            name="participants",
            title=_("参加人"),
            note=_("本区划的参加人，可下载表格。"),
            how=_("在活动页面登记。"),
            model=Participant,
            columns=(
                Shown(_("姓名"), lambda one: one.name),
                Shown(_("单位"), lambda one: one.unit),
                Shown(_("活动名称"), lambda one: one.event.name),
                Shown(_("日期"), lambda one: one.event.first_day, "nowrap"),
                Shown(_("级别"), lambda one: one.get_level_display()),
                Shown(_("身份"), lambda one: one.get_role_display()),
                Shown(_("得分"), lambda one: "" if one.score is None else f"{one.score:.2f}", "num"),
                Shown(_("来自"), lambda one: one.region.path, "place"),
            ),
            related=("event", "region"),
            search=("event__name", "unit"),
            filters=("level", "role"),
            refine=lambda rows: rows.filter(event__voided_at=None),
            link=lambda one: reverse("event", args=[one.event_id]),
            ledger="events",
        ),
    ),
    ledgers=("events",),
    figures=(
        Figure("events", _("举办活动"), _("次"), lambda asked: asked.rows(Event, "first_day").count()),
        Figure("cadres_trained", _("培训妇联干部和志愿者"), _("人"), _trained_in_all),
    ),
    due=entries,
)
