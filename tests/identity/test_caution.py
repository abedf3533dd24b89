"""How sure a merge has to be follows from how many of all merges the scores expect to be wrong."""

from __future__ import annotations

from math import exp

import pytest

from crm_sync.reconciler.dedupe.matching.caution import cautious_link, misjudged
from tests.identity.test_groups import MODEL, table_of

PAIRED = 2_000  # groups of two that the surest pairs make, beside others that may join
SCORES = [3 - number / 100 for number in range(300)]


def threshold_of(scores, shift=0.0, **told):
    """What two groups have to reach where each of these scores makes one more group, of two who are alone; `shift` was
    added to all."""
    alone = 2 * PAIRED
    groups = [row - row % 2 for row in range(alone)] + list(range(alone, alone + 2 * len(scores)))
    sure = {(row, row + 1): 9.0 for row in range(0, alone, 2)}
    links = table_of(sure).append_column("rid", table_of(sure)["b"])
    whole = table_of({(row, row + 1): score for row, score in zip(range(alone, len(groups), 2), scores, strict=True)})
    return cautious_link(groups, links, whole, MODEL.model_copy(update={"link": 4.0, "least": 0.0} | told), shift)


def test_merges_are_made_down_to_the_score_at_which_too_many_would_be_wrong():
    link = threshold_of(SCORES)
    wrong = [1 / (1 + exp(score)) for score in SCORES if score > link + 0.001]
    assert sum(wrong) + PAIRED / (1 + exp(9)) == pytest.approx(0.01 * (PAIRED + len(wrong)), rel=0.05)


def test_links_that_are_wrong_however_sure_leave_room_for_fewer_merges():
    assert threshold_of(SCORES, mistaken=0.004) > threshold_of(SCORES) + 0.2


def test_scores_that_promise_too_much_among_few_make_merges_more_careful():
    few, as_told, many = (threshold_of(SCORES, fading=0.2, even=even) for even in (50_000, 4_600, 500))
    assert few > as_told > many
    assert as_told == pytest.approx(threshold_of(SCORES), abs=0.05)


def test_scores_that_fell_because_few_pairs_are_one_person_leave_room_for_more_merges():
    fallen, as_told, risen = (threshold_of(SCORES, shift, returned=0.9) for shift in (-0.4, 0.0, 0.4))
    assert fallen < as_told < risen
    assert threshold_of(SCORES, -0.4) == as_told == threshold_of(SCORES)
    assert misjudged(100_000, -0.4, MODEL.model_copy(update={"returned": 0.5})) == pytest.approx(exp(-0.2))


def test_of_no_size_scores_are_taken_to_be_off_by_more_than_was_measured():
    assert misjudged(10**9, 0.0, MODEL.model_copy(update={"fading": 0.5, "even": 1e5})) == pytest.approx(exp(-0.5))
    assert misjudged(1, 0.0, MODEL.model_copy(update={"fading": 0.5, "even": 1e5})) == pytest.approx(exp(0.5))


def test_a_few_merges_tell_nothing_about_a_share():
    links = table_of({(0, 1): 9.0})
    assert cautious_link([0, 0, 2, 3], links, table_of({(2, 3): 3.9}), MODEL, 0.0) == MODEL.link
