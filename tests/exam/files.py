"""A folder of exports, examined: whoever edits a file is the CRM."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from crm_sync.connectors.files import Files
from crm_sync.mappings import Vocabulary
from crm_sync.settings import FilesSettings
from tests.exam.examinee import Held, title

NOW = datetime(2026, 5, 30, 2, tzinfo=UTC)
PROPERTIES = "crm_sync_properties.csv"

Row = dict[str, str]


class InFiles:
    crm = "files"
    objects: ClassVar[Mapping[str, str]] = {"person": "people", "deal": "deals", "touch": "touches"}
    kinds: ClassVar[Mapping[str, str]] = {"person": "person", "deal": "deal", "touch": "touch"}
    told: ClassVar[Mapping[str, str]] = {"person": "title", "deal": "name", "touch": "subject"}
    called: ClassVar[Mapping[str, str]] = {"person": "email", "deal": "name", "touch": "subject"}

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="exam-files-")
        self.directory, self._vocabulary, self._now = Path(self._place.name), vocabulary, NOW
        self._rows: dict[str, dict[str, Row]] = {kind: {} for kind in self.objects}
        self._gone: dict[tuple[str, str], Row] = {}
        self._made: list[Files] = []
        for kind in self.objects:
            self._write(kind)
        self._connect()

    async def create(self, kind: str, number: int) -> str:
        self._rows[kind][str(number)] = made(kind, str(number), number)
        self._write(kind)
        return str(number)

    async def edit(self, kind: str, record_id: str, text: str) -> None:
        self._rows[kind][record_id] |= {self.told[kind]: text}
        self._write(kind)

    async def edit_late(self, kind: str, record_id: str, text: str) -> None:
        await self.edit(kind, record_id, text)

    async def delete(self, kind: str, record_id: str) -> None:
        self._gone[kind, record_id] = self._rows[kind].pop(record_id)
        self._write(kind)

    async def restore(self, kind: str, record_id: str) -> None:
        self._rows[kind][record_id] = self._gone.pop((kind, record_id))
        self._write(kind)

    async def merge(self, kept: str, lost: str) -> None:
        await self.delete("person", lost)

    def fill(self, kind: str, count: int) -> list[str]:
        ids = [str(500_000 + place) for place in range(count)]
        self._rows[kind] |= {one: made(kind, one, int(one)) for one in ids}
        self._write(kind)
        return ids

    def held(self, kind: str) -> Held:
        return {one: (row[self.called[kind]], row[self.told[kind]]) for one, row in self._rows[kind].items()}

    def ours(self, object_name: str) -> dict[str, str | None]:
        with (self.directory / PROPERTIES).open(encoding="utf-8", newline="") as text:
            said = {row["id"]: row["smk_campaign"] or None for row in csv.DictReader(text)}
        return {one: said.get(one) for one in self._rows["person"]}

    def wait(self, minutes: float) -> None:
        """Another export, some time later."""
        self._now += timedelta(minutes=minutes)
        self._connect()

    def calls(self) -> int:
        return self.connector.calls

    async def close(self) -> None:
        for one in self._made:
            await one.close()
        self._place.cleanup()

    def _connect(self) -> None:
        profile = self._vocabulary.fields.profile(minimal=False)
        settings = FilesSettings(directory=self.directory, as_of=self._now)
        self.connector = Files(settings, self._vocabulary, profile, page=20)
        self._made.append(self.connector)

    def _write(self, kind: str) -> None:
        rows = list(self._rows[kind].values())
        with (self.directory / f"{self.objects[kind]}.csv").open("w", encoding="utf-8", newline="") as text:
            out = csv.DictWriter(text, list(made(kind, "", 0)))
            out.writeheader()
            out.writerows(rows)


def made(kind: str, record_id: str, number: int) -> Row:
    """A row of a file whose values come from its number."""
    match kind:
        case "person":
            more = {"created_at": "2026-05-01", "email": f"p{number}@example.com", "title": title(number)}
        case "deal":
            more = {"created_at": "2026-05-01", "name": title(number), "amount": "1200.50"}
        case _:
            more = {"at": "2026-05-29T10:00:00Z", "type": "call", "subject": title(number)}
    return {"id": record_id, **more}
