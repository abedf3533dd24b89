"""Few rows are answered in Python by DuckDB's own plan: the answers are DuckDB's, to the last digit."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_sync.engine.duckdb import DuckDB
from crm_sync.engine.few import texts
from crm_sync.engine.few.base import Beyond
from crm_sync.engine.few.few import ROWS, Few
from crm_sync.engine.questions import mentioned, name_of
from crm_sync.mappings.vocabulary import load_identity
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.reconciler.dedupe.matching.statistics import QUESTIONS as STATISTICS
from tests.engine.both import Both, Plain
from tests.identity.leads import Kind, leads
from tests.identity.test_kept import row_of, table

KINDS = {
    "i": pa.int32(),
    "n": pa.int64(),
    "f": pa.float32(),
    "d": pa.float64(),
    "t": pa.string(),
    "b": pa.bool_(),
    "l": pa.list_(pa.string()),
}
SMALL = st.integers(-3, 3)
CELLS = {
    "i": SMALL,
    "n": SMALL,
    "f": st.sampled_from([-1.5, -0.1, 0.0, 0.1, 0.7, 2.5, 1e-7]),
    "d": st.sampled_from([-1.5, -0.1, 0.0, 0.1, 0.7, 2.5, 1e-300]),
    "t": st.text("abAÉñ -.@'1", max_size=4),
    "b": st.booleans(),
    "l": st.lists(st.none() | st.text("aé", max_size=2), max_size=3),
}
WORDS = st.text("abcñé", max_size=7) | st.sampled_from(["martinez", "martines", "matrinez", "garcia lopez", "garcía"])
ROWS_OF = st.integers(0, 5).flatmap(
    lambda count: st.fixed_dictionaries(
        {name: st.lists(st.none() | cell, min_size=count, max_size=count) for name, cell in CELLS.items()}
    )
)
ASKED = """
SELECT *, i + n AS sum, f + f AS single, f * 3 AS three, f / 3 AS third, d - 0.1 AS less, -f AS minus,
  abs(i) AS size FROM x;
SELECT i IN (1, 2, n) AS among, t IN ('a', 'b') AS word, NOT b AS other, b AND i > 0 AS both, b OR i > 0 AS any FROM x;
SELECT coalesce(i, n, 0) AS c, nullif(t, 'a') AS n, least(i, n) AS l, greatest(f, d) AS g, b::INT + 1 AS one FROM x;
SELECT CASE i WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE t END AS c, CASE i WHEN 1 THEN 5 END AS d FROM x;
SELECT CASE WHEN b THEN t WHEN i > n THEN 'more' END AS c, round(d) AS r, d::INTEGER AS whole FROM x;
SELECT length(t) AS n, left(t, 2) AS l, left(t, -1) AS m, right(t, 2) AS r, right(t, -1) AS q, substr(t,
  2) AS s FROM x;
SELECT lower(t) AS l, strip_accents(t) AS a, trim(t) AS w, ltrim(t, 'a') AS h, replace(t, 'a', 'bb') AS r FROM x;
SELECT concat_ws('-', t, NULL, 'z') AS c, t || 'z' AS d, starts_with(t, 'a') AS s, contains(t, 'b') AS i FROM x;
SELECT t LIKE '%a_' AS l, regexp_replace(t, '[ab]+', '', 'g') AS g, regexp_replace(t, '^a', 'z') AS f FROM x;
SELECT regexp_full_match(t, '[a-z]+[._-]?') AS m, regexp_split_to_array(t, '[.@]') AS s, string_split(t,
  ' ') AS w FROM x;
SELECT hash(t) AS one, hash(t, 'a') AS two, hash(string_split(t, 'a')) AS many, hash(l) AS l, hash(t, l,
  t) AS all FROM x;
SELECT list_filter(string_split(t, 'a'), lambda w: w <> '') AS f, string_split(t, 'a')[1] AS i, string_split(t,
  'a')[2:] AS s FROM x;
