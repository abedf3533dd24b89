"""Trains the weights of matching people and writes mappings/identity_model.toml: `python -m bench.identity_training`.

What it learns from are leads that tests/identity makes up: their mix goes from tidy to hard, from a few surnames that
all share to many that nobody else has, and a part of them tells no e-mail or no company at all, so that the weights do
not lean on one kind of data. Needs `pip install -e '.[identity]'`; takes some minutes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
from sklearn.linear_model import LogisticRegression
from tests.identity.leads import write
from tests.identity.scores import scores

from crm_sync.connectors.files.people import read_people
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.identity import IdentityModel, load_identity_words
from crm_sync.mappings.vocabulary import SHIPPED
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.clusters import grouped
from crm_sync.reconciler.dedupe.matching.features import features
from crm_sync.reconciler.dedupe.matching.prior import moved, shift
from crm_sync.sync.match import as_people

ROWS: Final = 20_000
#: seed, hard, rare, columns that are not told
MIX: Final = (
    (101, 0.0, 0.25, ()), (102, 0.5, 0.25, ()), (103, 1.0, 0.25, ()), (104, 1.0, 0.0, ()), (105, 0.5, 0.0, ()),
    (106, 1.0, 0.1, ("title", "created_at")), (107, 1.0, 0.1, ("city", "country")), (108, 0.5, 0.1, ("email",)),
    (109, 0.5, 0.1, ("company", "domain", "title")),
)  # fmt: skip
CHECK: Final = (201, 1.0, 0.15, ())
POISONED: Final = 0.01  # of the automatic merges, at most
STRENGTH: Final = 0.3  # of the penalty on large weights, inverted as scikit-learn has it
SMALLEST: Final = 0.02
RULES: Final = {"proven": 3.0, "contested": 1.9, "review": -1.0, "veto": -3.0, "unseen": -1.0, "together": 0.5}
NAMES: Final = tuple(one.name for one in features())


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        lessons = [lesson(Path(place), *kind) for kind in MIX]
        model = trained(lessons)
        matrix, _, truth, pairs = lesson(Path(place), *CHECK)
    model = model.model_copy(update={"link": threshold(model, matrix, pairs, truth)})
    file = SHIPPED / "identity_model.toml"
    file.write_text("\n".join(lines(model)) + "\n", encoding="utf-8")
    print(f"{file.name}: {len(model.weights)} weights, link at {model.link:.2f}")


def lesson(place: Path, seed: int, hard: float, rare: float, untold: tuple[str, ...]) -> tuple[Any, Any, Any, pa.Table]:
    """The features of every pair, whether it is one human being, the truth of every row, and the pairs."""
    file, engine = place / f"{seed}.csv", DuckDB()
    write(file, ROWS, seed, hard=hard, rare=rare)
    told = csv.read_csv(file, convert_options=csv.ConvertOptions(column_types={"truth": pa.string()}))
    csv.write_csv(told.drop_columns(list(untold)), file)
    export = read_people(file)
    truth_of = dict(zip(told["id"].to_pylist(), told["truth"].to_pylist(), strict=True))
    truth = np.array([truth_of[one] for one in export.rows["id"].to_pylist()])
    measured = chain.measured(
        chain.prepared(as_people(export), load_identity_words(SHIPPED / "identity.toml"), engine), engine
    )
    matrix = np.column_stack([measured[name].to_numpy() for name in NAMES]).astype(np.float32)
    a, b = measured["a"].to_numpy(), measured["b"].to_numpy()
    return matrix, truth[a] == truth[b], truth, measured.select(["a", "b", "proven", "contested"])


def trained(lessons: list[tuple[Any, Any, Any, pa.Table]]) -> IdentityModel:
    matrix = np.concatenate([one[0] for one in lessons])
    same = np.concatenate([one[1] for one in lessons])
    spread = matrix.std(0)
    spread[spread == 0] = 1
    fitted = LogisticRegression(C=STRENGTH, max_iter=500).fit(matrix / spread, same)
    found = zip(NAMES, fitted.coef_[0] / spread, strict=True)
    weights = {name: round(float(weight), 4) for name, weight in found if abs(weight) >= SMALLEST}
    bias, prior = round(float(fitted.intercept_[0]), 4), round(float(same.mean()), 4)
    return IdentityModel(bias=bias, prior=prior, link=0.0, weights=weights, **RULES)


def threshold(model: IdentityModel, matrix: Any, pairs: pa.Table, truth: Any) -> float:
    """The lowest score that keeps the share of poisoned groups, on people that no weight was trained on."""
    said = matrix @ np.array([model.weights.get(name, 0.0) for name in NAMES]) + model.bias
    scored = pairs.append_column("score", pa.array(said, pa.float32()))
    scored = moved(scored, shift(chain.histogram(scored, DuckDB()), model.prior), model)
    for link in np.arange(0.5, 5.0, 0.1):
        groups = grouped(len(truth), scored, model.model_copy(update={"link": float(link)}))
        if scores(groups, truth.tolist()).poisoned <= POISONED:
            return round(float(link), 2)
    return 5.0


def lines(model: IdentityModel) -> Iterator[str]:
    yield "# What each piece of evidence counts: natural logarithms of odds. From `python -m bench.identity_training`."
    yield "# A pair that reaches `link` is one person, from `review` on a person looks at it, below `veto` two records"
    yield "# are never in one group."
    yield ""
    for name in ("bias", "prior", "link", *RULES):
        yield f"{name} = {getattr(model, name)}"
    yield "\n[weights]"
    for name, weight in model.weights.items():
        yield f"{name} = {weight}"


if __name__ == "__main__":
    main()
