"""A folder of exports to read, to change and to read again."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crm_sync.connectors.base import Page, Window
from crm_sync.connectors.files import Files
from crm_sync.mappings.vocabulary import Vocabulary
from crm_sync.records import Record, Ref
from crm_sync.settings import FilesSettings

EXPORTED = datetime(2026, 5, 29, 18, 0, tzinfo=UTC)
Cells = dict[str, Any]


@dataclass
class Exports:
    """The folder, and the connector that reads it."""

    directory: Path
    vocabulary: Vocabulary
    said: Cells = field(default_factory=dict)

    def write(self, name: str, *rows: Cells, at: datetime = EXPORTED) -> Path:
        """A CSV with these rows, all columns of the first one, made at `at`."""
        file = self.directory / f"{name}.csv"
        with file.open("w", encoding="utf-8", newline="") as text:
            out = csv.DictWriter(text, list(rows[0]) if rows else ["id"], restval="")
            out.writeheader()
            out.writerows(rows)
        os.utime(file, (at.timestamp(), at.timestamp()))
        return file

    def people(self, *rows: Cells, at: datetime = EXPORTED) -> Path:
        usual = {"id": "", "created_at": "2026-05-04", "email": "", "stage": "", "source": ""}
        return self.write("people", *(usual | row for row in rows), at=at)

    def connector(self, page: int = 1000) -> Files:
        settings = FilesSettings(directory=self.directory, **self.said)
        return Files(settings, self.vocabulary, self.vocabulary.fields.profile(minimal=False), page)


@pytest.fixture
def exports(tmp_path: Path, vocabulary: Vocabulary) -> Exports:
    return Exports(tmp_path, vocabulary)


@pytest.fixture
def reading(exports: Exports) -> Callable[..., Any]:
    """Reads one object in a run of its own, as the command does."""

    async def pages(
        name: str = "people", cursor: str | None = None, page: int = 1000, window: Window | None = None
    ) -> list[Page]:
        files = exports.connector(page)
        found = [one async for one in files.pull(name, cursor, window)]
        await files.close()
        return found

    return pages


def records(pages: list[Page]) -> list[Record]:
    return [record for page in pages for record in page.records]


def ids(pages: list[Page], kind: str = "person") -> list[str]:
    return [record.ref.id for record in records(pages) if record.ref.kind == kind]


def gone(pages: list[Page], kind: str = "person") -> list[str]:
    return [ref.id for page in pages for ref in page.gone if ref.kind == kind]


def person_ref(number: int | str) -> Ref:
    return Ref("files", "person", str(number))
