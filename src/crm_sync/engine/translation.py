"""A question, written once in DuckDB's dialect, as Spark reads it: by sqlglot, and by hand where that is not enough."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import ClassVar, Final

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.spark import Spark
from sqlglot.errors import ErrorLevel, UnsupportedError
from sqlglot.generators.spark import SparkGenerator
from sqlglot.parsers.duckdb import DuckDBParser

#: Functions that mean the same under another name.
CALLED: Final = {
    "hash": "duckdb_hash",  # kept from one matching to the next, which may be on the other engine
    "regexp_split_to_array": "SPLIT",
    "damerau_levenshtein": "duckdb_damerau_levenshtein",
    "strip_accents": "duckdb_strip_accents",
}
#: Places count from 1, as there.
WITH_PLACES: Final = "INLINE(TRANSFORM({values}, (one, at) -> NAMED_STRUCT('{value}', one, '{place}', at + 1)))"


class Written(DuckDB):
    """What questions are written in: `len` counts the items of a list, `length` the letters of a text."""

    class Parser(DuckDBParser):
        FUNCTIONS: ClassVar = {**DuckDBParser.FUNCTIONS, "LEN": exp.ArraySize.from_arg_list}


class Read(Spark):
    """What Spark reads."""

    class Generator(SparkGenerator):
        #: There are no unsigned numbers; the next larger ones hold them.
        TYPE_MAPPING: ClassVar = {
            **SparkGenerator.TYPE_MAPPING,
            exp.DType.UTINYINT: "SMALLINT",
            exp.DType.USMALLINT: "INT",
            exp.DType.UINT: "BIGINT",
            exp.DType.UBIGINT: "BIGINT",  # the same bits
            exp.DType.TIMESTAMPTZ: "TIMESTAMP_LTZ",
        }
        TRANSFORMS: ClassVar = {
            **SparkGenerator.TRANSFORMS,
            exp.Anonymous: lambda self, call: called(self, call),
            exp.ArrayAgg: lambda self, call: collected(self, call),
            exp.BitwiseRightShift: lambda self, shift: self.func("SHIFTRIGHTUNSIGNED", shift.this, shift.expression),
            exp.JarowinklerSimilarity: lambda self, call: self.func(
                "duckdb_jaro_winkler_similarity", call.this, call.expression
            ),
            exp.Literal: lambda self, literal: number(self, literal),
            exp.PercentileCont: lambda self, call: self.func("PERCENTILE", call.this, call.expression),
            exp.RegexpFullMatch: lambda self, call: f"{self.sql(call, 'this')} RLIKE {whole(self, call.expression)}",
            exp.RegexpLike: lambda self, call: f"{self.sql(call, 'this')} RLIKE {to_the_end(self, call.expression)}",
            exp.RegexpReplace: lambda self, call: replaced(self, call),
            exp.TimeToUnix: lambda self, call: f"({micros(self, call.this)} / 1e6)",
        }

        def bracket_sql(self, expression: exp.Bracket) -> str:
            (inner,) = expression.expressions
            return (
                sliced(self, expression.this, inner)
                if isinstance(inner, exp.Slice)
                else super().bracket_sql(expression)
            )


@lru_cache(maxsize=512)
def translated(question: str) -> str:
    """Raises sqlglot.errors.SqlglotError for what Spark cannot be asked."""
    (tree,) = sqlglot.parse(question, read=Written)
    if tree is None:
        raise UnsupportedError("the text does not ask for rows")
    return tree.transform(adapted).sql(dialect=Read, comments=False, unsupported_level=ErrorLevel.RAISE)


def adapted(node: exp.Expression) -> exp.Expression:
    """Two columns that unpack one list, its values and their places, become one call that gives both."""
    if isinstance(node, exp.CTE):
        node.set("materialized", None)  # Spark decides that itself
    if not isinstance(node, exp.Select):
        return node
    lists = {
        one.this.this: one for one in node.selects if isinstance(one, exp.Alias) and isinstance(one.this, exp.Explode)
    }
    for one in node.selects:
        counted = one.unalias()
        if isinstance(counted, exp.Anonymous) and counted.name.lower() == "generate_subscripts":
            values = lists[counted.expressions[0]]
            call = WITH_PLACES.format(values=values.this.this.sql(Read), value=values.alias, place=one.alias)
            values.replace(exp.maybe_parse(call, dialect=Spark))
            one.pop()
    return node


def called(self: SparkGenerator, call: exp.Anonymous) -> str:
    name, of = call.name.lower(), call.expressions
    match name:
        case "epoch_us":
            return micros(self, of[0])
        case "list_has_all":
            return f"(SIZE({self.func('ARRAY_EXCEPT', of[1], of[0])}) = 0)"
        case "printf":  # of nothing, nothing is told
            told = " AND ".join(f"{self.sql(one)} IS NOT NULL" for one in of)
            return f"CASE WHEN {told} THEN {self.func('FORMAT_STRING', *of)} END"
        case "strip_accents" if isinstance(of[0], exp.Lower):  # Java writes the last sigma of a word in another way
            return self.func("duckdb_plain_letters", of[0].this)
    return self.func(CALLED.get(name, name), *of)


def collected(self: SparkGenerator, call: exp.ArrayAgg) -> str:
    """A list; in the order of its keys where there are any, which stand before the value in what is sorted."""
    if not isinstance(call.this, exp.Order):
        return self.func("COLLECT_LIST", call.this)
    if any(key.args.get("desc") for key in call.this.expressions):
        raise UnsupportedError("a list in descending order")
    keys = ", ".join(f"'key_{place}', {self.sql(key, 'this')}" for place, key in enumerate(call.this.expressions))
    rows = f"COLLECT_LIST(NAMED_STRUCT({keys}, 'value', {self.sql(call.this, 'this')}))"
    return f"TRANSFORM(ARRAY_SORT({rows}), one -> one.value)"


def sliced(self: SparkGenerator, values: exp.Expression, part: exp.Slice) -> str:
    """From the first to the last place, both counted from 1."""
    found, first = self.sql(values), self.sql(part, "this")
    last = self.sql(part, "expression") or f"SIZE({found})"
    return f"SLICE({found}, {first}, GREATEST({last} - {first} + 1, 0))"


def number(self: SparkGenerator, literal: exp.Literal) -> str:
    """What divides and multiplies as a floating-point number there does not become a decimal of few digits here."""
    found = SparkGenerator.literal_sql(self, literal)
    return f"{found}D" if not literal.is_string and re.fullmatch(r"\d*\.\d*", found) else found


def micros(self: SparkGenerator, instant: exp.Expression) -> str:
    return f"UNIX_MICROS(CAST({self.sql(instant)} AS TIMESTAMP_LTZ))"


def replaced(self: SparkGenerator, call: exp.RegexpReplace) -> str:
    """Spark replaces all that match; without `g` the pattern has to be tied to an end, so that one is all."""
    pattern = call.expression.name
    if call.text("modifiers") != "g" and not (pattern.startswith("^") or ends_there(pattern)):
        raise UnsupportedError(f"only the first match of {pattern!r}")
    by = self.sql(call, "replacement") or "''"
    return f"REGEXP_REPLACE({self.sql(call, 'this')}, {to_the_end(self, call.expression)}, {by})"


def to_the_end(self: SparkGenerator, pattern: exp.Expression) -> str:
    """The pattern as a literal. Java's `$` also stands before a line's end; DuckDB's stands at the end only."""
    text = pattern.name
    return literal(self, f"{text[:-1]}\\z" if ends_there(text) else text)


def whole(self: SparkGenerator, pattern: exp.Expression) -> str:
    return literal(self, f"\\A(?:{pattern.name})\\z")


def ends_there(pattern: str) -> bool:
    return re.search(r"(?<!\\)(\\\\)*\$\Z", pattern) is not None


def literal(self: SparkGenerator, text: str) -> str:
    return self.sql(exp.Literal.string(text))
