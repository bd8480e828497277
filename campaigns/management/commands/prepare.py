"""Makes an empty or older database ready for work: tables, keys, divisions, the campaign year, the demonstration."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

import pghistory
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.demo import users
from campaigns.demo.dirty_roster import roster_file, write_dirty_roster
from campaigns.demo.load import load_demonstration, real_people
from campaigns.models import CampaignYear, CountingRules, Scheme
from households import places
from households.encryption import key_fingerprint
from households.management.base import ProductCommand, Refusal
from households.models import Installation, Region
from households.periods import period
from households.regions import RegionFileError, load_regions

BUNDLED_CITY = "1302"
DEMONSTRATION_YEAR = 2018


class Command(ProductCommand):
    help = "Migrate, load the divisions and create the campaign year; with --demo the demonstration. May run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--demo", action="store_true", help="load the demonstration data, once")
        parser.add_argument("--regions", type=Path, metavar="FILE.csv", help="another city's divisions")

    def check_installation(self) -> None:
        """Make the installation first where there is none; then the keys must fit as everywhere."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        Installation.objects.get_or_create(defaults={"key_fingerprint": key_fingerprint()})
        super().check_installation()

    def work(self, *, demo: bool, regions: Path | None, **options: Any) -> None:
        self.load_divisions(regions)
        year = DEMONSTRATION_YEAR if demo else settings.CAMPAIGN_YEAR
        if create_campaign_year(year):
            self.stdout.write(_("已建立%(year)d年度工作年度和初始统计口径。") % {"year": year})
        if demo:
            self.demonstrate()
        self.record()
        self.stdout.write(_("准备完成。"))

    def load_divisions(self, regions: Path | None) -> None:
        """The named file, else the bundled city; an installation of another city keeps its own."""
        if regions is None and Region.objects.exists() and not Region.objects.filter(code=BUNDLED_CITY).exists():
            return
        try:
            count = load_regions(regions or places.REGIONS_CSV)
        except RegionFileError as error:
            raise Refusal(str(error)) from error
        self.stdout.write(_("行政区划%(count)d个，已载入。") % {"count": count})

    def demonstrate(self) -> None:
        """Load the demonstration once, and print its sign-ins every time."""
        if not Installation.objects.filter(is_demonstration=True).exists():
            if real_people():
                raise Refusal(_("本数据库已有登记的人员，不能再装入演示数据。请为演示另设 DATA_DIR 或 DATABASE_URL。"))
            if not Region.objects.filter(code=BUNDLED_CITY).exists():
                raise Refusal(_("演示数据使用唐山市的区划。请不带 --regions 另建一个演示数据库。"))
            self.stdout.write(_("正在生成演示数据（人物均为虚构）……"))
            users.sign_ins_file().unlink(missing_ok=True)  # an earlier database's passwords would not open this one
            load_demonstration(the_scheme(DEMONSTRATION_YEAR))
            write_dirty_roster(roster_file())
        self.print_sign_ins(users.kept_sign_ins() or users.issue_sign_ins())

    def print_sign_ins(self, sign_ins: list[users.SignIn]) -> None:
        """User name, password and, where needed, the secret for the authenticator."""
        self.stdout.write(_("演示登录（保存在%(file)s）：") % {"file": users.sign_ins_file()})
        for sign_in in sign_ins:
            secret = _("  动态口令密钥 %(secret)s") % {"secret": sign_in.totp_secret} if sign_in.totp_secret else ""
            self.stdout.write(f"  {sign_in.username:<22}{sign_in.password}  {sign_in.role_name}{secret}")


@transaction.atomic
def create_campaign_year(number: int) -> bool:
    """The calendar year with the first counting rules and a default scheme; False when it exists already.

    Ages of the scheme are judged on the reporting day, 30 June: the day its figures are first published for.
    """
    with pghistory.context(reason="初始设置"):
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
            CountingRules.objects.create(campaign_year=year, version=1, reason="初始口径")
            Scheme.objects.create(
                name=f"“两癌”健康保险（{number}年度）",
                period=period(year.start, year.end),
                reference_day=year.reporting_day,
                min_age=18,
                max_age=64,
                sum_insured=10_000,
            )
    return created


def the_scheme(number: int) -> Scheme:
    """The year's default scheme as `create_campaign_year` made it."""
    found: Scheme = Scheme.objects.get(reference_day=date(number, 6, 30))
    return found
