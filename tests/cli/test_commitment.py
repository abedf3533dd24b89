"""`crm-sync commitment`: sums that need no store, and a town's leads against the promise of marketing."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_sync.cli.commitment_pages import basis
from crm_sync.cli.handing import said as words_of
from crm_sync.mappings import copy_mappings, load_vocabulary
from crm_sync.reconciler.commitment.goal import Estimate
from tests.cli.commands import Ran, crm
from tests.cli.conftest import OwnStore
from tests.sync.town import Town

MAY = "2026-05-01T06:00:00Z"  # in Mexico City
APRIL = "2026-04-01T06:00:00Z"
TABLE = """
[[segments]]
name = "paid"
when = {{ source = ["paid_search", "paid_social"] }}
share = 0.25
average_revenue = 200
[[quotas]]
period = "2026-Q2"
company = 300000
teams = {{ "{team}" = 200000 }}
reps = {{ "{rep}" = 50000 }}
"""


@pytest.fixture
def settings(synced: Town, own: OwnStore, tmp_path: Path) -> Path:
    """The synced town with tables of its own."""
    copy_mappings(tmp_path / "mappings")
    held = tomllib.loads(synced.settings_file.read_text(encoding="utf-8"))
    return own(database=held["database"], mappings=str(tmp_path / "mappings"))


def commitment(settings: Path, *words: str) -> Ran:
    return crm("--config", settings, "--quiet", "commitment", *words)


def edit(settings: Path, more: str, **changes: str) -> None:
    """Lines of commitment.toml say something else, and others stand behind them."""
    file = settings.parent / "mappings" / "commitment.toml"
    lines = file.read_text(encoding="utf-8").split("\n")
    for key, value in changes.items():
        [at] = [at for at, line in enumerate(lines) if line.partition("=")[0].strip() == key]
        lines[at] = f"{key} = {value}"
    file.write_text("\n".join(lines) + more, encoding="utf-8")


def said(settings: Path, *words: str) -> Any:
    ran = commitment(settings, *words, "--json")
    assert ran.code in (0, 2), ran.err
    return ran.json


def test_a_hundred_thousand_take_forty_customers_and_two_thousand_leads(settings: Path) -> None:
    words = ("plan", "--quota", "100000", "--revenue", "2500", "--rate", "0.02")
    company = said(settings, *words)["company"]
    assert (company["customers"], company["leads"]) == ({"raw": 40, "whole": 40}, {"raw": 2000, "whole": 2000})
    told = commitment(settings, *words)
    assert (told.code, "100,000.00         40    40.00  2,000" in told.out) == (0, True)


def test_what_was_asked_is_not_told_to_stand_in_the_table(settings: Path) -> None:
    words = ("plan", "--quota", "100000", "--revenue", "2500")
    edit(settings, "", lead_to_customer="0.02")
    [segment] = said(settings, *words)["segments"]
    assert (segment["average_revenue"]["source"], segment["lead_to_customer"]["source"]) == ("asked", "table")
    told = next(line for line in commitment(settings, *words).out.splitlines() if line.startswith("other"))
    assert told.split() == ["other", "100%", "2,500.00", "as", "asked", "2.00%", "commitment.toml"]


def test_no_revenue_is_an_error_with_a_name(settings: Path) -> None:
    refused = commitment(settings, "plan", "--quota", "100000", "--revenue", "0")
    assert (refused.code, refused.err.strip()) == (
        4, "crm-sync: --revenue: found 0.0; allowed: a number from 0.000001 to 1,000,000,000,000.",
    )  # fmt: skip


def test_eighty_hours_are_not_enough_for_three_hundred_leads(settings: Path) -> None:
    ran = commitment(settings, "capacity", "--leads", "300", "--hours", "80", "--minutes", "6", "--attempts", "5")
    assert (ran.code, ran.out.strip()) == (
        2,
        "80 hours at 6 minutes are 800 attempts: 2.67 for each of 300 leads. That is not enough for 5 each: 160 leads "
        "can be worked so.",
    )  # fmt: skip
    assert commitment(settings, "capacity", "--leads", "160").code == 0


def test_what_was_delivered_is_what_happened_in_the_town(settings: Path, synced: Town) -> None:
    """Everybody whose cycle began in May, in the zone of the teams."""
    found = said(settings, "report")
    starts = [one["sla"]["started_at"] for one in synced.truth()["people"] if one["sla"] and one["sla"]["started_at"]]
    assert found["month"] == "2026-05"
    assert found["total"]["delivered"] == sum(at >= MAY for at in starts) > 0
    assert found["earlier"][-1]["delivered"] >= sum(APRIL <= at < MAY for at in starts)


def test_reps_and_teams_of_the_town_add_up(settings: Path) -> None:
    found = said(settings, "report")
    for name in ("delivered", "accepted", "rejected", "open", "replaced", "counted", "commitment"):
        assert sum(one[name] for one in found["reps"]) == sum(one[name] for one in found["teams"])
        assert sum(one[name] for one in found["reps"]) == found["total"][name]
    assert found["total"]["commitment"] == 300 * len(found["reps"])


def test_a_quarters_quotas_are_told_for_company_team_rep_and_segment(settings: Path) -> None:
    """Rates are those of the table: a town of sixty has too few closed leads."""
    rep = said(settings, "report")["reps"][0]
    edit(settings, TABLE.format(team=rep["team"], rep=rep["rep"]), average_revenue="2500", lead_to_customer="0.02")
    company = said(settings, "plan", "--period", "2026-Q2")["company"]
    team, rest = company["below"]
    assert [(one["level"], one["quota"]) for one in (team, *team["below"], rest)] == [
        ("team", 200_000), ("rep", 50_000), ("rest", 150_000), ("rest", 100_000),
    ]  # fmt: skip
    assert (team["below"][0]["committed"], team["committed"], company["committed"]) == (900, 900, 900)
    for line in (company, team):
        for name in ("customers", "leads"):
            assert line[name]["whole"] == sum(one[name]["whole"] for one in line["below"])
            assert line[name]["whole"] == sum(one[name]["whole"] for one in line["segments"])
    told = commitment(settings, "plan", "--period", "2026-Q2").out
    assert [one for one in (rep["rep"], "(nobody's yet)", "paid", "The same, by segment") if one not in told] == []


def test_a_town_too_small_to_tell_a_rate_says_so(settings: Path) -> None:
    refused = commitment(settings, "plan", "--quota", "1000", "--revenue", "100")
    assert refused.code == 4
    assert "lead_to_customer: found closed, but" in refused.err
    assert "allowed: a share such as 0.02, or 20 closed leads" in refused.err
    assert refused.err.endswith("`--rate 0.02` asks about one that stands nowhere.\n")
    unpaid = commitment(settings, "plan", "--quota", "1000").err
    assert "average_revenue" in unpaid
    assert "`--revenue 2500` asks about one" in unpaid
    assert "asks about" not in commitment(settings, "depth").err


def test_depth_is_told_with_policies_that_can_be_tried(settings: Path, tmp_path: Path) -> None:
    changes = {"average_revenue": "2500", "lead_to_customer": "0.02", "answers": "[0.4, 0.1]"}
    edit(settings, TABLE.format(team="x", rep="y"), **changes)
    found = {one["segment"]: (one["attempts"], one["exempt"]) for one in said(settings, "depth")["segments"]}
    assert found == {"paid": (0, True), "other": (2, False)}
    policies = commitment(settings, "depth", "--policies").out
    shipped = (settings.parent / "mappings" / "sla.toml").read_text(encoding="utf-8")
    (tmp_path / "other.toml").write_text(shipped.replace("[[policies]]", f"{policies}\n[[policies]]", 1))
    words = ("sla", "simulate", "--policy", tmp_path / "other.toml", "--since", "2026-01-01", "--json")
    change = json.loads(crm("--config", settings, "--quiet", *words).out)
    assert {one["after"] for one in change["differs"]} == {None}  # nothing is owed to them any more


def test_spanish_settings_are_answered_in_spanish(settings: Path) -> None:
    settings.write_text('language = "es"\n' + settings.read_text(encoding="utf-8"), encoding="utf-8")
    assert "no alcanza para 5 por lead" in commitment(settings, "capacity", "--leads", "300").out.casefold()
    assert "Por reponer" in commitment(settings, "report").out
    assert "Como se prometió" in commitment(settings, "capacity").out


def test_the_window_of_a_rate_is_told_in_days_of_the_teams() -> None:
    """A month of Madrid begins on the last evening of the one before, by UTC."""
    madrid = ZoneInfo("Europe/Madrid")
    since, until = (datetime(2026, month, 1, tzinfo=madrid).astimezone(UTC) for month in (3, 5))
    rate, say = Estimate(Fraction(1, 50), "closed", 300, 6, since, until), words_of(load_vocabulary(), "en")
    assert basis(rate, "from_closed", say, madrid).endswith("2026-03-01 to 2026-05-01")
