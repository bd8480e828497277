"""The base of every table of the back office: permission by role, rows and choices by scope, history with its author.

No name or number of a person may stand in an address, so the lists' search and the choosers' look-up go by POST.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any

import pghistory
from django import forms
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminDateWidget, AutocompleteSelect
from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import OuterRef, Subquery
from django.db.models.constants import LOOKUP_SEP
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from households import codes, identity, periods
from households.access import Permission
from households.audit.recording import note_of
from households.encryption import encrypt, remembered
from households.models import Region
from households.querysets import ScopedQuerySet, can
from households.versioned_forms import VersionedForm
from households.wording import word

# Columns filled from a code list of the national register.
CODE_LISTS = {
    "relation": "relation", "attribute": "household_attr", "main_cause": "main_cause", "nation": "nation",
    "education": "education", "school_status": "school_status", "labour": "labour", "health": "health",
}  # fmt: skip


SEARCH_PURPOSE = "admin.search"
# How the lists' filters compare.
FILTERS_ASK = {"", "exact", "isnull", "id__exact"}


class PeriodWidget(forms.MultiWidget):
    """Two days with the admin's calendars."""

    template_name = "admin/period.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widgets: dict[str, Any] = {
            "first": AdminDateWidget({"aria-label": _("第一天")}),
            "last": AdminDateWidget({"aria-label": _("最后一天")}),
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: Any) -> list[Any]:
        """An add page's address may bring a text where a range is expected: it says nothing."""
        return [value.lower, periods.last_day(value)] if isinstance(value, DateRange) and value else [None, None]


class PeriodField(forms.MultiValueField):
    """A stored half-open range, shown as first and last day, both inclusive; no last day = open."""

    widget = PeriodWidget

    def __init__(self, **options: Any) -> None:
        fields = (forms.DateField(required=True), forms.DateField(required=False))
        super().__init__(fields, require_all_fields=False, **options)

    def compress(self, data_list: list[Any]) -> DateRange | None:
        if not data_list or data_list[0] is None:
            return None
        try:
            return periods.period(data_list[0], data_list[1])
        except ValueError as error:
            raise ValidationError(_("最后一天不得早于第一天。")) from error


class PostAutocomplete(AutocompleteSelect):
    """A chooser whose look-up does not stand in an address."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        attrs: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)
        # Without words in it an empty chooser has no name for who does not see it.
        words = {"data-placeholder": str(_("输入文字查找"))}
        return attrs | words | {"data-ajax--type": "POST", "data-ajax--cache": "false"}

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        """Without what is no key at all: Django asks the database for everything that was sent, and breaks on it."""
        return super().optgroups(name, [one for one in value if self._is_key(one)], attr)

    def _is_key(self, text: str) -> bool:
        try:
            self.field.target_field.to_python(text)
        except ValidationError:
            return False
        return text.isprintable()


class PostAutocompleteView(AutocompleteJsonView):
    """Answers choosers by POST; the rows are those of the chosen table's own list."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.GET = request.POST
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response


class CountyFilter(admin.SimpleListFilter):
    """The counties of the user's scope, by name."""

    title = _("县区")
    parameter_name = "county"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return list(_counties(request))

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(county_code=self.value()) if self.value() else queryset


class ValuesFilter(admin.AllValuesFieldListFilter):
    """The values as they are stored; a blank one has a word, too."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": choice["display"] or _("未登记")}


class RememberingChangeList(ChangeList):
    """Shows the search words kept in the session."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        word = remembered_search(request, self.model)
        self.query = identity.mask_id(word) if identity.parse_id(word).key else word


def remembered_search(request: HttpRequest, model: type[models.Model]) -> str:
    """The words last searched in a table. They may be a person's number: the session holds them encrypted."""
    kept = request.session.get(_search_key(model))
    return remembered(SEARCH_PURPOSE, kept) if kept else ""


def remember_search(request: HttpRequest, model: type[models.Model], word: str) -> None:
    """Keep the words for this table's list, or forget them where there are none."""
    if word:
        request.session[_search_key(model)] = base64.b64encode(encrypt(SEARCH_PURPOSE, word)).decode()
    else:
        request.session.pop(_search_key(model), None)


def _search_key(model: type[models.Model]) -> str:
    return f"search:{model._meta.label_lower}"


