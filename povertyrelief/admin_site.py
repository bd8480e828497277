"""Makes our back office the admin site (apart from it: application configurations load before models)."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "povertyrelief.back_office.BackOffice"
