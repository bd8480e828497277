"""Makes an empty or older database ready for work: tables, keys, divisions, the campaign year, the demonstration."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

import pghistory
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import CampaignYear, CountingRules, Scheme
from households import places
from households.encryption import key_fingerprint
from households.models import Installation, Region
from households.periods import period
from households.regions import RegionFileError, load_regions

BUNDLED_CITY = "1302"


class Command(BaseCommand):
    help = "Migrate, load the divisions and create the campaign year; with --demo the demonstration. May run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--demo", action="store_true", help="load the demonstration data, once")
        parser.add_argument("--regions", type=Path, metavar="FILE.csv", help="another city's divisions")

    def handle(self, *args: Any, demo: bool, regions: Path | None, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        register_keys()
        self.load(regions)
        if create_campaign_year(settings.CAMPAIGN_YEAR):
            self.stdout.write(_("已建立%(year)d年度工作年度和初始统计口径。") % {"year": settings.CAMPAIGN_YEAR})

    def load(self, regions: Path | None) -> None:
        """The named file, else the bundled city; an installation of another city keeps its own."""
        others = Region.objects.exists() and not Region.objects.filter(code=BUNDLED_CITY).exists()
        if regions is None and others:
            return
        try:
            count = load_regions(regions or places.REGIONS_CSV)
        except RegionFileError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("行政区划%(count)d个，已载入。") % {"count": count})


def register_keys() -> None:
    """Remember which keys this database is written with; refuse others, which would double every person."""
    installation, _created = Installation.objects.get_or_create(defaults={"key_fingerprint": key_fingerprint()})
    if installation.key_fingerprint != key_fingerprint():
        raise CommandError(
            _(
                "本数据库由另一套密钥写入，不能使用当前 DATA_DIR（%(folder)s）中的密钥。请改用原来的 DATA_DIR 或恢复其密钥备份。"
            )
            % {"folder": settings.DATA_DIR}
        )


@transaction.atomic
def create_campaign_year(number: int) -> bool:
    """The calendar year with the first counting rules and a default scheme; False when it exists already.

    Ages of the scheme are judged on the reporting day, 30 June: the day its figures are first published for.
    """
    with pghistory.context(reason="初始设置"):
        return _create_campaign_year(number)


def _create_campaign_year(number: int) -> bool:
    year, created = CampaignYear.objects.get_or_create(
        year=number,
        defaults={
            "start": date(number, 1, 1),
            "end": date(number, 12, 31),
            "deadline": date(number, 12, 31),
            "reporting_day": date(number, 6, 30),
        },
    )
    if created:
        CountingRules.objects.create(campaign_year=year, version=1, reason=_("初始口径"))
        Scheme.objects.create(
            name=_("“两癌”健康保险%(year)d年度") % {"year": number},
            period=period(year.start, year.end),
            reference_day=year.reporting_day,
            min_age=18,
            max_age=64,
            sum_insured=10_000,
        )
    return created
