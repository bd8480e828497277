"""The funds' accounts: never more out than in, whoever writes; every yuan from donor to child; statements to the fen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Sum
from django.utils import timezone

from campaigns.models import AidProject, Allocation, Donation, Fund, FundEntry, Grant
from households.duplicates.merging import merge, take_back
from households.models import Person
from tests import make
from tests.conftest import Cast

YUAN = Decimal


def child() -> Person:
    return make.person(make.household(make.VILLAGE_A), birth=date(2009, 1, 1))


def paid(fund: Fund, amount: YUAN | int, who: Person | None = None, **values: object) -> Grant:
    return make.grant(who or child(), kind="fund", fund=fund, amount=YUAN(amount), is_goods=fund.is_goods, **values)


def holds(fund: Fund) -> YUAN:
    return Fund.objects.get(pk=fund.pk).balance


def refused(name: str, what: Callable[[], object]) -> None:
    """The database refuses for exactly this reason, and nothing of it stays."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        what()
    assert error.value.__cause__.diag.constraint_name == name


def void(row: Grant | Donation) -> None:
    type(row).objects.filter(pk=row.pk).update(voided_at=timezone.now(), void_reason="登记有误")


def check_books() -> None:
    """Everything that must hold of every fund, donation and grant, counted from the records themselves."""
    for fund in Fund.objects.all():
        came = Donation.objects.filter(fund=fund, voided_at=None).aggregate(total=Sum("amount"))["total"] or 0
        went = Grant.objects.filter(fund=fund, voided_at=None).aggregate(total=Sum("amount"))["total"] or 0
        entries = list(FundEntry.objects.filter(fund=fund).order_by("pk"))
        running = YUAN(0)
        for entry in entries:
            running += entry.amount
            assert entry.balance >= 0
        assert fund.balance == came - went == running
        assert not entries or entries[-1].balance == fund.balance
    for grant in Grant.objects.all():
        traced = grant.allocations.aggregate(total=Sum("amount"))["total"] or 0
        assert traced == (grant.amount if grant.fund_id and grant.voided_at is None else 0)
        assert all(one.donation.fund_id == grant.fund_id for one in grant.allocations.all())
    for donation in Donation.objects.all():
        spent = donation.allocations.aggregate(total=Sum("amount"))["total"] or 0
        assert 0 <= spent <= (donation.amount if donation.voided_at is None else 0)


def test_a_fund_pays_out_what_it_holds_and_not_a_fen_more(tangshan: None) -> None:
    fund = make.fund(1000)
    paid(fund, YUAN("999.99"))
    refused("fund_balance_not_negative", lambda: paid(fund, YUAN("0.02")))
    paid(fund, YUAN("0.01"))
    assert holds(fund) == 0
    check_books()


def test_no_way_of_writing_goes_round_the_account(tangshan: None) -> None:
    fund = make.fund(500)
    grant = make.grant(child(), amount=YUAN(600))
    in_bulk = [
        Grant(project=grant.project, person=child(), village_id=make.VILLAGE_A, granted_on=date(2018, 6, day), kind="fund",
              fund=fund, amount=YUAN(200))
        for day in (1, 2, 3)
    ]  # fmt: skip
    refused("fund_balance_not_negative", lambda: Grant.objects.bulk_create(in_bulk))
    refused("fund_balance_not_negative", lambda: Grant.objects.filter(pk=grant.pk).update(kind="fund", fund=fund))

    def by_sql(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, [fund.pk])

    refused(
        "fund_balance_not_negative",
        lambda: by_sql("UPDATE campaigns_grant SET kind = 'fund', fund_id = %s WHERE fund_id IS NULL"),
    )
    by_sql("UPDATE campaigns_fund SET balance = 99999 WHERE id = %s")  # not written by the accounts: passed over
    assert holds(fund) == 500
    refused("fund_entry_by_database", lambda: by_sql("UPDATE campaigns_fundentry SET amount = 1 WHERE fund_id = %s"))
    refused("fund_entry_by_database", lambda: by_sql("DELETE FROM campaigns_fundentry WHERE fund_id = %s"))
    refused(
        "fund_entry_by_database",
        lambda: by_sql(
            "INSERT INTO campaigns_fundentry (fund_id, kind, amount, day, balance) "
            "VALUES (%s, 'donation', 5, '2018-01-01', 5)"
        ),
    )
    grant = paid(fund, 100)
    refused("allocation_by_database", lambda: Allocation.objects.filter(grant=grant).delete())
    check_books()


