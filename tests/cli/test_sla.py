"""`crm-sync sla`: one person's arithmetic, another promise on past data, edits taken back, holidays."""

from __future__ import annotations

import json
import re
import shutil
from calendar import monthrange
from pathlib import Path

import pytest

from crm_sync.mappings import copy_mappings
from crm_sync.mappings.holidays import Holidays
from crm_sync.mappings.vocabulary import load_holidays
from crm_sync.sync.holidays import library_holidays
from tests.cli.commands import Ran, crm

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of the README, read, with tables of its own; nobody changes it."""
    home = tmp_path_factory.mktemp("read") / "examples"
    shutil.copytree(EXAMPLES, home)
    file = home / "exports.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text('mappings = "mappings"\n' + re.sub(r"(?m)^mappings.*\n", "", text), encoding="utf-8")
    copy_mappings(home / "mappings")
    for words in (("schema", "apply"), ("sync",)):
        assert crm("--config", file, "--quiet", *words).code == 0
    return home


@pytest.fixture
def example(read_once: Path, tmp_path: Path) -> Path:
    """The settings of a copy of it."""
    shutil.copytree(read_once, tmp_path / "examples")
    return tmp_path / "examples" / "exports.toml"


def sla(example: Path, *words: str | Path) -> Ran:
    return crm("--config", example, "--quiet", "sla", *words)


def edit(example: Path, old: str, new: str, name: str = "sla.toml") -> Path:
    file = example.parent / "mappings" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def states(example: Path) -> dict[str, int]:
    found = json.loads(crm("--config", example, "--quiet", "report", "sla", "--json").out)
    return {name: count for name, count in found["sales"]["targets"]["first_attempt"]["states"].items() if count}


def test_every_touch_window_and_sum_is_told(example: Path) -> None:
    told = sla(example, "explain", "Ana")
    assert told.code == 0
    for line in (
        "policy standard 2026-1 · calendar office · times in America/Mexico_City",
        "Fri 2026-05-08 15:00:00  Fri 2026-05-08 16:00:00  1:00:00  8:00:00",
        "Thu 2026-05-07 16:00:00 + 8bh = Fri 2026-05-08 16:00:00",
        "Thu 2026-05-07 16:00:00 + 5 in 14d = Thu 2026-05-21 16:00:00",
        "counts as an attempt",
        "Visit is not an attempt",
        "Luis Prado  Thu 2026-05-07 16:00:00",
    ):
        assert line in told.out
    assert re.findall(r"\dT\d\d:\d\d", told.out) == []
    found = sla(example, "explain", "Ana", "--json").json
    [cycle] = found["cycles"]
    assert sum(window["seconds"] for window in cycle["arithmetic"][0]["windows"]) == 8 * 3600
    assert cycle["system_delay"] == 0


def test_as_of_an_earlier_day_it_stood_otherwise(example: Path) -> None:
    [now], [then] = (
        sla(example, "explain", "Ana", "--json", *more).json["cycles"]
        for more in ((), ("--as-of", "2026-05-08T15:00Z"))
    )
    assert (now["status"], then["status"], then["target"]) == ("breached", "on_track", "first_attempt")


@pytest.mark.parametrize(
    "words",
    [("recompute", "--from"), ("explain", "Ana", "--as-of"), ("simulate", "--policy", "mappings", "--since")],
    ids=lambda words: words[0],
)
def test_what_lies_ahead_is_refused_with_how_far_the_crms_were_read(
    example: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(example.parent)
    ran = sla(example, *words, "2199-06-01")
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert f"{words[-1]}: found '2199-06-01'; allowed: a day or an instant up to 20" in ran.err
    assert ran.err.endswith(", up to which the CRMs were read. Times in America/Mexico_City.\n")


def test_before_anything_happened_nobody_says_never(example: Path) -> None:
    told = sla(example, "explain", "Ana", "--as-of", "2020-01-01")
    assert told.code == 0
    assert "Not handed to sales as a qualified lead by 2020-01-01 00:00: no SLA then.\n" in told.out
    assert "never" not in told.out.casefold().partition("how the verdicts changed")[0]


def test_whoever_has_no_sla_and_no_history_is_told_so_line_by_line(example: Path) -> None:
    lines = sla(example, "explain", "Elena").out.splitlines()
    assert lines[1:] == [
        "Never handed to sales as a qualified lead: no SLA.",
        "",
        "How the verdicts changed",
        "No verdict has been remembered yet.",
        "Times in America/Mexico_City",
    ]


def test_one_attempt_is_not_told_as_several(example: Path) -> None:
    assert "Touches: 1 attempt\n" in sla(example, "explain", "Ana", "--as-of", "2026-05-09").out


def test_a_stretch_in_which_no_cycle_began_is_told_instead_of_an_empty_table(example: Path) -> None:
    tables = example.parent / "mappings"
    ran = crm("--config", example, "sla", "simulate", "--policy", tables, "--since", "2026-05-29")
    told = "No cycle has begun since 2026-05-29 00:00 (America/Mexico_City): there is nothing to compare.\n"
    assert (ran.code, ran.out, ran.err) == (0, told, "")


def test_a_day_is_one_where_the_teams_work(example: Path) -> None:
    assert "as of Fri 2026-05-08 00:00:00" in sla(example, "explain", "Ana", "--as-of", "2026-05-08").out
    told = sla(example, "simulate", "--policy", example.parent / "mappings", "--since", "2026-05-08").out
    assert "cycles since 2026-05-08 00:00" in told


def test_nobody_and_several_are_said_as_by_explain(example: Path) -> None:
    nobody, several = sla(example, "explain", "zzz"), sla(example, "explain", "a")
    assert (nobody.code, several.code) == (1, 1)
    assert "people match" in several.out
    assert sla(example, "explain", "Ana", "--as-of", "yesterday").code == 4


def test_a_promise_is_tried_on_the_past_and_nothing_is_written(example: Path, tmp_path: Path) -> None:
    before = states(example)
    other = tmp_path / "other.toml"
    other.write_text((example.parent / "mappings" / "sla.toml").read_text().replace('= "8bh"', '= "2bh"'))
    found = sla(example, "simulate", "--policy", other, "--since", "2026-01-01", "--json").json
    outcomes = {(one["target"], one["state"]): (one["before"], one["after"]) for one in found["outcomes"]}
    assert outcomes["first_attempt", "met"] == (4, 0)
    assert outcomes["first_attempt", "met_late"] == (0, 4)
    assert found["people"] == 6
    assert states(example) == before
    told = sla(example, "simulate", "--policy", other, "--since", "2026-01-01")
    assert "6 people whose verdict differs" in told.out
    assert sla(example, "simulate", "--policy", other, "--since", "2026-05-20", "--json").json["cycles"] < 6


def test_a_bad_promise_is_refused_before_anything_is_judged(example: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('version = "1"\n')
    assert sla(example, "simulate", "--policy", other, "--since", "2026-01-01").code == 4


def test_the_file_that_is_wrong_is_named_as_it_was_given(example: Path, tmp_path: Path) -> None:
    other = tmp_path / "softer.toml"
    other.write_text((example.parent / "mappings" / "sla.toml").read_text().replace('= "8bh"', "= 8"))
    ran = sla(example, "simulate", "--policy", other, "--since", "2026-01-01")
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert f"{other}: [[policies]] standard targets.first_attempt: found 8; allowed: a number and its unit" in ran.err


def test_a_directory_without_any_table_of_a_promise_is_no_other_promise(example: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = sla(example, "simulate", "--policy", tmp_path / "empty", "--since", "2026-01-01")
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert f"--policy: found {str(tmp_path / 'empty')!r}, which holds none; allowed: a sla.toml, or a dir" in ran.err
    assert "sla.toml, calendars.toml, holidays.toml or activities.toml" in ran.err


def test_a_policy_that_is_not_there_says_where_one_comes_from(example: Path, tmp_path: Path) -> None:
    ran = sla(example, "simulate", "--policy", tmp_path / "nowhere.toml", "--since", "2026-01-01")
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert f"--policy: found {str(tmp_path / 'nowhere.toml')!r}, which is not there; allowed: a sla.toml" in ran.err


def test_an_edit_leaves_the_past_alone_until_it_is_taken_back(example: Path) -> None:
    before = states(example)
    edit(example, '= "8bh"', '= "2bh"')
    assert crm("--config", example, "--quiet", "sync").code == 0
    assert states(example) == before
    shown = sla(example, "recompute", "--from", "2026-05-01")
    assert (shown.code, states(example)) == (2, before)
    assert "6 people whose verdict differs" in shown.out
    done = sla(example, "recompute", "--from", "2026-05-01", "--yes", "--json")
    assert (done.code, done.json["applied"]) == (0, True)
    assert states(example)["met_late"] == 4
    assert sla(example, "recompute", "--from", "2026-05-01").code == 0
    assert crm("--config", example, "--quiet", "sync").code == 0
    assert states(example)["met_late"] == 4


COMMANDS = [
    ("explain", "Ana"),
    ("simulate", "--policy", "mappings/sla.toml", "--since", "2026-05-01"),
    ("recompute", "--from", "2026-05-01"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_the_last_good_version_is_named_by_each_command_that_goes_by_it(
    example: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(example.parent)
    shutil.copytree("mappings", "good")
    edit(example, '= "8bh"', "= 8")
    ran = crm("--config", example, "sla", *(word.replace("mappings", "good") for word in words))
    assert ran.code == 0
    assert ran.lines[0].endswith("The last good version of the promise stays in force.")
    assert "sla.toml: [[policies]] standard targets.first_attempt: found 8; allowed:" in ran.lines[0]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_where_nothing_has_been_read_that_is_said(
    example: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(example.parent)
    Path("exports.db").unlink()
    assert crm("--config", example, "sla", *words).lines[0] == "Nothing has been read yet: crm-sync sync"


YEAR = ", ".join(f'"{month:02}-{day:02}"' for month in range(1, 13) for day in range(1, monthrange(2024, month)[1] + 1))


BAD = [  # file, what becomes what in it, and how it is refused
    ("sla.toml", '= "8bh"', "= 8",
     "[[policies]] standard targets.first_attempt: found 8; allowed: a number and its unit", ""),
    ("sla.toml", 'name = "standard"', 'name = "standard"\nfrom = 2026-02-01\nuntil = 2026-01-01',
     "[[policies]] standard until: found 2026-01-01; allowed: a date after 2026-02-01", ""),
    ("calendars.toml", '"09:00-14:00", "15', '"09:00-16:00", "15',
     "[office] monday: found 09:00-16:00 and 15:00-18:00, which overlap; allowed: windows that follow", ""),
    ("sla.toml", 'default = "office"', 'default = "nights"',
     "[calendar] default: found 'nights'; allowed: a calendar of calendars.toml: office.", ""),
    ("calendars.toml", '["09:00-14:00", "15:00-18:00"]', "[]",
     "[office]: found no opening hours on any day; allowed:", ""),
    ("calendars.toml", '["MX"]', f"[{YEAR}]", "[office]: found no opening within 366 days", "; allowed:"),
    ("calendars.toml", "America/Mexico_City", "Mexico_City",
     "[office] time_zone: found 'Mexico_City'; allowed: an IANA zone", ""),
    ("calendars.toml", '["MX"]', '["MX", 2026-12-24]\ndays."2026-12-24" = ["09:00-12:00"]',
     "[office] days: found 2026-12-24, which stands in holidays too; allowed:", ""),
    ("calendars.toml", '["MX"]', '["MX", "12-24"]\ndays."12-24" = ["09:00-12:00"]',
     "[office] days: found 12-24, which stands in holidays too; allowed:", ""),
    ("calendars.toml", '["MX"]', '["MX", "2026-12-24"]\ndays."2026-12-24" = ["09:00-12:00"]',
     "[office] days: found 2026-12-24, which stands in holidays too; allowed:", ""),
]  # fmt: skip


def test_a_table_that_became_bad_is_told_and_changes_nothing(example: Path) -> None:
    before = states(example)
    for file, old, new, where, words in BAD:
        good = (example.parent / "mappings" / file).read_text(encoding="utf-8")
        edited = edit(example, old, new, file)
        ran = crm("--config", example, "sync", "--json")
        assert ran.code == 0
        [note] = ran.json["notes"]
        assert note.startswith(f"{file}: {where}")
        assert words in note
        assert note.endswith("The last good version of the promise stays in force.")
        edited.write_text(good, encoding="utf-8")
    edit(example, old, new, file)
    assert states(example) == before
    asked = crm("--config", example, "explain", "ana")
    assert (asked.code, note in asked.err.replace("\n", " ")) == (0, True)


def test_a_night_that_reaches_into_a_day_is_told_by_sync_and_doctor(example: Path) -> None:
    edit(example, "sunday    = []", 'sunday    = ["22:00-10:00"]', "calendars.toml")
    assert "22:00-10:00 overlaps 09:00-14:00 of monday" in crm("--config", example, "sync").err.replace("\n", " ")
    assert "overlaps 09:00-14:00" in crm("--config", example, "--quiet", "doctor").out.replace("\n", " ")


def test_holidays_are_pinned_by_the_command_alone(example: Path) -> None:
    table = edit(example, '  "2026-11-16 Revolution Day",\n', "", "holidays.toml")
    shown = sla(example, "holidays")
    assert shown.code == 2
    assert "MX + 2026-11-16 Revolution Day" in shown.out
    assert "2026-11-16" not in table.read_text("utf-8")
    locked = sla(example, "holidays", "--lock", "--country", "US-CA", "--years", "2026-2027")
    assert locked.code == 0
    pinned = load_holidays(table.parent)
    assert {code: (one.first_year, one.last_year) for code, one in pinned.lists.items()} == {
        "MX": (2026, 2027), "US-CA": (2026, 2027),
    }  # fmt: skip
    assert sla(example, "holidays").code == 0
    assert sla(example, "holidays", "--country", "XX").code == 4
    assert sla(example, "holidays", "--years", "soon").code == 4


def test_what_ships_is_what_the_package_says() -> None:
    pinned = load_holidays()
    assert library_holidays(pinned, [], None) == Holidays(pinned.library, pinned.lists)


def test_a_colleague_who_changes_the_team_leaves_the_past_alone_until_it_is_taken_back(example: Path) -> None:
    """María made the first call to Bruno, who was Luis's lead and is a customer now; then she went to another team."""
    before = states(example)
    rewrite(
        example,
        "touches.csv",
        "completed,luis@north.example,Introduction",
        "completed,maria@north.example,Introduction",
    )
    assert crm("--config", example, "--quiet", "sync").code == 0
    assert states(example) == before
    rewrite(example, "owners.csv", "maria@north.example,North", "maria@north.example,South")
    assert crm("--config", example, "--quiet", "sync").code == 0
    assert states(example) == before
    shown = sla(example, "recompute", "--from", "2026-05-01").out
    assert "Bruno Díaz  first_attempt  met  met_late" in shown
    assert "Carla" not in shown
    assert sla(example, "recompute", "--from", "2026-05-01", "--yes").code == 0
    assert crm("--config", example, "--quiet", "sync").code == 0
    assert states(example) == {**before, "met": before["met"] - 1, "met_late": before.get("met_late", 0) + 1}


