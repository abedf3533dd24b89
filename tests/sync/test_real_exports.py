"""Exported data of real CRMs through the whole thread, when the environment names a directory that holds some."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.sync.town import Town, crm_sync, running_town

NAMED = os.environ.get("CRM_SYNC_EXPORTS", "")
EXPORTS = Path(NAMED)

pytestmark = pytest.mark.skipif(not NAMED, reason="CRM_SYNC_EXPORTS names no directory with exported CRM data")


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Accounts, sales teams and opportunities of one company, served as Salesforce and synced."""
    with running_town(tmp_path_factory.mktemp("pipeline"), 0, load=EXPORTS / "maven_crm") as town:
        crm_sync(town, "schema", "apply")
        crm_sync(town, "sync")
        yield town


def reported(town: Town) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(crm_sync(town, "report", "deals", "--json").stdout)
    return found


def won_by(column: str) -> dict[str, tuple[int, Decimal]]:
    """Won deals and their amount per office or manager, counted in the files."""
    directory = EXPORTS / "maven_crm"
    team = {row["sales_agent"]: row[column] for row in rows_of(directory / "sales_teams.csv")}
    amounts: dict[str, list[Decimal]] = defaultdict(list)
    for row in rows_of(directory / "sales_pipeline.csv"):
        if row["deal_stage"] == "Won":
            amounts[team[row["sales_agent"]]].append(Decimal(row["close_value"]))
    return {name: (len(found), sum(found, Decimal())) for name, found in amounts.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("cut", "column"), [("teams", "regional_office"), ("managers", "manager")])
def test_won_revenue_per_sales_team_equals_the_files_to_the_cent(pipeline: Town, cut: str, column: str) -> None:
    found = {one["name"]: (one["deals"], Decimal(one["revenue"])) for one in reported(pipeline)["won"][cut]}
    assert found == won_by(column)


@pytest.mark.slow
def test_opportunities_per_stage_equal_the_files(pipeline: Town) -> None:
    found = {one["stage"]: one["deals"] for one in reported(pipeline)["stages"]}
    assert found == Counter(row["deal_stage"] for row in rows_of(EXPORTS / "maven_crm" / "sales_pipeline.csv"))


@pytest.mark.slow
def test_a_second_sync_of_real_data_finds_nothing_to_do(pipeline: Town) -> None:
    again = json.loads(crm_sync(pipeline, "sync", "--json").stdout)
    assert (again["read"], again["planned"]) == (0, 0)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """What a sandbox says of a folder of exports that it serves, asked once per folder."""

    @cache
    def ask(folder: str) -> Any:
        with running_town(tmp_path_factory.mktemp(folder), 0, load=EXPORTS / folder) as town:
            return town.card["loaded"]

    return ask


@pytest.mark.parametrize(
    ("folder", "file", "crm", "name"),
    [
        ("hubspot_raw", "contact_data.csv", "hubspot", "contacts"),
        ("hubspot_raw", "deal_data.csv", "hubspot", "deals"),
        ("salesforce_raw", "sf_contact_data.csv", "salesforce", "Contact"),
        ("salesforce_raw", "sf_opportunity_data.csv", "salesforce", "Opportunity"),
        ("salesforce_raw", "sf_task_data.csv", "salesforce", "Task"),
    ],
)
def test_every_row_of_a_raw_table_is_served_or_set_aside_with_its_reason(
    loaded: Callable[[str], Any], folder: str, file: str, crm: str, name: str
) -> None:
    told = loaded(folder)
    aside = [one for one in told["set_aside"] if Path(one["file"]).name == file]
    assert all(one["reason"] and one["line"] for one in aside)
    assert told["counts"][crm][name] + len(aside) == len(rows_of(EXPORTS / folder / file))


@pytest.mark.slow
def test_both_raw_sets_together_are_synced_and_settle(tmp_path: Path) -> None:
    for folder in ("hubspot_raw", "salesforce_raw"):
        shutil.copytree(EXPORTS / folder, tmp_path / "both" / folder)
    with running_town(tmp_path / "home", 0, load=tmp_path / "both") as town:
        crm_sync(town, "schema", "apply")
        first = json.loads(crm_sync(town, "sync", "--json").stdout)
        assert first["people"] > 0
        assert first["pulled"]["salesforce"]["Opportunity"] == len(
            rows_of(EXPORTS / "salesforce_raw" / "sf_opportunity_data.csv")
        )
        again = json.loads(crm_sync(town, "sync", "--json").stdout)
        assert (again["read"], again["planned"]) == (0, 0)
        words = json.loads(crm_sync(town, "status", "--json").stdout)["unmapped"]
        assert any(word["value"] == "Converted" for word in words)
