"""Every address × every role: what a page answers, by GET and by an empty POST. An address without a line here fails.

The objects asked for are of county A (丰南区). Columns, in the order of ROLES; `in` is the way to the sign-in page.
"""

import logging
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests import everything
from tests.conftest import Cast

ROLES = (
    "anonymous", "system_admin", "federation_staff", "officer_a", "officer_b", "township_worker", "village_worker",
    "leader", "auditor", "disabled",
)  # fmt: skip

NAMES = everything.NAMES

# Rows of the back office:  anonymous, admin, city, A, B, township, village, leader, auditor, disabled
ANY = "in 200 200 200 200 403 403 403 403 in"  # everybody who may enter it
ANY_A = "in 200 200 200 404 403 403 403 403 in"  # … but not what belongs to another county
STAFF = "in 403 200 200 200 403 403 403 403 in"  # who may see people
STAFF_A = "in 403 200 200 404 403 403 403 403 in"
CITY = "in 403 200 403 403 403 403 403 403 in"
CITY_A = "in 403 200 403 404 403 403 403 403 in"
ADMIN = "in 200 403 403 403 403 403 403 403 in"
NOBODY = "in 403 403 403 403 403 403 403 403 in"
NOBODY_A = "in 403 403 403 404 403 403 403 403 in"

# Table: its list, one of its rows, adding, changing.
TABLES = {
    "households_region": (ANY, ANY_A, NOBODY, NOBODY_A),
    "households_regionalias": (ANY, ANY_A, CITY, CITY_A),
    "households_user": (ADMIN, ADMIN, ADMIN, ADMIN),
    "households_household": (STAFF, STAFF_A, STAFF, STAFF_A),
    "households_householdspell": (STAFF, STAFF_A, STAFF, STAFF_A),
    "households_person": (STAFF, STAFF_A, STAFF, STAFF_A),
    "households_membership": (STAFF, STAFF_A, STAFF, STAFF_A),
    "households_enrolment": (STAFF, STAFF_A, STAFF, STAFF_A),
    "households_importbatch": (STAFF, STAFF_A, NOBODY, NOBODY_A),
    "campaigns_helper": (STAFF, STAFF_A, STAFF, STAFF_A),
    "campaigns_pairing": (STAFF, STAFF_A, STAFF, STAFF_A),
    "campaigns_contact": (STAFF, STAFF_A, STAFF, STAFF_A),
    "campaigns_cleaning": (STAFF, STAFF_A, STAFF, STAFF_A),
    "campaigns_insuredperson": (STAFF, STAFF_A, STAFF, STAFF_A),
    "campaigns_grant": (STAFF, STAFF_A, STAFF, STAFF_A),
    "campaigns_specialcircumstance": (STAFF, STAFF_A, STAFF, STAFF_A),
    "campaigns_campaignyear": (ANY, ANY, NOBODY, NOBODY),
    "campaigns_countingrules": (ANY, ANY, NOBODY, NOBODY),
    "campaigns_scheme": (ANY, ANY, CITY, CITY),
    "campaigns_policy": (ANY, ANY, CITY, CITY),
    "campaigns_aidproject": (ANY, ANY, CITY, CITY),
}
DELETABLE = {"households_regionalias"}
IMPORTED = {"households_regionalias", "campaigns_helper", "campaigns_aidproject"}

