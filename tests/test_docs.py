"""The pages say what the code does: commands, exit codes, settings and words are all on their page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from crm_sync.cli.main import app
from crm_sync.cli.vocab import render_vocabulary
from crm_sync.connectors.hubspot.auth import SCOPES
from crm_sync.mappings import load_vocabulary
from crm_sync.settings import Settings
from crm_sync.store.refusals import as_lines

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def commands(command: Any, path: str = "") -> list[str]:
    """Every command below `command`, as typed."""
    below = getattr(command, "commands", None)
    if below is None:
        return [path]
    return [name for word, one in below.items() for name in commands(one, f"{path} {word}".strip())]


@pytest.fixture(scope="module")
def known() -> list[str]:
    return commands(typer.main.get_command(app))


@pytest.fixture(scope="module")
def page() -> str:
    return (DOCS / "commands.md").read_text(encoding="utf-8")


def test_every_command_is_on_the_page(known: list[str], page: str) -> None:
    named = re.findall(r"^\| `([a-z ]+?)(?: \[?[A-Z]+\]?)*` \|", page, flags=re.MULTILINE)
    assert sorted(named) == sorted(known)


def test_every_exit_code_of_an_error_is_on_the_page(page: str) -> None:
    from crm_sync import errors

    codes = {one.exit_code for one in vars(errors).values() if isinstance(one, type) and hasattr(one, "exit_code")}
    listed = {int(code) for code in re.findall(r"^\| (\d) \|", page, flags=re.MULTILINE)}
    assert codes <= listed


def test_no_page_names_a_command_that_is_gone(known: list[str]) -> None:
    words = {name.split()[0] for name in known}
    for file in [*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        named = set(re.findall(r"crm-sync (?:--config \S+ )?([a-z]+)\b", file.read_text(encoding="utf-8")))
        gone = {word for word in named if word not in words} - prose(file)
        assert not gone, f"{file.name} names {gone}"


def prose(file: Path) -> set[str]:
    """Words that follow the product's name in sentences, where no command is meant."""
    text = file.read_text(encoding="utf-8")
    outside = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    return set(re.findall(r"crm-sync ([a-z]+)\b", outside))


def test_every_setting_is_on_its_page() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        inner = [
            one
            for one in (field.annotation, *getattr(field.annotation, "__args__", ()))
            if hasattr(one, "model_fields")
        ]
        keys = [f"{name}.{key}" for one in inner for key in one.model_fields] or [name]
        for key in keys:
            assert f"`{key}`" in text, key


def test_the_page_of_the_shared_language_is_what_the_tables_say() -> None:
    assert (DOCS / "vocabulary.md").read_text(encoding="utf-8") == render_vocabulary(load_vocabulary())


def test_the_page_of_refusals_is_what_the_table_says() -> None:
    told = [line for line in (DOCS / "refusals.md").read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert told == list(as_lines())


def test_every_property_of_ours_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [one.hubspot for one in load_vocabulary().fields.ours.values() if f"`{one.hubspot}`" not in text]
    assert missing == []


def test_every_scope_that_we_ask_for_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [scope for scope in SCOPES if f"`{scope}`" not in text] == []


def test_every_link_between_pages_leads_somewhere() -> None:
    for file in [*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", file.read_text(encoding="utf-8")):
            assert (file.parent / target).exists(), f"{file.name} → {target}"
