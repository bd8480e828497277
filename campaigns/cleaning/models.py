"""Home cleaning (家居清洁互助): rounds with photos, re-checks with what must be mended, spot checks, stories."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import Fact, Photo, Undertaking, void_has_reason
from households import touching
from households.history import track


@track
class Cleaning(Fact):
    """A completed round of cleaning. The first round covers the household from then on, unless voided with a reason."""

    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="cleanings", verbose_name=_("贫困户")
    )
    round_number = models.PositiveSmallIntegerField(_("轮次"), default=1)
    done_on = models.DateField(_("日期"))
    helpers = models.CharField(_("参加人员"), max_length=200, blank=True)
    items = ArrayField(models.CharField(max_length=20), verbose_name=_("清洁项目"), default=list, blank=True)
    score = models.PositiveSmallIntegerField(_("评分"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("家居清洁记录")
        constraints = [
            void_has_reason("cleaning_void_reason"),
            models.CheckConstraint(
                condition=Q(round_number__gte=1),
                name="cleaning_round_from_one",
                violation_error_message=_("轮次从1开始。"),
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__lte=100),
                name="cleaning_score_percent",
                violation_error_message=_("评分为0—100。"),
            ),
            models.UniqueConstraint(
                fields=["household", "round_number"],
                condition=Q(voided_at__isnull=True),
                name="cleaning_round_once",
                violation_error_message=_("该户这一轮清洁已有记录。"),
            ),
        ]
        triggers = touching.triggers("fact_of_household")

    def __str__(self) -> str:
        return f"{self.done_on} {_('第%(number)s轮') % {'number': self.round_number}}"


@track
class CleaningPhoto(Photo):
    """A photo of a home before or after a round of cleaning."""

    cleaning = models.ForeignKey(Cleaning, models.PROTECT, related_name="photos", verbose_name=_("家居清洁记录"))
    # A photo sent again has the same key and is the same one.
    entry_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("清洁照片")
        constraints = [void_has_reason("cleaning_photo_void_reason")]


@track
class Recheck(Fact):
    """Somebody looked whether a cleaned home is still clean. What must be mended (整改) is open until a day settles it.

    It never touches the first round: keeping clean is a figure of its own.
    """

    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="rechecks", verbose_name=_("贫困户")
    )
    checked_on = models.DateField(_("复查日期"))
    checker = models.CharField(_("复查人"), max_length=60, blank=True)
    passed = models.BooleanField(_("合格"))
    wants = models.CharField(_("整改内容"), max_length=200, blank=True)
    due_on = models.DateField(_("整改期限"), null=True, blank=True)
    settled_on = models.DateField(_("整改完成日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("清洁复查")
        indexes = [models.Index(fields=["household", "-checked_on"], name="recheck_household")]
        constraints = [
            void_has_reason("recheck_void_reason"),
            models.CheckConstraint(
                condition=Q(passed=False) | Q(wants="", due_on__isnull=True, settled_on__isnull=True),
                name="recheck_passed_wants_nothing",
                violation_error_message=_("复查合格的不填整改内容、期限和完成日期；需要整改的请选“需整改”。"),
            ),
            models.CheckConstraint(
                condition=Q(passed=True) | ~Q(wants=""),
                name="recheck_failed_says_why",
                violation_error_message=_("需整改的必须写明整改内容。"),
            ),
            models.CheckConstraint(
                condition=(Q(due_on__isnull=True) | Q(due_on__gte=F("checked_on")))
                & (Q(settled_on__isnull=True) | Q(settled_on__gte=F("checked_on"))),
                name="recheck_days_in_order",
                violation_error_message=_("整改期限和整改完成日期不能早于复查日期。"),
            ),
            models.UniqueConstraint(
                fields=["household", "checked_on"],
                condition=Q(voided_at__isnull=True),
                name="recheck_once_a_day",
                violation_error_message=_("该户这一天已有复查记录。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checked_on} {_('合格') if self.passed else _('需整改')}"


@track
class SpotCheck(Undertaking):
    """A random draw of cleaned households: the printed sheet keeps who was drawn, in order.

    The draw can be repeated: random.Random(seed).sample of the `pool` households of the region in order of key.
    """

    day = models.DateField(_("抽查日期"))
    size = models.PositiveSmallIntegerField(_("抽查户数"))
    pool = models.PositiveIntegerField(_("可抽户数"))
    seed = models.BigIntegerField(_("抽签号"))
    sheet = models.OneToOneField("campaigns.Sheet", models.PROTECT, related_name="spot_check", verbose_name=_("抽查表"))

    class Meta:
        verbose_name = verbose_name_plural = _("随机抽查")
        constraints = [
            void_has_reason("spot_check_void_reason"),
            models.CheckConstraint(
                condition=Q(size__gte=1) & Q(size__lte=F("pool")),
                name="spot_check_size_within_pool",
                violation_error_message=_("抽查户数应从1户起，且不超过已清洁的户数。"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(day)s随机抽查%(size)s户") % {"day": self.day, "size": self.size})


@track
class SpotResult(Fact):
    """What was found at a drawn household. Evidence is a signature on the sheet or a photo that is really here."""

    class Outcome(models.TextChoices):
        CLEAN = "clean", _("整洁")
        NOT_CLEAN = "not_clean", _("不整洁")
        NOBODY_HOME = "nobody_home", _("家中无人")

    spot_check = models.ForeignKey(SpotCheck, models.PROTECT, related_name="results", verbose_name=_("随机抽查"))
    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="spot_results", verbose_name=_("贫困户")
    )
    outcome = models.CharField(_("抽查结果"), max_length=20, choices=Outcome)
    signed = models.BooleanField(_("已签字"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("抽查结果")
        constraints = [
            void_has_reason("spot_result_void_reason"),
            models.UniqueConstraint(
                fields=["spot_check", "household"],
                condition=Q(voided_at__isnull=True),
                name="spot_result_once",
                violation_error_message=_("该户这次抽查已有结果。"),
            ),
        ]


@track
class SpotPhoto(Photo):
    """A photo taken at a drawn household."""

    result = models.ForeignKey(SpotResult, models.PROTECT, related_name="photos", verbose_name=_("抽查结果"))
    entry_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("抽查照片")
        constraints = [void_has_reason("spot_photo_void_reason")]


@track
class Story(Fact):
    """How a home changed, told with the family's consent; only then it is offered to the briefing."""

    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="stories", verbose_name=_("贫困户")
    )
    title = models.CharField(_("标题"), max_length=60)
    text = models.TextField(_("正文"), max_length=2000)
    told_on = models.DateField(_("日期"))
    consent_by = models.CharField(_("同意人"), max_length=60, blank=True)
    consent_on = models.DateField(_("同意日期"), null=True, blank=True)
    is_offered = models.BooleanField(_("可供简报采用"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("清洁故事")
        constraints = [
            void_has_reason("story_void_reason"),
            models.CheckConstraint(
                condition=Q(is_offered=False) | (~Q(consent_by="") & Q(consent_on__isnull=False)),
                name="story_offered_with_consent",
                violation_error_message=_("供简报采用的故事，必须写明家中同意人和同意日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title
