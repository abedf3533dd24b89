"""What the doctor says about who may be a program, and on whose wall it reads the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_sync.cli.doctor import Finding, as_dict, programs, show, verdict
from crm_sync.cli.instants import Wall
from crm_sync.connectors.budget import Budget
from crm_sync.records import Ref
from crm_sync.store.scribes import Scribe
from tests.cli.commands import crm
from tests.cli.conftest import OwnStore

SYNC = Scribe(Ref("salesforce", "User", "005"), "HubSpot Sync", "Sync@us.test", 1200, 7)
MADRID = Wall(ZoneInfo("Europe/Madrid"))


def test_who_writes_down_what_others_did_is_told_with_the_fix() -> None:
    [hint] = programs([SYNC], frozenset())
    assert hint.startswith("HubSpot Sync (Sync@us.test) wrote down 1,200 touches of 7 colleagues.")
    assert "sla.toml: integrations" in hint


def test_who_is_named_is_not_told() -> None:
    assert list(programs([SYNC], frozenset({"sync@us.test"}))) == []


def test_somebody_without_name_and_address_is_told_by_id() -> None:
    [hint] = programs([SYNC._replace(name=None, email=None)], frozenset())
    assert hint.startswith("salesforce:User:005 (salesforce:User:005) wrote down")


def test_a_hint_is_shown_and_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    finding = Finding("tables", hints=("Look at [this].",))
    show([finding], MADRID)
    assert "• Look at [this]." in capsys.readouterr().out
    assert verdict([finding]) == 0
    assert (as_dict(finding)["ok"], as_dict(finding)["hints"]) == (True, ["Look at [this]."])


def test_clocks_are_told_in_the_zone_of_every_other_page(capsys: pytest.CaptureFixture[str]) -> None:
    night = datetime(2026, 5, 30, 22, 30, tzinfo=UTC)
    budget = Budget("2026-05-30", limit=1000, used=10, resets_at=datetime(2026, 5, 31, 6, tzinfo=UTC))
    late = Finding(
        "hubspot", now=night, time_zone="US/Central", budget=budget, problems=("read up to 2026-05-30T22:00:00Z",)
    )
    show([late], MADRID)
    told = capsys.readouterr().out
    assert "clock 2026-05-31 00:30, the account's time zone: US/Central" in told
    assert "990 of 1,000 left, back at 2026-05-31 08:00" in told
    assert "read up to 2026-05-31 00:00" in told
    assert told.endswith("Times in Europe/Madrid\n")
    assert as_dict(late)["now"] == "2026-05-30T22:30:00Z", "programs read UTC"


def test_the_setting_says_which_zone_that_is(own: OwnStore) -> None:
    teams = crm("--config", own(), "doctor").out
    ran = crm("--config", own(time_zone="Asia/Kolkata"), "doctor").out
    assert ("Times in America/Mexico_City" in teams, "Times in Asia/Kolkata" in ran) == (True, True)
    apart = clock_in(ran) - clock_in(teams)
    assert timedelta(hours=11, minutes=30) <= apart < timedelta(hours=12), "the town's clock runs on meanwhile"


def test_a_variable_that_nobody_reads_is_a_hint(own: OwnStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SYNC_TIME_ZON", "Asia/Kolkata")
    ran = crm("--config", own(), "doctor", "--json")
    hints = {one["crm"]: one["hints"] for one in ran.json}
    assert hints["environment"] == ["CRM_SYNC_TIME_ZON is read by nobody; CRM_SYNC_TIME_ZONE is."]


def clock_in(told: str) -> datetime:
    return datetime.fromisoformat(told.partition("clock ")[2][:16])
