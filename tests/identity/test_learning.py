"""What findings are worth among a company's own people: only what differs from what is usual is learnt."""

from __future__ import annotations

import pytest

from crm_sync.mappings.vocabulary import load_identity, load_usual
from crm_sync.reconciler.dedupe.training.learn import ROUNDS, STILL, differences, learnt

MODEL, USUAL = load_identity()[1], load_usual()


def shared(share, times=1.0):
    """Pairs as usual, but of those of two people, that share has the same e-mail."""
    mail = {finding: (int(one * times), int(two * times)) for finding, (one, two) in USUAL.pairs["mail"].items()}
    twos = sum(two for _, two in mail.values())
    return {**USUAL.pairs, "mail": {**mail, "same": (mail["same"][0], int(twos * share))}}


def moves(counts, usual=USUAL):
    return learnt(MODEL, usual, lambda _: counts).moves


def test_people_as_usual_teach_nothing():
    found = learnt(MODEL, USUAL, lambda _: USUAL.pairs)
    assert found.moves == {}
    assert found.model.weights == MODEL.weights
    assert found.rest == 0


def test_what_differs_by_no_more_than_among_companies_anyway_is_not_learnt():
    counts = shared(0.0046)
    difference = differences(counts, USUAL.pairs)["mail_same"]
    assert -USUAL.spread < difference < -0.3
    assert "mail_same" not in moves(counts)
    assert "mail_same" in moves(counts, USUAL.model_copy(update={"spread": 0.2}))


def test_a_mailbox_that_several_people_share_weighs_less():
    found = learnt(MODEL, USUAL, lambda _: shared(0.02))
    assert -USUAL.least < found.moves["mail_same"] < -0.5
    assert found.model.weights["mail_same"] == pytest.approx(
        MODEL.weights["mail_same"] + found.moves["mail_same"], abs=1e-4
    )
    assert found.model.weights["phone_same"] == MODEL.weights["phone_same"]


def test_the_fewer_pairs_there_are_the_less_is_learnt():
    told = [moves(shared(0.05, times)).get("mail_same", 0) for times in (0.00001, 0.0001, 1)]
    assert told[0] > told[1] > told[2]
    assert told[0] == 0


def test_no_weight_moves_farther_than_is_allowed_and_those_that_would_are_named():
    found = learnt(MODEL, USUAL, lambda _: shared(0.9))
    assert found.moves["mail_same"] == -USUAL.least
    assert "mail_same" in found.stopped
    assert all(-USUAL.least <= move <= USUAL.most for move in found.moves.values())


def test_what_speaks_for_one_person_is_believed_less_than_what_speaks_against_it():
    phone = {finding: (one, two) for finding, (one, two) in USUAL.pairs["phone"].items()}
    more, less = ({**USUAL.pairs, "phone": {**phone, "same": told}} for told in ((54951, 9), (9, 674103)))
    assert moves(more)["phone_same"] == USUAL.most < USUAL.least == -moves(less)["phone_same"]


def test_weights_that_never_come_to_rest_are_noticed():
    turns = iter([shared(0.02), shared(0.0)] * ROUNDS)
    found = learnt(MODEL, USUAL, lambda _: next(turns))
    assert found.rounds == ROUNDS
    assert found.rest > STILL


def test_a_finding_that_nobody_has_teaches_next_to_nothing():
    counts = {**USUAL.pairs, "title": dict.fromkeys(USUAL.pairs["title"], (0, 0))}
    assert [name for name in moves(counts) if name.startswith("title")] == []
