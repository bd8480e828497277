"""Training projects, their sessions and who came: load (scoped), check, call, render."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.business_day import business_date
from campaigns.forms import VoidForm
from campaigns.livelihood import operations
from campaigns.livelihood.figures import distinct_people
from campaigns.livelihood.forms import GuestsForm, PlaceForm
from campaigns.livelihood.room import LIVELIHOOD
from campaigns.models import Attendance, TrainingProject, TrainingSession
from campaigns.recording import AlreadyRecordedError
from campaigns.views import require, ticked
from households.access import Permission, code_range
from households.models import HouseholdSpell, Membership, Person, Region, User
from households.periods import age_on

# A page offers so many women to tick; more are found by name or village.
MOST_OFFERED = 200


@require_safe
@login_required
@never_cache
def show_training(request: HttpRequest, pk: int) -> HttpResponse:
    """One project: its capacity, its sessions, how often people came and how many different ones."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    project: TrainingProject = get_object_or_404(
        TrainingProject.objects.offered_to(user).select_related("region"), pk=pk
    )
    mine = Attendance.objects.visible_to(user).filter(voided_at=None, session__project=project)
    came = mine.filter(mark__in=Attendance.CAME, session__voided_at=None)
    by_session = dict(came.values_list("session").annotate(all=Count("pk")))
    found = TrainingSession.objects.offered_to(user).filter(project=project, voided_at=None)
    sessions = found.select_related("region").order_by("day", "pk")
    lines = [(one, by_session.get(one.pk) or one.headcount or 0) for one in sessions]
    context = {
        "room": LIVELIHOOD,
        "table": LIVELIHOOD.table("trainings"),
        "project": project,
        "lines": lines,
        "times": sum(times for _session, times in lines),
        "people": distinct_people(came),
        "day": business_date(),
        "may_edit": user.may(Permission.RECORD_FACTS) and user.covers(project.region_id) and not project.voided_at,
        "may_add": user.may(Permission.RECORD_FACTS) and not project.voided_at,
    }
    return render(request, "livelihood_training.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show_session(request: HttpRequest, pk: int) -> HttpResponse:
    """One session: who is on its list, and the forms that put people on it."""
    user = require(request.user, Permission.VIEW_PEOPLE)
    session: TrainingSession = get_object_or_404(
        TrainingSession.objects.offered_to(user).select_related("project", "region"), pk=pk
    )
    near = session.region_id
    place, guests, women = PlaceForm(by=user, near=near), GuestsForm(by=user), list[Person]()
    if request.method == "POST":
        require(user, Permission.RECORD_FACTS)
        step = request.POST.get("step", "")
        if step == "find":
            place = PlaceForm(request.POST, by=user, near=near)
            women = _found(user, session, place) if place.is_valid() else []
        elif step == "guests":
            guests = GuestsForm(request.POST, by=user)
            if guests.is_valid() and _guests_kept(request, user, session, guests):
                return redirect("livelihood_session", pk)
        else:
            _mark(request, user, session)
            return redirect("livelihood_session", pk)
    context = _session_context(user, session) | {"place": place, "guests": guests, "women": women}
    return render(request, "livelihood_session.html", context)


def _session_context(user: User, session: TrainingSession) -> dict[str, Any]:
    rows = _list_of(user, session)
    came = rows.filter(mark__in=Attendance.CAME)
    is_held = session.day <= business_date()
    return {
        "room": LIVELIHOOD,
        "table": LIVELIHOOD.table("sessions"),
        "session": session,
        "rows": rows.select_related("person", "village").order_by("village_id", "pk"),
        "marks": Attendance.Mark.choices,
        "times": came.count() or session.headcount or 0,
        "registered": came.filter(person__isnull=False).count(),
        "is_held": is_held,
        "may_record": user.may(Permission.RECORD_FACTS) and is_held and session.voided_at is None,
        "may_edit": user.may(Permission.RECORD_FACTS) and user.covers(session.region_id) and not session.voided_at,
        "most": MOST_OFFERED,
    }


def _list_of(user: User, session: TrainingSession) -> QuerySet[Attendance]:
    """The lines of people of the user's regions; others are not hers to see."""
    rows: QuerySet[Attendance] = Attendance.objects.visible_to(user).filter(session=session, voided_at=None)
    return rows


def _found(user: User, session: TrainingSession, form: PlaceForm) -> list[Person]:
    """Registered women of a place who are not on the list yet, on the session's day."""
    spells = HouseholdSpell.objects.visible_to(user).filter(
        code_range("village_id", form.cleaned_data["region"].code), period__contains=session.day
    )
    members = Membership.objects.filter(
        Q(person__sex=Person.Sex.FEMALE),
        household__in=spells.exclude(status=HouseholdSpell.Status.REMOVED).values("household"),
        period__contains=session.day,
        person__name__startswith=form.cleaned_data["word"].strip(),
    )
    on_list = Attendance.objects.filter(session=session, voided_at=None, person__isnull=False).values("person")
    found = Person.objects.filter(pk__in=members.values("person"), merged_into=None).exclude(pk__in=on_list)
    women = [
        one for one in found.order_by("name", "pk")[: 2 * MOST_OFFERED] if age_on(one.birth_date, session.day) >= 16
    ]
    return women[:MOST_OFFERED]


def _mark(request: HttpRequest, user: User, session: TrainingSession) -> None:
    """What stands on the sent sheet: marks named by person, for women ticked now, and by line, for those on the list."""
    marks: dict[Person, str] = {}
    chosen = {pk: request.POST.get(f"mark-{pk}", "") for pk in ticked(request.POST.getlist("person"))}
    for person in Person.objects.filter(pk__in=chosen, memberships__household__spells__in=_spells(user)).distinct():
        marks[person] = chosen[person.pk]
    lines = {pk: request.POST.get(f"line-{pk}", "") for pk in ticked(request.POST.getlist("line"))}
    if not set(marks.values()) | set(lines.values()) <= set(Attendance.Mark.values):
        raise PermissionDenied
    try:
        with transaction.atomic():
            written = operations.mark_sheet(by=user, session=session, marks=marks)
            written += operations.change_marks(by=user, session=session, marks=lines)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return
    if not marks and not lines:
        messages.error(request, _("请至少勾选一名学员。"))
    elif written:
        messages.success(request, _("已登记%(count)s人的签到。") % {"count": written})
    else:
        messages.info(request, _("签到没有变化。"))


def _spells(user: User) -> QuerySet[HouseholdSpell]:
    found: QuerySet[HouseholdSpell] = HouseholdSpell.objects.visible_to(user)
    return found


def _guests_kept(request: HttpRequest, user: User, session: TrainingSession, form: GuestsForm) -> bool:
    """All names or none."""
    region: Region = form.cleaned_data["region"]
    kept = 0
    try:
        with transaction.atomic():
            for name in form.cleaned_data["guests"]:
                try:
                    operations.record_guest(by=user, session=session, name=name, region=region)
                except AlreadyRecordedError:
                    messages.info(request, _("“%(name)s”已在本场名单中，没有重复登记。") % {"name": name})
                else:
                    kept += 1
    except ValidationError as error:
        form.add_error(None, error.messages[0])
        return False
    if kept:
        messages.success(request, _("已登记%(count)s人的签到。") % {"count": kept})
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def void_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then take one line off the list."""
    user = require(request.user, Permission.RECORD_FACTS)
    found = Attendance.objects.visible_to(user).filter(voided_at=None)
    line: Attendance = get_object_or_404(found.select_related("person", "session__project"), pk=pk)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.void_attendance(by=user, attendance=line, reason=form.cleaned_data["reason"])
        except AlreadyRecordedError as already:
            messages.info(request, already.messages[0])
        else:
            messages.success(request, _("记录已作废，不再计入。"))
        return redirect("livelihood_session", line.session_id)
    return render(request, "livelihood_attendance_void.html", {"room": LIVELIHOOD, "line": line, "form": form})
