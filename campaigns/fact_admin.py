"""What the tables of facts in the back office have in common."""

from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter, display
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.business_day import business_date
from campaigns.facts import Fact
from campaigns.recording import village_of
from households.access import Permission
from households.models import Household, Membership, Person, User
from households.scoped_admin import ScopedAdmin
from households.versioned_forms import VersionedForm


class FactForm(VersionedForm):
    """Takes the village from the household, or from the person's household; voids what a reason is given for."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        unit = data.get("household") or data.get("person")
        if unit is not None:
            village = village_of(unit) if isinstance(unit, Household) else village_of_person(unit)
            if village is None:
                raise ValidationError(_("所选户（人）没有登记所在村，请先补登贫困户登记时段。"))
            self.instance.village_id = village
        reason = data.get("void_reason")
        self.instance.voided_at = (self.instance.voided_at or timezone.now()) if reason else None
        return data

    def _get_validation_exclusions(self) -> set[str]:
        # Whether two facts collide depends on their being valid: the constraints need this column too.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"voided_at"}


class VoidedFilter(SimpleListFilter):
    """有效 or 已作废."""

    title = _("状态")
    parameter_name = "voided"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("有效")), ("yes", _("已作废"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(voided_at__isnull=self.value() == "no")


class FactAdmin(ScopedAdmin):
    """A table of facts: village and author are filled in; a wrong fact is voided with a reason, never deleted."""

    view, change = Permission.VIEW_PEOPLE, Permission.RECORD_FACTS
    form = FactForm
    day_default = staticmethod(business_date)
    list_filter: ClassVar[Any] = [VoidedFilter]
    entered: tuple[str, ...] = ()
    readonly_fields = ["village", "author", "recorded_at", "voided_at"]

    @display(description=_("状态"))
    def state_shown(self, fact: Fact) -> str:
        return str(_("已作废") if fact.voided_at else _("有效"))

    @display(description=_("录入人"))
    def author(self, fact: Fact) -> str:
        return str(fact.recorded_by or "—")  # without the link of a foreign key: few may open users

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        entered = [(None, {"fields": self.entered})]
        if obj is None:
            return entered
        return [
            *entered,
            (
                _("作废"),
                {"fields": ("void_reason", "voided_at"), "description": _("填写原因并保存即作废；清空原因即恢复。")},
            ),
            (_("登记"), {"fields": ("village", "author", "recorded_at")}),
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        if not change:
            obj.recorded_by = request.user
        super().save_model(request, obj, form, change)


def village_of_person(person: Person) -> str | None:
    """Code of the village of the person's current or last household; None where she never belonged to one."""
    membership = Membership.objects.filter(person=person).select_related("household").order_by("-period").first()
    return village_of(membership.household) if membership else None
