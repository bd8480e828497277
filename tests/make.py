"""Plain factory functions: the least that makes a valid row, every part of it to be overridden by keyword.

Nobody here is real: identity numbers begin with the unassigned prefix 130299, phones with 1440315.
"""

import csv
import io
import itertools
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from campaigns.models import (
    AidProject,
    CampaignYear,
    ChildSurvey,
    Claim,
    Cleaning,
    Clinic,
    ClinicAttendance,
    Contact,
    CountingRules,
    Donation,
    Donor,
    EnrolmentList,
    Enterprise,
    Event,
    Fund,
    GoodsAid,
    Grant,
    Helper,
    InsuredPerson,
    JobOffer,
    Pairing,
    Participant,
    Pledge,
    Policy,
    Relief,
    ReliefProgramme,
    ReportRound,
    Scheme,
    SpecialCircumstance,
    Submission,
    TrainingProject,
    TrainingSession,
    Visit,
    VisitPhoto,
    WomanSurvey,
)
from campaigns.photos import FILES
from households import identity, periods, places
from households.access import SECOND_FACTOR, Role
from households.comparing.models import ListComparison
from households.intake.models import ImportBatch, StagedRow
from households.intake.rows import CheckedRow, finding
from households.intake.staged_rows import copy_rows
from households.models import (
    DataRequest,
    Enrolment,
    Household,
    HouseholdSpell,
    Membership,
    PairDecision,
    Person,
    Region,
    RevealRequest,
    User,
)
from households.regions import load_regions

PROVINCE, CITY = "13", "1302"
COUNTY_A, COUNTY_B = "130207", "130227"  # 丰南区, 迁西县
TOWNSHIP_A, TOWNSHIP_A2 = "130207104", "130207105"
TOWNSHIP_B, TOWNSHIP_B2 = "130227100", "130227106"
VILLAGE_A, VILLAGE_A2, VILLAGE_A3, VILLAGE_A4 = "130207104225", "130207104226", "130207105201", "130207105202"
VILLAGE_B, VILLAGE_B2, VILLAGE_B3, VILLAGE_B4 = "130227100200", "130227100201", "130227106201", "130227106202"
VILLAGES = (VILLAGE_A, VILLAGE_A2, VILLAGE_A3, VILLAGE_A4, VILLAGE_B, VILLAGE_B2, VILLAGE_B3, VILLAGE_B4)

START = date(2018, 1, 1)
REPORTING_DAY = date(2018, 6, 30)
PASSWORD = "kite-over-luan-river-7"
_numbers = itertools.count(1)


def small_tangshan(folder: Path) -> None:
    """Two counties, four townships, eight villages with their real codes and names; `folder` holds the file loaded."""
    file = folder / "small_tangshan.csv"
    file.write_text(_small_csv(), encoding="utf-8")
    load_regions(file)


@cache
def _small_csv() -> str:
    """Looking for two counties among 6,575 divisions is not worth doing for every test."""
    wanted = {code[:digits] for code in VILLAGES for digits in (2, 4, 6, 9, 12)}
    part = io.StringIO()
    with places.REGIONS_CSV.open(encoding="utf-8", newline="") as whole:
        rows = csv.DictReader(whole)
        kept = csv.DictWriter(part, rows.fieldnames or [])
        kept.writeheader()
        kept.writerows(row for row in rows if row["code"] in wanted)
    return part.getvalue()


def region(code: str = VILLAGE_A) -> Region:
    """A division of the small Tangshan (fixture `tangshan`)."""
    found: Region = Region.objects.get(code=code)
    return found


@cache
def _hashed(password: str) -> str:
    """Hashing costs time: once a password, not once a user."""
    return make_password(password)


def user(
    role: str = Role.COUNTY_OFFICER, regions: tuple[str, ...] = (COUNTY_A,), *, password: str = PASSWORD, **values: Any
) -> User:
    """A user; roles that need a second factor have one."""
    number = next(_numbers)
    made = User(username=values.pop("username", f"{role}_{number}"), role=role, regions=list(regions), **values)
    made.password = _hashed(password)
    made.save()
    if role in SECOND_FACTOR:
        TOTP.activate(made, generate_totp_secret())
    return made


