"""Every text stands in both languages, and none stands there for nothing."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from string import Formatter

from tests.dashboards.conftest import Visit

from crm_sync.cli import commitment_pages
from crm_sync.dashboards.words import Words, load_words
from crm_sync.mappings import load_vocabulary
from crm_sync.store import outbox

TEMPLATES = list(files("crm_sync.dashboards").joinpath("templates").iterdir())
COMMANDS = [file for file in files("crm_sync.cli").iterdir() if file.name.endswith(".py")]  # some speak in these words
TEXT = "\n".join(file.read_text(encoding="utf-8") for file in [*TEMPLATES, *COMMANDS])
SAID = set(re.findall(r"""say\(["']([\w.]+\w)["']""", TEXT))
SAID |= set(re.findall(r'"((?:commitment|sla|qualified)\.\w+)"', Path(commitment_pages.__file__).read_text("utf-8")))
SAID |= {f"commitment.{name}" for name in re.findall(r'(?:head\(|basis\([^"]*)"(\w+)"\)', TEXT)}
BY_NAME = {
    "stage",
    "channel",
    "activity",
    "state",
    "target",
    "outcome",
    "model",
    "pace",
    "team",
    "crm",
    "outbox",
    "ask",
    "held",
    "field",
    "part",
    "step",
    "mark",
    "cause",
    "level",
    "unknown",
    "tier",
    "band",
    "one_person",
    "one_company",
    "grouped",
    "counted",
    "unnamed",
    "role",
    "escalation_level",
    "revision_cause",
}


def test_every_text_that_a_page_says_is_there() -> None:
    labels = load_words(load_vocabulary())
    assert set(labels) >= SAID


def test_no_text_is_left_over() -> None:
    said = SAID | {"page.no_page", "page.no_answer"}
    ours = {key for key in load_words(load_vocabulary()) if key.partition(".")[0] not in BY_NAME}
    assert ours == {key for key in said if key.partition(".")[0] not in BY_NAME}


def test_both_languages_have_the_same_gaps_to_fill() -> None:
    for key, label in load_words(load_vocabulary()).items():
        gaps = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (label.en, label.es)]
        assert gaps[0] == gaps[1], key


def test_what_is_said_of_people_is_said_of_companies() -> None:
    names = {group: set() for group in ("one_person", "one_company")}
    for key in load_words(load_vocabulary()):
        group, _, name = key.partition(".")
        if group in names:
            names[group].add(name)
    assert names["one_person"] == names["one_company"] != set()


def test_a_name_without_a_label_stands_for_itself() -> None:
    say = Words(load_words(load_vocabulary()), "es")
    assert say.of("stage", "mql") == "Lead calificado por marketing"
    assert say.of("stage", "something_new") == "something_new"
    assert say.of("stage", None) == "—"


def test_every_state_of_a_write_has_a_word() -> None:
    states = set(re.findall(r"^\S* *→ (\w+) ", outbox.__doc__ or "", re.MULTILINE))
    assert states == {"settled", "pending", "refused", "superseded"}
    words = load_words(load_vocabulary())
    assert {key.partition(".")[2] for key in words if key.startswith("outbox.")} == states


async def test_a_spanish_board_tells_how_many_attempts_in_which_time_in_spanish(visit: Visit) -> None:
    async with visit() as browser:
        spanish, english = [(await browser.get("/", params={"lang": language})).text for language in ("es", "en")]
    assert ("<b>5 en 14d</b>" in spanish, "5 in 14d" in spanish) == (True, False)
    assert "<b>5 in 14d</b>" in english