SIGNED_IN = "in 200 200 200 200 200 200 200 200 in"
LOG = "in 200 403 403 403 403 403 403 200 in"
ANSWERS_FOR = "in 200 200 200 200 403 403 403 403 in"  # who opens and closes accounts
ANSWERS_FOR_A = "in 200 200 200 404 403 403 403 403 in"
NO_LINK = "404 404 404 404 404 404 404 404 404 404"
NO_GET = "405 405 405 405 405 405 405 405 405 405"
GET = {
    "home": SIGNED_IN,
    "dashboard": SIGNED_IN,
    "dashboard_region": "in 200 200 200 404 404 404 200 200 in",
    "submission_rounds": SIGNED_IN,
    "submission_round": "in 200 200 200 404 404 404 200 200 in",
    "submission_submit": "in 403 302 302 404 404 404 403 403 in",
    "submission": "in 200 200 200 404 200 404 200 200 in",
    "submission_decide": "in 403 302 302 404 302 404 403 403 in",
    "dashboard_actions": "in 200 200 200 404 404 404 200 200 in",
    "dashboard_ranking": "in 200 200 200 404 404 404 200 200 in",
    "dashboard_outlook": "in 200 200 200 404 404 404 200 200 in",
    "dashboard_comparison": "in 200 200 200 404 404 404 200 200 in",
    "dashboard_chart": "in 200 200 200 404 404 404 200 200 in",
    "worklists": "in 403 302 302 302 302 302 302 403 in",
    "worklist": "in 403 200 200 404 404 404 200 403 in",
    "falling_out": "in 403 200 200 404 404 404 200 403 in",
    "worklist_book": "in 403 200 200 404 404 404 403 403 in",
    "reports": SIGNED_IN,
    "progress_table": SIGNED_IN,
    "progress_workbook": SIGNED_IN,
    "briefing": SIGNED_IN,
    "briefing_template": CITY,
    "briefing_template_file": CITY,
    "report_lists": "in 403 200 200 200 403 403 403 403 in",
    "household_file": "in 403 200 200 404 200 200 403 403 in",
    "households": "in 403 200 200 200 200 200 403 403 in",
    "household": "in 403 200 200 404 200 200 403 403 in",
    "carry_over": "in 403 302 302 404 302 302 403 403 in",  # it split off nobody: back to it
    "record_fact": "in 403 200 200 404 200 200 403 403 in",
    "void_fact": "in 403 200 200 404 200 200 403 403 in",
    "household_relist": "in 403 302 302 404 403 403 403 403 in",  # it is on the list: back to it
    "member_reopen": "in 403 200 200 404 403 403 403 403 in",
    "household_remove": "in 403 200 200 404 403 403 403 403 in",
    "member_leave": "in 403 200 200 404 403 403 403 403 in",
    "schooling_change": "in 403 200 200 404 403 403 403 403 in",
    "reveal": "in 403 200 200 404 403 403 403 403 in",
    "reveals": "in 403 200 200 200 403 403 403 403 in",
    "data_request_new": "in 403 200 200 404 200 200 403 403 in",
    "data_requests": "in 403 200 200 200 403 403 403 403 in",
    "data_request": "in 403 200 200 404 403 403 403 403 in",
    "reveal_decide": NO_GET,
    "rooms": SIGNED_IN,
    "room": SIGNED_IN,
    "records": "in 403 200 200 200 200 200 403 403 in",
    "records_workbook": "in 403 200 200 200 403 403 403 403 in",
    "record_new": "in 403 200 200 200 200 200 403 403 in",
    "record_edit": "in 403 200 200 404 404 404 403 403 in",
    "record_void": "in 403 200 200 404 404 404 403 403 in",
    "insurance": "in 403 200 200 200 200 200 403 403 in",
    "enrolment": "in 403 200 200 200 403 403 403 403 in",
    "survey_rates": SIGNED_IN,
    "survey_wishes": SIGNED_IN,
    "survey_missing": "in 403 200 200 404 404 404 200 403 in",  # of the county: not of its townships alone
    "event": "in 403 200 200 404 200 200 403 403 in",
    "participant_new": "in 403 200 200 404 404 404 403 403 in",
    "participants_paste": "in 403 200 200 404 404 404 403 403 in",
    "participant_edit": "in 403 200 200 404 404 404 403 403 in",
    "participant_void": "in 403 200 200 404 404 404 403 403 in",
    "calendar": SIGNED_IN,
    "years": SIGNED_IN,
    "year_edit": "in 403 200 403 403 403 403 403 403 in",
    "year_next": "in 403 200 403 403 403 403 403 403 in",
    "counting_rules": SIGNED_IN,
    "counting_rules_of": SIGNED_IN,
    "counting_rules_change": "in 403 200 403 403 403 403 403 403 in",
    "schooling_pupils": "in 403 200 200 200 200 200 403 403 in",
    "schooling_pupils_workbook": "in 403 200 200 200 403 403 403 403 in",
    "schooling_grades": "in 403 200 200 200 200 200 403 403 in",
    "schooling_pay": "in 403 200 200 200 200 200 403 403 in",
    "schooling_payments": "in 403 200 200 200 200 200 403 403 in",
    "schooling_signatures": "in 403 200 200 200 200 200 403 403 in",
    "schooling_notice": "in 403 200 200 200 200 200 403 403 in",
    "schooling_donations": "in 403 200 200 200 200 200 403 403 in",
    "schooling_fund": "in 403 200 200 404 404 404 403 403 in",
    "schooling_donor": "in 403 200 200 404 404 404 403 403 in",
    "photo": "in 403 200 200 404 200 200 403 403 in",
    "pairing_helper": "in 403 200 200 404 200 200 403 403 in",
    "pairing_overdue": "in 403 200 200 200 200 200 200 403 in",
    "pairing_handover": "in 403 200 200 200 200 200 403 403 in",
    "pairing_suggestions": "in 403 200 200 200 200 200 403 403 in",
    "leaflet_stock": SIGNED_IN,
    "contact_rounds": "in 403 200 200 200 200 200 403 403 in",
    "contact_round": "in 403 200 200 404 200 200 403 403 in",
    "contact_tick": NO_GET,
    "contact_photos": "in 403 200 200 404 200 200 403 403 in",
    "contact_photo_send": NO_GET,
    "publicity_sheets": "in 403 200 200 200 200 200 403 403 in",
    "publicity_entry": "in 403 200 200 200 200 200 403 403 in",
    "sheet": "in 403 200 200 404 200 200 403 403 in",
    "cleaning_quality": SIGNED_IN,
    "rectifications": "in 403 200 200 200 200 200 200 403 in",
    "recheck": "in 403 200 200 404 200 200 403 403 in",
    "story": "in 403 200 200 404 200 200 403 403 in",
    "spot_draw": "in 403 200 200 200 200 200 403 403 in",
    "spot_check": "in 403 200 200 404 200 200 403 403 in",
    "spot_check_void": "in 403 200 200 404 200 200 403 403 in",
    "spot_photos": "in 403 200 200 404 200 200 403 403 in",
    "cleaning_photos": "in 403 200 200 404 200 200 403 403 in",
    "cleaning_sheets": "in 403 200 200 200 200 200 403 403 in",
    "cleaning_entry": "in 403 200 200 200 200 200 403 403 in",
    "livelihood_matching": "in 403 200 200 200 200 200 403 403 in",
    "livelihood_match_offer": "in 403 200 200 404 200 200 403 403 in",
    "livelihood_match_woman": "in 403 200 200 404 200 200 403 403 in",
    "livelihood_employment": "in 403 200 200 404 200 200 403 403 in",
    "livelihood_home": "in 403 302 302 404 302 302 403 403 in",
    "livelihood_training": "in 403 200 200 404 200 200 403 403 in",
    "livelihood_session": "in 403 200 200 404 200 200 403 403 in",
    "livelihood_attendance_void": "in 403 200 200 404 200 200 403 403 in",
    "uploads": "in 403 200 200 200 403 403 403 403 in",
    "combined_ledger": "in 403 200 200 200 403 403 403 403 in",
    "upload_detail": "in 403 200 200 404 403 403 403 403 in",
    "upload_columns": "in 403 404 404 404 403 403 403 403 in",  # the original is gone
    "upload_check": NO_GET,
    "upload_apply": NO_GET,
    "upload_stop": NO_GET,
    "upload_discard": NO_GET,
    "upload_missing": NO_GET,
    "upload_missing_back": NO_GET,
    "upload_template": "in 403 200 200 200 403 403 403 403 in",
    "upload_template_of": "in 403 200 200 200 403 403 403 403 in",
    "doubts": "in 403 200 200 200 403 403 403 403 in",
    "doubt": "in 403 200 200 404 403 403 403 403 in",
    "duplicates": "in 403 200 200 200 403 403 403 403 in",
    "duplicate": "in 403 200 200 404 403 403 403 403 in",
    "pair_decisions": "in 403 200 200 200 403 403 403 403 in",
    "pair_decision": "in 403 200 200 404 403 403 403 403 in",
    "suspect_data_home": "in 403 302 302 302 403 403 403 403 in",
    "suspect_data": "in 403 200 200 404 403 403 403 403 in",
    "suspect_data_book": "in 403 200 200 404 403 403 403 403 in",
    "comparisons": "in 403 200 200 200 403 403 403 403 in",
    "comparison": "in 403 404 200 404 403 403 403 403 in",  # of officer A alone
    "comparison_workbook": "in 403 404 200 404 403 403 403 403 in",
    "comparison_delete": NO_GET,
    "upload_undo": "in 403 302 302 404 403 403 403 403 in",  # not imported yet: back to its page
    "upload_annotated": "in 403 404 404 404 403 403 403 403 in",  # nothing to give back yet
    "accounts": ANSWERS_FOR,
    "account_invite": ANSWERS_FOR,
    "account": ANSWERS_FOR_A,
    "invitation": "302 302 302 302 302 302 302 302 302 302",
    "welcome": NO_LINK,
    "pin": "in 302 302 302 302 302 302 302 302 in",
    "audit": LOG,
    "audit_workbook": LOG,
    "minors_report": LOG,
    "demo_roster": "in 403 404 404 404 403 403 403 403 in",  # this is no demonstration
    "set_language": "302 302 302 302 302 302 302 302 302 302",
    "demonstration_sign_in": NO_GET,
    "account_login": "200 302 302 302 302 302 302 302 302 200",
    "account_logout": SIGNED_IN,
    "account_inactive": "200 200 200 200 200 200 200 200 200 200",
    "account_change_password": SIGNED_IN,
    "account_set_password": "in 302 302 302 302 302 302 302 302 in",
    # Signed in by force, these users have not proved anything in this session: they are asked to.
    "account_reauthenticate": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": "in 302 302 302 302 302 302 302 302 in",
    "mfa_reauthenticate": "in 200 200 302 302 302 302 302 200 in",
    "mfa_activate_totp": "in 302 302 302 302 302 302 302 302 in",
    "mfa_deactivate_totp": "in 302 302 404 404 404 404 404 302 in",
    "mfa_view_recovery_codes": "in 404 404 404 404 404 404 404 404 in",
    "mfa_generate_recovery_codes": "in 302 302 302 302 302 302 302 302 in",
    "mfa_download_recovery_codes": "in 404 404 404 404 404 404 404 404 in",
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": "in 302 302 302 302 302 302 302 302 in",
    "mfa_reauthenticate_webauthn": "in 302 302 302 302 302 302 302 302 in",
    "mfa_edit_webauthn": "in 302 302 302 302 302 302 302 302 in",
    "mfa_remove_webauthn": "in 302 302 302 302 302 302 302 302 in",
    "usersessions_list": SIGNED_IN,
    "admin:index": ANY,
    "admin:login": "in 302 302 302 302 403 403 403 403 in",
    "admin:logout": "302 405 405 405 405 403 403 403 403 302",
    "admin:jsi18n": ANY,
    "admin:app_list": ANY,
    "admin:autocomplete": "in 405 405 405 405 403 403 403 403 in",
    "admin:auth_user_password_change": ADMIN,
}
POST = {
    "worklist": NO_GET,
    "falling_out": NO_GET,
    "worklist_book": NO_GET,
    "suspect_data_home": NO_GET,
    "suspect_data": NO_GET,
    "suspect_data_book": NO_GET,
    "submission_rounds": "in 403 200 403 403 403 403 403 403 in",
    "submission_round": NO_GET,
    "submission_submit": "in 403 302 302 404 404 404 403 403 in",
    "submission": NO_GET,
    "submission_decide": "in 403 200 200 404 404 404 403 403 in",
    "dashboard_actions": NO_GET,
    "dashboard_ranking": NO_GET,
    "dashboard_outlook": NO_GET,
    "dashboard_comparison": NO_GET,
    "dashboard_chart": NO_GET,
    "insurance": NO_GET,
    "enrolment": "in 403 200 200 200 403 403 403 403 in",
    "household": NO_GET,
    "dashboard": NO_GET,
    "reports": NO_GET,
    "progress_table": NO_GET,
    "progress_workbook": NO_GET,
    "briefing": "in 422 422 422 422 422 422 422 422 in",
    "briefing_template": "in 403 422 403 403 403 403 403 403 in",
    "briefing_template_file": NO_GET,
    "report_lists": "in 403 422 422 422 403 403 403 403 in",
    "household_file": "in 403 422 422 404 403 403 403 403 in",
    "carry_over": "in 403 302 302 404 302 302 403 403 in",  # it split off nobody: back to it
    "record_fact": "in 403 200 200 404 200 200 403 403 in",
    "void_fact": "in 403 200 200 404 200 200 403 403 in",
    "household_relist": "in 403 302 302 404 403 403 403 403 in",  # it is on the list: back to it
    "member_reopen": "in 403 302 302 404 403 403 403 403 in",
    "household_remove": "in 403 422 422 404 403 403 403 403 in",
    "member_leave": "in 403 422 422 404 403 403 403 403 in",
    "schooling_change": "in 403 422 422 404 403 403 403 403 in",
    "record_new": "in 403 200 200 200 200 200 403 403 in",
    "record_edit": "in 403 200 200 404 404 404 403 403 in",
    "record_void": "in 403 200 200 404 404 404 403 403 in",
    "reveal": "in 403 200 200 404 403 403 403 403 in",
    "reveal_decide": "in 403 302 302 404 403 403 403 403 in",
    "data_request_new": "in 403 200 200 404 200 200 403 403 in",
    "data_request": "in 403 200 200 404 403 403 403 403 in",
    "survey_rates": NO_GET,
    "survey_missing": NO_GET,
    "calendar": NO_GET,
    "event": NO_GET,
    "participant_new": "in 403 200 200 404 404 404 403 403 in",
    "participants_paste": "in 403 200 200 404 404 404 403 403 in",
    "participant_edit": "in 403 200 200 404 404 404 403 403 in",
    "participant_void": "in 403 200 200 404 404 404 403 403 in",
    "year_edit": "in 403 200 403 403 403 403 403 403 in",
    "year_next": "in 403 302 403 403 403 403 403 403 in",  # no year was seen: back to the years
    "counting_rules_change": "in 403 200 403 403 403 403 403 403 in",
    "pairing_handover": "in 403 200 200 200 200 200 403 403 in",
    "pairing_suggestions": "in 403 200 200 200 302 302 403 403 in",
    "contact_rounds": "in 403 200 200 200 200 200 403 403 in",
    "contact_round": "in 403 302 302 404 302 302 403 403 in",
    "contact_tick": "in 403 422 422 422 422 422 403 403 in",
    "contact_photos": "in 403 200 200 404 200 200 403 403 in",
    "contact_photo_send": "in 403 422 422 422 422 422 403 403 in",
    "publicity_sheets": "in 403 200 200 200 200 200 403 403 in",
    "publicity_entry": "in 403 200 200 200 200 200 403 403 in",
    "recheck": "in 403 200 200 404 200 200 403 403 in",
    "story": "in 403 200 200 404 200 200 403 403 in",
    "spot_draw": "in 403 200 200 200 200 200 403 403 in",
    "spot_check": "in 403 302 302 404 302 302 403 403 in",
    "spot_check_void": "in 403 200 200 404 200 200 403 403 in",
    "spot_photos": "in 403 200 200 404 200 200 403 403 in",
    "cleaning_photos": "in 403 200 200 404 200 200 403 403 in",
    "cleaning_sheets": "in 403 200 200 200 200 200 403 403 in",
    "cleaning_entry": "in 403 200 200 200 200 200 403 403 in",
    "livelihood_matching": NO_GET,
    "livelihood_match_offer": "in 403 302 302 404 302 302 403 403 in",  # nobody was ticked: back to the page
    "livelihood_match_woman": "in 403 404 404 404 404 404 403 403 in",  # no offer named
    "livelihood_employment": "in 403 200 200 404 200 200 403 403 in",
    "livelihood_session": "in 403 302 302 404 302 302 403 403 in",
    "livelihood_attendance_void": "in 403 200 200 404 200 200 403 403 in",
    "uploads": "in 403 422 422 422 403 403 403 403 in",
    "comparisons": "in 403 422 422 422 403 403 403 403 in",
    "comparison": NO_GET,
    "comparison_workbook": NO_GET,
    "comparison_delete": "in 403 404 302 404 403 403 403 403 in",
    "schooling_pupils": "in 403 200 200 200 200 200 403 403 in",
    "schooling_pay": "in 403 200 200 200 200 200 403 403 in",
    "schooling_signatures": "in 403 302 302 302 302 302 403 403 in",
    "schooling_notice": "in 403 200 200 200 200 200 403 403 in",
    "upload_check": "in 403 302 302 404 403 403 403 403 in",
    "upload_columns": "in 403 404 404 404 403 403 403 403 in",
    "upload_apply": "in 403 302 302 404 403 403 403 403 in",
    "upload_stop": "in 403 302 302 404 403 403 403 403 in",
    "upload_discard": "in 403 302 302 404 403 403 403 403 in",
    "upload_undo": "in 403 302 302 404 403 403 403 403 in",
    "doubt": "in 403 422 422 404 403 403 403 403 in",
    "duplicate": "in 403 422 422 404 403 403 403 403 in",
    "pair_decision": "in 403 302 302 404 403 403 403 403 in",
    "upload_missing": "in 403 404 404 404 403 403 403 403 in",  # nothing is missing before the import
    "upload_missing_back": "in 403 302 302 404 403 403 403 403 in",  # nobody has been decided about
    "account_invite": ANSWERS_FOR,
    "account": ANSWERS_FOR_A,
    "welcome": NO_LINK,
    "pin": "in 302 302 302 302 302 302 302 302 in",
    "demonstration_sign_in": "403 403 403 403 403 403 403 403 403 403",
    "admin:autocomplete": "in 403 403 403 403 403 403 403 403 in",
    "admin:auth_user_password_change": ADMIN,
}
for table, (list_row, object_row, add_row, change_row) in TABLES.items():
    GET |= {
        f"admin:{table}_changelist": list_row,
        f"admin:{table}_change": object_row,
        f"admin:{table}_history": object_row,
        f"admin:{table}_add": add_row,
        f"admin:{table}_delete": CITY if table in DELETABLE else NOBODY,
    }
    POST |= {f"admin:{table}_add": add_row, f"admin:{table}_change": change_row}
    if table in IMPORTED:
        GET |= {
            f"admin:{table}_import": add_row,
            f"admin:{table}_export": list_row,
            f"admin:{table}_process_import": "in 405 405 405 405 403 403 403 403 in",
        }


