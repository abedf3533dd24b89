"""`crm-sync doctor` and `crm-sync schema`: what is missing, installing it, and that twice is once."""

from __future__ import annotations

from tests.cli.commands import crm_on
from tests.cli.wire import forget_calls, writes
from tests.conftest import Towns
from tests.sync.town import Town


def test_before_installing_the_doctor_says_what_to_run_and_exits_4(bare: Town) -> None:
    ran = crm_on(bare, "doctor")
    assert ran.code == 4
    assert ran.out.count("our properties: not installed") == 2
    assert ran.out.count("Run `crm-sync schema apply`.") == 2


def test_the_doctor_as_json_is_one_finding_per_crm(bare: Town) -> None:
    found = crm_on(bare, "doctor", "--json").json
    assert [(one["crm"], one["ok"], one["installed"], len(one["problems"])) for one in found] == [
        ("hubspot", False, False, 1),
        ("salesforce", False, False, 1),
    ]
    assert {one["time_zone"] for one in found} == {"America/Mexico_City"}
    assert {one["now"][:10] for one in found} == {"2026-05-30"}


def test_a_plan_shows_what_is_missing_and_exits_2(bare: Town) -> None:
    ran = crm_on(bare, "schema", "plan", "--json")
    assert ran.code == 2
    assert {one["kind"] for one in ran.json} == {"create_group", "create_field", "grant_field"}
    assert {(one["crm"], one["object"]) for one in ran.json if one["kind"] == "create_field"} == {
        ("hubspot", "contacts"),
        ("salesforce", "Lead"),
        ("salesforce", "Contact"),
    }
    assert crm_on(bare, "schema", "plan").out.startswith("To do\n")


def test_a_sync_before_installing_is_refused_in_one_sentence_and_reads_nothing(bare: Town) -> None:
    ran = crm_on(bare, "sync")
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert ran.err.rstrip().endswith("Run `crm-sync schema apply`.")
    assert crm_on(bare, "status", "--json").json["progress"] == {}


def test_a_dry_run_before_installing_shows_what_a_sync_would_write(bare: Town) -> None:
    forget_calls(bare)
    ran = crm_on(bare, "sync", "--dry-run", "--json")
    assert ran.code == 0
    assert ran.json["planned"] == len(ran.json["changes"]) > 0
    assert writes(bare) == {}


def test_applying_installs_everything_once(towns: Towns) -> None:
    fresh = towns(people=1)
    planned = crm_on(fresh, "schema", "plan", "--json").json
    first = crm_on(fresh, "schema", "apply", "--json")
    assert (first.code, first.json) == (0, planned)
    again = crm_on(fresh, "schema", "apply")
    assert (again.code, again.out) == (0, "")
    assert "nothing to do" in again.err
    assert crm_on(fresh, "schema", "apply", "--json").json == []
    assert crm_on(fresh, "schema", "plan").code == 0
    healthy = crm_on(fresh, "doctor", "--json")
    assert healthy.code == 0
    assert all(one["ok"] and one["installed"] for one in healthy.json)
