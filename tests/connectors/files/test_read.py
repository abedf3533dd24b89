"""A folder of exports keeps the promises of base.py: everything once, then only what changed, interrupted or not."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from crm_sync.connectors.base import Window
from crm_sync.errors import ConfigError, TryLater
from crm_sync.records import Assignment, Deal, Owner, Person, Ref, StageChange, Touch

from .conftest import EXPORTED, Exports, gone, ids, person_ref, records

LATER = EXPORTED + timedelta(hours=1)


async def test_the_first_read_brings_everything_and_the_second_nothing(exports: Exports, reading) -> None:
    exports.people(*({"id": number} for number in range(1, 6)))
    first = await reading(page=2)
    assert ids(first) == ["1", "2", "3", "4", "5"]
    assert [page.horizon for page in first] == [None, None, EXPORTED]
    again = await reading(cursor=first[-1].cursor)
    assert (records(again), gone(again), [page.horizon for page in again]) == ([], [], [EXPORTED])


async def test_an_object_without_a_file_is_read_to_its_end(exports: Exports, reading) -> None:
    exports.said["as_of"] = EXPORTED
    [page] = await reading("deals")
    assert (page.records, page.horizon) == ((), EXPORTED)


async def test_every_cursor_is_safe_to_stop_at(exports: Exports, reading) -> None:
    exports.people(*({"id": number} for number in range(1, 6)))
    first, *_ = await reading(page=2)
    assert ids(await reading(cursor=first.cursor, page=2)) == ["3", "4", "5"]


async def test_a_file_that_is_exported_anew_in_the_middle_of_a_read_is_read_to_its_new_end(
    exports: Exports, reading
) -> None:
    exports.people(*({"id": number} for number in range(1, 6)))
    first, *_ = await reading(page=2)
    exports.people({"id": 1, "email": "new@a.mx"}, {"id": 4}, {"id": 5}, at=LATER)
    rest = await reading(cursor=first.cursor, page=2)
    assert (sorted(ids(rest)), sorted(gone(rest))) == (["1", "4", "5"], ["2", "3"])


async def test_only_rows_that_changed_are_read_again_and_rows_that_are_not_there_are_gone(
    exports: Exports, reading
) -> None:
    exports.people({"id": 1, "email": "ana@a.mx"}, {"id": 2}, {"id": 3})
    cursor = (await reading())[-1].cursor
    exports.people({"id": 3}, {"id": 1, "email": "ana@b.mx"}, {"id": 4}, at=LATER)
    pages = await reading(cursor=cursor)
    assert (ids(pages), gone(pages), sorted(gone(pages, "label"))) == (["1", "4"], ["2"], ["1", "2", "4"])
    assert records(pages)[0].email == "ana@b.mx"
    assert records(pages)[0].modified_at == LATER


async def test_who_is_back_is_read_again(exports: Exports, reading) -> None:
    exports.people({"id": 1}, {"id": 2})
    await reading()
    exports.people({"id": 1}, at=LATER)
    cursor = (await reading())[-1].cursor
    exports.people({"id": 1}, {"id": 2}, at=LATER + timedelta(hours=1))
    assert ids(await reading(cursor=cursor)) == ["2"]


async def test_a_change_of_the_same_size_within_the_same_second_is_seen(exports: Exports, reading) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    exports.people({"id": 1, "email": "ana@a.mx"}, at=now)
    cursor = (await reading())[-1].cursor
    exports.people({"id": 1, "email": "ana@b.mx"}, at=now)
    assert [one.email for one in records(await reading(cursor=cursor))] == ["ana@b.mx"]


async def test_a_folder_that_came_back_from_a_backup_is_read_from_its_beginning(exports: Exports, reading) -> None:
    exports.people({"id": 1}, {"id": 2})
    await reading()
    journal = exports.directory / "crm_sync_journal.db"
    older = journal.read_bytes()
    exports.people({"id": 1}, {"id": 3}, at=LATER)
    cursor = (await reading())[-1].cursor
    journal.write_bytes(older)
    exports.people({"id": 1}, {"id": 2}, at=EXPORTED)
    assert ids(await reading(cursor=cursor)) == ["1", "2"]


async def test_a_store_that_begins_anew_is_told_everything_and_what_is_gone(exports: Exports, reading) -> None:
    exports.people({"id": 1}, {"id": 2})
    await reading()
    exports.people({"id": 1}, at=LATER)
    await reading()
    pages = await reading(cursor=None)
    assert (ids(pages), gone(pages)) == (["1"], ["2"])
    assert ids(await reading(cursor="another-journal/99")) == ["1"]


async def test_a_file_that_vanished_is_an_error_and_one_without_rows_says_that_all_are_gone(
    exports: Exports, reading
) -> None:
    file = exports.people({"id": 1})
    cursor = (await reading())[-1].cursor
    file.unlink()
    with pytest.raises(ConfigError, match=r"no people file any more; allowed: people.csv or people.parquet"):
        await reading(cursor=cursor)
    exports.write("people", at=LATER)
    assert gone(await reading(cursor=cursor)) == ["1"]


async def test_a_window_brings_what_was_noticed_inside_and_no_horizon(exports: Exports, reading) -> None:
    exports.people({"id": 1}, {"id": 2})
    await reading()
    exports.people({"id": 1}, {"id": 2, "email": "b@b.mx"}, at=LATER)
    [page] = await reading(window=Window(LATER, LATER + timedelta(minutes=1)))
    assert (ids([page]), page.horizon) == (["2"], None)


async def test_parquet_says_the_same_as_csv(exports: Exports, reading) -> None:
    at = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    table = pa.table(
        {"Record ID": [7, 8], "Create Date": [at, at], "Email": ["ana@a.mx", None], "Email Opt-Out": [True, None]}
    )
    parquet.write_table(table, exports.directory / "people.parquet")
    ana, nobody = [one for one in records(await reading()) if isinstance(one, Person)]
    assert (ana.ref, ana.created_at, ana.email, ana.opted_out) == (person_ref(7), at, "ana@a.mx", True)
    assert (nobody.email, nobody.opted_out) == (None, False)


async def test_a_spreadsheet_of_another_language_separates_by_semicolons(exports: Exports, reading) -> None:
    text = "\ufeffRecord ID;First Name;Create Date;Unknown Column\r\n1;Inés;2026-05-04 09:30;x\r\n\r\n"
    (exports.directory / "people.csv").write_text(text, encoding="utf-8", newline="")
    exports.said["time_zone"] = "America/Mexico_City"
    [person] = records(await reading())
    assert (person.first_name, person.created_at) == ("Inés", datetime(2026, 5, 4, 15, 30, tzinfo=UTC))


async def test_rows_become_the_records_that_they_tell_of(exports: Exports, reading) -> None:
    exports.write(
        "deals", {"id": "d1", "created_at": "2026-05-04", "state": "Won", "amount": "1500.10", "people": "1; 2"}
    )
    exports.write(
        "touches", {"id": "t1", "at": "2026-05-05T10:00Z", "people": "1", "type": "Call", "direction": "Outbound"}
    )
    exports.write(
        "stage_changes",
        {"person": "1", "at": "2026-05-05", "field": "", "value": "MQL", "was": "Lead"},
        {"person": "1", "at": "2026-05-05", "field": "owner", "value": "luis", "was": ""},
    )
    [deal] = records(await reading("deals"))
    assert isinstance(deal, Deal)
    assert (deal.state, deal.amount, deal.people) == ("won", Decimal("1500.10"), (person_ref(1), person_ref(2)))
    [touch] = records(await reading("touches"))
    assert isinstance(touch, Touch)
    assert (touch.people, dict(touch.facts)) == ((person_ref(1),), {"type": "call", "direction": "outbound"})
    stage, owner = records(await reading("stage_changes"))
    assert isinstance(stage, StageChange)
    assert (stage.ref, stage.value, stage.was) == (person_ref(1), "MQL", "Lead")
    assert isinstance(owner, Assignment)
    assert owner.owner == Ref("files", "owner", "luis")


async def test_a_reason_for_closing_is_told_with_its_instant_and_an_empty_one_was_taken_back(
    exports: Exports, reading
) -> None:
    change = {"person": "1", "at": "2026-05-05", "field": "close_reason", "value": "Spam", "was": ""}
    taken_back = {**change, "at": "2026-05-06", "value": "", "was": "Spam"}
    exports.write("stage_changes", change, taken_back)
    found = [one for one in records(await reading("stage_changes")) if isinstance(one, StageChange)]
    assert [(one.field, one.value, one.was) for one in found] == [
        ("close_reason", "Spam", None), ("close_reason", "", "Spam"),
    ]  # fmt: skip


async def test_a_person_brings_the_persona_and_the_score_of_its_crm(exports: Exports, reading) -> None:
    exports.people({"id": 1, "persona": "Head of IT", "lead_score": "81.5"})
    [person] = [one for one in records(await reading()) if isinstance(one, Person)]
    assert (person.persona, person.score) == ("Head of IT", Decimal("81.5"))


async def test_a_source_is_a_label_until_it_is_taken_away(exports: Exports, reading) -> None:
    exports.people({"id": 1, "source": "Referral"})
    pages = await reading()
    assert (ids(pages, "label"), gone(pages, "label")) == (["1"], [])
    exports.people({"id": 1}, at=LATER)
    assert gone(await reading(cursor=pages[-1].cursor), "label") == ["1"]


async def test_an_edited_mapping_reads_the_rows_again(exports: Exports, reading) -> None:
    exports.people({"id": 1, "source": "MQL"})
    cursor = (await reading())[-1].cursor
    fields = exports.vocabulary.fields
    places = {**fields.places["people"], "stage": {"person": ("source",)}}
    edited = replace(fields, places={**fields.places, "people": places})
    exports.vocabulary = replace(exports.vocabulary, fields=edited)
    assert [one.stage for one in records(await reading(cursor=cursor)) if isinstance(one, Person)] == [("MQL",)]


async def test_a_row_that_edited_mappings_cannot_read_any_more_is_left_out_and_stops_nothing(
    exports: Exports, reading
) -> None:
    exports.people({"id": 1, "email": "ana@a.mx"}, {"id": 2, "email": "2026-05-04"})
    await reading()
    fields = exports.vocabulary.fields
    places = {**fields.places["people"], "created_at": {"person": ("email",)}}
    exports.vocabulary = replace(exports.vocabulary, fields=replace(fields, places={**fields.places, "people": places}))
    pages = await reading(cursor=None)
    assert (ids(pages), gone(pages)) == (["2"], [])


async def test_people_are_judged_as_of_the_files_that_tell_of_them(exports: Exports, reading) -> None:
    """An old list of owners holds nobody up."""
    exports.people({"id": 1})
    exports.write("owners", {"id": "luis"})
    [people], [owners] = await reading("people"), await reading("owners")
    assert people.horizon == EXPORTED
    assert owners.horizon is not None
    assert owners.horizon > EXPORTED


async def test_owners_tell_when_they_work_and_are_away_in_the_zone_of_the_export(exports: Exports, reading) -> None:
    exports.said["time_zone"] = "America/Mexico_City"
    row = {"id": "luis", "working_hours": "Mon-Fri 09:00-14:00 15:00-18:00", "away": "2026-06-01/2026-06-08T09:00:00Z"}
    exports.people({"id": 1})
    exports.write("owners", row)
    [page] = await reading("owners")
    [luis] = page.records
    assert isinstance(luis, Owner)
    assert luis.working_hours == "monday-friday 09:00-14:00 15:00-18:00"
    assert luis.away == ("2026-06-01T06:00:00Z/2026-06-08T09:00:00Z",)


async def test_a_file_that_cannot_be_read_to_its_end_leaves_everything_as_it_was(exports: Exports, reading) -> None:
    file = exports.people({"id": 1}, {"id": 2})
    cursor = (await reading())[-1].cursor
    many = "".join(f"{number},2026-05-04\n" for number in range(3, 3000))
    file.write_bytes(b"id,created_at\n" + many.encode() + b"\xff,2026-05-04\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        await reading(cursor=cursor)
    exports.people({"id": 1}, {"id": 3}, at=LATER)
    pages = await reading(cursor=cursor)
    assert (ids(pages), gone(pages)) == (["3"], ["2"])


@pytest.mark.slow
async def test_a_journal_that_somebody_else_changes_is_asked_again_later(exports: Exports, reading) -> None:
    exports.people({"id": 1})
    await reading()
    exports.people({"id": 2}, at=LATER)
    other = sqlite3.connect(exports.directory / "crm_sync_journal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TryLater, match="database is locked"):
        await reading()
    other.close()
    assert ids(await reading()) == ["2"]


async def test_a_journal_that_is_none_is_named_with_what_helps(exports: Exports, reading) -> None:
    exports.people({"id": 1})
    (exports.directory / "crm_sync_journal.db").write_text("a letter, and no journal at all " * 40, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"file is not a database; .* Without it everything is read again."):
        await reading()
