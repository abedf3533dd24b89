"""The tables of identity, companies and survivorship: what is wrong with one is told in a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crm_sync.errors import ConfigError
from crm_sync.mappings import load_vocabulary
from crm_sync.mappings.vocabulary import SHIPPED

WRONG = [
    ("companies.toml", "[evidence.city]", "[evidence.town]", r"\[evidence.town\].*allowed: one of name, site"),
    ("companies.toml", 'common  = { weight', 'usual = { weight', r"\[evidence.name\] usual.*allowed: one of same"),
    ("companies.toml", "homonyms = 0.12", "", r"thresholds.homonyms: found nothing"),
    ("survivorship.toml", 'title   = { rule = "newest" }', 'title = { rule = "latest" }', r"rule: found 'latest'"),
    ("survivorship.toml", 'title   = { rule = "newest" }', "", r"person.title: found nothing"),
    ("survivorship.toml", "[company]\n", '[company]\nshoe = { rule = "newest" }\n', r"company.shoe.*one of name"),
    ("identity_model.toml", "contested = 1.1", "contested = 1.3", r"contested 1.3, least 1.2.*contested below least"),
    (
        "survivorship.toml", 'title   = { rule = "newest" }', 'title = { rule = "crm_of_record" }',
        r"\[person\] title.crm: found None; allowed: a CRM",
    ),
    (
        "survivorship.toml", 'title   = { rule = "newest" }', 'title = { rule = "newest", crm = "hubspot" }',
        r"\[person\] title.crm: found 'hubspot'",
    ),
    (
        "survivorship.toml", 'title   = { rule = "newest" }', 'title = { rule = "most_trusted" }',
        r"\[person\] title.order: found \[\]; allowed: a list",
    ),
    (
        "survivorship.toml", 'title   = { rule = "newest" }', 'title = { rule = "most_trusted", order = ["sap"] }',
        r"\[person\] title: found 'sap'; allowed: one of hubspot, salesforce",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("file", "right", "wrong", "told"), WRONG, ids=lambda value: str(value)[:40])
def test_what_is_wrong_with_a_table_is_told(tmp_path: Path, file: str, right: str, wrong: str, told: str) -> None:
    text = (SHIPPED / file).read_text(encoding="utf-8")
    assert right in text
    (tmp_path / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as problem:
        load_vocabulary(tmp_path)
    assert re.search(told, str(problem.value)), str(problem.value)


def test_an_edited_rule_is_read(tmp_path: Path) -> None:
    text = (SHIPPED / "survivorship.toml").read_text(encoding="utf-8")
    edited = text.replace('title   = { rule = "newest" }', 'title = { rule = "crm_of_record", crm = "salesforce" }')
    (tmp_path / "survivorship.toml").write_text(edited, encoding="utf-8")
    rule = load_vocabulary(tmp_path).survivorship.rules()["person"]["title"]
    assert (rule.rule, rule.crm) == ("crm_of_record", "salesforce")
