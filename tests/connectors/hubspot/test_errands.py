"""Errands are spread over the half-hour, and none of them is forgotten."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crm_sync.connectors.hubspot.errands import ARCHIVED, ARCHIVED_EVERY, OTHERS, OTHERS_EVERY, is_due
from crm_sync.connectors.hubspot.marketing import MARKETING
from crm_sync.connectors.hubspot.objects import KINDS

STARTS = st.timedeltas(timedelta(0), timedelta(days=3650)).map(lambda after: datetime(2020, 1, 1, tzinfo=UTC) + after)
TEN = timedelta(minutes=10)


def test_everything_that_can_only_be_listed_as_a_whole_is_an_errand() -> None:
    assert sorted(ARCHIVED) == sorted(kind.name for kind in KINDS if kind.archived)
    assert sorted(OTHERS) == sorted([*MARKETING, "users"])


@given(STARTS)
def test_runs_ten_minutes_apart_share_them_out(start: datetime) -> None:
    times = [start + TEN * number for number in range(43)]
    for errands, most, every in ((ARCHIVED, 2, ARCHIVED_EVERY), (OTHERS, 1, OTHERS_EVERY)):
        shares = [[one for one in errands if is_due(one, before, at)] for before, at in pairwise(times)]
        assert max(map(len, shares)) <= most
        runs = Counter(one for some in shares for one in some)
        assert set(runs.values()) == {(times[-1] - times[0]) // every}


@given(STARTS, st.sampled_from(ARCHIVED + OTHERS), st.timedeltas(OTHERS_EVERY, timedelta(days=3)))
def test_after_an_hour_each_is_due(start: datetime, errand: str, later: timedelta) -> None:
    assert is_due(errand, start, start + later)


@given(STARTS, st.sampled_from(ARCHIVED + OTHERS), st.timedeltas(timedelta(0), timedelta(days=3)))
def test_none_is_due_before_its_last_time(start: datetime, errand: str, back: timedelta) -> None:
    assert not is_due(errand, start, start - back)
