"""CSV as Bulk API 2.0 reads and writes it: a header, quoted values, the job's delimiter and line ending."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from crm_sync.sandbox.salesforce.bulk.job import DELIMITERS, LINE_ENDINGS, Job
from crm_sync.sandbox.salesforce.wire import Reply


def parsed(job: Job, text: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows; empty lines do not count."""
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=DELIMITERS[job.delimiter])
    rows = [row for row in lines if row]
    return (rows[0], rows[1:]) if rows else ([], [])


def answer(job: Job, header: Sequence[str], rows: Iterable[Sequence[str]], headers: dict[str, str]) -> Reply:
    """A CSV reply: every value in quotes, as Salesforce does."""
    delimiter, ending = DELIMITERS[job.delimiter], LINE_ENDINGS[job.line_ending]
    lines = [delimiter.join([_quoted(one) for one in header])]
    lines += [delimiter.join([f'"{one}"' if '"' not in one else _quoted(one) for one in row]) for row in rows]
    return Reply(body=ending.join([*lines, ""]), headers={"Content-Type": "text/csv", **headers})


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
