"""Trains the weights of matching people and writes mappings/identity_model.toml and identity_usual.toml:
`python -m bench.identity_training`, or with `--usual` the second one alone, with the weights as they are.

What it learns from are leads that tests/identity makes up: their mix goes from tidy to hard, from a few surnames that
all share to many that nobody else has, from people who stay to people who move, and a part of them tells no e-mail or
no company at all. Two dozen more are of another make (tests/identity/careers.py), each with habits of its own, so that
the weights do not lean on one kind of data, nor on how one program makes people up. The weights of pairs come first,
those of two groups as a whole after them, since they see what the first ones group. Needs `pip install -e
'.[identity]'`; takes some minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
from sklearn.linear_model import LogisticRegression
from tests.identity.careers import write
from tests.identity.leads import Kind
from tests.identity.scores import scores

from crm_sync.connectors.files.people import read_people
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.identity import IdentityModel, load_identity_model, load_identity_words
from crm_sync.mappings.usual import SIDES as COUNTED
from crm_sync.mappings.usual import Counts
from crm_sync.mappings.vocabulary import SHIPPED
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.caution import one_by_one
from crm_sync.reconciler.dedupe.matching.clusters import grouped
from crm_sync.reconciler.dedupe.matching.features import features
from crm_sync.reconciler.dedupe.matching.prior import moved, shift
from crm_sync.reconciler.dedupe.matching.whole import between, excluded, judged, whole_features, whole_measured
from crm_sync.reconciler.dedupe.training.measure import measured
from crm_sync.sync.match import as_people


class Lesson(NamedTuple):
    """`kind`: None for careers, whose habits follow from the seed."""

    seed: int
    kind: Kind | None
    untold: tuple[str, ...] = ()  # columns that are left out
    rows: int = 20_000


MIX: Final = (
    Lesson(101, Kind(0.0)), Lesson(102, Kind(0.5)), Lesson(103, Kind(1.0)), Lesson(104, Kind(1.0, 0.0)),
    Lesson(105, Kind(0.5, 0.0)), Lesson(106, Kind(1.0, 0.1), ("title", "created_at")),
    Lesson(107, Kind(1.0, 0.1), ("city", "country")), Lesson(108, Kind(0.5, 0.1), ("email",)),
    Lesson(109, Kind(0.5, 0.1), ("company", "domain", "title")), Lesson(110, Kind(1.0, 0.2, moves=0.3, alike=1.5)),
    Lesson(111, Kind(0.7, 0.1, moves=1.4, alike=0.5, dated=False)), Lesson(112, Kind(1.0, alike=2.0, dated=False)),
    Lesson(113, Kind(1.0, 0.2), rows=250_000), *(Lesson(seed, None, rows=15_000) for seed in range(300, 324)),
)  # fmt: skip
CHECKS: Final = (
    Lesson(201, Kind(1.0, 0.15)), Lesson(202, Kind(0.8, 0.05, moves=0.6, alike=1.3, dated=False)),
    Lesson(203, Kind(1.0, 0.3, moves=1.2), rows=60_000),
)  # fmt: skip
#: What thresholds expect is held against the truth here.
SIZES: Final = (
    *(Lesson(seed, Kind(1.0, 0.25), rows=20_000) for seed in range(211, 216)),
    Lesson(221, Kind(1.0, 0.0), rows=20_000), Lesson(222, Kind(0.5, 0.25), rows=60_000),
    Lesson(223, Kind(1.0, 0.25), rows=100_000), Lesson(224, Kind(1.0, 0.25), rows=100_000),
    Lesson(225, Kind(1.0, 0.0), rows=100_000), Lesson(226, Kind(1.0, 0.25), rows=250_000),
    Lesson(227, Kind(1.0, 0.25), rows=1_000_000), Lesson(228, Kind(1.0, 0.0), rows=1_000_000),
    Lesson(229, Kind(1.0, 0.0), rows=250_000), Lesson(230, Kind(0.5, 0.1), rows=250_000),
    *(Lesson(seed, None) for seed in range(400, 416)), *(Lesson(seed, None, rows=100_000) for seed in (416, 417)),
)  # fmt: skip
POISONED: Final = 0.009  # of the automatic merges, on the worst of the checks
USUAL: Final = 1.8  # about the threshold that cautious people come to
SUREST: Final = 7.0  # from there on scores themselves leave next to nothing open
ROUGHLY: Final = 0.05  # how exact such a rule can be: by this much no number of wrong merges makes a size weigh more
STRENGTH: Final = 0.3  # of the penalty on large weights, inverted as scikit-learn has it
SMALLEST: Final = 0.02
RULES: Final = {
    "sure": 3.0, "least": 1.2, "poisoned": 0.0078, "mistaken": 0.0, "even": 1.0, "fading": 0.0, "returned": 0.0,
    "proven": 3.0, "contested": 1.1, "review": -1.0, "veto": -3.0, "unseen": -1.0, "together": 0.5
}  # fmt: skip
#: How own data is believed (mappings/usual.py): chosen on leads of other seeds so that nothing moves among leads like
#: those below, and F1 or poisoned groups get better where phones, mailboxes or companies are of another kind.
BELIEVED: Final = {"spread": 0.5, "share": 0.8, "most": 1.2, "least": 2.5}
NAMES: Final = tuple(one.name for one in features())
WHOLE: Final = tuple(name for name, _, _ in whole_features())


@dataclass(frozen=True, slots=True)
class Learnt:
    """A lesson's people: `truth` of every record, the features of every pair, and what its records say."""

    truth: Any
    matrix: Any
    pairs: pa.Table
    known: pa.Table

    @property
    def same(self) -> Any:
        return self.truth[self.pairs["a"].to_numpy()] == self.truth[self.pairs["b"].to_numpy()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--usual", action="store_true", help="only what is usual, with the weights as they are")
    parser.add_argument("--caution", action="store_true", help="only how far expected wrong merges are off, likewise")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        if asked.usual or asked.caution:
            model = load_identity_model(SHIPPED / "identity_model.toml")
        if asked.caution:
            return write_model(calibrated(model, [met(Path(place), one, model) for one in SIZES]))
        if asked.usual:
            return write_usual(counted(people_of(Path(place), one)[1], model) for one in MIX)
        lessons = [learnt(Path(place), one) for one in MIX]
        model = with_whole(trained(lessons), lessons)
        write_usual(counted({"pairs": one.pairs, "known": one.known}, model) for one in lessons)
        del lessons
        checks = [learnt(Path(place), one) for one in CHECKS]
        model = model.model_copy(update={"link": threshold(model, checks)})
        del checks
        write_model(calibrated(model, [met(Path(place), one, model) for one in SIZES]))


def write_model(model: IdentityModel) -> None:
    file = SHIPPED / "identity_model.toml"
    file.write_text("\n".join(lines(model)) + "\n", encoding="utf-8")
    print(f"{file.name}: {len(model.weights)} + {len(model.whole)} weights, link at {model.link:.2f}")


def learnt(place: Path, lesson: Lesson) -> Learnt:
    truth, tables = people_of(place, lesson)
    measured = chain.measured(tables, DuckDB())
    return Learnt(
        truth, matrix_of(measured, NAMES), measured.select(["a", "b", "proven", "contested"]), tables["known"]
    )


@dataclass(frozen=True, slots=True)
class Met:
    """A lesson's people as the product itself groups them: `groups` of the surest pairs, the best pair of each record
    in them, the scores of groups, and which of these must stay two; `shift` was added to the score of every pair."""

    truth: Sequence[int]
    shift: float
    groups: list[int]
    links: pa.Table
    whole: pa.Table
    apart: pa.Table


def met(place: Path, lesson: Lesson, model: IdentityModel) -> Met:
    truth, tables = people_of(place, lesson)
    engine = DuckDB()
    scored = chain.scored(tables, model, engine)
    add = shift(chain.histogram(scored, engine), model.prior)
    tables["scored"] = moved(scored, add, model)
    groups = grouped(len(truth), tables["scored"], model, model.sure)
    tables["groups"] = chain.groups_of(groups)
    tables["whole"] = judged(between(tables, model, engine), model, engine)
    apart = excluded(tables, model, engine)
    return Met(truth.tolist(), add, groups, chain.links(tables, engine), tables["whole"], apart)


def people_of(place: Path, lesson: Lesson) -> tuple[Any, chain.Tables]:
    """The truth of each record, and what is asked about them."""
    file, engine = place / f"{lesson.seed}.csv", DuckDB()
    write(file, lesson.rows, lesson.seed, lesson.kind)
    told = csv.read_csv(file, convert_options=csv.ConvertOptions(column_types={"truth": pa.string()}))
    csv.write_csv(told.drop_columns(list(lesson.untold)), file)
    export = read_people(file)
    truth_of = dict(zip(told["id"].to_pylist(), told["truth"].to_pylist(), strict=True))
    truth = np.array([int(truth_of[one]) for one in export.rows["id"].to_pylist()])
    return truth, chain.prepared(as_people(export), load_identity_words(SHIPPED / "identity.toml"), engine)


def matrix_of(measured: pa.Table, names: Sequence[str]) -> Any:
    return np.column_stack([measured[name].to_numpy() for name in names]).astype(np.float32)


def trained(lessons: Sequence[Learnt]) -> IdentityModel:
    same = np.concatenate([one.same for one in lessons])
    bias, weights = fitted(np.concatenate([one.matrix for one in lessons]), same, NAMES)
    told = {"bias": bias, "prior": round(float(same.mean()), 4), "link": 0.0, "weights": weights}
    return IdentityModel.model_validate(told | RULES)


def fitted(matrix: Any, same: Any, names: Sequence[str]) -> tuple[float, dict[str, float]]:
    spread = matrix.std(0)
    spread[spread == 0] = 1
    found = LogisticRegression(C=STRENGTH, max_iter=1000).fit(matrix / spread, same)
    told = zip(names, found.coef_[0] / spread, strict=True)
    weights = {name: round(float(weight), 4) for name, weight in told if abs(weight) >= SMALLEST}
    return round(float(found.intercept_[0]), 4), weights


def with_whole(model: IdentityModel, lessons: Sequence[Learnt]) -> IdentityModel:
    """The same model with weights for groups as a whole."""
    seen = [(one, *first_groups(model, one)) for one in lessons]
    told = [(whole_measured(two, DuckDB()), groups, one.truth) for one, groups, _, two in seen]
    same = np.concatenate([mostly_same(measured, groups, truth) for measured, groups, truth in told])
    bias, weights = fitted(np.concatenate([matrix_of(measured, WHOLE) for measured, _, _ in told]), same, WHOLE)
    return model.model_copy(update={"whole_bias": bias, "whole": weights})


def first_groups(model: IdentityModel, one: Learnt) -> tuple[list[int], pa.Table, pa.Table]:
    """The groups of the surest pairs, the scores of all pairs, and what any two groups say of each other."""
    said = one.matrix @ np.array([model.weights.get(name, 0.0) for name in NAMES]) + model.bias
    scored = one.pairs.append_column("score", pa.array(said, pa.float32()))
    scored = moved(scored, shift(chain.histogram(scored, DuckDB()), model.prior), model)
    groups = grouped(len(one.truth), scored, model, model.sure)
    tables = {
        "known": one.known, "scored": scored,
        "groups": pa.table({"rid": pa.array(range(len(groups)), pa.int32()), "leader": pa.array(groups, pa.int32())}),
    }  # fmt: skip
    return groups, scored, between(tables, model, DuckDB())


def mostly_same(measured: pa.Table, groups: Sequence[int], truth: Any) -> Any:
    """Whether most of either group are one human being."""
    members = defaultdict(list)
    for row, leader in enumerate(groups):
        members[leader].append(int(truth[row]))
    human = {leader: Counter(rows).most_common(1)[0][0] for leader, rows in members.items()}
    ends = zip(measured["a"].to_pylist(), measured["b"].to_pylist(), strict=True)
    return np.array([human[a] == human[b] for a, b in ends])


def threshold(model: IdentityModel, checks: Sequence[Learnt]) -> float:
    """The lowest score that keeps the share of poisoned groups, among people that no weight was trained on."""
    told = [
        (one.truth, groups, judged(two, model, DuckDB()))
        for one in checks
        for groups, _, two in [first_groups(model, one)]
    ]
    for link in np.arange(0.5, 5.0, 0.1):
        if all(poisoned(*one, model, float(link)) <= POISONED for one in told):
            return round(float(link), 2)
    return 5.0


def poisoned(truth: Any, groups: list[int], scored: pa.Table, model: IdentityModel, link: float) -> float:
    whole = grouped(len(truth), scored, model, link)
    return scores([whole[leader] for leader in groups], truth.tolist()).poisoned


def calibrated(model: IdentityModel, people: Sequence[Met]) -> IdentityModel:
    """The same model, with by how much the wrong merges that scores expect are off, and how that changes with size and
    with what was added to all scores."""
    sure = [(one, np.asarray(one.links["score"]) >= SUREST) for one in people]
    wrong = sum(int((two_people(one) & these).sum()) for one, these in sure)
    model = model.model_copy(update={"mistaken": round(wrong / sum(int(these.sum()) for _, these in sure), 5)})
    seen = [(len(one.groups), one.shift, *wrong_groups(one, model)) for one in people]
    for records, add, expected, found in seen:
        print(f"{records:,} records, moved by {add:+.2f}: {found} merged groups are wrong, {expected:.0f} expected")
    sizes, moves, scored, real = (np.array(column, float) for column in zip(*seen, strict=True))
    weight = 1 / np.sqrt(1 / real + ROUGHLY**2)
    told = np.column_stack([np.ones(len(seen)), np.log(sizes), moves]) * weight[:, None]
    (bias, fading, returned), *_ = np.linalg.lstsq(told, np.log(real / scored) * weight, rcond=None)
    even = float(f"{np.exp(-bias / fading):.2g}")
    off = {"even": even, "fading": round(-float(fading), 3), "returned": round(float(returned), 3)}
    return model.model_copy(update=off)


def two_people(one: Met) -> Any:
    truth = np.array(one.truth)
    return truth[np.asarray(one.links["a"])] != truth[np.asarray(one.links["b"])]


def wrong_groups(one: Met, model: IdentityModel) -> tuple[float, int]:
    """How many merged groups the scores expect to be wrong at a usual threshold, and how many are."""
    expected = max(wrong for score, wrong, _ in one_by_one(one.groups, one.links, one.whole, model) if score >= USUAL)
    whole = grouped(len(one.groups), pa.concat_tables([one.whole, one.apart]), model, USUAL)
    members: dict[int, set[int]] = defaultdict(set)
    for row, leader in enumerate(one.groups):
        members[whole[leader]].add(one.truth[row])
    return expected, sum(len(people) > 1 for people in members.values())


def counted(tables: chain.Tables, model: IdentityModel) -> Counts:
    return measured(tables, model, DuckDB())


def write_usual(people: Iterable[Counts]) -> None:
    file = SHIPPED / "identity_usual.toml"
    file.write_text("\n".join(usual_lines(people)) + "\n", encoding="utf-8")
    print(f"{file.name}: {len(MIX)} kinds of leads")


def usual_lines(people: Iterable[Counts]) -> Iterator[str]:
    """The pairs of all kinds of leads together."""
    kinds = list(people)
    yield "# Of how many pairs each finding was made where the weights were trained, as far as all other sides leave"
    yield "# next to no doubt: of one person, and of two. From `python -m bench.identity_training`. `crm-sync dupes"
    yield "# train` counts the same among a company's own records; what the rest means stands in mappings/usual.py."
    yield ""
    yield from (f"{name} = {value}" for name, value in BELIEVED.items())
    for side in COUNTED:
        yield f"\n[pairs.{side}]"
        for finding in kinds[0][side]:
            one, two = (sum(kind[side][finding][of] for kind in kinds) for of in (0, 1))
            yield f"{finding} = [{one}, {two}]"


def lines(model: IdentityModel) -> Iterator[str]:
    yield "# What each piece of evidence counts: natural logarithms of odds. From `python -m bench.identity_training`."
    yield "# Pairs that reach `sure` are grouped first; two groups that reach `link` as a whole are one person; from"
    yield "# `review` on a person looks at them; below `veto` two records are never in one group."
    yield ""
    for name in ("bias", "prior", "link", *RULES, "whole_bias"):
        yield f"{name} = {getattr(model, name)}"
    for table, weights in (("weights", model.weights), ("whole", model.whole)):
        yield f"\n[{table}]"
        for name, weight in weights.items():
            yield f"{name} = {weight}"


if __name__ == "__main__":
    main()