def id_number(birth: date, sex: str = "F") -> str:
    """An invented identity number with a valid check character."""
    sequence = next(_numbers) % 400 * 2 + (1 if sex == "M" else 0) + 100
    first_17 = f"130299{birth:%Y%m%d}{sequence:03d}"
    return first_17 + identity.check_character(first_17)


def household(village: str = VILLAGE_A, *, since: date = START, status: str = "not_exited", **values: Any) -> Household:
    """A household with one spell in a village since a day."""
    number = next(_numbers)
    made: Household = Household.objects.create(
        **{"number": f"{number:016d}", "county_code": village[:6], "head_name": f"赵户主{number}"} | values
    )
    spell(made, village, since=since, status=status)
    return made


def spell(
    of: Household, village: str, *, since: date = START, until: date | None = None, status: str = "not_exited"
) -> HouseholdSpell:
    """One more spell; `until` is its last day."""
    made: HouseholdSpell = HouseholdSpell.objects.create(
        household=of, village_id=village, county_code=village[:6], status=status, period=periods.period(since, until)
    )
    return made


def person(
    of: Household | None = None,
    *,
    birth: date = date(1980, 5, 1),
    sex: str = "F",
    relation: str = "配偶",
    since: date = START,
    number: str | None = None,
    **values: Any,
) -> Person:
    """A person with an invented ID number, a member of the household if one is given."""
    number = number or id_number(birth, sex)
    made: Person = Person.objects.create(
        **{
            "name": f"钱成员{next(_numbers)}", "sex": sex, "birth_date": birth, "id_number": number,
            "id_index": identity.blind_index(number), "county_code": of.county_code if of else COUNTY_A,
        } | values
    )  # fmt: skip
    if of:
        membership(of, made, since=since, relation=relation)
    return made


def membership(
    of: Household, who: Person, *, since: date = START, until: date | None = None, relation: str = "", **values: Any
) -> Membership:
    """A person in a household for a period; `until` is its last day."""
    made: Membership = Membership.objects.create(
        household=of, person=who, county_code=of.county_code, relation=relation,
        period=periods.period(since, until), **values,
    )  # fmt: skip
    return made


def enrolment(who: Person, *, stage: str = "primary", grade: int | None = 3, since: date = START) -> Enrolment:
    """A child at school."""
    made: Enrolment = Enrolment.objects.create(
        person=who,
        county_code=who.county_code,
        stage=stage,
        grade=grade,
        school="中心小学",
        period=periods.period(since),
    )
    return made


def campaign_year(year: int = 2018, **values: Any) -> CampaignYear:
    """A calendar year with its first counting rules."""
    made: CampaignYear = CampaignYear.objects.create(
        **{
            "year": year, "start": date(year, 1, 1), "end": date(year, 12, 31), "deadline": date(year, 12, 31),
            "reporting_day": date(year, 6, 30),
        } | values
    )  # fmt: skip
    CountingRules.objects.create(campaign_year=made, version=1, reason="初始口径")
    return made


def contact(of: Household, *, village: str = VILLAGE_A, on: date = REPORTING_DAY, **values: Any) -> Contact:
    """A home visit."""
    made: Contact = Contact.objects.create(
        **{"household": of, "village_id": village, "kind": "visit", "done_on": on} | values
    )
    return made


def cleaning(of: Household, *, village: str = VILLAGE_A, on: date = REPORTING_DAY, **values: Any) -> Cleaning:
    """A first round of cleaning."""
    made: Cleaning = Cleaning.objects.create(**{"household": of, "village_id": village, "done_on": on} | values)
    return made


def helper(*, village: str = VILLAGE_A, **values: Any) -> Helper:
    """A village cadre who helps since the year's start."""
    number = next(_numbers)
    made: Helper = Helper.objects.create(
        **{
            "name": f"孙包联{number}", "kind": "village_cadre", "region_id": village, "active": DateRange(START, None),
            "phone": f"1440315{number % 10_000:04d}",
        } | values
    )  # fmt: skip
    return made


def pairing(who: Person, by: Helper | None = None, *, village: str = VILLAGE_A, **values: Any) -> Pairing:
    """A personal pairing from the year's start."""
    made: Pairing = Pairing.objects.create(
        **{
            "helper": by or helper(village=village), "person": who, "village_id": village,
            "period": DateRange(START, None),
        } | values
    )  # fmt: skip
    return made