def rewrite(example: Path, name: str, old: str, new: str) -> None:
    file = example.parent / "exports" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_compliance_is_compared_by_team_rep_source_and_policy(example: Path) -> None:
    found = sla(example, "compliance", "--json").json
    assert (found["by"], found["counted_by"], len(found["months"])) == ("team", "due", 6)
    whole = found["total"]["targets"]["first_attempt"]["whole"]
    assert (whole["met"], whole["judged"]) == (4, 5)
    told = sla(example, "compliance", "--by", "source", "--months", "1", "--cohort")
    assert (told.code, "the month in which the lead qualified" in told.out) == (0, True)
    assert "America/Mexico_City" in told.out
    assert "80% (5)" in told.out
    assert sla(example, "compliance", "--by", "colour").code == 4
    assert sla(example, "compliance", "--from", "2026-05-01", "--until", "2026-04-01").code == 4
    empty = sla(example, "compliance", "--from", "2020-01-01", "--until", "2020-03-01")
    assert (empty.code, "No target falls into this time yet" in empty.out) == (0, True)


def test_a_day_begins_at_midnight_where_the_teams_work(example: Path) -> None:
    found = sla(example, "compliance", "--from", "2026-05-08", "--until", "2026-05-09", "--json").json
    assert (found["since"], found["until"]) == ("2026-05-08T06:00:00Z", "2026-05-09T06:00:00Z")


