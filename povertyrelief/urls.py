"""The whole URL map."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from campaigns import household_views, record_views, views
from households.views import home

urlpatterns = [
    path("", home, name="home"),
    path("dashboard/", views.show_dashboard, name="dashboard"),
    path("dashboard/<str:code>/", views.show_dashboard, name="dashboard_region"),
    path("unfinished/", views.worklists_home, name="worklists"),
    path("unfinished/<str:target>/<str:code>/", views.show_worklist, name="worklist"),
    path("households/", household_views.show_households, name="households"),
    path("households/<int:pk>/", household_views.show_household, name="household"),
    path("households/<int:pk>/record/<str:kind>/", record_views.record_fact, name="record_fact"),
    path("households/<int:pk>/void/<str:kind>/<int:fact>/", record_views.void_fact, name="void_fact"),
    path("admin/", admin.site.urls),
    path("accounts/", include("households.urls")),
    path("language/", set_language, name="set_language"),
]
