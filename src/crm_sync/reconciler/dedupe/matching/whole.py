"""Two groups, looked at as a whole: what all their records say together, when, and who else each could be.

A pair of records is judged by what the two say; a group says more: the addresses and phones of somebody at all the
places where he was, in which order he was there, and whether a third group fits him as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.engine.questions import read_questions
from crm_sync.mappings.identity import IdentityModel
from crm_sync.reconciler.dedupe.matching.chain import Tables, compared
from crm_sync.reconciler.dedupe.matching.features import number, numbered, weighted

QUESTIONS: Final = read_questions(__package__, "whole.sql")
LEAST: Final = -3.0  # the best pair between two groups: below that no more is asked

SIDES: Final = (
    "given_diff", "given_half", "given_near", "family_same", "family_half", "family_diff", "family_none", "family_near",
    "mail_same", "mail_local", "mail_free", "mail_there", "mail_workfree", "mail_miss", "phone_same", "phone_diff",
    "phone_miss", "employer_same", "employer_miss", "city_same", "city_diff", "title_same", "two_surnames",
    "family_both",
)  # fmt: skip
ALWAYS: Final = {
    "best": "best", "best_likely": "greatest(best + 1, 0)", "best_fair": "greatest(best - 1, 0)",
    "best_sure": "greatest(best - 2.5, 0)", "mean": "mean", "mean_likely": "greatest(mean + 1, 0)",
    "mean_fair": "greatest(mean - 0.5, 0)", "mean_sure": "greatest(mean - 2, 0)", "worst": "worst", "seen": "seen",
    "best_of_many": "best * many", "mean_of_many": "mean * many", "worst_of_many": "worst * many",
    "ahead": "ahead", "clearly_ahead": "greatest(ahead, 0)", "no_rival": "rival IS NULL",
    "phones": "CASE WHEN phone_diff AND NOT phone_same THEN least(phones, 6) ELSE 0 END",
    "mailboxes": "CASE WHEN mail_same OR mail_miss THEN 0 ELSE least(mailboxes, 6) END",
    "cities": "CASE WHEN city_diff THEN least(cities, 6) ELSE 0 END",
    "phone_near": "phone_near", "employer_near": "employer_near", "country_diff": "country_diff",
    "years_together": "least(greatest(years_together, 0), 3)", "years_apart": "least(greatest(-years_together, 0), 4)",
    "years_at_both": "CASE WHEN employer_diff THEN least(greatest(years_together, 0), 3) ELSE 0 END",
    "years_between": "CASE WHEN employer_diff THEN least(greatest(-years_together, 0), 4) ELSE 0 END",
    "phone_at_work": "phone_same AND employer_same", "phone_like_work": "phone_same AND employer_near",
    "phone_near_at_work": "phone_near AND employer_same", "both_surnames_at_work": "family_both AND employer_same",
    "rare_name_elsewhere": "CASE WHEN employer_diff THEN rare_name ELSE 0 END",
    "rare_name_abroad": "CASE WHEN country_diff THEN rare_name ELSE 0 END",
    "worst_elsewhere": "CASE WHEN employer_diff THEN worst ELSE 0 END",
}  # fmt: skip
#: Asked of somebody who moved, and of everybody else.
EITHER: Final = {
    "many": "many", "best": "best", "rare_name": "rare_name", "rarer_name": "greatest(rare_name - 1, 0)",
    "two_namesakes": "namesakes = 2", "some_namesakes": "namesakes BETWEEN 3 AND 5", "more_namesakes": "namesakes > 5",
} | {side: side for side in SIDES}  # fmt: skip
MOVED: Final = {
    "moved": "1", "moved_between": "years_together >= 0 AND crossed > 1",
    "moved_both_between": "years_together >= 0 AND fewer > 1",
    "moved_between_many": "CASE WHEN years_together >= 0 AND crossed > 1 THEN many ELSE 0 END",
    "moved_in_order": "years_together < 0 AND crossed > 1", "moved_together": "greatest(years_together, 0)",
    "moved_gap": "least(greatest(-years_together, 0), 4)",
    "moved_long_gap": "least(greatest(-years_together - 1, 0), 3)",
    "moved_employers": "least(greatest(employers - 2, 0), 4)", "moved_ahead": "ahead",
    "moved_rare_of_many": "rare_name * least(namesakes, 6)",
}  # fmt: skip


def whole_features() -> Iterator[tuple[str, str, str]]:
    """Name, condition and amount of each, always in the same order."""
    for name, amount in ALWAYS.items():
        yield name, "true", amount
    for name, amount in EITHER.items():
        yield f"moved_{name}", "moved", amount
        yield f"stayed_{name}", "NOT moved", amount
    for name, amount in MOVED.items():
        yield name, "moved", amount


def between(tables: Tables, model: IdentityModel, engine: Engine) -> pa.Table:
    """one, two and what is known of each two groups that may be one person. Raises Failed."""
    question = QUESTIONS["likely"].replace("the_least", number(LEAST)).replace("the_veto", number(model.veto))
    likely = engine.ask(question, tables)
    seen = {**tables, "likely": likely, "pairs": likely.select(["a", "b"])}
    met = engine.ask(numbered(f"{compared(likely)}\n{QUESTIONS['met']}"), seen)
    return engine.ask(QUESTIONS["between"], {**tables, "met": met})


def judged(between: pa.Table, model: IdentityModel, engine: Engine) -> pa.Table:
    """a, b and score of two groups, named by their leaders. Raises Failed."""
    terms = [
        f"CASE WHEN {condition} THEN {weighted(model.whole[name], amount)} ELSE 0e0 END"
        for name, condition, amount in whole_features()
        if name in model.whole
    ]
    total = " + ".join([number(model.whole_bias), *terms])
    held = f"CASE WHEN contested THEN least(total, {number(model.contested)}) ELSE total END"
    told = f"SELECT one, two, contested, {total} AS total FROM met"
    return engine.ask(f"SELECT one AS a, two AS b, ({held})::FLOAT AS score FROM ({told})", {"met": between})


def excluded(tables: Tables, model: IdentityModel, engine: Engine) -> pa.Table:
    """a, b and score of two groups that must never be one, though each may join a third. Raises Failed."""
    question = QUESTIONS["excluded"].replace("the_least", number(model.least)).replace("the_veto", number(model.veto))
    return engine.ask(question, tables)


def whole_measured(between: pa.Table, engine: Engine) -> pa.Table:
    """a, b and every feature of two groups: what weights are trained on. Raises Failed."""
    columns = ", ".join(
        f"CASE WHEN {condition} THEN coalesce(({amount})::FLOAT, 0) ELSE 0 END AS {name}"
        for name, condition, amount in whole_features()
    )
    return engine.ask(f"SELECT one AS a, two AS b, {columns} FROM met", {"met": between})
