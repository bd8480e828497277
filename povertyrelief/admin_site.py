"""The back office."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "django.contrib.admin.sites.AdminSite"
