"""From the files of a folder into its journal: each file in one go, and only when it looks different from outside."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from crm_sync.clock import host_now
from crm_sync.connectors.files.journal import BadRow, Cells, Journal, ours_of
from crm_sync.connectors.files.read import Line, header, lines
from crm_sync.connectors.files.row import Bad, Row
from crm_sync.connectors.files.sheets import BAD_ROWS, PEOPLE, PROPERTIES, Sheet
from crm_sync.connectors.files.translate import Stamp, key_of, to_records
from crm_sync.errors import ConfigError
from crm_sync.mappings.vocabulary import Vocabulary

AT_ONCE: Final = 1_000
SETTLED: Final = 2.0  # seconds after which a file that is written again has another time for sure
OURS: Final = ours_of(PEOPLE.name)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of exports, with everything that is needed to understand its rows."""

    directory: Path
    journal: Journal
    vocabulary: Vocabulary
    zone: ZoneInfo
    as_of: datetime | None

    def row(self, sheet: Sheet, cells: Cells) -> Row:
        return Row(sheet.name, sheet.kind, cells, self.vocabulary.fields, self.zone)

    def time_of(self, file: Path) -> datetime:
        """As of when the file tells."""
        return self.as_of or datetime.fromtimestamp(file.stat().st_mtime, UTC)

    @property
    def properties(self) -> Path:
        return self.directory / PROPERTIES


def scan(folder: Folder, sheet: Sheet) -> bool:
    """Brings the journal up to date with one file; False when nothing had to be read. Raises ConfigError."""
    file = sheet.file(folder.directory)
    if file is None:
        refuse_vanished(folder, sheet)
        return False
    meaning, before = meaning_of(folder, sheet), folder.journal.stamp(sheet.name) or ""
    stamp = f"{meaning} {file_stamp(file)}"
    if stamp == before:
        return False
    check_header(folder, sheet, file)
    with folder.journal.changing():
        read_all(folder, sheet, file, anew=not before.startswith(meaning))
        folder.journal.finish(sheet.name, settled(stamp, file))
    tell_bad_rows(folder)
    return True


def scan_properties(folder: Folder) -> bool:
    """Our properties as they stand in their file: of two rows of one person, the later one holds."""
    file, journal = folder.properties, folder.journal
    stamp = file_stamp(file)
    if stamp == journal.stamp(OURS):
        return False
    at = folder.time_of(file) if file.is_file() else host_now()
    with journal.changing():
        journal.begin(OURS)
        for some in batches(lines(file) if file.is_file() else iter(())):
            held = {key: one.values for one in some if not one.odd and (key := one.values.get("id"))}
            for key in held:
                journal.see(key, 0)
            journal.touch(PEOPLE.name, journal.note(OURS, held, at), at)
        journal.touch(PEOPLE.name, journal.bury_unseen(OURS, at), at)
        journal.finish(OURS, settled(stamp, file))
    return True


def refuse_vanished(folder: Folder, sheet: Sheet) -> None:
    """An export that is being replaced must not read as if everybody were gone."""
    if folder.journal.count(sheet.name):
        allowed = f"{sheet.name}.csv or {sheet.name}.parquet, since there was one before"
        fix = "A file with nothing but its header says that all rows are gone."
        raise ConfigError(str(folder.directory), f"no {sheet.name} file any more", allowed, fix=fix)


def check_header(folder: Folder, sheet: Sheet, file: Path) -> None:
    """Every sheet but the one of changes is told apart by ids."""
    wanted, there = folder.row(sheet, {}).columns("id"), header(file)
    if not wanted:
        raise ConfigError(f"fields.toml: [{sheet.name}] id", f"nothing for {sheet.kind}", f'{sheet.kind} = "id"')
    if sheet.kind != "stage_change" and not set(wanted) & set(there):
        found = ", ".join(filter(None, there)) or "no columns"
        raise ConfigError(f"{file}: line 1", found, f"a column {' or '.join(wanted)} that names each row")


def read_all(folder: Folder, sheet: Sheet, file: Path, anew: bool) -> None:
    """A row that cannot be read leaves what it said before as it was: it is bad, not gone. With `anew`, all rows count
    as different: the same cells mean something else."""
    journal, at = folder.journal, folder.time_of(file)
    journal.begin(sheet.name)
    for some in batches(lines(file)):
        good: dict[str, Cells] = {}
        for line in some:
            try:
                good[checked(folder, sheet, line)] = line.values
            except Bad as bad:
                journal.set_aside(sheet.name, BadRow(file.name, line.number, bad.column, bad.found, bad.allowed))
        journal.note(sheet.name, good, at, anew)
    journal.bury_unseen(sheet.name, at)


def checked(folder: Folder, sheet: Sheet, line: Line) -> str:
    """The key of a row that can be told as records. Raises Bad."""
    row = folder.row(sheet, line.values)
    if line.odd:
        raise Bad("the row", line.odd.partition(";")[0], line.odd.partition("; ")[2])
    key = key_of(row)
    before = folder.journal.see(key, line.number)
    if before is not None:
        raise Bad("id", f"{key!r}, which stands in line {before} too", "each id once")
    to_records(row, Stamp("", host_now()), folder.vocabulary, {})
    return key


def meaning_of(folder: Folder, sheet: Sheet) -> str:
    """With other columns in the mappings, or in another zone, the same cells are other records."""
    fields, activities = folder.vocabulary.fields, folder.vocabulary.activities
    places = {name: kinds.get(sheet.kind, ()) for name, kinds in fields.places[sheet.name].items()}
    said = [places, fields.same_as.get(sheet.kind, {}), activities.facts_of(sheet.kind), str(folder.zone)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def file_stamp(file: Path) -> str:
    try:
        found = file.stat()
    except FileNotFoundError:
        return "none"
    return f"{file.name} {found.st_mtime_ns} {found.st_size}"


def settled(stamp: str, file: Path) -> str:
    """A file that was written a moment ago may be written again within one tick of its clock: look again next time."""
    fresh = file.exists() and abs(host_now().timestamp() - file.stat().st_mtime) < SETTLED
    return f"{stamp} fresh" if fresh else stamp


def tell_bad_rows(folder: Folder) -> None:
    """All rows that were left out, as a file; none when there is nothing to tell."""
    file, bad = folder.directory / BAD_ROWS, folder.journal.bad_rows()
    if not bad:
        file.unlink(missing_ok=True)
        return
    beside = file.with_suffix(".new")
    with beside.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([BadRow._fields, *bad])
    os.replace(beside, file)


def batches(found: Iterator[Line]) -> Iterator[list[Line]]:
    while some := list(islice(found, AT_ONCE)):
        yield some
