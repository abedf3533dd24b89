"""Own weights are used where they help, and refused wherever a check does not hold."""

from __future__ import annotations

import pytest

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.vocabulary import load_identity, load_usual
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.reconciler.dedupe.training.checks import RECORDS, Told, Tried, checks, enough_pairs, enough_records
from crm_sync.reconciler.dedupe.training.examples import Examples, examples
from crm_sync.reconciler.dedupe.training.learn import Learnt
from crm_sync.reconciler.dedupe.training.train import Trainer
from crm_sync.reconciler.dedupe.training.trial import Trial
from crm_sync.sync.match import as_people
from tests.identity.habits import HABITS
from tests.identity.leads import Kind, leads
from tests.identity.scores import scores
from tests.identity.test_many_people import export_of

ROWS = 6_000
WORDS, MODEL = load_identity()


@pytest.fixture(scope="module")
def trainer():
    return Trainer(WORDS, MODEL, load_usual(), DuckDB(threads=1))


def company(habit, rows=ROWS, seed=61):
    export, truth = export_of(list(leads(rows, seed, Kind(1.0, 0.25), HABITS[habit])))
    return as_people(export), truth


@pytest.fixture(scope="module")
def teams():
    return company("team mailboxes")


@pytest.fixture(scope="module")
def made(trainer, teams):
    return trainer(teams[0])


@pytest.fixture(scope="module")
def before_and_after(trainer, teams, made):
    """The groups with either weights."""
    after = MODEL.model_copy(update={"weights": {**MODEL.weights, **{one.name: one.after for one in made.weights}}})
    return [Matcher(WORDS, model, trainer.engine)(teams[0]).leader.to_pylist() for model in (MODEL, after)]


def failed(made):
    return [one.name for one in made.checks if not one.held]


def test_where_teams_share_mailboxes_own_weights_find_more_people_and_poison_fewer(made, before_and_after, teams):
    assert failed(made) == []
    assert made.accepted
    before, after = (scores(groups, teams[1]) for groups in before_and_after)
    assert after.f1 > before.f1 + 0.004
    assert after.poisoned < before.poisoned * 0.8
    weights = {one.name: one.after - one.before for one in made.weights}
    assert weights["mail_same"] < -1


def test_leads_as_usual_are_left_alone(trainer):
    made = trainer(company("as usual")[0])
    assert not made.accepted
    assert failed(made) in ([], ["worth_it"])
    assert made.changed < len(made.weights) * 10


def test_where_relatives_would_merge_by_their_phone_own_weights_are_refused(trainer):
    made = trainer(company("own phones")[0])
    assert made.weights
    assert "strangers_taken" in failed(made)
    assert not made.accepted


def test_the_same_people_teach_the_same(trainer, teams, made):
    assert trainer(teams[0]) == made


def test_few_records_are_refused_without_a_look(trainer):
    made = trainer(company("team mailboxes", rows=1_000)[0])
    assert failed(made) == ["records"]
    assert (made.weights, made.one, made.two) == ((), 0, 0)


def differing(one, other):
    """Some pairs that are together in the one and not in the other."""
    first: dict[int, int] = {}
    pairs = ((first.setdefault(leader, row), row) for row, leader in enumerate(one))
    return frozenset([(x, y) for x, y in pairs if x != y and other[x] != other[y]][:1])


def test_reviews_are_no_lesson_but_refuse_what_contradicts_them(trainer, teams, before_and_after):
    before, after = before_and_after
    lost, won = differing(before, after), differing(after, before)
    assert lost
    assert won
    assert failed(trainer(teams[0], Told(one=lost))) == ["decided_one"]
    assert failed(trainer(teams[0], Told(two=won))) == ["decided_two"]
    assert failed(trainer(teams[0], Told(said=lost))) == ["said_by_crms"]
    held = trainer(teams[0], Told(one=won, two=lost))
    assert held.accepted


# Each check by itself -----------------------------------------------------------------------------------------------

PEOPLE, COPIES, STRANGERS = 1_000, 100, 100


def trial(alone=(), together=(), wrong=0.008, rows=PEOPLE):
    """Everybody in pairs, but for some rows, and for some that are with the first."""
    groups = [row - row % 2 for row in range(rows)]
    for row in alone:
        groups[row] = row
    for row in together:
        groups[row] = 0
    return Trial(groups, None, wrong)


