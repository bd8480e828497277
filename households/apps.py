"""The register: who lives where."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HouseholdsConfig(AppConfig):
    name = "households"
    verbose_name = _("建档立卡户册")

    def ready(self) -> None:
        """What the sign-in packages tell is heard from now on."""
        from households.audit import signals  # noqa: F401 - it needs the models
