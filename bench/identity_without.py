"""What each rule, side of evidence and guard is good for: matching once more without it.

`python -m bench.identity_without FILE` prints JSON: the ids, and for each thing left out the group of every record.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from crm_sync.connectors.files.people import read_people
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.identity import IdentityModel
from crm_sync.mappings.vocabulary import load_identity
from crm_sync.reconciler.dedupe.matching import chain, features
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.sync.match import as_people

NEVER: Final = 1e6  # a logarithm of odds that nothing reaches
NOTHING: Final = "nothing"


def main(file: Path) -> None:
    words, model = load_identity()
    export, engine = read_people(file), DuckDB()
    people, found = as_people(export), []
    for kind, name, without in left_out(model):
        rules = {rule: question for rule, question in chain.RULES.items() if (kind, name) != ("rule", rule)}
        with patch.object(chain, "RULES", rules):
            matched = Matcher(words, without, engine)(people)
        found.append((kind, name, matched.leader.to_pylist(), len(matched.reviews)))
    print(json.dumps({"ids": export.rows["id"].to_pylist(), "without": found}), flush=True)


def left_out(model: IdentityModel) -> Iterator[tuple[str, str, IdentityModel]]:
    """Kind and name of what is left out, and the model without it."""
    yield "", NOTHING, model
    for rule in chain.RULES:
        yield "rule", rule, model
    for side in features.GROUPS:
        mine = {one.name for one in features.features() if one.group == side}
        weights = {name: weight for name, weight in model.weights.items() if name not in mine}
        yield "evidence", side, model.model_copy(update={"weights": weights})
    for guard, changed in guards(model).items():
        yield "guard", guard, model.model_copy(update=changed)


def guards(model: IdentityModel) -> dict[str, dict[str, Any]]:
    """What is set otherwise where a guard is missing."""
    return {
        "nobody joins whom one excludes": {"veto": -NEVER},
        "all pairs must speak for it": {"together": -NEVER, "unseen": 0.0},
        "contradictions go to review": {"contested": NEVER},
        "a key proves enough": {"proven": -NEVER},
        "groups are judged as a whole": {"link": NEVER, "least": NEVER},
        "how sure follows from the odds": {"least": model.link},
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
