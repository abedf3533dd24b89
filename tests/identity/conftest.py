"""A matcher with the shipped words and weights, and people in a few words."""

from __future__ import annotations

import pyarrow as pa
import pytest

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.vocabulary import load_identity, load_lists
from crm_sync.reconciler.dedupe.lists.match import Lister
from crm_sync.reconciler.dedupe.matching.chain import PEOPLE
from crm_sync.reconciler.dedupe.matching.match import Matcher


@pytest.fixture(scope="session")
def matcher():
    return Matcher(*load_identity(), DuckDB(threads=1))


@pytest.fixture(scope="session")
def lister():
    return Lister(load_identity()[0], load_lists(), DuckDB(threads=1))


@pytest.fixture(scope="session")
def people():
    """A table from dictionaries; `email` and `phone` stand for lists of one."""

    def made(*rows):
        cells = []
        for number, row in enumerate(rows):
            told = dict.fromkeys(PEOPLE.names) | {"source": "hubspot"} | row | {"rid": number}
            told["emails"] = row.get("emails", [row["email"]] if row.get("email") else [])
            told["phones"] = row.get("phones", [row["phone"]] if row.get("phone") else [])
            cells.append({name: told[name] for name in PEOPLE.names})
        return pa.Table.from_pylist(cells, PEOPLE)

    return made


@pytest.fixture(scope="session")
def groups(matcher, people):
    """The groups of two and more among some rows, as sets of their places."""

    def found(*rows, **options):
        leader = matcher(people(*rows), **options).leader.to_pylist()
        sets = [{row for row, one in enumerate(leader) if one == head} for head in sorted(set(leader))]
        return [one for one in sets if len(one) > 1]

    return found