def shown(lost=0, taken=0):
    """The groups of records, copies and strangers: copy `n` is of record `n`."""
    groups = [*range(PEOPLE), *range(COPIES), *range(PEOPLE, PEOPLE + STRANGERS)]
    groups[PEOPLE : PEOPLE + lost] = [-1 - row for row in range(lost)]
    groups[PEOPLE + COPIES : PEOPLE + COPIES + taken] = range(taken)
    return Trial(groups, None, 0.0)


EXAMPLES = Examples(
    None, tuple((row, PEOPLE + row) for row in range(COPIES)),
    tuple((row, PEOPLE + COPIES + row) for row in range(STRANGERS)),
)  # fmt: skip
FOUND = Learnt(MODEL, {"mail_same": -1.0}, ("mail_same",), {}, 3, 0.01)
TURNED = MODEL.model_copy(update={"weights": {**MODEL.weights, "mail_same": -2.0}})
HELD = Tried(MODEL, FOUND, (trial(), trial()), (shown(), shown(1, 2)), EXAMPLES, Told(), PEOPLE // 100)
PAIR = frozenset({(2, 3)})


def test_all_checks_hold_where_nothing_is_wrong():
    assert [one.name for one in checks(HELD) if not one.held] == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("still_moving", {"found": FOUND._replace(rest=0.1)}),
        ("turned_round", {"found": FOUND._replace(model=TURNED)}),
        ("stopped", {"found": FOUND._replace(stopped=tuple("abcdefg"))}),
        ("expected_wrong", {"trials": (trial(), trial(wrong=0.0091))}),
        ("duplicates", {"trials": (trial(), trial(alone=range(1, 13, 2)))}),
        ("said_by_crms", {"trials": (trial(), trial(alone=[3])), "told": Told(said=PAIR)}),
        ("decided_one", {"trials": (trial(), trial(alone=[3])), "told": Told(one=PAIR)}),
        ("decided_two", {"trials": (trial(alone=[3]), trial()), "told": Told(two=PAIR)}),
        ("examples", {"made": EXAMPLES._replace(copies=EXAMPLES.copies[:49]), "shown": (shown(), shown())}),
        ("copies_found", {"shown": (shown(), shown(lost=2))}),
        ("strangers_taken", {"shown": (shown(), shown(taken=3))}),
        ("largest_group", {"trials": (trial(), trial(together=[10, 12, 14, 16]))}),
        ("changed", {"changed": PEOPLE // 8}),
        ("worth_it", {"changed": 4}),
    ],
)
def test_each_check_refuses_what_it_is_for(name, wrong):
    assert [one.name for one in checks(HELD._replace(**wrong)) if not one.held] == [name]


def test_too_few_records_or_sure_pairs_are_refused():
    assert [enough_records(count).held for count in (RECORDS - 1, RECORDS)] == [False, True]
    counts = {"mail": {"same": (400, 10), "diff": (50, 480)}, "phone": {"same": (499, 0), "diff": (0, 500)}}
    assert [(one.name, one.held) for one in enough_pairs(counts)] == [("pairs_of_one", False), ("pairs_of_two", True)]
    counts["phone"]["same"] = (500, 0)
    counts["phone"]["diff"] = (0, 499)
    assert [(one.name, one.held) for one in enough_pairs(counts)] == [("pairs_of_one", True), ("pairs_of_two", False)]


def test_examples_are_made_of_own_records_and_never_of_many(people):
    told = {"company": "Acme", "domain": "acme.mx", "phone": "+525512345678", "email": "a@acme.mx"}
    rows = [{"first_name": f"{chr(97 + one % 26)}na", "last_name": "Ruiz Paz", **told} for one in range(400)]
    made = examples(people(*rows))
    assert len(made.copies) + len(made.strangers) <= 40
    assert len(made.people) == 400 + len(made.copies) + len(made.strangers)
    cells = made.people.to_pylist()
    assert all(cells[of]["first_name"] == cells[row]["first_name"] for of, row in made.copies)
    assert all(cells[of]["first_name"] != cells[row]["first_name"] for of, row in made.strangers)
    assert examples(people({"email": "a@acme.mx"})).copies == ()
