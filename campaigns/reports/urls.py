"""Addresses below /reports/."""

from django.urls import path

from campaigns.reports import briefing_views, people_views, views

urlpatterns = [
    path("", views.show_reports, name="reports"),
    path("progress/", views.show_progress, name="progress_table"),
    path("progress.xlsx", views.download_progress, name="progress_workbook"),
    path("briefing/", briefing_views.show_briefing, name="briefing"),
    path("template/", briefing_views.show_template, name="briefing_template"),
    path("template.docx", briefing_views.download_template, name="briefing_template_file"),
    path("lists/", people_views.show_lists, name="report_lists"),
    path("households/<int:pk>/", people_views.show_household_file, name="household_file"),
]
