"""The whole URL map."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from campaigns import views
from households.views import home

urlpatterns = [
    path("", home, name="home"),
    path("dashboard/", views.show_dashboard, name="dashboard"),
    path("dashboard/<str:code>/", views.show_dashboard, name="dashboard_region"),
    path("unfinished/", views.worklists_home, name="worklists"),
    path("unfinished/<str:target>/<str:code>/", views.show_worklist, name="worklist"),
    path("admin/", admin.site.urls),
    path("accounts/", include("households.urls")),
    path("language/", set_language, name="set_language"),
]
