"""Addresses of the room's own pages, below actions/schooling/."""

from django.urls import URLPattern, path

from campaigns.schooling import list_views, pay_views, pupil_views, statement_views

urlpatterns: list[URLPattern] = [
    path("pupils/", pupil_views.show_pupils, name="schooling_pupils"),
    path("pupils/workbook/", pupil_views.download_pupils, name="schooling_pupils_workbook"),
    path("grades-check/", pupil_views.show_grades, name="schooling_grades"),
    path("pay/", pay_views.pay, name="schooling_pay"),
    path("payments/", list_views.show_payments, name="schooling_payments"),
    path("payments/signatures/", list_views.show_signatures, name="schooling_signatures"),
    path("payments/notice/", list_views.show_notice, name="schooling_notice"),
    path("donations-notice/", list_views.show_donations, name="schooling_donations"),
    path("fund-statement/<int:pk>/", statement_views.show_fund, name="schooling_fund"),
    path("donor-statement/<int:pk>/", statement_views.show_donor, name="schooling_donor"),
]