def test_who_has_to_hear_of_what_is_told_with_a_key_each(example: Path) -> None:
    told, found = sla(example, "escalations"), sla(example, "escalations", "--json").json
    assert told.code == 0
    assert "Times in America/Mexico_City" in told.out
    keys = [one["key"] for one in found["due"]]
    assert len(keys) == len(set(keys)) == found["count"] > 0
    assert {one["level"] for one in found["due"]} <= {"at_risk", "breach", "overdue"}


def test_a_target_that_left_the_promise_is_withdrawn_where_one_person_is_explained(example: Path) -> None:
    edit(example, 'contact       = "24h"\n', "")
    assert sla(example, "recompute", "--from", "2026-01-01", "--yes").code == 0
    revisions = sla(example, "explain", "Ana", "--json").json["revisions"]
    [last] = [one for one in revisions if one["state"] == "withdrawn"]
    assert (last["target"], last["cause"]) == ("contact", "recompute")
    told = sla(example, "explain", "Ana").out
    assert "the policy of this cycle has no such target any more" in told


def test_times_are_told_in_the_readers_zone_and_named(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    utc = re.compile(r"\dT\d\d:\d\d")
    for words in (("sla", "explain", "Ana"), ("explain", "Ana"), ("report", "handoff"), ("status",), ("runs",)):
        assert "Times in America/Mexico_City" in crm("--config", example, "--quiet", *words).out
        monkeypatch.setenv("CRM_SYNC_TIME_ZONE", "Europe/Madrid")
        told = crm("--config", example, "--quiet", *words).out
        assert ("Times in Europe/Madrid" in told, utc.findall(told)) == (True, []), words
        monkeypatch.delenv("CRM_SYNC_TIME_ZONE")
    monkeypatch.setenv("CRM_SYNC_TIME_ZONE", "Madrid")
    assert sla(example, "explain", "Ana").code == 4


def test_the_holidays_are_told_as_json_too(example: Path) -> None:
    lists = sla(example, "holidays", "--json").json["lists"]
    assert lists["MX"]["2026-12-25"]
