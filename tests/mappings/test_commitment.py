"""The table of the commitment: what can be said in it, and how a wrong one is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from crm_sync.errors import ConfigError
from crm_sync.mappings import Commitment, load_vocabulary
from crm_sync.mappings.commitment import load_commitment
from crm_sync.mappings.vocabulary import SHIPPED

TEXT = (SHIPPED / "commitment.toml").read_text(encoding="utf-8")
SEGMENTS = """
[[segments]]
name = "organic europe"
when = { source = "organic_search", region = ["Europe"] }
share = 0.4
[[segments]]
name = "events"
when = { source = ["events"] }
"""


def load(tmp_path: Path, text: str) -> Commitment:
    file = tmp_path / "commitment.toml"
    file.write_text(text, encoding="utf-8")
    return load_commitment(file)


def with_regions(more: str = "") -> str:
    return TEXT.replace("[regions] ", '[regions]\nEurope = ["Spain", "ES"]\n#') + more


def test_the_shipped_table_learns_from_the_store_and_has_no_quota_yet() -> None:
    shipped = load_vocabulary().commitment
    assert (shipped.customer.average_revenue, shipped.customer.lead_to_customer) == ("closed", "closed")
    assert (shipped.work.hours_per_month, shipped.work.minutes_per_attempt) == (80, 6)
    assert (str(shipped.handed.within), shipped.quotas, shipped.shares) == ("2bd", (), {"other": 1})


def test_what_no_segment_has_belongs_to_the_other_one(tmp_path: Path) -> None:
    found = load(tmp_path, with_regions(SEGMENTS))
    assert found.shares == {"organic europe": Decimal("0.4"), "other": Decimal("0.6")}


@pytest.mark.parametrize(
    ("period", "first", "count"), [("2026-11", (2026, 11), 1), ("2026-Q4", (2026, 10), 3), ("2026", (2026, 1), 12)]
)
def test_a_period_is_a_month_a_quarter_or_a_year(
    tmp_path: Path, period: str, first: tuple[int, int], count: int
) -> None:
    [quota] = load(tmp_path, f'{TEXT}\n[[quotas]]\nperiod = "{period}"\ncompany = 100_000\n').quotas
    assert (quota.months[0], len(quota.months)) == (date(*first, 1), count)


def test_the_shortest_period_is_the_one_of_a_month(tmp_path: Path) -> None:
    quotas = "".join(f'[[quotas]]\nperiod = "{one}"\ncompany = 1\n' for one in ("2026", "2026-11", "2026-Q4"))
    found = load(tmp_path, f"{TEXT}\n{quotas}")
    periods = [quota and quota.period for quota in (found.quota_in(date(2026, month, 15)) for month in (11, 12, 3))]
    assert periods == ["2026-11", "2026-Q4", "2026"]
    assert found.quota_in(date(2027, 1, 1)) is None


def test_reps_are_found_in_any_case(tmp_path: Path) -> None:
    reps = '[reps]\n"Luis@Example.com" = { team = "EMEA", hired = 2026-03-02, leads_per_month = 0 } #'
    found = load(tmp_path, TEXT.replace("[reps]", reps))
    assert found.rep("luis@example.COM").hired == date(2026, 3, 2)
    assert found.rep("luis@example.com").leads_per_month == 0
    assert found.rep("eva@example.com").leads_per_month is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('average_revenue  = "closed"', "average_revenue = 0", ("customer.average_revenue", "0", "0.000001")),
        ('average_revenue  = "closed"', "", ("customer.average_revenue", "nothing", "required")),
        ('lead_to_customer = "closed"', "lead_to_customer = 2", ("lead_to_customer", "2", "1 at most")),
        ('"60d"', "60", ("settled_after", "60")),
        ('"2bd"', '"2"', ("replaced_within", "'2'", "2bd (business days)")),
        ("minutes_per_attempt = 6", "minutes_per_attempt = 0", ("work.minutes_per_attempt", "0.000001")),
        ('answers             = "closed"', "answers = [0.7, 0.4]", ("work.answers", "1 together at most")),
        (
            "cost_per_attempt    = 3.00",
            "cost_per_attempt = 3.00\nexempt = 1",
            ("work.exempt", "not known", "exempt_below"),
        ),
        ("[reps] ", '[reps]\n"a@b.c" = { hired = 2026-03-02, left = 2026-01-01 } #', ("left", "2026-01-01")),
    ],
)
def test_a_wrong_line_is_refused_with_its_key_what_was_found_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, words: tuple[str, ...]
) -> None:
    assert old in TEXT
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, TEXT.replace(old, new))
    assert [word for word in ("commitment.toml", *words) if word not in str(refused.value)] == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[[segments]]\nname = "a"\nwhen = { shoe = "42" }', ("[[segments]] a when", "'shoe'", "region")),
        ('[[segments]]\nname = "a"\nwhen = { region = "asia" }', ("when.region", "'asia'", "Europe")),
        (f"{SEGMENTS}{SEGMENTS}", ("name", "'organic europe' again")),
        ('[[segments]]\nname = "other"\nwhen = { country = "ES" }', ("'other'", "is taken")),
        (SEGMENTS.replace('["events"] }', '["events"] }\nshare = 0.7'), ("share", "0.4 + 0.7", "1 together")),
        ('[[quotas]]\nperiod = "next year"\ncompany = 1', ("'next year'", "2026-Q4")),
        ('[[quotas]]\nperiod = "2026"', ("2026", "no quota")),
        ('[[quotas]]\nperiod = "2026"\ncompany = 1\n[[quotas]]\nperiod = "2026"\ncompany = 2', ("'2026' again",)),
    ],
)
def test_segments_and_quotas_that_nobody_could_go_by_are_refused(
    tmp_path: Path, more: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, with_regions(f"\n{more}\n"))
    assert [word for word in ("commitment.toml", *words) if word not in str(refused.value)] == []


def test_a_segment_of_a_channel_that_there_is_not_is_refused(tmp_path: Path) -> None:
    (tmp_path / "commitment.toml").write_text(f'{TEXT}\n[[segments]]\nname = "a"\nwhen = {{ source = "billboard" }}\n')
    with pytest.raises(ConfigError, match=r"when\.source: found 'billboard'; allowed: .*organic_search"):
        load_vocabulary(tmp_path)