def scheme(**values: Any) -> Scheme:
    """Women of 18 to 64 on 30 June 2018, 10,000 yuan each."""
    made: Scheme = Scheme.objects.create(
        **{
            "name": f"“两癌”健康保险{next(_numbers)}", "period": periods.period(START, date(2018, 12, 31)),
            "reference_day": REPORTING_DAY, "min_age": 18, "max_age": 64, "sum_insured": Decimal(10_000),
        } | values
    )  # fmt: skip
    return made


def policy(under: Scheme | None = None, **values: Any) -> Policy:
    """A group policy for the scheme's year."""
    under = under or scheme()
    made: Policy = Policy.objects.create(
        **{"scheme": under, "number": f"PZ2018{next(_numbers):06d}", "period": under.period} | values
    )
    return made


def insured(who: Person, on: Policy | None = None, *, village: str = VILLAGE_A, **values: Any) -> InsuredPerson:
    """A woman on the insurer's accepted list."""
    on = on or policy()
    made: InsuredPerson = InsuredPerson.objects.create(
        **{"policy": on, "person": who, "village_id": village, "state": "accepted", "period": on.period} | values
    )
    return made


def project(**values: Any) -> AidProject:
    """A Spring Bud project by calendar year."""
    made: AidProject = AidProject.objects.create(**{"name": f"春蕾计划{next(_numbers)}"} | values)
    return made


def grant(
    who: Person, of: AidProject | None = None, *, village: str = VILLAGE_A, on: date = REPORTING_DAY, **values: Any
) -> Grant:
    """500 yuan for a child."""
    made: Grant = Grant.objects.create(
        **{
            "project": of or project(), "person": who, "village_id": village, "granted_on": on, "amount": Decimal(500),
        } | values
    )  # fmt: skip
    return made


def donor(**values: Any) -> Donor:
    """A person who gives in county A."""
    made: Donor = Donor.objects.create(**{"region_id": COUNTY_A, "name": f"李捐赠{next(_numbers)}"} | values)
    return made


def fund(holds: int | Decimal = 0, **values: Any) -> Fund:
    """A fund of county A that holds so many yuan of one donation."""
    made: Fund = Fund.objects.create(
        **{"region_id": COUNTY_A, "name": f"春蕾基金{next(_numbers)}", "opened_on": START} | values
    )
    if holds:
        donation(made, amount=Decimal(holds))
    return made


def donation(into: Fund, by: Donor | None = None, **values: Any) -> Donation:
    """1,000 yuan on 1 March, or goods into an account of goods."""
    goods = {"is_goods": True, "goods": "书包", "value_basis": "购货发票"} if into.is_goods else {}
    made: Donation = Donation.objects.create(
        **{
            "region_id": into.region_id, "donor": by or donor(), "fund": into, "amount": Decimal(1000),
            "received_on": date(2018, 3, 1),
        } | goods | values
    )  # fmt: skip
    return made


def pledge(who: Person, by: Donor | None = None, *, village: str = VILLAGE_A, **values: Any) -> Pledge:
    """A donor gives a pupil 500 yuan in 2018."""
    made: Pledge = Pledge.objects.create(
        **{"donor": by or donor(), "person": who, "village_id": village, "year": 2018, "amount": Decimal(500)} | values
    )
    return made


def circumstance(*, village: str = VILLAGE_A, **values: Any) -> SpecialCircumstance:
    """An approved explanation; give `target` and `household` or `person`."""
    made: SpecialCircumstance = SpecialCircumstance.objects.create(
        **{
            "village_id": village, "reason": "away", "period": DateRange(START, None), "approver": "李审批",
            "approved_on": REPORTING_DAY,
        } | values
    )  # fmt: skip
    return made


def claim(of: InsuredPerson, *, village: str = VILLAGE_A, **values: Any) -> Claim:
    """Reported on the reporting day, not decided yet."""
    made: Claim = Claim.objects.create(**{"insured": of, "village_id": village, "claimed_on": REPORTING_DAY} | values)
    return made


def enrolment_list(on: Policy | None = None, **values: Any) -> EnrolmentList:
    """A list of county A for the insurer."""
    made: EnrolmentList = EnrolmentList.objects.create(
        **{"policy": on or policy(), "region_id": COUNTY_A, "purpose": "报送承保单位", "people": 1, "enrolled": 1}
        | values
    )
    return made


