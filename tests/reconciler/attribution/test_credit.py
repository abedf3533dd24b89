"""Credit: who brought a won deal, to the cent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reconciler.conftest import Planner
from tests.reconciler.made import at, contact, deal, label, lead, response, said, visit

from crm_sync.changes import Plan
from crm_sync.engine.duckdb import DuckDB
from crm_sync.reconciler.attribution.credit import credits_of
from crm_sync.reconciler.attribution.touches import Step
from crm_sync.reconciler.deals import OneDeal
from crm_sync.records import Ref

ANA, LEAD = contact(1, email="ana@x.com"), lead(1, email="ana@x.com")
OPPORTUNITY, TWIN = Ref("salesforce", "Opportunity", "006A"), Ref("hubspot", "deals", "7")
WON = "2026-05-01 10:00"


def earned(plan: Plan) -> dict[str, dict[str, str]]:
    """Model → channel → amount."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for credit in plan.credits:
        sums[credit.model][credit.channel] += credit.amount
    return {model: {channel: str(amount) for channel, amount in channels.items()} for model, channels in sums.items()}


def reasons(plan: Plan) -> list[str]:
    return [one.reason for one in plan.set_aside]


def test_first_last_and_linear(plan: Planner) -> None:
    touches = (
        visit(ANA.ref, "2026-03-01 10:00", "ORGANIC_SEARCH"),
        response(LEAD.ref, "2026-03-02 00:00", "Webinar"),
        visit(ANA.ref, "2026-04-01 10:00", "EMAIL_MARKETING"),
    )
    found = plan(people=(ANA, LEAD), deals=(deal(OPPORTUNITY, "100.00", won=WON, people=(ANA.ref,)),), touches=touches)
    assert earned(found) == {
        "first": {"organic_search": "100.00"},
        "last": {"email": "100.00"},
        "linear": {"organic_search": "33.34", "event": "33.33", "email": "33.33"},
    }


def test_a_channel_that_repeats_counts_each_time(plan: Planner) -> None:
    touches = tuple(
        visit(ANA.ref, f"2026-03-0{day} 10:00", word) for day, word in ((1, "REFERRALS"), (2, "REFERRALS"), (3, "X"))
    )
    found = plan(people=(ANA,), deals=(deal(OPPORTUNITY, "0.05", won=WON, people=(ANA.ref,)),), touches=touches)
    assert earned(found)["linear"] == {"referral": "0.04", "unknown": "0.01"}


def test_nothing_to_credit_is_shown_as_unattributed(plan: Planner) -> None:
    found = plan(people=(ANA,), deals=(deal(OPPORTUNITY, "100", won=WON, people=(ANA.ref,)),))
    assert earned(found) == {model: {"(unattributed)": "100.00"} for model in ("first", "last", "linear")}
    assert {(credit.touch, credit.person_id) for credit in found.credits} == {(None, None)}


def test_a_deal_without_people_is_unattributed(plan: Planner) -> None:
    assert earned(plan(deals=(deal(OPPORTUNITY, "100", won=WON),)))["first"] == {"(unattributed)": "100.00"}


def test_a_touch_in_the_second_of_the_close_counts_and_a_later_one_does_not(plan: Planner) -> None:
    touches = (
        visit(ANA.ref, "2026-05-01 10:00:00", "REFERRALS"),
        visit(ANA.ref, "2026-05-01 10:00:01", "DIRECT_TRAFFIC"),
    )
    found = plan(
        people=(ANA,), deals=(deal(OPPORTUNITY, won="2026-05-01 10:00:00.400", people=(ANA.ref,)),), touches=touches
    )
    assert earned(found)["last"] == {"referral": "100.00"}


def test_everybody_in_the_deal_takes_part(plan: Planner) -> None:
    eva = contact(2, email="eva@x.com")
    touches = (visit(ANA.ref, "2026-03-02 10:00", "REFERRALS"), visit(eva.ref, "2026-03-01 10:00", "DIRECT_TRAFFIC"))
    found = plan(people=(ANA, eva), deals=(deal(OPPORTUNITY, won=WON, people=(ANA.ref, eva.ref)),), touches=touches)
    assert earned(found)["linear"] == {"direct": "50.00", "referral": "50.00"}


def test_a_label_counts_only_for_want_of_anything_better(plan: Planner) -> None:
    touches = (label(LEAD.ref, "2026-02-01 10:00", "Trade Show"), visit(ANA.ref, "2026-03-01 10:00", "REFERRALS"))
    found = plan(people=(ANA, LEAD), deals=(deal(OPPORTUNITY, won=WON, people=(LEAD.ref,)),), touches=touches)
    assert earned(found)["first"] == {"referral": "100.00"}


def test_of_several_labels_the_earliest_counts(plan: Planner) -> None:
    touches = (label(LEAD.ref, "2026-02-02 10:00", "Trade Show"), label(ANA.ref, "2026-02-01 10:00", "OFFLINE/IMPORT"))
    found = plan(people=(ANA, LEAD), deals=(deal(OPPORTUNITY, won=WON, people=(LEAD.ref,)),), touches=touches)
    assert earned(found)["linear"] == {"offline_import": "100.00"}


