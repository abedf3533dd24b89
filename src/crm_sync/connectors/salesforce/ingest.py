"""Many writes as Bulk 2.0 jobs: CSV goes up, and the result files say what became of every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from crm_sync.changes import Receipt, Write
from crm_sync.connectors.complaints import complaint
from crm_sync.connectors.http import Http
from crm_sync.connectors.lanes import later, waves
from crm_sync.connectors.salesforce.bulk import Bulk
from crm_sync.connectors.salesforce.refusals import from_sheet, receipt
from crm_sync.connectors.salesforce.rows import Columns, from_csv
from crm_sync.connectors.salesforce.soql import Lost, TooSlow
from crm_sync.connectors.salesforce.values import full_id
from crm_sync.errors import TryLater
from crm_sync.mappings.fields import OurField

ROWS = 25_000  # per job: far below its 100 MB, and what one failure can cost is bounded
EMPTY = "#N/A"  # an empty value would leave the field as it is
DONE_BEFORE = frozenset({400})  # a call whose answer was lost is refused the second time: the job tells what holds


@dataclass(frozen=True, slots=True)
class Ingest:
    """`root` is the REST path with its version."""

    http: Http
    root: str
    ours: Mapping[str, OurField]
    bulk: Bulk

    async def push(self, writes: Sequence[Write]) -> list[Receipt]:
        """One receipt per write. Raises TryLater when the CRM is gone from the start; later, the rest waits."""
        found: list[Receipt] = []
        for pack in packs(writes):
            try:
                found += await self.job(pack)
            except TryLater as busy:
                if not found:
                    raise
                answered = {one.key for one in found}
                return found + [later(write, str(busy)) for write in writes if write.key not in answered]
        return found

    async def job(self, writes: Sequence[Write]) -> list[Receipt]:
        """Rows of one object. What a job did not come to is sent again in a later run."""
        order = {"object": writes[0].ref.kind, "operation": "update", "contentType": "CSV", "lineEnding": "LF"}
        id_ = (await self.http.post(f"{self.root}/jobs/ingest", json=order)).json()["id"]
        path = f"{self.root}/jobs/ingest/{id_}"
        sheet, kind = self.sheet(writes).encode(), {"Content-Type": "text/csv; charset=UTF-8"}
        await self.http.send("PUT", f"{path}/batches", content=sheet, headers=kind, accept=DONE_BEFORE)
        started = await self.http.patch(path, json={"state": "UploadComplete"}, accept=DONE_BEFORE)
        why = f"Bulk job {id_} did not come to this row"
        try:
            async for _ in self.bulk.outcome(id_, "ingest"):
                pass
        except (TooSlow, Lost) as problem:
            why = f"{problem}" if started.status < 300 else f"{problem}; {complaint(started)}"
        return await self.results(path, writes, why)

    def sheet(self, writes: Sequence[Write]) -> str:
        """All fields of all rows; a row leaves those alone that it says nothing about."""
        names = sorted({name for write in writes for name in write.values})
        out = io.StringIO(newline="")
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(["Id", *(self.ours[name].salesforce for name in names)])
        for write in writes:
            lines.writerow([write.ref.id, *(cell(write, name) for name in names)])
        return out.getvalue()

    async def results(self, path: str, writes: Sequence[Write], why: str) -> list[Receipt]:
        """Salesforce does not keep the order of the rows: each is known again by its id."""
        by_id = {full_id(write.ref.id): write for write in writes}
        written = [by_id[id_] for id_, _ in await self.file(f"{path}/successfulResults")]
        failed = [(by_id[id_], error) for id_, error in await self.file(f"{path}/failedResults")]
        found = {write.key: Receipt(write.key, "written") for write in written}
        found |= {write.key: receipt(write, from_sheet(error)) for write, error in failed}
        return [found.get(write.key) or later(write, why) for write in writes]

    async def file(self, path: str) -> Iterator[tuple[str, str]]:
        """(id, error) of every row in a result file. `sf__Id` may be missing where a row failed; our own id is not."""
        answer = await self.http.get(path, accept=frozenset({400, 404}))
        names, rows = from_csv(answer.text) if answer.status == 200 else ((), [])
        at = Columns(names)
        return ((full_id(row[at.at("Id")]), row[at.at("sf__Error")]) for row in rows)


def packs(writes: Sequence[Write]) -> Iterator[list[Write]]:
    """One object each, a record once in each, no more rows than a job may have."""
    for wave in waves(writes):
        for _, rows in groupby(wave, key=lambda write: write.ref.kind):
            some = list(rows)
            yield from (some[start : start + ROWS] for start in range(0, len(some), ROWS))


def cell(write: Write, name: str) -> str:
    """Nothing where the write says nothing, and the word for nothing where it clears."""
    if name not in write.values:
        return ""
    value = write.values[name]
    return EMPTY if value is None or value == "" else value