SELECT array_to_string(string_split(t, 'a'), '+') AS j, list_distinct([t, 'a', t])[1] IS NULL AS d FROM x;
SELECT printf('%+.1f', d) AS p, try_cast('2026-01-02T03:04:05Z' AS TIMESTAMP) AS at FROM x;
SELECT x.i, y.t, x.f FROM x JOIN y ON x.i = y.i;
SELECT x.i, y.t, x.t AS u FROM x LEFT JOIN y USING (i, t);
SELECT i, i IN (SELECT n FROM y) AS there, i NOT IN (SELECT n FROM y WHERE n > 0) AS gone FROM x;
SELECT x.i, y.n FROM x CROSS JOIN y WHERE x.b;
SELECT i, count(*) AS n, count(t) AS c, count(DISTINCT t) AS d, min(f) AS l, max(d) AS h,
  min(t) AS w FROM x GROUP BY i;
SELECT count(*) AS n, max(i) AS h, bool_or(b) AS o, bool_and(b) AS a, avg(i) AS m, count(*) FILTER (b) AS f FROM x;
SELECT t, arg_min(i, n) IS NULL AS a FROM x GROUP BY t HAVING count(*) > 1;
SELECT b, list(i ORDER BY i DESC, n) AS l FROM x GROUP BY b;
SELECT i, row_number() OVER (PARTITION BY b ORDER BY i DESC, n, t, f, d) AS place FROM x;
SELECT DISTINCT i, b FROM x UNION ALL SELECT n, b FROM y;
SELECT i, unnest(string_split(t, 'a')) AS part, generate_subscripts(string_split(t, 'a'), 1) AS place FROM x;
WITH u AS (SELECT i, count(*) AS n FROM x GROUP BY i) SELECT a.i, b.n FROM u AS a JOIN u AS b ON a.n = b.n;
SELECT max(struct_pack(d := d, n := n)) AS top FROM x WHERE d IS NOT NULL AND n IS NOT NULL;
SELECT ln(abs(d) + 1) AS l, i // 1 AS q, n::UBIGINT >> 1 AS s FROM x WHERE i >= 0 AND n >= 0;
SELECT i, n, t FROM x ORDER BY i DESC NULLS LAST, n NULLS FIRST, t DESC LIMIT 3
""".strip().split(";\n")


@pytest.fixture(scope="module")
def duck():
    return DuckDB(threads=1)


@pytest.fixture(scope="module")
def few():
    return Few()


def asked_twice(few, question, tables):
    """A plan is made when a question comes again."""
    tables = mentioned(question, tables)
    found = few.ask(question, tables)
    return few.ask(question, tables) if found is None else found


class Often:
    """Few where it answers, else DuckDB; `left` are the questions that it left."""

    def __init__(self, duck):
        self.few, self.plain, self.left = Few(), Plain(duck), set()

    def ask(self, question, tables):
        if (found := asked_twice(self.few, question, tables)) is None:
            self.left.add(name_of(question))
            return self.plain.ask(question, tables)
        return found


def rows_of(found):
    return sorted(map(repr, found.to_pylist()))


def made(told):
    return pa.table({column: pa.array(told[column], kind) for column, kind in KINDS.items()})


@pytest.mark.parametrize("question", ASKED)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=ROWS_OF, other=ROWS_OF)
def test_an_answer_is_that_of_duckdb(duck, few, question, one, other):
    tables = {"x": made(one), "y": made(other)}
    found, expected = asked_twice(few, question, tables), Plain(duck).ask(question, tables)
    assert found is not None
    assert found.schema.equals(expected.schema)
    assert rows_of(found) == rows_of(expected)


def test_every_question_of_matching_is_answered_alike(duck):
    """Hard leads, few enough, and two companies of one name: who is who, the keys, the digests, and what is told of
    each pair in both languages."""
    made = list(leads(90, 31, Kind(1.0, 0.15)))
    twins = [(*made[0][:4], "", "", "Twin Peaks", domain, *made[0][8:]) for domain in ("twin.test", "peaks.test")]
    rows = {f"n{number:03}": row_of(told) for number, told in enumerate([*made, *twins])}
    people, often = table(rows, sorted(rows)), Often(duck)
    both = Both(Plain(duck), often)
    for language in ("en", "es"):
        Matcher(*load_identity(), both, language)(people)
    told = chain.told(people, load_identity()[0], both)
    chain.keyed(told, both, few=True)
    chain.digests(people, both)
    assert both.different == []
    assert often.left <= {*STATISTICS, "block", "crowds", "histogram", "excluded", "with_told"}  # of everybody only
    assert {name for name, _ in both.answered} >= {
        *chain.QUESTIONS, "spellings", "keyed", "digests", "compared", "likely", "met", "between", "with_whole",
        "links", "reviews", "told_pairs",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["lower", "strip_accents", "trim", "without letters", "without letters and digits"])
def test_a_text_of_any_sign_that_is_taken_becomes_what_duckdb_makes_of_it(duck, few, name):
    classes = {"without letters": r"[^\p{L}\x1f]+", "without letters and digits": r"[^\p{L}\p{N}\x1f]+"}
    call = f"regexp_replace(t, '{classes[name]}', ' ', 'g')" if name in classes else f"{name}(t)"
    question = f"SELECT t, {call} AS found FROM x"
    signs = [sign for code in range(0x3000) if takes(sign := chr(code))]
    assert {"a", "Z", "é", "ß", "ł", "-", "’"} <= set(signs)
    for first in range(0, len(signs), ROWS):
        tables = {"x": pa.table({"t": [f" {sign}a{sign} " for sign in signs[first : first + ROWS]]})}
        found = asked_twice(few, question, tables)
        assert found is not None
        assert found.equals(duck.answered(question, tables))


def takes(sign):
    try:
        return bool(texts.taken(sign))
    except Beyond:
        return False


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=20))
def test_words_are_as_far_apart_as_duckdb_says(duck, few, pairs):
    question = "SELECT damerau_levenshtein(a, b) AS far, jaro_winkler_similarity(a, b) AS near FROM x"
    tables = {"x": pa.table(dict(zip("ab", (map(pa.array, zip(*pairs, strict=True))), strict=True)))}
    assert asked_twice(few, question, tables).equals(duck.answered(question, tables))


@pytest.mark.parametrize(
    ("question", "cells"),
    [
        ("SELECT lower(x) AS y FROM t", ["Ωmega"]),
        ("SELECT trim(x) AS y FROM t", ["a\u00a0"]),
        ("SELECT try_cast(x AS TIMESTAMP) AS y FROM t", ["2026-01-02T03:04:05+02:00"]),
        ("SELECT try_cast(x AS TIMESTAMP) AS y FROM t", ["yesterday"]),
        ("SELECT regexp_replace(x, '(a)', '\\1\\1') AS y FROM t", ["a"]),
        ("SELECT reverse(x) AS y FROM t", ["ab"]),
        ("SELECT x + 1 AS y FROM t", [float("nan")]),
        ("SELECT 1 / x AS y FROM t", [0]),
        ("SELECT x AS y FROM t", list(range(ROWS + 1))),
        ("SELECT a.x AS y FROM t AS a JOIN t AS b ON a.x < b.x", [1, 2]),
    ],
    ids=["letters", "blanks", "zones", "words", "groups", "functions", "no number", "by zero", "many", "joins"],
)
def test_what_may_be_told_in_another_way_is_left_to_duckdb(duck, few, question, cells):
    tables = {"t": pa.table({"x": cells})}
    assert asked_twice(few, question, tables) is None
    assert rows_of(duck.ask(question, tables)) == rows_of(duck.answered(question, tables))


def test_no_more_plans_are_kept_than_agreed(monkeypatch):
    monkeypatch.setattr("crm_sync.engine.few.few.MOST", 2)
    few = Few()
    for _ in range(2):
        for number in range(4):
            question = f"SELECT {number} AS n FROM t"
            assert asked_twice(few, question, {"t": pa.table({"x": [1]})}).to_pylist() == [{"n": number}]
    assert len(few.kept) == 2
