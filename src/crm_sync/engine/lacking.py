"""What Spark lacks, or computes in another way, is asked of DuckDB, a batch at a time, where Spark runs Python."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import duckdb
import pyarrow as pa

from crm_sync.engine.plans import CLOSED

#: Name → expression over the columns a and b, and the type of its answer, as Spark calls it. The names are ours alone:
#: Spark has a `jaro_winkler_similarity` that counts in another way, and its own go before ours.
LACKING: Final = {
    "duckdb_damerau_levenshtein": ("damerau_levenshtein(a, b)", "bigint"),
    "duckdb_hash": ("hash(COLUMNS)", "bigint"),  # without a sign there: the same bits
    "duckdb_jaro_winkler_similarity": ("jaro_winkler_similarity(a, b)", "double"),
    "duckdb_plain_letters": ("strip_accents(lower(a))", "string"),
    "duckdb_strip_accents": ("strip_accents(a)", "string"),
}


def register(session: Any) -> None:
    """Makes them known to a session of Spark."""
    from pyspark.sql.functions import arrow_udf

    for name, (expression, kind) in LACKING.items():
        session.udf.register(name, arrow_udf(function(expression), kind))


def function(expression: str) -> Any:
    """With as many arguments as the expression has columns: Spark looks at the signature."""

    def of_one(a: pa.Array) -> pa.Array:
        return computed(expression, a=a)

    def of_all(*columns: pa.Array) -> pa.Array:
        names = [f"column_{place}" for place in range(len(columns))]
        asked = expression.replace("COLUMNS", ", ".join(names))
        return computed(asked, **dict(zip(names, columns, strict=True))).view(pa.int64())

    def of_two(a: pa.Array, b: pa.Array) -> pa.Array:
        return computed(expression, a=a, b=b)

    return of_all if "COLUMNS" in expression else of_two if " b)" in expression else of_one


def computed(expression: str, **columns: pa.Array) -> pa.Array:
    """The expression for every row, in the order of the rows."""
    rows = pa.table(columns)
    with home().cursor() as connection:
        connection.register("rows", rows)
        found = connection.sql(f"SELECT {expression} AS found FROM rows").to_arrow_table()
    return found["found"].combine_chunks()


@cache
def home() -> duckdb.DuckDBPyConnection:
    """One a process, with one thread: Spark itself runs several processes."""
    return duckdb.connect(":memory:", config=CLOSED | {"threads": 1})