def relief_programme(**values: Any) -> ReliefProgramme:
    """Children below 18, once in a calendar year."""
    made: ReliefProgramme = ReliefProgramme.objects.create(**{"name": f"大病儿童救助{next(_numbers)}"} | values)
    return made


def relief(who: Person, under: ReliefProgramme | None = None, *, village: str = VILLAGE_A, **values: Any) -> Relief:
    """4,000 yuan decided on the reporting day."""
    made: Relief = Relief.objects.create(
        **{
            "programme": under or relief_programme(), "person": who, "village_id": village, "amount": Decimal(4000),
            "decided_on": REPORTING_DAY, "statistical_year": REPORTING_DAY.year, "is_once": True,
        } | values
    )  # fmt: skip
    return made


def goods(of: Household | None = None, *, village: str = VILLAGE_A, **values: Any) -> GoodsAid:
    """Rice and oil of 300 yuan by invoice; without a household for 孙邻家, who is not registered."""
    whose: dict[str, Any] = {"household": of} if of else {"family_name": "孙邻家"}
    made: GoodsAid = GoodsAid.objects.create(
        **whose | {
            "village_id": village, "kind": "goods", "items": "米面油", "value": Decimal(300), "basis": "invoice",
            "given_on": REPORTING_DAY,
        } | values
    )  # fmt: skip
    return made


def clinic(**values: Any) -> Clinic:
    """A clinic of county A on the reporting day."""
    made: Clinic = Clinic.objects.create(
        **{
            "region_id": COUNTY_A, "held_on": REPORTING_DAY, "place": f"村卫生室{next(_numbers)}", "hospital": "区妇幼保健院",
        } | values
    )  # fmt: skip
    return made


def clinic_attendance(
    at: Clinic | None = None, who: Person | None = None, *, village: str = VILLAGE_A, **values: Any
) -> ClinicAttendance:
    """A woman at a clinic; without a person 李邻妹, who is not registered."""
    whose: dict[str, Any] = {"person": who} if who else {"woman_name": "李邻妹"}
    made: ClinicAttendance = ClinicAttendance.objects.create(
        **whose | {"clinic": at or clinic(), "village_id": village} | values
    )
    return made


def different(one: Person, other: Person, by: User) -> PairDecision:
    """Two people decided not to be one."""
    made: PairDecision = PairDecision.objects.create(
        choice="different", kept=one, other=other, decided_by=by, reason="双胞胎"
    )
    return made


def doubt(by: User, *, village: str = VILLAGE_A, name: str = "李芳") -> StagedRow:
    """A row with a wrong identity number in an applied roster, waiting to be decided."""
    batch = ImportBatch.objects.create(
        created_by=by, regions=[village[:6]], county_code=village[:6], file_name="待核实名册.xlsx", file_size=1,
        file_digest=b"2", state="applied", applied_at=timezone.now(), as_of=REPORTING_DAY,
        layout={"labels": ["姓名"], "letters": {}},
    )  # fmt: skip
    row = CheckedRow("名册", 2, {"姓名": name}, [finding("ID_LENGTH", "id_no")], village=village)
    copy_rows(batch.pk, [row], ["姓名"])
    return batch.rows.get()


def comparison(by: User, **values: Any) -> ListComparison:
    """A finished comparison of an empty list."""
    counts = {"rows": 0, "differing": {}, "expected": 0, "expected_sure": 0, "expected_probable": 0}
    made: ListComparison = ListComparison.objects.create(
        **{
            "created_by": by, "regions": by.regions, "county_code": by.regions[0][:6], "source": "残联", "day": REPORTING_DAY,
            "file_name": "名单.xlsx", "file_size": 1, "file_digest": b"3", "state": "done", "counts": counts,
        } | values
    )  # fmt: skip
    return made


def woman_survey(who: Person, *, village: str = VILLAGE_A, on: date = REPORTING_DAY, **values: Any) -> WomanSurvey:
    """A woman was surveyed and answered nothing yet."""
    year = CampaignYear.objects.order_by("start").first()
    made: WomanSurvey = WomanSurvey.objects.create(
        **{"person": who, "village_id": village, "surveyed_on": on, "campaign_year": year} | values
    )
    return made