def test_a_form_that_saves_an_old_balance_changes_none(tangshan: None) -> None:
    fund = make.fund(500)
    stale = Fund.objects.get(pk=fund.pk)
    paid(fund, 300)
    stale.name = "春蕾基金（改名）"
    stale.save()
    assert holds(fund) == 200


def test_first_come_first_spent_but_the_paired_donor_first(tangshan: None) -> None:
    fund, first, second, third = make.fund(), make.donor(), make.donor(), make.donor()
    early = make.donation(fund, first, amount=YUAN(300), received_on=date(2018, 2, 1))
    later = make.donation(fund, second, amount=YUAN(300), received_on=date(2018, 3, 1))
    kept = make.donation(fund, third, amount=YUAN(300), received_on=date(2018, 1, 1), is_earmarked=True)

    def sources(grant: Grant) -> list[tuple[int, YUAN]]:
        return list(grant.allocations.order_by("pk").values_list("donation", "amount"))

    assert sources(paid(fund, 400)) == [(early.pk, 300), (later.pk, 100)]
    pupil = child()
    pledge = make.pledge(pupil, third)
    assert sources(paid(fund, 250, pupil, pledge=pledge)) == [(kept.pk, 250)]
    assert sources(paid(fund, 230)) == [(later.pk, 200), (kept.pk, 30)]
    check_books()


def test_a_voided_grant_returns_its_money_a_spent_donation_stays(tangshan: None) -> None:
    fund = make.fund(1000)
    donation = Donation.objects.get()
    grant = paid(fund, 800)
    refused("donation_is_spent", lambda: void(donation))
    refused("donation_is_spent", lambda: Donation.objects.filter(pk=donation.pk).update(amount=YUAN("799.99")))
    refused("donation_is_spent", lambda: Donation.objects.filter(pk=donation.pk).update(fund=make.fund()))
    Donation.objects.filter(pk=donation.pk).update(amount=YUAN(800))
    assert holds(fund) == 0
    void(grant)
    assert holds(fund) == 800 and not grant.allocations.exists()
    void(donation)
    assert holds(fund) == 0
    told = list(FundEntry.objects.order_by("pk").values_list("kind", "amount", "balance"))
    assert told == [
        ("donation", 1000, 1000), ("grant", -800, 200), ("correction", -200, 0), ("returned", 800, 800),
        ("correction", -800, 0),
    ]  # fmt: skip
    check_books()


def test_money_and_goods_never_mix(tangshan: None) -> None:
    fund, goods = make.fund(500), make.fund(500, is_goods=True)
    refused("fund_takes_its_own", lambda: make.grant(child(), kind="fund", fund=fund, is_goods=True))
    refused("fund_takes_its_own", lambda: make.grant(child(), kind="fund", fund=goods))
    refused("fund_takes_its_own", lambda: make.donation(fund, is_goods=True, value_basis="发票"))
    refused("fund_in_use", lambda: Fund.objects.filter(pk=fund.pk).update(is_goods=True))
    refused("fund_in_use", lambda: Fund.objects.filter(pk=fund.pk).update(voided_at=timezone.now(), void_reason="停用"))
    paid(goods, 200)
    check_books()


def test_what_is_in_use_is_not_voided(tangshan: None) -> None:
    donor = make.donor()
    pledge = make.pledge(child(), donor)
    fund = make.fund(500)
    paid(fund, 100, pledge.person, pledge=pledge)
    gone = {"voided_at": timezone.now(), "void_reason": "停用"}
    refused("donor_in_use", lambda: type(donor).objects.filter(pk=donor.pk).update(**gone))
    refused("pledge_in_use", lambda: type(pledge).objects.filter(pk=pledge.pk).update(**gone))
    free = make.fund()
    Fund.objects.filter(pk=free.pk).update(**gone)
    refused("fund_takes_its_own", lambda: make.donation(free))


def test_a_corrected_day_moves_in_the_statement_only(tangshan: None) -> None:
    fund = make.fund(500)
    grant = paid(fund, 200)
    before = list(grant.allocations.values_list("donation", "amount"))
    Grant.objects.filter(pk=grant.pk).update(paid_on=date(2018, 5, 1))
    Donation.objects.update(received_on=date(2018, 2, 1))
    assert holds(fund) == 300 and list(grant.allocations.values_list("donation", "amount")) == before
    by_day = FundEntry.objects.filter(day__lte=date(2018, 5, 1)).aggregate(total=Sum("amount"))["total"]
    assert by_day == 300
    check_books()


