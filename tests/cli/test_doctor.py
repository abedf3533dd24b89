"""What the doctor says about who may be a program."""

from __future__ import annotations

import pytest

from crm_sync.cli.doctor import Finding, as_dict, programs, show, verdict
from crm_sync.records import Ref
from crm_sync.store.scribes import Scribe

SYNC = Scribe(Ref("salesforce", "User", "005"), "HubSpot Sync", "Sync@us.test", 1200, 7)


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
    show([finding])
    assert "• Look at [this]." in capsys.readouterr().out
    assert verdict([finding]) == 0
    assert (as_dict(finding)["ok"], as_dict(finding)["hints"]) == (True, ["Look at [this]."])
