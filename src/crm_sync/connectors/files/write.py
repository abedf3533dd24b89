"""Our properties into their file: rows are added, the last one of a person holds, and a receipt answers each write."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TextIO

from crm_sync.changes import Receipt, Write
from crm_sync.clock import host_now
from crm_sync.connectors.files.journal import Cells
from crm_sync.connectors.files.read import delimiter_of, header, lines
from crm_sync.connectors.files.scan import OURS, Folder, file_stamp, scan_properties
from crm_sync.connectors.files.sheets import CRM, PEOPLE
from crm_sync.connectors.files.translate import property_of
from crm_sync.errors import Failed
from crm_sync.mappings.fields import OurField

KEY: Final = "id"
ROOM: Final = 1_000  # superseded rows that the file may hold in any case before it is written anew
FIX: Final = "Run `crm-sync schema apply`."


def tidy(folder: Folder) -> None:
    """After a run: once most rows are superseded, the file is written anew with one row per person."""
    file = folder.properties
    if not file.is_file() or sum(1 for _ in lines(file)) <= 2 * folder.journal.count(OURS) + ROOM:
        return
    scan_properties(folder)
    with suppress(OSError):  # a file that cannot be written anew stays as long as it is
        rewrite(file, header(file), (cells for _, cells in folder.journal.every(OURS)))
        with folder.journal.changing():
            folder.journal.finish(OURS, file_stamp(file))


def push(folder: Folder, fields: Mapping[str, OurField], writes: Sequence[Write]) -> list[Receipt]:
    """One receipt per write. What a person has already is not written again. Raises Failed."""
    if not folder.properties.is_file():
        return [refused(write, "missing", f"there is no {folder.properties.name}. {FIX}") for write in writes]
    scan_properties(folder)
    columns = header(folder.properties)
    there = folder.journal.cells(PEOPLE.name, [write.ref.id for write in writes])
    refusals = {write.key: why for write in writes if (why := refusal(write, there, columns, fields))}
    rows = after(folder, fields, [write for write in writes if write.key not in refusals])
    keep(folder, columns, rows)
    return [refusals.get(write.key) or Receipt(write.key, "written") for write in writes]


def refusal(
    write: Write, there: Mapping[str, Cells], columns: Sequence[str], fields: Mapping[str, OurField]
) -> Receipt | None:
    if write.ref.crm != CRM or write.ref.kind != PEOPLE.kind or write.ref.id not in there:
        return refused(write, "missing", "no such row")
    absent = [name for name in write.values if name not in fields or property_of(fields[name]) not in columns]
    return refused(write, "missing", f"there is no column for {', '.join(absent)}. {FIX}") if absent else None


def refused(write: Write, reason: str, message: str) -> Receipt:
    return Receipt(write.key, "refused", reason, f"{write.ref}: {message}")


def after(folder: Folder, fields: Mapping[str, OurField], writes: Iterable[Write]) -> dict[str, Cells]:
    """Person → all of our properties as they are once these writes are done, where that is a change."""
    kept = list(writes)
    held = folder.journal.cells(OURS, [write.ref.id for write in kept])
    rows: dict[str, dict[str, str]] = {}
    for write in kept:
        row = rows.setdefault(write.ref.id, {**held.get(write.ref.id, {}), KEY: write.ref.id})
        said = {property_of(fields[name]): (value or "").strip() for name, value in write.values.items()}
        row.update(said)
    full = {key: {name: value for name, value in row.items() if value} for key, row in rows.items()}
    return {key: row for key, row in full.items() if row != held.get(key)}


def keep(folder: Folder, columns: Sequence[str], rows: Mapping[str, Cells]) -> None:
    """Into the file first: what the journal then does not know yet, the next look at the file tells it."""
    if not rows:
        return
    try:
        add_rows(folder.properties, columns, rows.values())
    except OSError as problem:
        raise Failed(CRM, str(folder.properties), str(problem.strerror), fix="None of it was counted.") from None
    note(folder, rows)


def note(folder: Folder, rows: Mapping[str, Cells]) -> None:
    journal, now = folder.journal, host_now()
    with journal.changing():
        journal.touch(PEOPLE.name, journal.note(OURS, rows, now), now)
        journal.finish(OURS, file_stamp(folder.properties))


def add_rows(file: Path, columns: Sequence[str], rows: Iterable[Cells]) -> None:
    """At the end of the file, on the disk when this returns. A row that a crash has cut off is ended first."""
    delimiter = delimiter_of(file)
    with file.open("r+b") as opened:
        opened.seek(0, os.SEEK_END)
        if opened.tell():
            opened.seek(-1, os.SEEK_END)
            opened.write(b"" if opened.read(1) == b"\n" else b"\n")
    with file.open("a", encoding="utf-8", newline="") as text:
        writer(text, delimiter).writerows(cells_of(row, columns) for row in rows)
        text.flush()
        os.fsync(text.fileno())


def rewrite(file: Path, columns: Sequence[str], rows: Iterable[Cells]) -> None:
    """The file as a whole, or as it was."""
    beside = file.with_suffix(".new")
    with beside.open("w", encoding="utf-8", newline="") as text:
        writer(text, ",").writerow(columns)
        writer(text, ",").writerows(cells_of(row, columns) for row in rows)
        text.flush()
        os.fsync(text.fileno())
    os.replace(beside, file)


def writer(text: TextIO, delimiter: str) -> Any:
    return csv.writer(text, delimiter=delimiter, lineterminator="\n")


def cells_of(row: Cells, columns: Sequence[str]) -> list[str]:
    return [row.get(name, "") for name in columns]