@pytest.fixture
def arguments(cast: Cast) -> dict[str, list[Any]]:
    """What stands in the addresses, by name: objects of county A."""
    return everything.arguments_of(cast)


def test_every_address_has_its_line() -> None:
    assert set(NAMES) == set(GET)


@pytest.mark.parametrize("role", ROLES)
def test_get(cast: Cast, arguments: dict[str, list[Any]], quiet: None, role: str) -> None:
    assert answers("get", GET, cast, arguments, role) == column(GET, role)


@pytest.mark.parametrize("role", ROLES)
def test_an_empty_post(cast: Cast, arguments: dict[str, list[Any]], quiet: None, role: str) -> None:
    assert answers("post", POST, cast, arguments, role) == column(POST, role)


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """A thousand refusals are not worth their tracebacks."""
    caplog.set_level(logging.CRITICAL, logger="django.request")
    caplog.set_level(logging.CRITICAL, logger="django.security")


def column(table: dict[str, str], role: str) -> dict[str, str]:
    """What the table says of one role."""
    return {name: row.split()[ROLES.index(role)] for name, row in table.items()}


def answers(
    method: str, table: dict[str, str], cast: Cast, arguments: dict[str, list[Any]], role: str
) -> dict[str, str]:
    """What each address answers to one role; nothing written by one request is there for the next."""
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(getattr(cast, role))
    cookies = client.cookies.copy()
    found = {}
    for name in table:
        client.cookies = cookies.copy()
        with transaction.atomic():
            response = getattr(client, method)(reverse(name, args=arguments.get(name, [])))
            transaction.set_rollback(True)
        place = response.headers.get("Location", "")
        led_in = response.status_code == 302 and place.startswith(("/accounts/login/", "/admin/login/"))
        found[name] = "in" if led_in else str(response.status_code)
    return found
