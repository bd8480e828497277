"""What the report counts of jobs and income; every number is counted from the valid records of the campaign year."""

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from campaigns.models import Attendance, Employment, JobOffer, ProjectPlan, TrainingProject, TrainingSession
from campaigns.room import Asked, Figure


def _offers(asked: Asked) -> QuerySet[JobOffer]:
    return asked.rows(JobOffer, "open_from")


def _projects(asked: Asked) -> QuerySet[TrainingProject]:
    return asked.rows(TrainingProject, "announced_on")


def _sessions(asked: Asked, kind: str) -> int:
    """Sessions held by the day; the region is where they were held."""
    return asked.rows(TrainingSession, "day").filter(project__kind=kind, project__voided_at=None).count()


def _came(asked: Asked) -> QuerySet[Attendance]:
    found = asked.rows(Attendance, "session__day").filter(mark__in=Attendance.CAME)
    return found.filter(session__voided_at=None, session__project__voided_at=None)


def _attended(asked: Asked) -> int:
    """Person-times: of a session without a list the number that came."""
    held = asked.rows(TrainingSession, "day").filter(project__voided_at=None)
    unlisted = held.exclude(pk__in=Attendance.objects.filter(voided_at=None).values("session"))
    return _came(asked).count() + (unlisted.aggregate(all=Sum("headcount"))["all"] or 0)


def distinct_people(came: QuerySet[Attendance]) -> int:
    """How many different people: registered ones, others by their number's index, or else by name and village."""
    others = came.filter(person=None).order_by()
    return (
        came.filter(person__isnull=False).order_by().values("person").distinct().count()
        + others.filter(id_index__isnull=False).values("id_index").distinct().count()
        + others.filter(id_index=None).values("name", "village").distinct().count()
    )


def _employed(asked: Asked) -> QuerySet[Employment]:
    """Who began to work in the year until the day, whether or not she left since."""
    return asked.rows(Employment, "employed_on")


def _plans(asked: Asked) -> int:
    """Women with a need of a loan who were helped to plan a project: never a number of loans."""
    return asked.rows(ProjectPlan, "planned_on").filter(wants_loan=True).values("person").distinct().count()


FIGURES = (
    Figure(
        "job_categories", _("就业岗位种类"), _("类"), lambda asked: _offers(asked).values("category").distinct().count()
    ),
    Figure("job_posts", _("就业岗位"), _("个"), lambda asked: _offers(asked).aggregate(all=Sum("posts"))["all"] or 0),
    Figure("training_projects", _("技能培训项目"), _("个"), lambda asked: _projects(asked).count()),
    Figure(
        "training_capacity",
        _("可培训"),
        _("人"),
        lambda asked: _projects(asked).aggregate(all=Sum("capacity"))["all"] or 0,
    ),
    Figure("handicraft_sessions", _("手工技能培训"), _("场次"), lambda asked: _sessions(asked, "handicraft")),
    Figure("agriculture_sessions", _("现代农业科技培训"), _("场次"), lambda asked: _sessions(asked, "agriculture")),
    Figure("training_attendances", _("培训妇女"), _("人次"), _attended),
    Figure("trained_people", _("参加培训的不同人员"), _("人"), lambda asked: distinct_people(_came(asked))),
    Figure(
        "employed_people", _("实现就业"), _("人"), lambda asked: _employed(asked).values("person").distinct().count()
    ),
    Figure(
        "handicraft_employed",
        _("手工产业就业增收"),
        _("人"),
        lambda asked: _employed(asked).filter(handicraft=True).values("person").distinct().count(),
    ),
    Figure("project_plans", _("有贷款需求并谋划产业项目"), _("人"), _plans),
)