def child_survey(who: Person, *, village: str = VILLAGE_A, on: date = REPORTING_DAY, **values: Any) -> ChildSurvey:
    """A child was surveyed."""
    year = CampaignYear.objects.order_by("start").first()
    made: ChildSurvey = ChildSurvey.objects.create(
        **{"person": who, "village_id": village, "surveyed_on": on, "campaign_year": year} | values
    )
    return made


def event(*, region: str = COUNTY_A, first: date = date(2018, 6, 13), **values: Any) -> Event:
    """A training class of three days."""
    made: Event = Event.objects.create(
        **{
            "name": f"骨干培训班{next(_numbers)}", "kind": "training", "region_id": region, "first_day": first,
            "last_day": first + timedelta(days=2),
        } | values
    )  # fmt: skip
    return made


def participant(of: Event | None = None, **values: Any) -> Participant:
    """A cadre of the event's region."""
    of = of or event()
    made: Participant = Participant.objects.create(
        **{"event": of, "name": f"吴干部{next(_numbers)}", "unit": "区妇联", "region_id": of.region_id} | values
    )
    return made


def visit(of: Household, by: Helper | None = None, *, village: str = VILLAGE_A, **values: Any) -> Visit:
    """A helper called on the whole household."""
    made: Visit = Visit.objects.create(
        **{
            "household": of, "helper": by or helper(village=village), "village_id": village,
            "visited_on": REPORTING_DAY, "notes": "家中平稳",
        } | values
    )  # fmt: skip
    return made


def visit_photo(of: Visit, content: bytes = b"photo", **values: Any) -> VisitPhoto:
    """A photo of a visit, stored as it is."""
    made: VisitPhoto = VisitPhoto.objects.create(
        **{"visit": of, "village_id": of.village_id, "stored_name": FILES.keep(content)} | values
    )
    return made


def job_offer(*, region: str = COUNTY_A, **values: Any) -> JobOffer:
    """Cleaning posts for women of 18 to 50, open since June."""
    firm, _made = Enterprise.objects.get_or_create(region_id=region, name="春燕家政服务中心")
    made: JobOffer = JobOffer.objects.create(
        **{
            "region_id": region, "enterprise": firm, "title": "保洁员", "category": "家政服务", "posts": 5, "age_from": 18,
            "age_to": 50, "sex": "F", "open_from": date(2018, 6, 1),
        } | values
    )  # fmt: skip
    return made


def training_session(**values: Any) -> TrainingSession:
    """A session of a handicraft project of county A on 5 June."""
    project, _made = TrainingProject.objects.get_or_create(
        region_id=COUNTY_A, name="草编培训", kind="handicraft", announced_on=date(2018, 6, 1)
    )
    made: TrainingSession = TrainingSession.objects.create(
        **{"project": project, "region_id": COUNTY_A, "day": date(2018, 6, 5)} | values
    )
    return made


def report_round(**values: Any) -> ReportRound:
    """The city's round of June 2018, down to the townships."""
    made: ReportRound = ReportRound.objects.create(
        **{"region_id": CITY, "title": "2018年6月上报", "day": REPORTING_DAY, "due_on": date(2018, 7, 5)} | values
    )
    return made


def submission(by: User, of: ReportRound | None = None, *, region: str = COUNTY_A, **values: Any) -> Submission:
    """What a county submitted, to be reviewed."""
    made: Submission = Submission.objects.create(
        **{
            "round": of or report_round(), "region_id": region, "version": 1, "submitted_by": by,
            "figures": {"publicity": [2, 1, 0, 1]},
        } | values
    )  # fmt: skip
    return made


def data_request(who: Person, by: User, **values: Any) -> DataRequest:
    """A person wants her village corrected."""
    made: DataRequest = DataRequest.objects.create(
        **{
            "household": who.memberships.get().household, "person": who, "county_code": who.county_code, "kind": "correct",
            "asker": "self", "basis": "wrong", "wish": "村名写错了", "asked_on": REPORTING_DAY, "recorded_by": by,
            "due_on": REPORTING_DAY + timedelta(days=21),
        } | values
    )  # fmt: skip
    return made


def reveal_request(who: Person, by: User, **values: Any) -> RevealRequest:
    """The user wants to see a person's identity number for a visit."""
    made: RevealRequest = RevealRequest.objects.create(
        **{
            "household": who.memberships.get().household, "person": who, "county_code": who.county_code,
            "what": "id-number", "why": "visit", "asked_by": by,
        } | values
    )  # fmt: skip
    return made
