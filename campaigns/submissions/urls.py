"""Addresses of the rounds of reports."""

from django.urls import path

from campaigns.submissions import views

urlpatterns = [
    path("", views.show_rounds, name="submission_rounds"),
    path("<int:pk>/<str:code>/", views.show_round, name="submission_round"),
    path("<int:pk>/<str:code>/submit/", views.submit_report, name="submission_submit"),
    path("entry/<int:pk>/", views.show_submission, name="submission"),
    path("entry/<int:pk>/decide/", views.decide_submission, name="submission_decide"),
]