def test_who_is_on_a_campaign_list_without_an_answer_earns_nothing(plan: Planner) -> None:
    silent = response(LEAD.ref, "2026-03-01 00:00", "Webinar")
    found = plan(people=(LEAD,), deals=(deal(OPPORTUNITY, won=WON, people=(LEAD.ref,)),), touches=(silent,))
    assert earned(found)["first"] == {"event": "100.00"}
    found = plan(
        people=(LEAD,),
        deals=(deal(OPPORTUNITY, won=WON, people=(LEAD.ref,)),),
        touches=(replace(silent, facts={"HasResponded": "false"}),),
    )
    assert earned(found)["first"] == {"(unattributed)": "100.00"}


def test_a_deal_that_both_crms_hold_counts_once_as_salesforce_has_it(plan: Planner) -> None:
    deals = (
        deal(TWIN, "90", won="2026-04-30 10:00", people=(ANA.ref,), same_as=(OPPORTUNITY,)),
        deal(OPPORTUNITY, "100", won=WON),
    )
    found = plan(people=(ANA,), deals=deals, touches=(visit(ANA.ref, "2026-05-01 09:00", "REFERRALS"),))
    assert earned(found)["first"] == {"referral": "100.00"}
    assert {credit.deal for credit in found.credits} == {OPPORTUNITY}


def test_a_deal_is_won_when_its_history_says_so(plan: Planner) -> None:
    won = deal(OPPORTUNITY, won="2026-05-01 00:00", stage="Closed Won", people=(ANA.ref,))
    days = (("04-01", "Closed Won"), ("04-20", "Negotiation"), ("05-01", "Closed Won"))
    changes = tuple(said(OPPORTUNITY, f"2026-{day} 18:00", stage) for day, stage in days)
    touches = (visit(ANA.ref, "2026-05-01 17:00", "REFERRALS"),)
    found = plan(people=(ANA,), deals=(won,), touches=touches, stage_changes=changes)
    assert earned(found)["first"] == {"referral": "100.00"}
    assert [entry.at for entry in found.known[0].history if entry.stage == "customer"] == [at("2026-05-01 18:00")]


def test_a_new_amount_after_the_close_does_not_win_the_deal_again(plan: Planner) -> None:
    """
    fri may 1   the deal is won
    mon may 4   ana opens a mail
    fri may 8   somebody corrects the amount: Salesforce adds a row with the same stage to the deal's history
    """
    won = deal(OPPORTUNITY, won="2026-05-01 00:00", stage="Closed Won", people=(ANA.ref,))
    changes = (said(OPPORTUNITY, "2026-05-08 12:00", "Closed Won"), said(OPPORTUNITY, "2026-05-01 18:00", "Closed Won"))
    touches = (
        visit(ANA.ref, "2026-05-01 17:00", "REFERRALS"),
        visit(ANA.ref, "2026-05-04 10:00", "EMAIL_MARKETING"),
    )
    found = plan(people=(ANA,), deals=(won,), touches=touches, stage_changes=changes)
    assert earned(found)["last"] == {"referral": "100.00"}
    assert [entry.at for entry in found.known[0].history if entry.stage == "customer"] == [at("2026-05-01 18:00")]


@pytest.mark.parametrize(
    ("amount", "currency", "reason"),
    [
        (None, "USD", "won without an amount"),
        ("-5", "USD", "won with a negative amount, -5"),
        ("5", "MXN", "its amount is in MXN, not in USD"),
        ("1e16", "USD", "won with an amount of 17 digits or more, which nobody can have meant"),
        ("9" * 40, "USD", "won with an amount of 17 digits or more, which nobody can have meant"),
    ],
)
def test_a_won_deal_that_cannot_be_credited_is_listed(plan: Planner, amount: str, currency: str, reason: str) -> None:
    found = plan(deals=(deal(OPPORTUNITY, amount, won=WON, currency=currency),))
    assert found.credits == ()
    assert reasons(found) == [reason]


def test_odd_dates_are_listed_and_the_amount_is_not_lost(plan: Planner) -> None:
    early = deal(OPPORTUNITY, "1", won="2026-01-01 00:00")
    undated = deal(TWIN, "2", state="won")
    found = plan(deals=(early, undated))
    assert reasons(found) == ["won without a close date: its amount is not attributed", "won before it was created"]
    assert earned(found)["first"] == {"(unattributed)": "3.00"}


def test_open_and_lost_deals_earn_nothing_and_are_not_odd(plan: Planner) -> None:
    found = plan(deals=(deal(OPPORTUNITY, None, state="open"), deal(TWIN, None, state="lost")))
    assert (found.credits, found.set_aside) == ((), ())


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 10**11), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from("xyz"), st.sampled_from(["email", "event"])), max_size=9),
)
def test_credits_always_sum_to_the_amount(amounts: list[int], made: list[tuple[int, str, str]]) -> None:
    deals = [
        OneDeal(
            Ref("hubspot", "deals", str(place)),
            at(WON),
            True,
            at(f"2026-05-0{1 + place} 10:00"),
            Decimal(cents) / 100,
            None,
            ("x", "y"),
        )
        for place, cents in enumerate(amounts)
    ]
    steps = [
        Step(at(f"2026-05-0{1 + day // 2} 0{day}:00"), Ref("hubspot", "visit", f"{who}/{place}"), "visit", channel, who)
        for place, (day, who, channel) in enumerate(made)
    ]
    found = credits_of(deals, steps, DuckDB(threads=1), "USD")
    for one in deals:
        for model in ("first", "last", "linear"):
            shares = [credit.amount for credit in found if (credit.deal, credit.model) == (one.ref, model)]
            assert sum(shares) == one.amount
            assert shares
            assert max(shares) - min(shares) <= Decimal("0.01")