def test_merging_two_records_of_a_child_returns_the_second_payment_and_parting_takes_it_again(cast: Cast) -> None:
    fund, project, home = make.fund(1000), make.project(), make.household(make.VILLAGE_A)
    kept, other = (make.person(home, name="李小燕", birth=date(2009, 1, 1)) for _ in range(2))
    paid(fund, 300, kept, of=project)
    paid(fund, 200, other, of=project)
    decision = merge(kept=kept.pk, other=other.pk, reason="同一人", by=cast.federation_staff)
    assert holds(fund) == 700
    check_books()
    take_back(decision.pk, by=cast.federation_staff)
    assert holds(fund) == 500
    check_books()


@pytest.mark.parametrize("seed", range(6))
def test_books_balance_to_the_fen_after_any_sequence(tangshan: None, seed: int) -> None:
    rng = Random(seed)
    funds = [make.fund(), make.fund(), make.fund(is_goods=True)]
    donors, pupils, project = [make.donor() for _ in range(4)], [child() for _ in range(5)], make.project()
    pledges = [make.pledge(pupil, rng.choice(donors)) for pupil in pupils]

    def yuan(most: int) -> YUAN:
        return YUAN(rng.randint(1, most)) / 100

    def step(number: int) -> None:
        fund, what = rng.choice(funds), rng.random()
        day = date(2018, rng.randint(1, 6), rng.randint(1, 28))
        grant, donation = Grant.objects.order_by("?").first(), Donation.objects.order_by("?").first()
        if what < 0.3:
            make.donation(
                fund, rng.choice(donors), amount=yuan(90_000), received_on=day, is_earmarked=rng.random() < 0.2
            )
        elif what < 0.65:
            pledge = rng.choice(pledges)
            paid(fund, yuan(60_000), pledge.person, of=make.project() if rng.random() < 0.9 else project, on=day,
                 pledge=pledge if rng.random() < 0.4 else None)  # fmt: skip
        elif what < 0.75 and grant:
            Grant.objects.filter(pk=grant.pk).update(amount=yuan(60_000), paid_on=day)
        elif what < 0.8 and grant:
            Grant.objects.filter(pk=grant.pk).update(fund=fund, voided_at=None)
        elif what < 0.87 and donation:
            Donation.objects.filter(pk=donation.pk).update(amount=yuan(90_000), received_on=day, fund=fund)
        elif what < 0.93 and grant:
            void(grant)
        elif what < 0.97 and donation:
            void(donation)
        elif grant:
            grant.delete()

    done = refusals = 0
    for number in range(120):
        try:
            with transaction.atomic():
                step(number)
            done += 1
        except IntegrityError:
            refusals += 1
    assert done > 40 and refusals > 5
    check_books()


WRITERS, ROUNDS, EACH = 8, 12, 30


@pytest.mark.django_db(transaction=True)
def test_eight_writers_hammer_one_fund(tmp_path: Path) -> None:
    """Twice as much is asked for as there is: the fund ends at the last fen, never below."""
    make.small_tangshan(tmp_path)
    make.campaign_year()
    fund = make.fund()
    project = AidProject.objects.create(name="春蕾计划")
    people = [child().pk for _ in range(WRITERS)]
    donor = make.donor()
    for _ in range(4):
        make.donation(fund, donor, amount=YUAN(WRITERS * ROUNDS * EACH // 10))

    def write(number: int) -> tuple[int, int]:
        taken = given = 0
        try:
            for turn in range(ROUNDS):
                try:
                    if turn % 4 == 3:  # a donation comes in meanwhile
                        Donation.objects.create(
                            region_id=make.COUNTY_A, donor=donor, fund=fund, amount=10, received_on=date(2018, 3, 2)
                        )
                        given += 10
                        continue
                    Grant.objects.create(
                        project=project, person_id=people[number], village_id=make.VILLAGE_A, kind="fund", fund=fund,
                        amount=EACH, granted_on=date(2018, 5, 1 + turn),
                    )  # fmt: skip
                    taken += EACH
                except IntegrityError as error:
                    assert error.__cause__.diag.constraint_name == "fund_balance_not_negative"
        finally:
            connections.close_all()
        return taken, given

    start = holds(fund)
    with ThreadPoolExecutor(WRITERS) as pool:
        results = list(pool.map(write, range(WRITERS)))
    taken, given = (sum(part) for part in zip(*results, strict=True))
    assert holds(fund) == start + given - taken
    assert holds(fund) >= 0 and taken < WRITERS * ROUNDS * EACH * 3 // 4
    check_books()
