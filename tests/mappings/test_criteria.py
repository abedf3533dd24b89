"""The table of what makes a lead qualified: versions, and how a wrong line is refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from crm_sync.errors import ConfigError
from crm_sync.mappings import Criteria, load_vocabulary
from crm_sync.mappings.vocabulary import SHIPPED

TEXT = (SHIPPED / "criteria.toml").read_text(encoding="utf-8")
LATER = """
[[criteria]]
version = "2026-2"
from = 2026-09-01
qualifies_at = 5
[[criteria.rules]]
name = "asked"
points = 5
did = ["form"]
label = { en = "Filled in a form", es = "Llenó un formulario" }
"""
PERSONA = '[[personas]]\nname = "Chief"\nwhen = { title = "cmo" }\nlabel = { en = "Chief", es = "Jefa" }\n'


def load(tmp_path: Path, text: str) -> Criteria:
    (tmp_path / "criteria.toml").write_text(text, encoding="utf-8")
    return load_vocabulary(tmp_path).criteria


def test_a_version_holds_from_its_day_on_wherever_it_stands(tmp_path: Path) -> None:
    for text in (TEXT + LATER, LATER + TEXT):
        found = load(tmp_path, text)
        held = [found.on(day).version for day in (date(2020, 1, 1), date(2026, 8, 31), date(2026, 9, 1))]
        assert held == ["2026-1", "2026-1", "2026-2"]
        assert found.labels["asked"].en == "Filled in a form"


def test_points_reach_the_highest_band_that_they_can() -> None:
    version = load_vocabulary().criteria.criteria[0]
    assert [version.band_of(points) for points in (9, 10, 15, 24, 25, 99)] == [None, "C", "B", "B", "A", "A"]


def test_a_length_of_time_is_days_or_hours() -> None:
    assert load_vocabulary().criteria.criteria[0].rules[0].span == timedelta(days=30)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("qualifies_at = 10", "", ("qualifies_at", "nothing")),
        ('"30d"', '"2bd"', ("within", "'2bd'", "d, h")),
        ('"visit"', '"visits"', ("came_back did", "'visits'", "visit")),
        ('when   = { company = "*" }', 'when = { shoe = "42" }', ("has_a_company when", "'shoe'", "company")),
        ('when   = { company = "*" }', 'when = { source = "billboard" }', ("when.source", "'billboard'", "email")),
        ('when   = { company = "*" }', 'when = { crm_score = "50" }', ("when.crm_score", "'50'", '">= 50"')),
        ('when   = { company = "*" }', "", ("has_a_company", "neither did nor when")),
        ('"came_back"', '"asked"', ("rules", "'asked' again")),
        ("at_least = 3", "at_least = 0", ("at_least", "1 or more")),
        ("[[criteria]]", TEXT[TEXT.index("[[criteria]]") : TEXT.index("# Personas")] + "[[criteria]]", ("again",)),
        ("# Personas", f"{PERSONA.replace('title', 'shoe')}# Personas", ("[[personas]] Chief when", "'shoe'")),
    ],
)
def test_a_wrong_line_is_refused_with_its_key_what_was_found_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, words: tuple[str, ...]
) -> None:
    assert old in TEXT
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, TEXT.replace(old, new, 1))
    assert [word for word in ("criteria.toml", *words) if word not in str(refused.value)] == []


@pytest.mark.parametrize(
    ("name", "value", "allowed"), [("score_band", "D", "a, b, c"), ("persona", "chief", "none yet")]
)
def test_bands_and_personas_that_there_are_not_are_refused_where_they_are_asked_for(
    tmp_path: Path, name: str, value: str, allowed: str
) -> None:
    segment = f'\n[[segments]]\nname = "x"\nwhen = {{ {name} = "{value}" }}\n'
    commitment = (SHIPPED / "commitment.toml").read_text(encoding="utf-8")
    (tmp_path / "commitment.toml").write_text(commitment + segment, encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"commitment\.toml.*when\.{name}: .*allowed: {allowed}"):
        load_vocabulary(tmp_path)
    (tmp_path / "commitment.toml").unlink()
    policy = f'[[policies]]\nname = "x"\nwhen = {{ {name} = "{value}" }}\ntargets = {{ first_attempt = "1bh" }}\n'
    sla = (SHIPPED / "sla.toml").read_text(encoding="utf-8").replace("[[policies]]", f"{policy}[[policies]]", 1)
    (tmp_path / "sla.toml").write_text(sla, encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"sla\.toml.*when\.{name}"):
        load_vocabulary(tmp_path)


def test_bands_and_personas_that_there_are_can_be_asked_for(tmp_path: Path) -> None:
    segment = '\n[[segments]]\nname = "x"\nwhen = { persona = "Chief", score_band = ["A", "b"] }\n'
    commitment = (SHIPPED / "commitment.toml").read_text(encoding="utf-8")
    (tmp_path / "commitment.toml").write_text(commitment + segment, encoding="utf-8")
    assert load(tmp_path, f"{TEXT}\n{PERSONA}").personas[0].label.es == "Jefa"
