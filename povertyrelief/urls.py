"""The whole URL map."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from campaigns import (
    audit_views,
    dashboard_views,
    doubt_views,
    duplicate_views,
    export_views,
    household_views,
    list_comparison_views,
    record_views,
    room_views,
    uploads,
    worklist_views,
)
from campaigns.demo.views import dirty_roster
from campaigns.home_views import home
from campaigns.mapping_views import map_columns
from campaigns.photos import show_photo
from campaigns.rooms import ROOMS

urlpatterns = [
    path("", home, name="home"),
    path("dashboard/", dashboard_views.show_dashboard, name="dashboard"),
    path("dashboard/<str:code>/", dashboard_views.show_dashboard, name="dashboard_region"),
    path("dashboard/<str:code>/actions/", dashboard_views.show_actions, name="dashboard_actions"),
    path("dashboard/<str:code>/ranking/", dashboard_views.show_ranking, name="dashboard_ranking"),
    path("dashboard/<str:code>/outlook/", dashboard_views.show_outlook, name="dashboard_outlook"),
    path("dashboard/<str:code>/<slug:chart>.svg", dashboard_views.download_chart, name="dashboard_chart"),
    path("dashboard/<str:code>/compare/", dashboard_views.compare, name="dashboard_comparison"),
    path("submissions/", include("campaigns.submissions.urls")),
    path("unfinished/", worklist_views.worklists_home, name="worklists"),
    path("unfinished/<str:target>/<str:code>/", worklist_views.show_worklist, name="worklist"),
    path("unfinished/<str:target>/<str:code>/workbook.xlsx", worklist_views.download_worklist, name="worklist_book"),
    path("unfinished/<str:target>/<str:code>/falling-out/", worklist_views.show_falling_out, name="falling_out"),
    path("reports/", include("campaigns.reports.urls")),
    path("households/", household_views.show_households, name="households"),
    path("households/<int:pk>/", household_views.show_household, name="household"),
    path("households/<int:pk>/record/<str:kind>/", record_views.record_fact, name="record_fact"),
    path("households/<int:pk>/void/<str:kind>/<int:fact>/", record_views.void_fact, name="void_fact"),
    path("actions/", room_views.show_rooms, name="rooms"),
    path("actions/<slug:room>/", room_views.show_room, name="room"),
    *(path(f"actions/{room}/", include(f"campaigns.{room}.urls")) for room in ROOMS),
    path("actions/<slug:room>/<slug:table>/", room_views.show_records, name="records"),
    path("actions/<slug:room>/<slug:table>/records.xlsx", room_views.download_records, name="records_workbook"),
    path("actions/<slug:room>/<slug:table>/new/", room_views.edit_record, name="record_new"),
    path("actions/<slug:room>/<slug:table>/<int:pk>/", room_views.edit_record, name="record_edit"),
    path("actions/<slug:room>/<slug:table>/<int:pk>/void/", room_views.void_one, name="record_void"),
    path("photos/<slug:kind>/<int:pk>.jpg", show_photo, name="photo"),
    path("uploads/", uploads.show_uploads, name="uploads"),
    path("uploads/template.xlsx", uploads.download_template, name="upload_template"),
    path("uploads/template/<slug:kind>.xlsx", uploads.download_template, name="upload_template_of"),
    path("uploads/combined.xlsx", export_views.download_combined, name="combined_ledger"),
    path("uploads/<uuid:pk>/", uploads.show_upload, name="upload_detail"),
    path("uploads/<uuid:pk>/columns/", map_columns, name="upload_columns"),
    path("uploads/<uuid:pk>/check/", uploads.check_upload, name="upload_check"),
    path("uploads/<uuid:pk>/apply/", uploads.apply_upload, name="upload_apply"),
    path("uploads/<uuid:pk>/stop/", uploads.stop_upload, name="upload_stop"),
    path("uploads/<uuid:pk>/discard/", uploads.discard_upload, name="upload_discard"),
    path("uploads/<uuid:pk>/missing/", uploads.decide_missing, name="upload_missing"),
    path("uploads/<uuid:pk>/undo/", uploads.undo_upload, name="upload_undo"),
    path("uploads/<uuid:pk>/annotated/", uploads.download_annotated, name="upload_annotated"),
    path("comparisons/", list_comparison_views.show_comparisons, name="comparisons"),
    path("comparisons/<uuid:pk>/", list_comparison_views.show_comparison, name="comparison"),
    path("comparisons/<uuid:pk>/result.xlsx", list_comparison_views.download_comparison, name="comparison_workbook"),
    path("comparisons/<uuid:pk>/delete/", list_comparison_views.delete_comparison, name="comparison_delete"),
    path("doubts/", doubt_views.show_doubts, name="doubts"),
    path("doubts/<int:pk>/", doubt_views.show_doubt, name="doubt"),
    path("duplicates/", duplicate_views.show_duplicates, name="duplicates"),
    path("duplicates/<int:one>/<int:other>/", duplicate_views.show_duplicate, name="duplicate"),
    path("duplicates/decided/", duplicate_views.show_decisions, name="pair_decisions"),
    path("duplicates/decided/<int:pk>/", duplicate_views.show_decision, name="pair_decision"),
    path("audit/", audit_views.show_audit, name="audit"),
    path("audit/log.xlsx", audit_views.download_audit, name="audit_workbook"),
    path("demonstration/roster.xlsx", dirty_roster, name="demo_roster"),
    path("admin/", admin.site.urls),
    path("accounts/", include("households.urls")),
    path("language/", set_language, name="set_language"),
]
