"""Answers by REST: pages of 2,000 rows, one after the other, deleted rows included unless told otherwise."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm_sync.connectors.complaints import Answer, complaint
from crm_sync.connectors.http import Http
from crm_sync.connectors.salesforce.rows import Columns, from_json
from crm_sync.connectors.salesforce.soql import Lost, Paged, Question, Rows, Short, TooSlow
from crm_sync.connectors.salesforce.values import CRM
from crm_sync.errors import Failed, TryLater

PAGE = 2_000
TIRES = frozenset({"QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG"})
GONE = frozenset({"INVALID_QUERY_LOCATOR"})
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Rest:
    """`root` is the REST path with its version, `size` how many rows a page may have."""

    http: Http
    root: str
    size: int = PAGE
    verb: str = "queryAll"  # `query` for what cannot say that it was deleted

    async def pages(self, question: Question, after: str | None = None) -> AsyncGenerator[Paged, None]:
        """Every page; a row that stands on two of them comes once. Raises TooSlow, Lost when pages have gone, and Short
        instead of the last page when rows are missing."""
        names = {"headers": {"Sforce-Query-Options": f"batchSize={self.size}"}} if self.size != PAGE else {}
        said = self.read(await self.http.get(
            f"{self.root}/{self.verb}", params={"q": question.text(after)}, accept=frozenset({400}), **names
        ))  # fmt: skip
        columns, total, found, before = Columns(question.fields), said["totalSize"], 0, frozenset[str]()
        at = columns.at("Id")
        while True:
            rows = [row for row in from_json(question.fields, question.sight, said["records"]) if row[at] not in before]
            before, found, url = frozenset(row[at] for row in rows), found + len(rows), said.get("nextRecordsUrl")
            if not url and found != total:
                raise Short(f"{found} of {total} rows of {question.object} came")
            yield Paged(Rows(columns, rows), total, bool(url))
            if not url:
                return
            said = self.read(await self.http.get(url, accept=frozenset({400})))
            if said.get("nextRecordsUrl") == url:
                raise Failed(CRM, question.object, f"the same page comes again and again: {url}")

    async def every(self, question: Question) -> Rows:
        """All rows of a small answer; it is asked again when rows are missing."""
        why = ""
        for _ in range(ATTEMPTS):
            try:
                found = [row async for page in self.pages(question) for row in page.rows.rows]
            except (Lost, TooSlow) as problem:
                why = str(problem)
            else:
                return Rows(Columns(question.fields), found)
        raise TryLater(CRM, f"{question.object}: {why}, {ATTEMPTS} times", after=60.0)

    def read(self, answer: Answer) -> dict[str, Any]:
        """The page; money stays exact."""
        if answer.status == 400:
            said = complaint(answer)
            if said.code in TIRES:
                raise TooSlow(str(said))
            if said.code in GONE:
                raise Lost(str(said))
            raise self.http.error_for(answer)
        page: dict[str, Any] = answer.json(parse_float=Decimal)
        return page
