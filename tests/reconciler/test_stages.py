"""The stage of a person: one walk over what all records say."""

from __future__ import annotations

from tests.reconciler.made import at, contact, lead, said

from crm_sync.mappings import load_vocabulary
from crm_sync.reconciler.deals import OneDeal
from crm_sync.reconciler.stages import stage_history, words_of
from crm_sync.records import Person, Ref, StageChange

ANA, LEAD = Ref("hubspot", "contacts", "1"), Ref("salesforce", "Lead", "00Q1")
BORN = "2026-01-05 12:00"


VOCABULARY = load_vocabulary()


def walked(
    records: list[Person], *changes: StageChange, deals: tuple[OneDeal, ...] = (), now: str = "2026-06-01 00:00"
) -> list[str]:
    """The stages entered, with month and day."""
    words = [word for one in records for word in words_of(one, [change for change in changes if change.ref == one.ref])]
    history = stage_history(words, deals, VOCABULARY.lifecycle, at(now))
    return [f"{entry.stage} {entry.at:%m-%d}" for entry in history]


def hubspot(when: str, value: str, was: str | None = None) -> StageChange:
    return said(ANA, when, value, was, "lifecyclestage")


def status(when: str, value: str, was: str | None = None) -> StageChange:
    return said(LEAD, when, value, was)


def sold(won: str | None, created: str = "2026-03-01 00:00") -> OneDeal:
    won_at = at(won) if won else None
    return OneDeal(Ref("hubspot", "deals", "1"), at(created), won_at is not None, won_at, None, None, ("p",))


def test_the_stage_moves_forward_only() -> None:
    changes = [hubspot("2026-02-01 00:00", "marketingqualifiedlead", "lead"), hubspot("2026-02-02 00:00", "lead")]
    assert walked([contact(1)], *changes) == ["lead 01-05", "mql 02-01"]


def test_a_crm_that_lags_behind_pulls_nobody_back() -> None:
    changes = [hubspot("2026-02-01 00:00", "salesqualifiedlead"), status("2026-02-02 00:00", "MQL", "Open")]
    assert walked([contact(1), lead(1)], *changes) == ["lead 01-05", "sql 02-01"]


def test_an_exit_always_becomes_the_stage_and_the_next_rung_after_it_too() -> None:
    changes = [
        status("2026-02-01 00:00", "Qualified", "MQL"),
        status("2026-02-02 00:00", "Unqualified"),
        status("2026-02-03 00:00", "MQL"),
        status("2026-02-04 00:00", "Open"),
    ]
    assert walked([lead(1)], *changes) == ["mql 01-05", "sql 02-01", "disqualified 02-02", "mql 02-03"]


def test_from_exit_to_exit() -> None:
    changes = [status("2026-02-01 00:00", "Nurture", "MQL"), status("2026-02-02 00:00", "Unqualified")]
    assert walked([lead(1)], *changes) == ["mql 01-05", "recycled 02-01", "disqualified 02-02"]


def test_at_one_instant_the_further_stage_comes_last_and_an_exit_after_it() -> None:
    changes = [
        said(ANA, "2026-02-01 00:00", "UNQUALIFIED", None, "hs_lead_status"),
        hubspot("2026-02-01 00:00", "salesqualifiedlead"),
        status("2026-02-01 00:00", "MQL", "Open"),
    ]
    assert walked([contact(1), lead(1)], *changes) == ["lead 01-05", "mql 02-01", "sql 02-01", "disqualified 02-01"]


def test_without_a_history_the_current_word_holds_from_the_beginning() -> None:
    assert walked([lead(1, stage=("MQL",))]) == ["mql 01-05"]


def test_the_word_before_the_first_change_holds_from_the_beginning() -> None:
    assert walked([lead(1, stage=("Working",))], status("2026-02-01 00:00", "Working", "MQL")) == [
        "mql 01-05",
        "sal 02-01",
    ]


def test_a_field_without_history_beside_one_that_has_it() -> None:
    ana = contact(1, stage=("marketingqualifiedlead", "BAD_TIMING"))
    history = [hubspot(BORN, "lead"), hubspot("2026-02-01 00:00", "marketingqualifiedlead", "lead")]
    assert walked([ana], *history) == ["lead 01-05", "recycled 01-05", "mql 02-01"]


def test_words_that_say_nothing_and_words_that_nobody_knows_change_nothing() -> None:
    changes = [hubspot("2026-02-01 00:00", "other", "lead"), hubspot("2026-02-02 00:00", "123456")]
    assert walked([contact(1)], *changes) == ["lead 01-05"]


def test_a_deal_makes_an_opportunity_and_a_win_a_customer() -> None:
    assert walked([lead(1, stage=("Qualified",))], deals=(sold("2026-04-01 00:00"),)) == [
        "sql 01-05",
        "opportunity 03-01",
        "customer 04-01",
    ]


def test_a_win_from_before_the_deal_was_created_leaves_a_customer() -> None:
    assert walked([], deals=(sold("2026-02-01 00:00"),)) == ["customer 02-01"]


def test_what_has_not_happened_yet_changes_nothing() -> None:
    assert walked([lead(1)], status("2026-02-01 00:00", "MQL", "Open"), now="2026-01-31 23:59") == ["lead 01-05"]


def test_every_entry_says_which_record_said_so() -> None:
    words = words_of(lead(1, stage=("MQL",)), [])
    (entry,) = stage_history(words, (), VOCABULARY.lifecycle, at("2026-06-01 00:00"))
    assert (entry.ref, entry.because) == (LEAD, 'Salesforce lead 00Q1 says "MQL"')
