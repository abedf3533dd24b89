"""A folder of exports as one of our CRMs: its files are the objects, its journal tells what changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from crm_sync.changes import Receipt, Write
from crm_sync.clock import host_now
from crm_sync.connectors.base import Account, Page, SchemaStep, Window
from crm_sync.connectors.budget import Budget
from crm_sync.connectors.files import install
from crm_sync.connectors.files.journal import Entry, Journal
from crm_sync.connectors.files.row import Bad
from crm_sync.connectors.files.scan import Folder, scan, scan_properties
from crm_sync.connectors.files.sheets import BAD_ROWS, BY_NAME, CRM, JOURNAL, PEOPLE, SHEETS, Sheet
from crm_sync.connectors.files.translate import LABEL, Stamp, gone_refs, property_of, to_records
from crm_sync.connectors.files.write import push, tidy
from crm_sync.errors import ConfigError, Failed
from crm_sync.mappings.fields import OurField
from crm_sync.mappings.vocabulary import Vocabulary
from crm_sync.records import Record, Ref
from crm_sync.settings import FilesSettings

PAGE: Final = 1_000
SHOWN: Final = 10  # bad rows that an account tells of; the rest stands in their file


class Files:
    """A connector (see base.py). `page` is the number of rows of a page."""

    crm: str = CRM

    def __init__(
        self, settings: FilesSettings, vocabulary: Vocabulary, profile: tuple[OurField, ...], page: int = PAGE
    ) -> None:
        self.calls, self.rights = 0, ""  # a file takes what it is given
        self._settings, self._vocabulary, self._profile, self._page = settings, vocabulary, profile, page
        self._pushed = False

    @property
    def objects(self) -> tuple[str, ...]:
        return tuple(sheet.name for sheet in SHEETS)

    @property
    def budget(self) -> Budget:
        """Nobody counts how often files are read."""
        return Budget(self.now().date().isoformat())

    def now(self) -> datetime:
        """Files have no clock: it is as late as the settings say, or as here."""
        return self._settings.as_of or host_now()

    async def look(self) -> Account:
        """Reads what is new in the folder, and lists the rows that were left out."""
        folder = self._folder
        if PEOPLE.file(folder.directory) is None:
            raise ConfigError(str(folder.directory), "no people.csv", "people.csv or people.parquet")
        for sheet in SHEETS:
            self._scan(sheet)
        bad = folder.journal.bad_rows()
        more = [f"{len(bad) - SHOWN} more rows were left out; a sync lists all of them in {BAD_ROWS}."]
        problems = (*map(str, bad[:SHOWN]), *(more if len(bad) > SHOWN else ()))
        if bad:
            log = structlog.get_logger()
            log.warning("rows of files left out", rows=len(bad), first=str(bad[0]), listed=BAD_ROWS)
        return Account(CRM, str(folder.directory), self._settings.time_zone, self.now(), problems)

    async def pull(self, name: str, cursor: str | None, window: Window | None = None) -> AsyncIterator[Page]:
        if name not in BY_NAME:
            raise Failed(CRM, f"pull of {name}", f"no such object; known: {', '.join(self.objects)}")
        sheet, journal = BY_NAME[name], self._folder.journal
        self._scan(sheet)
        number, between = number_in(cursor, journal), (window.since, window.until) if window else None
        while len(entries := journal.after(name, number, self._page, between)) == self._page:
            number = entries[-1].number
            yield self._told(sheet, entries, None)
            await asyncio.sleep(0)  # other CRMs are read at the same time
        yield self._told(sheet, entries, None if window else self._horizon(sheet), number)

    @property
    def countable(self) -> tuple[str, ...]:
        return ()

    @property
    def uncounted(self) -> Mapping[str, str]:
        return dict.fromkeys(self.objects, "whenever the file has changed, all of its rows are compared")

    async def count(self, name: str, window: Window) -> int:
        raise uncounted(name)

    async def ids(self, name: str, window: Window) -> AsyncIterator[tuple[str, ...]]:
        raise uncounted(name)
        yield ()  # an iterator, as all of them

    async def fetch(self, name: str, ids: Sequence[str]) -> AsyncIterator[Page]:
        raise uncounted(name)
        yield  # an iterator, as all of them

    async def push(self, writes: Sequence[Write]) -> list[Receipt]:
        self.calls += 1
        self._pushed = True
        return push(self._folder, self._vocabulary.fields.ours, writes)

    async def plan_schema(self) -> list[SchemaStep]:
        return install.plan(self._folder, self._profile)

    async def apply_schema(self) -> list[SchemaStep]:
        return install.apply(self._folder, self._profile)

    async def close(self) -> None:
        if "_folder" in self.__dict__:
            if self._pushed:
                tidy(self._folder)
            self._folder.journal.close()

    @cached_property
    def _folder(self) -> Folder:
        """Opened when something is asked of it. Raises ConfigError."""
        directory, said = self._settings.directory, self._settings
        if not directory.is_dir():
            raise ConfigError("files.directory", repr(str(directory)), "a directory that is there")
        return Folder(directory, Journal(directory / JOURNAL), self._vocabulary, ZoneInfo(said.time_zone), said.as_of)

    def _scan(self, sheet: Sheet) -> None:
        self.calls += scan(self._folder, sheet)
        if sheet is PEOPLE:
            self.calls += scan_properties(self._folder)

    def _horizon(self, sheet: Sheet) -> datetime:
        """As of when the file tells; what nobody is judged by, and a file that never was there, holds nobody up."""
        file = sheet.file(self._folder.directory) if sheet.judges else None
        return self._folder.time_of(file) if file else self.now()

    def _told(self, sheet: Sheet, entries: Sequence[Entry], horizon: datetime | None, number: int = 0) -> Page:
        records = tuple(record for entry in entries for record in self._records(sheet, entry))
        gone = tuple(ref for entry in entries for ref in self._gone(sheet, entry))
        cursor = f"{self._folder.journal.id}/{entries[-1].number if entries else number}"
        return Page(records, cursor, gone, len(entries), horizon)

    def _records(self, sheet: Sheet, entry: Entry) -> list[Record]:
        if entry.cells is None:
            return []
        row = self._folder.row(sheet, entry.cells)
        ours = {one.name: said for one in self._profile if (said := entry.ours.get(property_of(one)))}
        try:
            return to_records(row, Stamp(str(entry.number), entry.at), self._vocabulary, ours)
        except Bad:  # what a row said before it turned bad may be unreadable by the mappings of today: listed already
            return []

    def _gone(self, sheet: Sheet, entry: Entry) -> tuple[Ref, ...]:
        """The row, when it is not there any more, or the label of a person who has no source now."""
        if entry.cells is None:
            return gone_refs(sheet.kind, entry.key)
        unlabelled = sheet is PEOPLE and not self._folder.row(sheet, entry.cells).text("source")
        return (Ref(CRM, LABEL, entry.key),) if unlabelled else ()


def uncounted(name: str) -> Failed:
    return Failed(CRM, f"count of {name}", "rows of files are compared whenever they are read, and not counted")


def number_in(cursor: str | None, journal: Journal) -> int:
    """Where a read goes on; from the beginning when the journal is not the cursor's, or an older copy of it."""
    of, _, number = (cursor or "").partition("/")
    return int(number) if of == journal.id and int(number) <= journal.last() else 0
