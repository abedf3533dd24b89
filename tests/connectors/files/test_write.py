"""Our properties go into a file beside the exports, once each, and come back with the people."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from crm_sync.changes import Receipt, Write
from crm_sync.connectors.files import write as writing
from crm_sync.connectors.files.sheets import PROPERTIES

from .conftest import Exports, ids, person_ref, records


@pytest.fixture
async def installed(exports: Exports, reading) -> Exports:
    """Three people, and the columns for our properties."""
    exports.people({"id": 1}, {"id": 2}, {"id": 3})
    files = exports.connector()
    await files.look()
    await files.apply_schema()
    await files.close()
    return exports


async def pushed(exports: Exports, *writes: Write) -> list[Receipt]:
    files = exports.connector()
    receipts = await files.push(writes)
    await files.close()
    return receipts


def write(number: int | str, **values: str | None) -> Write:
    return Write(f"{number}#{sorted(values.items())}", person_ref(number), values)


def rows(directory: Path) -> list[dict[str, str]]:
    with (directory / PROPERTIES).open(encoding="utf-8", newline="") as text:
        return [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(text)]


async def test_what_is_written_stands_in_the_file_and_is_read_again(installed: Exports, reading) -> None:
    cursor = (await reading())[-1].cursor
    [receipt] = await pushed(installed, write(2, stage="mql", attempt_count="3"))
    assert receipt.outcome == "written"
    assert rows(installed.directory) == [{"id": "2", "smk_stage": "mql", "smk_attempt_count": "3"}]
    pages = await reading(cursor=cursor)
    assert ids(pages) == ["2"]
    assert records(pages)[0].ours == {"stage": "mql", "attempt_count": "3"}


async def test_the_same_write_again_changes_nothing(installed: Exports) -> None:
    await pushed(installed, write(1, stage="mql"))
    before = (installed.directory / PROPERTIES).read_bytes()
    [receipt] = await pushed(installed, write(1, stage="mql"))
    assert receipt.outcome == "written"
    assert (installed.directory / PROPERTIES).read_bytes() == before


async def test_a_later_write_holds_and_none_clears(installed: Exports, reading) -> None:
    await pushed(installed, write(1, stage="mql", campaign="Spring"))
    await pushed(installed, write(1, stage="sql", campaign=None))
    assert [one.ours for one in records(await reading()) if one.ref == person_ref(1)] == [{"stage": "sql"}]
    assert rows(installed.directory)[-1] == {"id": "1", "smk_stage": "sql"}


async def test_a_write_that_was_filed_nowhere_before_a_crash_is_found_in_the_file(installed: Exports, reading) -> None:
    """The row reached the disk, the journal did not hear of it."""
    cursor = (await reading())[-1].cursor
    with (installed.directory / PROPERTIES).open("r+", encoding="utf-8", newline="") as text:
        columns = next(csv.reader(text))
        csv.DictWriter(text, columns, restval="").writerow({"id": "3", "smk_stage": "sql"})
    assert [one.ours for one in records(await reading(cursor=cursor))] == [{"stage": "sql"}]


async def test_a_row_that_a_crash_has_cut_off_counts_for_nothing(installed: Exports, reading) -> None:
    with (installed.directory / PROPERTIES).open("a", encoding="utf-8") as text:
        text.write("1,breach")
    assert [one.ours for one in records(await reading())] == [{}, {}, {}]
    await pushed(installed, write(1, stage="mql"))
    assert rows(installed.directory)[-1] == {"id": "1", "smk_stage": "mql"}
    assert [one.ours for one in records(await reading()) if one.ref == person_ref(1)] == [{"stage": "mql"}]


async def test_rows_that_are_not_there_are_refused_and_the_others_written(installed: Exports) -> None:
    receipts = await pushed(installed, write(77, stage="mql"), write(1, stage="mql"))
    assert [(one.outcome, one.reason) for one in receipts] == [("refused", "missing"), ("written", "")]


async def test_without_the_column_a_value_is_refused_with_the_fix(exports: Exports, reading) -> None:
    exports.people({"id": 1})
    await reading()
    [receipt] = await pushed(exports, write(1, stage="mql"))
    assert (receipt.outcome, receipt.reason) == ("refused", "missing")
    assert receipt.message.endswith("Run `crm-sync schema apply`.")
    (exports.directory / PROPERTIES).write_text("id,smk_campaign\n", encoding="utf-8")
    [receipt] = await pushed(exports, write(1, stage="mql"))
    assert "there is no column for stage" in receipt.message


async def test_installing_adds_what_is_missing_and_keeps_what_is_there(exports: Exports, reading) -> None:
    exports.people({"id": 1})
    (exports.directory / PROPERTIES).write_text("id;smk_stage;mine\n1;mql;x\n", encoding="utf-8")
    files = exports.connector()
    kinds = {step.name: step.kind for step in await files.plan_schema()}
    present = {name for name, kind in kinds.items() if kind == "present"}
    assert present == {"id", "smk_stage"}
    assert {step.name for step in await files.apply_schema()} == {*kinds} - present
    assert {step.kind for step in await files.plan_schema()} == {"present"}
    assert await files.apply_schema() == []
    await files.close()
    assert rows(exports.directory) == [{"id": "1", "smk_stage": "mql", "mine": "x"}]
    assert [one.ours for one in records(await reading())] == [{"stage": "mql"}]


async def test_superseded_rows_are_swept_once_they_are_most_of_the_file(
    installed: Exports, reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "ROOM", 2)
    for stage in ("lead", "mql", "sal", "sql"):
        await pushed(installed, write(1, stage=stage))
    assert len(rows(installed.directory)) == 4
    await pushed(installed, write(1, stage="customer"))
    assert rows(installed.directory) == [{"id": "1", "smk_stage": "customer"}]
    assert [one.ours for one in records(await reading()) if one.ref == person_ref(1)] == [{"stage": "customer"}]
