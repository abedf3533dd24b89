"""The questions of matching a general list, one after the other."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.engine.questions import read_question, read_questions
from crm_sync.mappings.identity import IdentityWords
from crm_sync.mappings.lists import LEVELS
from crm_sync.reconciler.dedupe.lists.evidence import explanation, rarities, rarity, weighed, weights_of
from crm_sync.reconciler.dedupe.lists.learn import Learnt, Pattern
from crm_sync.reconciler.dedupe.lists.papers import proofs
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.features import number
from crm_sync.reconciler.dedupe.matching.said import SENTENCE
from crm_sync.reconciler.dedupe.matching.speech import spoken

#: Columns besides those of leads.
PAPERS: Final = ("birth_date", "national_id", "street", "postcode")
QUESTIONS: Final = read_questions(__package__, "questions.sql")
RULES: Final = read_questions(__package__, "rules.sql")
COMPARED: Final = read_question(__package__, "compare.sql")
PAIRS: Final = read_questions(__package__, "pairs.sql")
#: The most records that a key of each rule brings together.
MOST: Final = {
    "mailbox": 50, "phone": 40, "number": 40, "local": 30, "name": 60, "name_year": 40, "name_place": 40, "birth": 20,
    "birth_initial": 30, "day_and_name": 20, "swapped_and_name": 20, "month_and_name": 30, "year_and_beginnings": 30,
    "city_and_name": 20, "postcode_and_name": 30, "street_and_name": 30, "birth_and_place": 30,
    "birth_and_postcode": 30, "beginnings": 15, "one_name": 12, "street": 30, "company": 60, "company_place": 30,
    "company_word": 20, "company_ends": 30, "site": 30,
}  # fmt: skip
ASKED: Final = ("spelled", "mailboxes", "telephones", "employers")
MOST_PATTERNS: Final = 20_000
DRAWN: Final = 60_000  # pairs at large, about
GOLDEN: Final = 0.6180339887498949

Tables = dict[str, pa.Table]


def prepared(people: pa.Table, words: IdentityWords, engine: Engine) -> Tables:
    """Everything that comparing needs. `people` has the columns of matching.chain.PEOPLE and those of PAPERS. Raises
    Failed."""
    proven = people.append_column("proof", pa.array(proofs(people["national_id"].to_pylist()), pa.bool_()))
    tables: Tables = {"people": chain.in_batches(proven), **chain.word_tables(words)}
    for name in ASKED:
        tables[name] = engine.ask(spoken(chain.QUESTIONS[name], words), tables)
    for name, question in QUESTIONS.items():
        tables[name] = engine.ask(spoken(question, words).replace("the_rarities", rarities()), tables)
    tables["names"] = engine.ask(PAIRS["names"], tables)
    return tables | {"pairs": block(tables, engine)}


def block(tables: Tables, engine: Engine) -> pa.Table:
    """a, b: every pair once, whichever rules find it. Raises Failed."""
    keys = (f"SELECT {MOST[rule]} AS most, '{rule}' AS rule, key, rid FROM ({text}\n)" for rule, text in RULES.items())
    return engine.ask(chain.PAIRS["block"].replace("the_keys", "\nUNION ALL ".join(keys)), tables)


def at_large(count: int) -> pa.Table:
    """a, b: pairs that no key chose, each record with others at many distances."""
    steps = {int(count * (place * GOLDEN % 1)) for place in range(1, round(DRAWN / max(count, 1)) + 2)} - {0}
    pairs = {tuple(sorted((one, (one + step) % count))) for step in steps for one in range(count)}
    a, b = zip(*sorted(pairs), strict=True) if pairs else ((), ())
    return pa.table({"a": pa.array(a, pa.int32()), "b": pa.array(b, pa.int32())})


def patterns(tables: Tables, pairs: pa.Table, engine: Engine) -> list[Pattern]:
    """What pairs have in common, the most frequent first. Raises Failed."""
    question = PAIRS["patterns"].replace("the_sides", ", ".join(LEVELS)).replace("the_rarity", rarity())
    found = engine.ask(f"{COMPARED}\n{question.replace('the_most', str(MOST_PATTERNS))}", {**tables, "pairs": pairs})
    levels = zip(*(found[side].to_pylist() for side in LEVELS), strict=True)
    rest = zip(*(found[name].to_pylist() for name in ("bits", "contested", "pairs")), strict=True)
    return [Pattern(one, *others) for one, others in zip(levels, rest, strict=True)]


def scored(tables: Tables, known: Learnt, contested: float, engine: Engine) -> pa.Table:
    """a, b, score: the natural logarithm of the odds that both are one; at most `contested` where something speaks
    against it that no sum may outweigh. Raises Failed."""
    weights = weights_of(known.same, known.other)
    total = " + ".join([number(known.bias), *(weighed(side, weights) for side in LEVELS)])
    held = f"CASE WHEN contested THEN least({total}, {number(contested)}) ELSE {total} END"
    return engine.ask(f"{COMPARED}\nSELECT a, b, ({held})::FLOAT AS score FROM judged", tables)


def explained(
    tables: Tables, pairs: pa.Table, known: Learnt, words: IdentityWords, language: str, engine: Engine
) -> pa.Table:  # fmt: skip
    """a, b, evidence and because of some pairs. Raises Failed."""
    told = explanation(weights_of(known.same, known.other), words, language)
    asked = f"{COMPARED}\nSELECT *, {SENTENCE} AS because FROM ({told})"
    return engine.ask(asked, {**tables, "pairs": pairs})


def told_pairs(links: pa.Table, reviews: pa.Table, engine: Engine) -> pa.Table:
    """a, b: every pair that has to be told. Raises Failed."""
    return engine.ask(PAIRS["told_pairs"], {"links": links, "reviews": reviews})
