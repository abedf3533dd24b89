"""`crm-sync sandbox serve|load`, `crm-sync serve` and `crm-sync demo`: what runs until it is stopped."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

from tests.cli.commands import command, crm, crm_outside
from tests.cli.conftest import OwnStore
from tests.sync.town import Town

pytestmark = pytest.mark.slow

FIGURES = ["pulled", "people", "links", "funnel", "sla", "sources", "written", "second_sync", "seconds"]
EXPORT = {
    "accounts.csv": "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
    "Acme,retail,1996,1100.04,2822,Mexico,\n",
    "sales_teams.csv": "sales_agent,manager,regional_office\nAna Ruiz,Luis Soto,Central\n",
    "products.csv": "product,series,sales_price\nGTX,GTX,550\n",
    "sales_pipeline.csv": "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
    "A1,Ana Ruiz,GTX,Acme,Won,2016-10-20,2017-03-01,1054\n"
    "A2,Ana Ruiz,GTX,Acme,Lost,2016-10-25,2017-03-11,0\n"
    "A3,Ana Ruiz,GTX,Acme,Won,2016-10-25,2017-03-11,much\n",
}


@contextmanager
def running(*words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """A command that stays, until the block ends. It hears Ctrl-C even where whoever started the tests does not."""
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    started = subprocess.Popen(command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, heard)
    with started as process:
        try:
            yield process
        finally:
            process.kill()


def document(stream: IO[str] | None) -> Any:
    """The JSON object that a command prints first."""
    assert stream is not None
    lines = iter(stream.readline, "")
    return json.loads("".join([next(lines), *iter(lines.__next__, "}\n"), "}"]))


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_a_sandbox_prints_its_card_serves_and_stops_cleanly(tmp_path: Path, word: signal.Signals) -> None:
    with running("sandbox", "serve", "--people", "5", "--directory", tmp_path, "--json") as process:
        card = document(process.stdout)
        assert httpx.get(f"{card['hubspot']['url']}/sandbox/").status_code == 200
        assert Path(card["settings_file"]).parent == tmp_path
        process.send_signal(word)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_card_for_people_says_what_to_type_next(tmp_path: Path) -> None:
    with running("sandbox", "serve", "--people", "5", "--directory", tmp_path) as process:
        assert process.stderr is not None
        assert f"crm-sync --config {tmp_path}/crm-sync.toml schema apply" in "".join(
            process.stderr.readline() for _ in range(2)
        )
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert out.startswith("Sandbox\nHubSpot ")
    assert "truth.json" in out


def test_exports_become_crms_and_rows_without_a_place_are_listed(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    for name, text in EXPORT.items():
        (exports / name).write_text(text, encoding="utf-8")
    with running("sandbox", "load", exports, "--directory", tmp_path / "home", "--json") as process:
        card = document(process.stdout)
        assert card["loaded"]["counts"]["salesforce"]["Opportunity"] == 2
        assert [(one["file"], one["line"]) for one in card["loaded"]["set_aside"]] == [("sales_pipeline.csv", 4)]
        assert "much" in card["loaded"]["set_aside"][0]["reason"]
        assert crm("--config", card["settings_file"], "--quiet", "schema", "apply").code == 0
        assert crm("--config", card["settings_file"], "sync").code == 0
        won = crm("--config", card["settings_file"], "report", "deals", "--json").json
        assert "1054" in json.dumps(won)


@pytest.mark.parametrize(
    "words", [("sandbox", "serve", "--port"), ("sandbox", "serve", "--https-port"), ("demo", "--port")], ids=" ".join
)
def test_a_port_that_no_machine_has_is_refused(words: tuple[str, ...]) -> None:
    for port, allowed in (("70000", "65,535 at most"), ("-1", "0 or more")):
        ran = crm(*words, port)
        assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
        assert f"allowed: {allowed}" in ran.err


@pytest.mark.parametrize(("name", "told"), [("", "no CSV files"), ("missing", "a directory with CSV files")])
def test_exports_that_are_none_are_one_sentence(tmp_path: Path, name: str, told: str) -> None:
    ran = crm("sandbox", "load", tmp_path / name)
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert told in ran.err


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        ran = crm("sandbox", "serve", "--people", "0", "--port", port)
        assert (ran.code, ran.out, len(ran.lines)) == (1, "", 1)
        assert f"port {port} cannot be opened" in ran.err


def test_the_boards_are_served_on_the_port_that_is_announced(synced: Town) -> None:
    with running("--config", synced.settings_file, "serve", "--port", "0") as process:
        assert process.stderr is not None
        announced = re.search(r"http://127\.0\.0\.1:\d+/", process.stderr.readline())
        assert announced is not None
        assert httpx.get(announced[0], follow_redirects=True).status_code == 200
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_boards_on_a_port_that_is_taken_say_which(own: OwnStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        ran = crm("--config", own(), "serve", "--port", port)
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert f"127.0.0.1:{port}" in ran.err


def test_a_demo_without_boards_is_one_json_object(tmp_path: Path) -> None:
    ran = crm("demo", "--once", "--json", "--people", "30", "--directory", tmp_path)
    assert ran.code == 0
    assert list(ran.json) == FIGURES
    assert ran.json["people"] == 30
    assert set(ran.json["pulled"]) == set(ran.json["written"]) == {"hubspot", "salesforce"}
    assert ran.json["second_sync"] == {"read": 0, "planned": 0, "written": 0}
    assert sum(ran.json["written"].values()) > 0


def test_a_demo_begins_anew_leaves_other_files_alone_and_shows_its_figures(tmp_path: Path) -> None:
    (tmp_path / "crm-sync.db").write_text("of an earlier demo", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    ran = crm_outside("--quiet", "demo", "--once", "--people", "10", "--directory", tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"
    for title in (
        "Records read",
        "Lifecycle funnel",
        "Sales to marketing: follow-up",
        "Sources of",
        "nothing left to do",
    ):
        assert title in ran.out


@pytest.mark.parametrize("words", [("demo", "--once"), ("sandbox", "serve"), ("sandbox", "load", ".")], ids=" ".join)
def test_nobodys_own_settings_are_written_over(tmp_path: Path, words: tuple[str, ...]) -> None:
    crm("init", tmp_path)
    mine = {file: file.read_bytes() for file in tmp_path.rglob("*.toml")}
    ran = crm(*words, "--directory", tmp_path)
    assert (ran.code, ran.out) == (4, "")
    assert "no sandbox wrote" in ran.lines[-1]
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == mine
