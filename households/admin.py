"""The register in the back office: regions, users, households, people, and what was uploaded."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from households import identity
from households.access import Permission, steward
from households.accounts.operations import end_ways_in
from households.admin_tables import RegionAliasResource, TableAdmin
from households.audit.models import Action
from households.audit.recording import note_of
from households.identity import IdKind
from households.models import (
    Enrolment,
    Household,
    HouseholdSpell,
    ImportBatch,
    Membership,
    Person,
    Region,
    RegionAlias,
    User,
)
from households.pinyin import pinyin_of
from households.querysets import can
from households.scoped_admin import CountyFilter, ScopedAdmin, ValuesFilter
from households.versioned_forms import VersionedForm
from households.wording import NOT_SHOWN, listed, shown_period

SEXES = {label: value for value, label in ((Person.Sex.FEMALE, "女"), (Person.Sex.MALE, "男"))}


@admin.register(Region)
class RegionAdmin(ScopedAdmin):
    list_display = ["code", "path", "level"]
    list_filter = ["level"]
    search_fields = ["^code", "path"]
    search_help_text = _("区划代码开头，或名称中的字")


@admin.register(RegionAlias)
class RegionAliasAdmin(TableAdmin):
    change = Permission.MANAGE_RULES
    deletable = True
    list_display = ["alias", "region", "is_old_name", "note"]
    list_filter = ["is_old_name"]
    list_select_related = ["region"]
    search_fields = ["alias"]
    autocomplete_fields = ["region"]
    resource_classes = [RegionAliasResource]


class UserFields:
    """Regions typed as codes, checked against the divisions."""

    def clean_regions(self) -> list[str]:
        wanted = list(dict.fromkeys(self.cleaned_data["regions"] or []))  # type: ignore[attr-defined]
        known = set(Region.objects.filter(code__in=wanted).values_list("code", flat=True))
        if unknown := [code for code in wanted if code not in known]:
            raise ValidationError(_("没有区划代码%(codes)s。"), params={"codes": listed(unknown)})
        return wanted


class NewUserForm(UserFields, AdminUserCreationForm):
    usable_password = None  # type: ignore[assignment]

    class Meta:
        model = User
        fields = ("username", "name", "role", "regions")


class ChangedUserForm(UserFields, VersionedForm, UserChangeForm):
    class Meta:
        model = User
        fields = ("username", "name", "role", "regions", "is_active")


class InitialPasswordForm(AdminPasswordChangeForm):
    """What somebody else has set is changed at the next sign-in."""

    def save(self, commit: bool = True) -> Any:
        self.user.password_is_initial = True
        return super().save(commit)


@admin.register(User)
class ProductUserAdmin(ScopedAdmin, UserAdmin):
    view = change = Permission.MANAGE_USERS
    form = ChangedUserForm
    add_form = NewUserForm
    change_password_form = InitialPasswordForm
    list_display = ["username", "name", "role", "regions", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "name"]
    filter_horizontal = ()
    ordering = ["username"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = (
        (None, {"fields": ("username", "password", "name")}),
        (_("权限"), {"fields": ("role", "regions", "is_active")}),
        (_("登录"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "name", "role", "regions", "password1", "password2")}),)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        note = note_of(request)
        note.about = obj
        if not change:
            note.action = Action.PERMISSION
        elif any(getattr(obj, name) != form.initial[name] for name in ("role", "regions", "is_active")):
            note.action = Action.PERMISSION
            end_ways_in(obj)
        if not change:
            obj.password_is_initial = True
        super().save_model(request, obj, form, change)


@admin.register(Household)
class HouseholdAdmin(ScopedAdmin):
    view, change = Permission.VIEW_PEOPLE, Permission.EDIT_REGISTER
    list_display = ["head_name", "number", "county_shown", "attribute", "main_cause", "masked_phone"]
    list_filter = [CountyFilter, ("attribute", ValuesFilter)]
    search_fields = ["^head_name", "^number"]
    search_help_text = _("户主姓名或户编号，从头几个字查起")
    fields = [
        "county_code", "number", "head_name", "attribute", "main_cause", "income_per_head", "exited_on", "masked_phone",
    ]  # fmt: skip
    readonly_fields = ["masked_phone"]

    @admin.display(description=_("户主联系电话"))
    def masked_phone(self, household: Household) -> str:
        return identity.mask_phone(household.phone) if household.phone else NOT_SHOWN


@admin.register(HouseholdSpell)
class HouseholdSpellAdmin(ScopedAdmin):
    view, change = Permission.VIEW_PEOPLE, Permission.EDIT_REGISTER
    list_display = ["household", "village", "status", "days"]
    list_filter = ["status"]
    list_select_related = ["household", "village"]
    search_fields = ["^household__head_name", "^household__number"]
    autocomplete_fields = ["household", "village"]
    fields = ["household", "village", "status", "period", "reason"]

    @admin.display(description=_("起止日期"), ordering="period")
    def days(self, spell: HouseholdSpell) -> str:
        return shown_period(spell.period)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "village":
            field.queryset = field.queryset.filter(level=Region.Level.VILLAGE)
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.county_code = obj.village_id[:6]
        super().save_model(request, obj, form, change)


class PersonForm(VersionedForm):
    """The number is entered, never shown; birth date and sex come from it."""

    new_id_number = forms.CharField(
        label=_("证件号码（新填或更正）"), required=False, max_length=30,
        help_text=_("身份证号或残疾人证号。已登记的号码不显示；留空则不改动。没有证件号码的，请填写人编号。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    class Meta:
        model = Person
        fields = [
            "name", "sex", "birth_date", "person_no", "county_code", "nation", "education", "school_status", "health",
            "disability_category", "disability_level", "labour", "illness_insured",
        ]  # fmt: skip

    def clean_new_id_number(self) -> str:
        raw = self.cleaned_data["new_id_number"]
        if not raw:
            return ""
        number = identity.parse_id(raw)
        if number.kind not in (IdKind.CITIZEN, IdKind.DISABILITY):
            raise ValidationError(_("证件号码有误，请对照证件核对后重新填写。"))
        index = identity.blind_index(number.key)
        # The same words whether the other person is of this county or not: a number must not be tried out.
        with steward():  # the reader sees no other county's people
            is_known = Person.objects.filter(id_index=index).exclude(pk=self.instance.pk).exists()
        if is_known:
            raise ValidationError(_("该证件号码需要核实，请联系市妇联。"))
        self.instance.id_number, self.instance.id_index = number.certificate, index
        self.instance.weak_index = None
        self.derived = {"birth_date": number.birth_date, "sex": SEXES.get(number.sex)}
        return number.key

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data |= {name: value for name, value in getattr(self, "derived", {}).items() if value}
        if self.instance.id_index is None and self.instance.weak_index is None and not data.get("person_no"):
            raise ValidationError(_("请填写证件号码；没有证件号码的，请填写人编号。"))
        return data


@admin.register(Person)
class PersonAdmin(ScopedAdmin):
    view, change = Permission.VIEW_PEOPLE, Permission.EDIT_REGISTER
    form = PersonForm
    list_display = ["name", "sex", "birth_date", "masked_number", "county_shown"]
    list_filter = ["sex", CountyFilter]
    search_fields = ["^name", "^person_no"]
    search_help_text = _("姓名开头几个字，或完整的证件号码")
    fields = ["name", "new_id_number", "masked_number", *PersonForm.Meta.fields[1:], "masked_phone"]
    readonly_fields = ["masked_number", "masked_phone"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without records merged into others: nothing may be hung on them."""
        return super().get_queryset(request).filter(merged_into=None)

    @admin.display(description=_("证件号码"))
    def masked_number(self, person: Person) -> str:
        return identity.mask_id(person.id_number) if person.id_number else NOT_SHOWN

    @admin.display(description=_("联系电话"))
    def masked_phone(self, person: Person) -> str:
        return identity.mask_phone(person.phone) if person.phone else NOT_SHOWN

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        hidden = set() if can(request.user, Permission.VIEW_SENSITIVE) else {
            "masked_number", "health", "disability_category", "disability_level",
        }  # fmt: skip
        return [field for field in self.fields if field not in hidden]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # Without the number the two facts derived from it are typed.
        form = super().get_form(request, obj, change, **kwargs)
        for name in ("sex", "birth_date"):
            if name in form.base_fields:
                form.base_fields[name].help_text = _("填了证件号码的，以证件号码为准。")
        return form

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        number = identity.parse_id(self.search_words(request, search_term))
        if number.kind in (IdKind.CITIZEN, IdKind.DISABILITY):
            return queryset.filter(id_index=identity.blind_index(number.key)), False
        return super().get_search_results(request, queryset, search_term)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pinyin = pinyin_of(obj.name)
        super().save_model(request, obj, form, change)


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    view, change = Permission.VIEW_PEOPLE, Permission.EDIT_REGISTER
    list_display = ["person", "household", "relation", "days", "end_reason"]
    list_filter = ["end_reason"]
    list_select_related = ["person", "household"]
    search_fields = ["^person__name", "^household__head_name"]
    autocomplete_fields = ["household", "person"]
    fields = ["household", "person", "relation", "period", "end_reason"]

    @admin.display(description=_("起止日期"), ordering="period")
    def days(self, membership: Membership) -> str:
        return shown_period(membership.period)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.county_code = obj.household.county_code
        super().save_model(request, obj, form, change)


@admin.register(Enrolment)
class EnrolmentAdmin(ScopedAdmin):
    view, change = Permission.VIEW_PEOPLE, Permission.EDIT_REGISTER
    list_display = ["person", "stage", "grade", "school", "days"]
    list_filter = ["stage", "grade"]
    list_select_related = ["person"]
    search_fields = ["^person__name", "school"]
    autocomplete_fields = ["person"]
    fields = ["person", "stage", "grade", "school", "period"]

    @admin.display(description=_("起止日期"), ordering="period")
    def days(self, enrolment: Enrolment) -> str:
        return shown_period(enrolment.period)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.county_code = obj.person.county_code
        super().save_model(request, obj, form, change)


@admin.register(ImportBatch)
class ImportBatchAdmin(ScopedAdmin):
    view = Permission.UPLOAD
    list_display = ["created_at", "kind", "state", "created_by", "county_shown", "as_of", "file_size"]
    list_filter = ["state", "kind"]
    list_select_related = ["created_by"]
    fields = [
        "kind", "state", "created_by", "created_at", "applied_at", "county_code", "file_size", "as_of", "message", "counts",
    ]  # fmt: skip
