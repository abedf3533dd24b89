"""Whatever is asked for that there cannot be: said in one sentence, with what is allowed."""

from __future__ import annotations

import pytest

from tests.cli.commands import crm_on
from tests.sync.town import Town

REFUSED = [
    (("verify", "--since", "2026-05-03", "--until", "2026-05-01"), "before --until (2026-05-01)"),
    (("runs", "--limit", "-1"), "allowed: 1 or more"),
    (("sla", "compliance", "--by", "x"), "Invalid value for '--by': 'x' is not one of 'team', 'rep'"),
    (("dupes", "undo", "9" * 30), "allowed: the number of a decision in force"),
    (("status", "--stale-after", "-5"), "allowed: 0 or more"),
    (("errors", "list", "--reason", "picklst"), "found 'picklst'; allowed: one of permission, validation, picklist"),
    (("errors", "release", "--reason", "picklst"), "one of permission"),
    (("commitment", "plan", "--quota", "10", "--rate", "2"), "--rate: found 2.0; allowed: a share from 0.000001 to 1"),
    (("commitment", "plan", "--quota", "10", "--rate", "1e-300"), "--rate: found 1e-300; allowed: a share from"),
    (("commitment", "plan", "--quota", "10", "--rate", "nan"), "--rate: found nan; allowed: a share from"),
    (("commitment", "plan", "--quota", "1e300"), "--quota: found 1e+300; allowed: a number from"),
    (("commitment", "plan", "--quota", "10", "--revenue", "1e-300"), "--revenue: found 1e-300; allowed: a number from"),
    (("commitment", "capacity", "--leads", "5", "--hours", "1e300"), "--hours: found 1e+300; allowed: a number from"),
    (("commitment", "capacity", "--leads", "5", "--hours", "nan"), "--hours: found nan; allowed: a number from"),
    (("commitment", "capacity", "--leads", "5", "--minutes", "1e-300"), "--minutes: found 1e-300; allowed: a number"),
    (("commitment", "capacity", "--leads", "9" * 30), "allowed: 1,000,000,000 at most"),
    (("commitment", "capacity", "--leads", "5", "--attempts", "9" * 30), "allowed: 1,000 at most"),
    (("commitment", "plan", "--period", "2026-99"), "--period: found '2026-99'"),
    (
        ("commitment", "plan", "--quota", "10", "--period", "2026-Q5"),
        "--period: found '2026-Q5'; allowed: a month (2026-11)",
    ),
    (("commitment", "plan", "--quota", "10", "--period", "9999"), "--period: found '9999'; allowed: a month (2026-11)"),
    (("commitment", "plan", "--quota", "10", "--period", "0000-01"), "--period: found '0000-01'"),
    (("sla", "explain", "a", "--as-of", "9999-12-31T23:00-06:00"), "--as-of: found '9999-12-31T23:00-06:00'; allowed"),
    (("sla", "explain", "a", "--as-of", ""), "--as-of: found ''; allowed: a day or an instant"),
    (
        ("sla", "compliance", "--until", "9999-12-31"),
        "--until: found '9999-12-31'; allowed: a day or an instant from 1970",
    ),
    (
        ("sla", "compliance", "--until", "0001-01-01"),
        "--until: found '0001-01-01'; allowed: a day or an instant from 1970",
    ),
    (("sla", "compliance", "--from", ""), "--from: found ''; allowed: a day or an instant"),
    (("commitment", "capacity", "--leads", "10", "--attempts", "-1"), "allowed: 1 or more"),
    (("dupes", "review", "a", "b"), "a and b without --same or --apart; allowed: --same: they are one"),
    (
        ("sla", "compliance", "--from", "2026-05-02", "--until", "2026-05-01"),
        "found 2026-05-02 00:00 (America/Mexico_City); allowed: a day or an instant before the end, 2026-05-01 00:00",
    ),
]


@pytest.mark.parametrize(("words", "told"), REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_it_is_refused_in_one_sentence(synced: Town, words: tuple[str, ...], told: str) -> None:
    ran = crm_on(synced, *words)
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1), ran.err
    assert told in ran.err
