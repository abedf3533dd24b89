"""What has to hold before weights from a company's own records are used. Each check says its number and its limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Final, NamedTuple

from crm_sync.mappings.identity import IdentityModel
from crm_sync.mappings.usual import SIDES, Counts
from crm_sync.reconciler.dedupe.matching.clusters import Pair
from crm_sync.reconciler.dedupe.training.examples import Examples
from crm_sync.reconciler.dedupe.training.learn import STILL, Learnt
from crm_sync.reconciler.dedupe.training.trial import Trial

RECORDS: Final = 2_000
PAIRS: Final = 500  # of one person, and of two, that all other sides are nearly sure of
STOPPED: Final = 6  # weights that own data would move farther than is allowed: more are people unlike any we know
LOST: Final = 0.005  # of the pairs that CRMs say are one person
LOST_COPIES: Final = 0.01
TAKEN: Final = 0.02  # of those who only look alike
MADE: Final = 50  # examples of either kind
SAME: Final = 1.1  # times: what is expected is not more exact
KEPT: Final = 0.99  # of the duplicates that were found
LARGER: Final = 1.25
A_FEW: Final = 3  # records
CHANGED: Final = 0.1  # of all records at most
WORTH_IT: Final = 0.005  # of all records at least: less differs by chance


class Told(NamedTuple):
    """What is known of pairs of rows without comparing them: as the CRMs say it (`said`), and as people decided it."""

    said: frozenset[Pair] = frozenset()
    one: frozenset[Pair] = frozenset()
    two: frozenset[Pair] = frozenset()


@dataclass(frozen=True, slots=True)
class Check:
    """`number` is to be `limit` at least, or at most; `before`: what it is with the weights of before."""

    name: str
    number: float
    limit: float
    least: bool = False
    before: float | None = None

    @property
    def held(self) -> bool:
        return self.number >= self.limit if self.least else self.number <= self.limit


class Tried(NamedTuple):
    """Weights of before and after: what they make of the people, and of the people with examples among them."""

    model: IdentityModel
    found: Learnt
    trials: tuple[Trial, Trial]
    shown: tuple[Trial, Trial]
    made: Examples
    told: Told
    changed: int


def enough_records(records: int) -> Check:
    return Check("records", records, RECORDS, least=True)


def enough_pairs(counts: Counts) -> Iterator[Check]:
    for name, number in zip(("pairs_of_one", "pairs_of_two"), sure_pairs(counts), strict=True):
        yield Check(name, number, PAIRS, least=True)


def sure_pairs(counts: Counts) -> tuple[int, int]:
    """Of one person and of two, on the side that most are told on."""
    one, two = (max(sum(pair[of] for pair in side.values()) for side in counts.values()) for of in (0, 1))
    return one, two


def checks(tried: Tried) -> Iterator[Check]:
    """All but those of how much there is to learn from."""
    found, (before, after), records = tried.found, tried.trials, len(tried.trials[0].groups)
    yield Check("still_moving", found.rest, STILL)
    yield Check("turned_round", turned(found.model.weights) - turned(tried.model.weights), 0)
    yield Check("stopped", len(found.stopped), STOPPED)
    yield Check("expected_wrong", after.wrong, max(before.wrong, tried.model.poisoned) * SAME, before=before.wrong)
    yield Check("duplicates", after.duplicates, ceil(before.duplicates * KEPT), least=True, before=before.duplicates)
    yield from known(before, after, tried.told)
    yield from shown(*tried.shown, tried.made)
    larger = max(ceil(before.largest * LARGER), before.largest + A_FEW)
    yield Check("largest_group", after.largest, larger, before=before.largest)
    yield Check("changed", tried.changed / records, CHANGED)
    yield Check("worth_it", tried.changed / records, WORTH_IT, least=True)


def turned(weights: Mapping[str, float]) -> int:
    """How many times a better finding weighs less than a worse one."""
    orders = ((side, order) for side, found in SIDES.items() for order in found)
    told = ([weights.get(f"{side}_{finding}", 0.0) for finding in order] for side, order in orders)
    return sum(better < worse for order in told for better, worse in pairwise(order))


def known(before: Trial, after: Trial, told: Told) -> Iterator[Check]:
    said, one, two = (tuple(some.together(pairs) for some in (before, after)) for pairs in told)
    if told.said:
        yield Check("said_by_crms", said[1], said[0] - int(len(told.said) * LOST), least=True, before=said[0])
    if told.one:
        yield Check("decided_one", one[1], one[0], least=True, before=one[0])
    if told.two:
        yield Check("decided_two", two[1], two[0], before=two[0])


def shown(before: Trial, after: Trial, made: Examples) -> Iterator[Check]:
    copies, strangers = (
        tuple(some.together(pairs) for some in (before, after)) for pairs in (made.copies, made.strangers)
    )
    yield Check("examples", min(len(made.copies), len(made.strangers)), MADE, least=True)
    lost, taken = int(len(made.copies) * LOST_COPIES), int(len(made.strangers) * TAKEN)
    yield Check("copies_found", copies[1], copies[0] - lost, least=True, before=copies[0])
    yield Check("strangers_taken", strangers[1], strangers[0] + taken, before=strangers[0])
