"""The truth about deals and channels, and what it promises to those who compare with it."""

from __future__ import annotations

from decimal import Decimal

from tests.sandbox.town.conftest import NOW
from tests.sandbox.town.reading import Told

from crm_sync.sandbox.town.build import draw_story
from crm_sync.sandbox.town.credit import UNATTRIBUTED, shares
from crm_sync.sandbox.town.deals import by_human
from crm_sync.sandbox.town.facts import facts_of
from crm_sync.sandbox.town.judge import judge, verdicts
from crm_sync.sandbox.town.truth import Truth

Large = tuple[Told, Truth]


def test_the_credits_of_every_won_deal_sum_to_its_amount(large: Large) -> None:
    won = [one for one in large[1].as_json()["deals"] if one["state"] == "won"]
    for deal in won:
        for credit in deal["credit"].values():
            assert sum(Decimal(cents) for cents in credit.values()) == Decimal(deal["amount"])
    assert sum(Decimal(one["amount"]) for one in won) == Decimal(large[1].as_json()["totals"]["won_amount"])


def test_linear_credit_never_depends_on_who_gets_the_odd_cent(large: Large) -> None:
    content = large[1].as_json()
    channels = {one["id"]: one["channels"] for one in content["people"]}
    for deal in (one for one in content["deals"] if one["state"] == "won"):
        path = [at for person in deal["people"] for at, _ in channels[person] if at <= deal["closed_at"]]
        assert int(Decimal(deal["amount"]) * 100) % (len(path) or 1) == 0
        assert len(set(path)) == len(path), "two touches of one second would have no order"


def test_shares_go_to_the_first_the_last_and_all() -> None:
    path = [(1, "email"), (2, "direct"), (3, "email")]
    assert shares(path, 100) == {"first": {"email": 100}, "last": {"email": 100}, "linear": {"direct": 33, "email": 67}}
    assert shares([], 100) == {model: {UNATTRIBUTED: 100} for model in ("first", "last", "linear")}


def test_deals_exist_in_one_crm_and_mirrored_in_both(large: Large) -> None:
    deals = large[1].as_json()["deals"]
    assert {tuple(ref.split(":")[0] for ref in one["records"]) for one in deals} == {
        ("hubspot",),
        ("salesforce",),
        ("hubspot", "salesforce"),
    }
    assert any(len(one["people"]) > 1 for one in deals)
    assert {one["state"] for one in deals} == {"open", "won", "lost"}


def test_a_mirrored_deal_closes_at_one_instant_in_both_crms(large: Large) -> None:
    told, truth = large
    for deal in truth.as_json()["deals"]:
        if len(deal["records"]) == 2 and deal["state"] == "won":
            mine, theirs = (ref.split(":")[2] for ref in deal["records"])
            steps = {one["StageName"]: one["_created"] for one in told.opportunity_steps[theirs]}
            assert told.of("hubspot", "deals")[mine]["closedate"] == steps["Closed Won"]


def test_no_verdict_changes_in_the_evening_at_which_the_town_begins() -> None:
    now = int(NOW.timestamp())
    story = draw_story(11, 400, now)
    deals = by_human(list(story.deals))
    for human in story.humans:
        facts = facts_of(human, deals.get(human.person.number, ()))
        assert len({judge(facts, now + minutes * 60) for minutes in range(-120, 361, 20)}) == 1


def test_what_is_over_has_the_verdict_that_every_later_hour_gives_it() -> None:
    """Asked for many times at once, the judge answers what it answers one by one."""
    now = int(NOW.timestamp())
    times = [now + hours * 3_600 for hours in (0, -2, 6, 24, 24 * 20)]
    for human in draw_story(11, 400, now).humans:
        facts = facts_of(human, (human.deal,) if human.deal else ())
        assert verdicts(facts, times) == [judge(facts, at) for at in times]