class ScopedAdmin(admin.ModelAdmin):
    """A table of the back office.

    `view` and `change` are the permissions to see and to write it (change None: read only); nothing is deleted unless
    `deletable`. `day_default` gives a new record's day.
    """

    view: Permission = Permission.BACK_OFFICE
    change: Permission | None = None
    deletable = False
    day_default: Callable[[], Any] = staticmethod(periods.today)
    list_per_page = 50
    show_full_result_count = False
    save_on_top = False
    form = VersionedForm

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(request.user, self.view)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.change is not None and can(request.user, self.change)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.deletable and self.has_change_permission(request)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        if any(field.name == "county_code" for field in self.model._meta.fields):
            names = Region.objects.filter(code=OuterRef("county_code")).values("short_name")
            rows = rows.annotate(county_name=Subquery(names))
        return rows.visible_to(request.user) if isinstance(rows, ScopedQuerySet) else rows

    @admin.display(description=_("县区"), ordering="county_code")
    def county_shown(self, row: Any) -> str:
        return row.county_name or ""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        rows = db_field.remote_field.model._default_manager.all()
        if isinstance(rows, ScopedQuerySet):
            kwargs["queryset"] = rows.visible_to(request.user)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = PostAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        label, required = db_field.verbose_name, not db_field.blank
        if isinstance(db_field, DateRangeField):
            return PeriodField(
                label=label, required=required, help_text=_("第一天至最后一天，两天都算在内；没有最后一天则留空。")
            )
        if db_field.name == "county_code":
            return forms.ChoiceField(label=_("所属县区"), choices=lambda: _counties(request))
        if db_field.name in CODE_LISTS and not db_field.choices:
            return _code_field(db_field, label, required)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Days of a new record stand on the default day."""
        day = self.day_default()
        initial: dict[str, Any] = {}
        for field in self.model._meta.get_fields():
            if isinstance(field, DateRangeField):
                initial[field.name] = DateRange(day, None)
            elif isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
                initial[field.name] = day
        return initial | dict(super().get_changeform_initial_data(request))

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404  # outsiders and typing errors get the same answer

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Where it may be written, as it stands once nobody else is writing it: what a form compares is written over."""
        found = super().get_object(request, object_id, from_field)
        note_of(request).about = found  # "３１" and "031" in an address are 31, too: the log says whose it was
        if found is None or request.method != "POST" or not self.has_change_permission(request, found):
            return found
        if not self.model._base_manager.select_for_update(no_key=True).filter(pk=found.pk).first():
            return None  # deleted meanwhile
        found.refresh_from_db()
        return found

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # The version stands in the form's head (templates/admin/change_form.html), not among what people fill in.
        return [name for name in super().get_fields(request, obj) if name != "version"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the list's own filters ask: Django would compare any column with anything an address says, and break
        where the database cannot."""
        name, _part, comparison = lookup.partition(LOOKUP_SEP)
        return name in map(_filtered, self.get_list_filter(request)) and comparison in FILTERS_ASK

    def get_ordering(self, request: HttpRequest) -> Any:
        return super().get_ordering(request) or self.model._meta.ordering or ["pk"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RememberingChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST" and "search" in request.POST:
            remember_search(request, self.model, request.POST["search"].strip())
            return redirect(request.path)
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    def search_words(self, request: HttpRequest, typed: str) -> str:
        """On the list the words kept in the session; in a chooser those just typed."""
        on_list = request.resolver_match and (request.resolver_match.url_name or "").endswith("_changelist")
        return remembered_search(request, self.model) if on_list else typed

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        words = self.search_words(request, search_term)
        found: tuple[Any, bool] = super().get_search_results(request, queryset, words)
        return found


def with_author(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What a back-office view writes names its author in the change history."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with pghistory.context(user=request.user.pk, reason="后台管理"):
            return view(request, *args, **kwargs)

    return wrapped


def _filtered(list_filter: Any) -> str:
    """The name in an address of what one of a list's filters narrows."""
    if isinstance(list_filter, str):
        return list_filter
    return str(list_filter[0] if isinstance(list_filter, tuple) else list_filter.parameter_name)


def _counties(request: HttpRequest) -> list[tuple[str, str]]:
    counties = Region.objects.visible_to(request.user).filter(level=Region.Level.COUNTY).order_by("position")
    return [(county.code, county.short_name) for county in counties]


def _code_field(db_field: Any, label: Any, required: bool) -> forms.Field:
    official = list(dict.fromkeys(codes.code_list(CODE_LISTS[db_field.name]).values()))
    choices = [(value, word(value)) for value in official]
    if db_field.name == "health":
        return forms.MultipleChoiceField(
            label=label, required=required, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    return forms.ChoiceField(label=label, required=required, choices=[("", "—"), *choices])
