"""Rows of a file, one after the other, whatever its size: CSV as spreadsheets write it, or Parquet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TextIO

import pyarrow as pa
import pyarrow.parquet as parquet

from crm_sync.errors import ConfigError

DELIMITERS: Final = ",;\t"
LONGEST_CELL: Final = 1 << 24
READABLE: Final = "CSV in UTF-8 or Parquet"
RESAVE: Final = "Save it again as CSV in UTF-8."


@dataclass(frozen=True, slots=True)
class Line:
    """One row: where it ends in its file, and its cells by column. `odd` says what is wrong with its form."""

    number: int
    values: dict[str, str]
    odd: str = ""


def lines(file: Path) -> Iterator[Line]:
    """Raises ConfigError for a file that is not what its name says."""
    with readable(file):
        yield from lines_of_parquet(file) if file.suffix == ".parquet" else lines_of_csv(file)


def header(file: Path) -> list[str]:
    """The columns as fields.toml writes them. Raises ConfigError."""
    with readable(file):
        if file.suffix == ".parquet":
            return columns(parquet.read_schema(file).names, file)
        with file.open(encoding="utf-8-sig", newline="") as text:
            return columns(next(reader(text), []), file)


@contextmanager
def readable(file: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as problem:
        raise ConfigError(str(file), f"a byte that is not UTF-8 ({problem.reason})", READABLE, fix=RESAVE) from None
    except (csv.Error, pa.ArrowException) as problem:
        raise ConfigError(str(file), str(problem).partition("\n")[0], READABLE) from None
    except OSError as problem:
        raise ConfigError(str(file), str(problem.strerror), "a file that this user may read") from None


def reader(text: TextIO) -> Any:
    """Spreadsheets separate by what is not a decimal sign in their language; the first line tells."""
    csv.field_size_limit(LONGEST_CELL)
    first = text.readline()
    text.seek(0)
    return csv.reader(text, delimiter=delimiter_in(first))


def delimiter_of(file: Path) -> str:
    with file.open(encoding="utf-8-sig") as text:
        return delimiter_in(text.readline())


def delimiter_in(first: str) -> str:
    return max(DELIMITERS, key=first.count)


def lines_of_csv(file: Path) -> Iterator[Line]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = reader(text)
        names = columns(next(rows, []), file)
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield line(rows.line_num, names, cells)


def line(number: int, names: Sequence[str], cells: Sequence[str]) -> Line:
    values = {name: text for name, cell in zip(names, cells, strict=False) if (text := cell.strip()) and name}
    return Line(
        number, values, "" if len(cells) == len(names) else f"{len(cells)} cells; {len(names)}, as in the header"
    )


def lines_of_parquet(file: Path) -> Iterator[Line]:
    with parquet.ParquetFile(file) as opened:
        names, number = columns(opened.schema_arrow.names, file), 0
        for batch in opened.iter_batches(batch_size=1_000):
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield line(number, names, [as_text(cell) for cell in cells])


def as_text(value: Any) -> str:
    """A cell as a CSV would have it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case list():
            return ";".join(map(as_text, value))
    return str(value)


def columns(header: Sequence[str], file: Path) -> list[str]:
    """The header as fields.toml writes it. Raises ConfigError when two columns come to the same name."""
    names = [folded(name) for name in header]
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise ConfigError(f"{file}: line 1", f"{', '.join(sorted(twice))} more than once", "each column once")
    return names


def folded(name: str) -> str:
    """`First Name`, `first-name` and `First_Name` are `first_name`."""
    return re.sub(r"\W+", "_", name.strip().casefold()).strip("_")
