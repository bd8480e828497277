"""Addresses of the room's own pages, below actions/livelihood/."""

from django.urls import URLPattern, path

from campaigns.livelihood import training_views, views

urlpatterns: list[URLPattern] = [
    path("matching/", views.show_matching, name="livelihood_matching"),
    path("matching/<int:pk>/", views.match_offer, name="livelihood_match_offer"),
    path("matching/woman/<int:pk>/", views.match_woman, name="livelihood_match_woman"),
    path("employment/<int:pk>/", views.show_employment, name="livelihood_employment"),
    path("home/<int:pk>/", views.show_home, name="livelihood_home"),
    path("training/<int:pk>/", training_views.show_training, name="livelihood_training"),
    path("session/<int:pk>/", training_views.show_session, name="livelihood_session"),
    path("attendance/<int:pk>/void/", training_views.void_one, name="livelihood_attendance_void"),
]
