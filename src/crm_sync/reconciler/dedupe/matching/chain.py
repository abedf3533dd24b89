"""The questions of matching, one after the other: each sees the answers of those before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import phonenumbers
import pyarrow as pa
from phonenumbers import PhoneMetadata

from crm_sync.engine.base import Engine
from crm_sync.engine.questions import read_question, read_questions
from crm_sync.mappings.identity import IdentityModel, IdentityWords
from crm_sync.reconciler.dedupe.countries import NAMES
from crm_sync.reconciler.dedupe.matching.features import GROUPS, LEVELS, features
from crm_sync.reconciler.dedupe.matching.speech import spoken

QUESTIONS: Final = read_questions(__package__, "questions.sql")
COMPARED: Final = read_question(__package__, "compare.sql")
#: Which answers are not needed any more once the next question is answered: a million records are large.
SPENT: Final = {"employers": ("people",), "persons": ("spelled", "sites", "brands"), "pairs": ("keys",)}

PEOPLE: Final = pa.schema(
    [
        ("rid", pa.int32()), ("source", pa.string()), ("first_name", pa.string()), ("last_name", pa.string()),
        ("full_name", pa.string()), ("emails", pa.list_(pa.string())), ("phones", pa.list_(pa.string())),
        ("company", pa.string()), ("domain", pa.string()), ("title", pa.string()), ("city", pa.string()),
        ("country", pa.string()), ("created_at", pa.string()),
    ]
)  # fmt: skip
#: The most records that may share a key of each rule in `keys`: what more of them share does not name one person.
CROWDS: Final = (50, 40, 40, 80, 60, 60, 40, 60, 40, 30, 20, 30, 30, 12)

Tables = dict[str, pa.Table]


def prepared(people: pa.Table, words: IdentityWords, engine: Engine) -> Tables:
    """Everything that comparing needs. `people` has the columns of PEOPLE; the order of its rows does not matter, that
    of `rid` decides between equals. Raises Failed."""
    tables: Tables = {"people": people, **word_tables(words)}
    for name, question in QUESTIONS.items():
        tables[name] = engine.ask(spoken(question, words), tables)
        for spent in SPENT.get(name, ()):
            del tables[spent]
    return tables


def scored(tables: Mapping[str, pa.Table], model: IdentityModel, engine: Engine) -> pa.Table:
    """a, b and score of every pair that was worth a closer look: the natural logarithm of its odds. Raises Failed."""
    terms = [term for group in GROUPS for term in terms_of(model, group)]
    return engine.ask(f"{COMPARED}\nSELECT a, b, ({model.bias} {' '.join(terms)})::FLOAT AS score FROM judged", tables)


def explained(tables: Mapping[str, pa.Table], pairs: pa.Table, model: IdentityModel, engine: Engine) -> pa.Table:
    """Of each of these pairs, what the comparison found and what each group of evidence adds. Raises Failed."""
    sums = [f"({' '.join(terms_of(model, group)) or '0'})::FLOAT AS {group}_weight" for group in GROUPS]
    columns = ", ".join(["a", "b", *LEVELS, *sums])
    return engine.ask(f"{COMPARED}\nSELECT {columns} FROM judged", {**tables, "pairs": pairs})


def measured(tables: Mapping[str, pa.Table], engine: Engine) -> pa.Table:
    """a, b and every feature of every pair: what weights are trained on. Raises Failed."""
    columns = ", ".join(f"({one.sql})::FLOAT AS {one.name}" for one in features())
    return engine.ask(f"{COMPARED}\nSELECT a, b, {columns} FROM judged", tables)


def terms_of(model: IdentityModel, group: str) -> list[str]:
    weights = model.weights
    return [f"{weights[one.name]:+} * {one.sql}" for one in features() if one.group == group and one.name in weights]


def word_tables(words: IdentityWords) -> Tables:
    return {
        "role_mailboxes": texts(word=sorted(words.role_mailboxes)),
        "free_mail": texts(word=sorted(words.free_mail)),
        "moved_domains": texts(old_domain=list(words.moved_domains), new_domain=list(words.moved_domains.values())),
        "nicknames": pa.table(
            {
                "nickname": pa.array(list(words.nicknames), pa.string()),
                "longer": pa.array([list(one) for one in words.nicknames.values()], pa.list_(pa.string())),
            }
        ),
        "regions": texts(**dict(zip(("name", "region", "code", "trunk"), zip(*regions(), strict=True), strict=True))),
        "crowds": pa.table({"rule": range(1, len(CROWDS) + 1), "most": CROWDS}),
    }


def texts(**columns: Sequence[str]) -> pa.Table:
    return pa.table({name: pa.array(list(column), pa.string()) for name, column in columns.items()})


def regions() -> Iterator[tuple[str, str, str, str]]:
    """Every name of a region with its ISO code, its calling code and what is dialled before a number inside it."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        about = PhoneMetadata.metadata_for_region(region)
        trunk = (about.national_prefix if about else None) or ""
        code = str(phonenumbers.country_code_for_region(region))
        for name in (region.lower(), *NAMES.get(region, ())):
            yield name, region.lower(), code, trunk if trunk.isdigit() else ""
