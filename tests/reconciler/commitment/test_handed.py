"""What a rep is owed in a month, which leads are replaced, and which segment one is in."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest

from crm_sync.mappings import Commitment, Span, load_vocabulary
from crm_sync.reconciler.commitment.handed import replaced
from crm_sync.reconciler.commitment.owed import Owed, owed, working_days
from crm_sync.reconciler.commitment.segments import sorter
from crm_sync.reconciler.sla.clock import clock_of

HOURS = load_vocabulary().promise.working_time  # Mexico City, 9:00 to 18:00
NOVEMBER = working_days(date(2026, 11, 1), date(2026, 12, 1), HOURS)
AGREED = ("duplicate", "existing_customer")


def november(day: int, hour: int, minute: int = 0) -> datetime:
    """In Mexico City."""
    return datetime(2026, 11, day, hour, minute, tzinfo=HOURS.zone_now)


def test_november_has_twenty_working_days_without_its_holiday() -> None:
    assert len(NOVEMBER) == 20
    assert date(2026, 11, 16) not in NOVEMBER


def test_three_hundred_leads_come_due_day_by_day() -> None:
    """The second working day is over at 18:00."""
    assert owed(300, NOVEMBER, HOURS, november(3, 17, 59)) == Owed(Fraction(300), Fraction(15))
    assert owed(300, NOVEMBER, HOURS, november(3, 18)) == Owed(Fraction(300), Fraction(30))
    assert owed(300, NOVEMBER, HOURS, november(30, 19)) == Owed(Fraction(300), Fraction(300))


def test_who_is_hired_in_the_middle_or_leaves_is_owed_the_days_of_being_there() -> None:
    """From the 17th on ten of the twenty days are left; up to the 6th there are five."""
    assert owed(300, NOVEMBER, HOURS, november(18, 19), hired=date(2026, 11, 17)) == Owed(Fraction(150), Fraction(30))
    assert owed(300, NOVEMBER, HOURS, november(30, 19), left=date(2026, 11, 6)) == Owed(Fraction(75), Fraction(75))
    assert owed(300, NOVEMBER, HOURS, november(18, 19), hired=date(2026, 12, 1)) == Owed(Fraction(0), Fraction(0))


def test_a_month_without_working_days_owes_nothing() -> None:
    assert owed(300, [], HOURS, november(30, 19)) == Owed(Fraction(0), Fraction(0))


@pytest.mark.parametrize(
    ("rejected", "reason", "expected"),
    [
        (november(10, 10), "duplicate", True),  # Friday 10:00 and two business days: Tuesday 10:00, that instant too
        (november(10, 10, 1), "duplicate", False),
        (november(9, 9), "Existing Customer", True),
        (november(9, 9), "no_answer", False),
        (november(9, 9), None, False),
    ],
)
def test_a_lead_is_replaced_when_it_is_rejected_soon_for_an_agreed_reason(
    rejected: datetime, reason: str | None, expected: bool
) -> None:
    clock = clock_of(HOURS)
    assert replaced(november(6, 10), rejected, reason, AGREED, Span(2, "bd"), clock) is expected


def test_the_first_segment_whose_conditions_hold_is_a_leads() -> None:
    said = [
        {"name": "iberia", "when": {"region": "Iberia", "source": ["organic_search", "email"]}},
        {"name": "mail", "when": {"source": "email"}},
    ]
    shipped = load_vocabulary().commitment.model_dump()
    table = Commitment.model_validate({**shipped, "segments": said, "regions": {"iberia": ["Spain", "PT"]}})
    segment_of = sorter(table)
    assert segment_of({"source": "email", "country": " spain "}) == "iberia"
    assert segment_of({"source": "email", "country": "France"}) == "mail"
    assert segment_of({"source": "direct", "country": "PT"}) == "other"
    assert segment_of({"source": None, "country": None}) == "other"
