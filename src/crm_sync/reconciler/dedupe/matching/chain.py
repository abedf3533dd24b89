"""The questions of matching, one after the other: each sees the answers of those before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

import phonenumbers
import pyarrow as pa
from phonenumbers import PhoneMetadata

from crm_sync.engine.base import Engine
from crm_sync.engine.questions import read_question, read_questions
from crm_sync.mappings.identity import IdentityModel, IdentityWords
from crm_sync.reconciler.dedupe.countries import NAMES
from crm_sync.reconciler.dedupe.matching.alike import alike
from crm_sync.reconciler.dedupe.matching.features import features, number, numbered, score
from crm_sync.reconciler.dedupe.matching.said import SENTENCE, explanation
from crm_sync.reconciler.dedupe.matching.speech import edits, spoken
from crm_sync.reconciler.dedupe.matching.statistics import QUESTIONS as STATISTICS
from crm_sync.reconciler.dedupe.matching.statistics import Statistics

QUESTIONS: Final = read_questions(__package__, "questions.sql")
RULES: Final = read_questions(__package__, "rules.sql")
PAIRS: Final = read_questions(__package__, "pairs.sql")
COMPARED: Final = edits(read_question(__package__, "compare.sql"))
#: Which answers are not needed any more once another question is answered: those of a million records are large.
SPENT: Final = {"employers": ("people",), "persons": ("spelled",)}

PEOPLE: Final = pa.schema(
    [
        ("rid", pa.int32()), ("source", pa.string()), ("first_name", pa.string()), ("last_name", pa.string()),
        ("full_name", pa.string()), ("emails", pa.list_(pa.string())), ("phones", pa.list_(pa.string())),
        ("company", pa.string()), ("domain", pa.string()), ("title", pa.string()), ("city", pa.string()),
        ("country", pa.string()), ("created_at", pa.string()),
    ]
)  # fmt: skip
#: The most records that a key of each rule brings together: what more of them share does not name one person.
MOST: Final = {
    "mailbox": 50, "phone": 16, "phone_given": 40, "name": 30, "name_place": 60, "employer_family": 60,
    "employer_given": 40, "company_family": 60, "company_given": 40, "local": 8, "employer_local": 20,
    "employer_initials": 30, "employer_beginning": 30, "initial_family": 12,
    "place_family": 15, "place_given": 15, "family": 10, "given": 10,
}  # fmt: skip

#: Rules that would bring together too much among many, and that few people need.
LOOSE: Final = frozenset({"place_family", "place_given", "family", "given"})
FEW: Final = 50_000  # records
FEW_NAMES: Final = 500  # records: of fewer it costs less to find out which short forms they have than to read them all
FEW_PAIRS: Final = 2_000
KEY_BITS: Final = 58  # of a kept key; those above say which rule it is of
ALL: Final = (1 << 62) - 1  # reviews: more than there ever are, in the same words whoever asks
BETWEEN_NAMES: Final = re.compile(r"[._-]")  # in a mailbox, as the questions split it
BATCH: Final = 1 << 16  # rows that one thread of the engine takes at a time

Tables = dict[str, pa.Table]


def prepared(
    people: pa.Table, words: IdentityWords, engine: Engine, statistics: Statistics | None = None
) -> Tables:  # fmt: skip
    """Everything that comparing needs. `people` has the columns of PEOPLE; the order of its rows does not matter, that
    of `rid` decides between equals. Raises Failed."""
    tables = told(people, words, engine, statistics)
    del people
    tables["pairs"] = pairs_of(tables, engine, few=statistics.few if statistics else few(tables))
    return {name: table for name, table in tables.items() if name not in ("spellings", "persons")}


def few(tables: Mapping[str, pa.Table]) -> bool:
    """Whether loose rules bring together little enough."""
    return len(tables["persons"]) <= FEW


def pairs_of(tables: Mapping[str, pa.Table], engine: Engine, *, few: bool) -> pa.Table:
    """Every pair once, whichever rules find it. Among many the keys of one rule alone have to fit into memory."""
    if few:
        return block(rules(few=True), tables, engine)
    found = [block((rule,), tables, engine) for rule in rules(few=False)]
    return engine.ask(PAIRS["distinct_pairs"], {"found": pa.concat_tables(found)})


def rules(*, few: bool) -> tuple[str, ...]:
    return tuple(rule for rule in RULES if few or rule not in LOOSE)


def by_rule(people: pa.Table, words: IdentityWords, engine: Engine) -> Tables:
    """Name of a rule → the pairs that it finds among few people. Raises Failed."""
    tables = told(people, words, engine)
    return {rule: block((rule,), tables, engine) for rule in RULES}


def told(people: pa.Table, words: IdentityWords, engine: Engine, statistics: Statistics | None = None) -> Tables:
    """What the records say, question by question; with `statistics` others are not asked anew. Raises Failed."""
    tables: Tables = {"people": in_batches(alike(people, words)), **word_tables(words)}
    count = len(people)
    del people
    for name, question in QUESTIONS.items():
        if name == "persons" and count <= FEW_NAMES:
            tables["nicknames"] = short_forms(words, names_in(tables))
        if statistics and name in STATISTICS:
            tables[name] = statistics.of(name, tables)
        else:
            tables[name] = engine.ask(spoken(question, words), tables)
        for spent in SPENT.get(name, ()):
            del tables[spent]
    return tables | {"spellings": engine.ask(PAIRS["spellings"], tables)}


def digests(people: pa.Table, engine: Engine) -> pa.Table:
    """rid, digest: a number for all that a row says, by rid. Raises Failed."""
    return engine.ask(PAIRS["digests"], {"people": people})


def block(rules: Sequence[str], tables: Mapping[str, pa.Table], engine: Engine) -> pa.Table:
    """a, b: the pairs that some rules find."""
    keys = (f"SELECT {MOST[rule]} AS most, '{rule}' AS rule, key, rid FROM ({RULES[rule]}\n)" for rule in rules)
    return engine.ask(PAIRS["block"].replace("the_keys", "\nUNION ALL ".join(keys)), tables)


def keyed(tables: Mapping[str, pa.Table], engine: Engine, *, few: bool) -> pa.Table:
    """key, rid: every key of every record, sorted by key; its upper bits are the place of its rule. Raises Failed."""
    names = rules(few=few)
    if len(tables["persons"]) <= FEW:
        return engine.ask(PAIRS["keyed"].replace("the_keys", union(names)), tables)
    return pa.concat_tables(
        engine.ask(PAIRS["keyed"].replace("the_keys", union([rule])), tables) for rule in RULES if rule in names
    )


def most_of(key: int) -> int:
    """The most records that the key brings together."""
    return MOST[rule_of(key)]


def rule_of(key: int) -> str:
    return tuple(RULES)[key >> KEY_BITS]


def union(rules: Sequence[str]) -> str:
    numbers = {rule: place << KEY_BITS for place, rule in enumerate(RULES)}
    return "\nUNION ALL ".join(
        f"SELECT {numbers[rule]}::UBIGINT AS rule, key, rid FROM ({RULES[rule]}\n)" for rule in rules
    )


def crowds(tables: Mapping[str, pa.Table], engine: Engine) -> pa.Table:
    """kind, value, records: what too many records share. Raises Failed."""
    question = PAIRS["crowds"].replace("most_mailbox", str(MOST["mailbox"])).replace("most_phone", str(MOST["phone"]))
    return engine.ask(question, tables)


def crowd_keys(crowds: pa.Table, engine: Engine) -> list[int]:
    """The kept key of each kind and value. Raises Failed."""
    place = {name: str(number << KEY_BITS) for number, name in enumerate(RULES)}
    question = PAIRS["crowd_keys"].replace("rule_mailbox", place["mailbox"]).replace("rule_phone", place["phone"])
    asked = crowds.select(["kind", "value"]).append_column("place", pa.array(range(len(crowds)), pa.int32()))
    found: list[int] = engine.ask(question, {"crowds": asked})["key"].to_pylist()
    return found


def scored(tables: Mapping[str, pa.Table], model: IdentityModel, engine: Engine) -> pa.Table:
    """a, b, proven, contested and score of every pair: the natural logarithm of the odds that it is one person, as far
    as these people are like those that the weights were trained on. Raises Failed."""
    said = f"({number(model.bias)} + {score(model.weights)})::FLOAT"
    asked = f"{compared(tables['pairs'])}\nSELECT a, b, proven, contested, {said} AS score FROM judged"
    return engine.ask(numbered(asked), tables)


def compared(pairs: pa.Table) -> str:
    """The question that compares, in two steps for a few pairs: in one step an engine works out more than once what the
    second needs, which costs less than to keep it, but takes longer to get ready."""
    return COMPARED.replace("compared AS (", "compared AS MATERIALIZED (", 1) if len(pairs) < FEW_PAIRS else COMPARED


def histogram(scored: pa.Table, engine: Engine) -> dict[float, int]:
    """Score, in steps of a tenth → pairs. Raises Failed."""
    found = engine.ask(PAIRS["histogram"], {"scored": scored})
    return dict(zip(found["score"].to_pylist(), found["pairs"].to_pylist(), strict=True))


def links(tables: Mapping[str, pa.Table], engine: Engine) -> pa.Table:
    """rid, a, b, score: see the question. Raises Failed."""
    return engine.ask(PAIRS["links"], tables)


def with_whole(tables: Mapping[str, pa.Table], engine: Engine) -> pa.Table:
    """`scored` with the scores of groups where they were judged as a whole. Raises Failed."""
    return engine.ask(PAIRS["with_whole"], tables)


def told_pairs(tables: Mapping[str, pa.Table], engine: Engine) -> pa.Table:
    """a, b, whole: the pairs of links and reviews, and what their groups as a whole add. Raises Failed."""
    return engine.ask(PAIRS["told_pairs"], tables)


def reviews(tables: Mapping[str, pa.Table], least: float, most: int, engine: Engine) -> pa.Table:
    """a, b, score of up to `most` pairs from `least` on. Raises Failed."""
    question = PAIRS["reviews"].replace("the_least", repr(least)).replace("the_most", str(most))
    return engine.ask(question, tables)


def explained(
    tables: Mapping[str, pa.Table], pairs: pa.Table, words: IdentityWords, model: IdentityModel, language: str,
    engine: Engine,
) -> pa.Table:  # fmt: skip
    """a, b, evidence and because: what was found, and what each group of it adds; `pairs` are told_pairs. Raises
    Failed."""
    asked = f"{compared(pairs)}\nSELECT *, {SENTENCE} AS because FROM ({explanation(words, model, language)})"
    return engine.ask(numbered(asked), {**tables, "pairs": in_batches(pairs)})


def with_told(rows: pa.Table, told: pa.Table, engine: Engine) -> pa.Table:
    """The same rows, in their order, with `evidence` and `because`. Raises Failed."""
    numbered_rows = rows.append_column("place", pa.array(range(len(rows)), pa.int32()))
    return engine.ask(PAIRS["with_told"], {"rows": numbered_rows, "told": told}).drop_columns("place")


def named(tables: Mapping[str, pa.Table], what: str, engine: Engine) -> pa.Table:
    """`links` or `reviews` with the names of records; `names` has rid, id, source and name. Raises Failed."""
    return engine.ask(PAIRS[f"named_{what}"], tables)


def measured(tables: Mapping[str, pa.Table], engine: Engine) -> pa.Table:
    """a, b, proven, contested and every feature of every pair: what weights are trained on. Raises Failed."""
    columns = ", ".join(f"({one.sql})::FLOAT AS {one.name}" for one in features())
    return engine.ask(numbered(f"{COMPARED}\nSELECT a, b, proven, contested, {columns} FROM judged"), tables)


def groups_of(leaders: Sequence[int]) -> pa.Table:
    return pa.table({"rid": pa.array(range(len(leaders)), pa.int32()), "leader": pa.array(leaders, pa.int32())})


def in_batches(table: pa.Table) -> pa.Table:
    """The same rows in pieces that the engine's threads can share."""
    return pa.Table.from_batches(table.combine_chunks().to_batches(BATCH), table.schema)


