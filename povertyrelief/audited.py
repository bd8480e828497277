"""Which addresses stand in the audit log, as what: one line an address, or the reason why it has none.

A test generated from the URL map fails for an address that is in neither table. The back office's are derived from the
tables registered there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.contrib import admin
from django.db import models

from households.audit.models import Action
from households.models import User

A = Action
_READ, _POST = frozenset({"GET", "HEAD"}), frozenset({"POST"})


@dataclass(frozen=True)
class Line:
    """look: what showing the page is; change: what a request is that has written something.

    about, key: model and argument of the object in the address. shown_by: the methods that show it; a page shown by GET is
    shown once more where its form comes back. fragments: False where htmx gets no more than how far the work is, again and
    again. reason: the form asks why.
    """

    look: Action | None = None
    change: Action | None = None
    about: str = ""
    key: str = "pk"
    shown_by: frozenset[str] = _READ
    fragments: bool = True
    reason: bool = False


def _list(change: Action | None = A.RECORD) -> Line:
    return Line(A.VIEW_LIST, change)


def _person(about: str, change: Action = A.RECORD, key: str = "pk", *, reason: bool = False) -> Line:
    return Line(A.VIEW_PERSON, change, about, key, reason=reason)


def _void(about: str, key: str = "pk") -> Line:
    return Line(A.VIEW_PERSON, A.VOID, about, key, reason=True)


def _batch(change: Action | None = None, look: Action | None = None, *, fragments: bool = True) -> Line:
    return Line(look, change, "households.importbatch", fragments=fragments)


AUDITED: dict[str, Line] = {
    "worklist": _list(None),
    "worklist_book": Line(A.EXPORT),
    "submission_rounds": Line(None, A.RECORD),
    "submission_submit": Line(None, A.RECORD),
    "submission_decide": Line(None, A.DECIDE, "campaigns.submission"),
    "falling_out": _list(None),
    "briefing": Line(A.EXPORT, shown_by=_POST, reason=True),
    "briefing_template": Line(None, A.RULES),
    "report_lists": Line(A.EXPORT, shown_by=_POST, reason=True),
    "household_file": Line(A.PRINT, None, "households.household", shown_by=_READ | _POST, reason=True),
    "households": _list(None),
    "household": _person("households.household"),
    "record_fact": _person("households.household"),
    "carry_over": _person("households.household"),
    "void_fact": _void("households.household"),
    "household_relist": _person("households.household", A.DECIDE),
    "member_reopen": _person("households.household", A.DECIDE),
    "household_remove": _person("households.household", A.DECIDE),
    "member_leave": _person("households.household", A.DECIDE),
    "schooling_change": _person("households.household"),
    "reveal": Line(A.VIEW_PERSON, A.REVEAL_ASK, "households.household"),  # the view notes A.REVEAL
    "reveals": _list(None),
    "data_request_new": _person("households.household"),
    "data_requests": _list(None),
    "data_request": Line(A.VIEW_PERSON, A.DECIDE, "households.datarequest"),
    "reveal_decide": Line(None, A.REVEAL_DECIDE, "households.revealrequest"),
    "records": _list(None),
    "records_workbook": Line(A.EXPORT),
    "record_new": Line(None, A.RECORD),
    "record_edit": Line(A.VIEW_PERSON, A.RECORD),  # the model: see auditing
    "record_void": Line(A.VIEW_PERSON, A.VOID, reason=True),
    "insurance": _list(None),
    "enrolment": Line(A.VIEW_LIST, A.EXPORT),  # enrols and hands out the list for the insurer
    "survey_missing": _list(None),
    "event": Line(A.VIEW_LIST, A.RECORD, "campaigns.event"),
    "participant_new": Line(None, A.RECORD, "campaigns.event"),
    "participants_paste": Line(None, A.RECORD, "campaigns.event"),
    "participant_edit": Line(A.VIEW_PERSON, A.RECORD, "campaigns.participant", "participant"),
    "participant_void": _void("campaigns.participant", "participant"),
    "year_edit": Line(None, A.RULES, "campaigns.campaignyear", "year"),
    "year_next": Line(None, A.RULES),
    "counting_rules_change": Line(None, A.RULES, "campaigns.campaignyear", "year"),
    "schooling_pupils": _list(),
    "schooling_pupils_workbook": Line(A.EXPORT),
    "schooling_grades": _list(None),
    "schooling_pay": _list(),
    "schooling_signatures": Line(A.PRINT, A.RECORD),
    "schooling_notice": Line(A.PRINT, shown_by=_READ | _POST),
    "schooling_donations": Line(A.PRINT),
    "schooling_fund": Line(A.PRINT, None, "campaigns.fund"),
    "schooling_donor": Line(A.PRINT, None, "campaigns.donor"),
    "photo": Line(A.VIEW_PERSON),  # the model: see auditing
    "pairing_helper": Line(A.VIEW_LIST, None, "campaigns.helper"),
    "pairing_overdue": _list(None),
    "pairing_handover": _list(),
    "pairing_suggestions": _list(),
    "contact_rounds": Line(None, A.RECORD),
    "contact_round": Line(A.VIEW_LIST, A.RECORD, "campaigns.contactround"),
    "contact_tick": Line(None, A.RECORD),
    "contact_photos": _person("campaigns.contact"),
    "contact_photo_send": Line(None, A.RECORD),
    "publicity_sheets": Line(None, A.RECORD),
    "publicity_entry": _list(),
    "sheet": Line(A.PRINT, None, "campaigns.sheet"),
    "rectifications": _list(None),
    "recheck": _person("campaigns.recheck"),
    "story": _person("campaigns.story"),
    "spot_draw": Line(None, A.RECORD),
    "spot_check": Line(A.VIEW_LIST, A.RECORD, "campaigns.spotcheck"),
    "spot_check_void": _void("campaigns.spotcheck"),
    "spot_photos": _person("campaigns.spotresult"),
    "cleaning_photos": _person("campaigns.cleaning"),
    "cleaning_sheets": Line(None, A.RECORD),
    "cleaning_entry": _list(),
    "livelihood_match_offer": Line(A.VIEW_LIST, A.RECORD, "campaigns.joboffer"),
    "livelihood_match_woman": _person("households.person"),
    "livelihood_employment": _person("campaigns.employment"),
    "livelihood_training": Line(A.VIEW_LIST, None, "campaigns.trainingproject"),
    "livelihood_session": Line(A.VIEW_LIST, A.RECORD, "campaigns.trainingsession"),
    "livelihood_attendance_void": _void("campaigns.attendance"),
    "uploads": Line(None, A.PREVIEW),
    "combined_ledger": Line(A.EXPORT),
    "upload_detail": _batch(look=A.PREVIEW, fragments=False),
    "upload_columns": _batch(A.PREVIEW, A.PREVIEW),
    "upload_check": _batch(A.PREVIEW),
    "upload_apply": _batch(A.ORDER),  # the worker writes A.APPLY and A.UNDO with what they do
    "upload_stop": _batch(A.ORDER),
    "upload_discard": _batch(A.ORDER),
    "upload_undo": _batch(A.ORDER, A.PREVIEW),
    "upload_missing": _batch(A.DECIDE),
    "upload_missing_back": _batch(A.DECIDE),
    "upload_annotated": _batch(look=A.EXPORT),
    "comparisons": Line(None, A.PREVIEW),
    "comparison": Line(A.VIEW_LIST, None, "households.listcomparison", fragments=False),
    "comparison_workbook": Line(A.EXPORT, None, "households.listcomparison"),
    "comparison_delete": Line(None, A.ORDER, "households.listcomparison"),
    "doubts": _list(None),
    "doubt": _person("households.stagedrow", A.DECIDE),
    "duplicates": _list(None),
    "duplicate": _person("households.person", A.DECIDE, "one", reason=True),
    "pair_decisions": _list(None),
    "pair_decision": _person("households.pairdecision", A.DECIDE),
    "suspect_data": _list(None),
    "suspect_data_book": Line(A.EXPORT),
    "audit": Line(A.VIEW_LOG),
    "audit_workbook": Line(A.EXPORT),
    "minors_report": Line(A.PRINT),
    "account_invite": Line(None, A.ACCOUNT),
    "account": Line(None, A.ACCOUNT, "households.user"),
    "welcome": Line(None, A.ACCOUNT),
    "account_change_password": Line(None, A.ACCOUNT),
    "account_set_password": Line(None, A.ACCOUNT),
    "mfa_activate_totp": Line(None, A.ACCOUNT),
    "mfa_deactivate_totp": Line(None, A.ACCOUNT),
    "mfa_generate_recovery_codes": Line(None, A.ACCOUNT),
    "mfa_view_recovery_codes": Line(A.ACCOUNT),
    "mfa_download_recovery_codes": Line(A.ACCOUNT),
    "mfa_add_webauthn": Line(None, A.ACCOUNT),
    "mfa_edit_webauthn": Line(None, A.ACCOUNT),
    "mfa_remove_webauthn": Line(None, A.ACCOUNT),
    "usersessions_list": Line(None, A.ACCOUNT),
    "admin:autocomplete": Line(A.VIEW_LIST, shown_by=_POST),
    "admin:auth_user_password_change": Line(None, A.ACCOUNT, "households.user", "id"),
}

_BY_SIGNAL = "sign-in, sign-out and failures are noted by the sign-in packages' signals, whatever the address"
_COUNTS = "shows counts only, of nobody in particular"
_LEADS_ON = "shows nothing itself"
NOT_AUDITED: dict[str, str] = {
    "home": _COUNTS,
    "dashboard": _COUNTS,
    "dashboard_region": _COUNTS,
    "dashboard_actions": _COUNTS,
    "submission_round": _COUNTS,
    "submission": _COUNTS,
    "dashboard_ranking": _COUNTS,
    "dashboard_outlook": _COUNTS,
    "dashboard_comparison": _COUNTS,
    "dashboard_chart": _COUNTS,
    "reports": _COUNTS,
    "progress_table": _COUNTS,
    "progress_workbook": _COUNTS,
    "briefing_template_file": "words and tags, nobody in particular",
    "rooms": _COUNTS,
    "room": _COUNTS,
    "survey_rates": _COUNTS,
    "survey_wishes": _COUNTS,
    "calendar": "shows events, nobody in particular",
    "years": "shows the counting, nobody in particular",
    "counting_rules": "shows the counting, nobody in particular",
    "counting_rules_of": "shows the counting, nobody in particular",
    "schooling_payments": _COUNTS,
    "leaflet_stock": _COUNTS,
    "cleaning_quality": _COUNTS,
    "livelihood_matching": "shows offers with counts, nobody in particular",
    "worklists": _LEADS_ON,
    "suspect_data_home": _LEADS_ON,
    "livelihood_home": _LEADS_ON,
    "upload_template": "a blank workbook: names of villages only",
    "upload_template_of": "a blank workbook: names of villages only",
    "demo_roster": "a file of invented people",
    "set_language": "a cookie",
    "accounts": "shows staff, nobody of the register",
    "invitation": _LEADS_ON,
    "pin": _BY_SIGNAL,
    "account_login": _BY_SIGNAL,
    "account_logout": _BY_SIGNAL,
    "account_inactive": _LEADS_ON,
    "account_reauthenticate": _BY_SIGNAL,
    "demonstration_sign_in": _BY_SIGNAL,
    "mfa_index": "shows the user's own second factors",
    "mfa_list_webauthn": "shows the user's own second factors",
    "mfa_authenticate": _BY_SIGNAL,
    "mfa_reauthenticate": _BY_SIGNAL,
    "mfa_reauthenticate_webauthn": _BY_SIGNAL,
    "admin:index": _LEADS_ON,
    "admin:login": _LEADS_ON,
    "admin:logout": _BY_SIGNAL,
    "admin:jsi18n": _LEADS_ON,
    "admin:app_list": _LEADS_ON,
}

# Tables of the back office in which nobody of the register stands: looking at them is not audited, changing them is.
_PARAMETERS = {
    "region", "regionalias", "campaignyear", "countingrules", "scheme", "policy", "aidproject", "importbatch",
}  # fmt: skip


def line_of(url_name: str) -> Line | None:
    """How an address is audited; None for one that is not."""
    return AUDITED.get(url_name) or back_office_lines().get(url_name)


@cache
def back_office_lines() -> Mapping[str, Line]:
    """The lines of the back office's tables."""
    found: dict[str, Line] = {}
    for model in admin.site._registry:
        found |= _table_lines(model)
    return found


def _table_lines(model: type[models.Model]) -> dict[str, Line]:
    label, names_nobody = model._meta.label_lower, model._meta.model_name in _PARAMETERS
    change = A.ACCOUNT if model is User else A.RULES if names_nobody else A.RECORD
    listed, opened = (None, None) if names_nobody else (A.VIEW_LIST, A.VIEW_PERSON)
    prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
    return {
        prefix + "changelist": Line(listed, change),
        prefix + "add": Line(None, change),
        prefix + "change": Line(opened, change, label, "object_id"),
        prefix + "history": Line(opened, None, label, "object_id"),
        prefix + "delete": Line(opened, change, label, "object_id"),
        prefix + "import": Line(None, change),
        prefix + "process_import": Line(None, change),
        prefix + "export": Line(A.EXPORT, shown_by=_POST),
    }