def word_tables(words: IdentityWords) -> Tables:
    return {
        "role_mailboxes": texts(word=sorted(words.role_mailboxes)),
        "free_mail": texts(word=sorted(words.free_mail)),
        "moved_domains": texts(old_domain=list(words.moved_domains), new_domain=list(words.moved_domains.values())),
        "nicknames": short_forms(words, words.nicknames),
        "regions": region_table(),
    }


def short_forms(words: IdentityWords, names: Iterable[str]) -> pa.Table:
    """nickname, longer: of those names that are short forms."""
    found = {name: list(words.nicknames[name]) for name in names if name in words.nicknames}
    longer = pa.array(list(found.values()), pa.list_(pa.string()))
    return pa.table({"nickname": pa.array(list(found), pa.string()), "longer": longer})


def names_in(tables: Mapping[str, pa.Table]) -> list[str]:
    """Given names that records tell, or their mailboxes."""
    told = {given[0] for given in tables["spelled"]["given"].to_pylist() if given}
    return sorted(told.union(*(BETWEEN_NAMES.split(local) for local in tables["mailboxes"]["local"].to_pylist())))


def texts(**columns: Sequence[str]) -> pa.Table:
    return pa.table({name: pa.array(list(column), pa.string()) for name, column in columns.items()})


@cache
def region_table() -> pa.Table:
    return texts(**dict(zip(("name", "region", "code", "trunk"), zip(*regions(), strict=True), strict=True)))


def regions() -> Iterator[tuple[str, str, str, str]]:
    """Every name of a region with its ISO code, its calling code and what is dialled before a number inside it."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        about = PhoneMetadata.metadata_for_region(region)
        trunk = (about.national_prefix if about else None) or ""
        code = str(phonenumbers.country_code_for_region(region))
        for name in (region.lower(), *NAMES.get(region, ())):
            yield name, region.lower(), code, trunk if trunk.isdigit() else ""
