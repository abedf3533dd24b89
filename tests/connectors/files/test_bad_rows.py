"""What cannot be read is said with file, line, what was found and what is allowed; nothing is lost in silence."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest

from crm_sync.errors import ConfigError

from .conftest import EXPORTED, Exports, gone, ids

LATER = EXPORTED + timedelta(hours=1)


async def problems(exports: Exports) -> tuple[str, ...]:
    files = exports.connector()
    account = await files.look()
    await files.close()
    return account.problems


async def test_each_bad_row_is_listed_and_the_others_are_read(exports: Exports, reading) -> None:
    exports.people(
        {"id": 1}, {"id": 2, "created_at": "03/01/2026"}, {"id": ""}, {"id": 1, "email": "twin@a.mx"}, {"id": 5}
    )
    assert ids(await reading()) == ["1", "5"]
    assert await problems(exports) == (
        "people.csv: line 3: created_at: found '03/01/2026'; "
        "allowed: a day or an instant in ISO 8601, as in 2026-03-01 or 2026-03-01 09:30.",
        "people.csv: line 4: id or record_id: found nothing; allowed: a value.",
        "people.csv: line 5: id: found '1', which stands in line 2 too; allowed: each id once.",
    )
    with (exports.directory / "crm_sync_bad_rows.csv").open(encoding="utf-8", newline="") as text:
        assert [(row["file"], row["line"]) for row in csv.DictReader(text)] == [
            ("people.csv", "3"), ("people.csv", "4"), ("people.csv", "5"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("sheet", "row", "sentence"),
    [
        (
            "deals",
            {"id": "1", "created_at": "2026-05-04", "amount": "1.500,10"},
            "amount: found '1.500,10'; allowed: a number",
        ),
        (
            "deals",
            {"id": "1", "created_at": "2026-05-04", "state": "Closed"},
            "state: found 'Closed'; allowed: open or won or lost",
        ),
        ("deals", {"id": "1", "created_at": ""}, "created_at or create_date or created_date: found nothing"),
        ("owners", {"id": "1", "human": "maybe"}, "human: found 'maybe'; allowed: yes or no"),
        ("owners", {"id": "1", "working_hours": "9 to 5"}, "working_hours: found '9 to 5'; allowed: hours such as"),
        ("owners", {"id": "1", "away": "next week"}, "away: found 'next week'; allowed: two days or instants"),
        ("touches", {"id": "1", "at": ""}, "at: found nothing"),
        ("stage_changes", {"person": "", "at": "2026-05-04", "value": "MQL"}, "person or deal: found nothing"),
        ("stage_changes", {"person": "1", "at": "2026-05-04", "value": ""}, "value: found nothing"),
    ],
)
async def test_a_cell_that_says_nothing_that_we_know_is_named(
    exports: Exports, sheet: str, row: dict[str, str], sentence: str
) -> None:
    exports.people({"id": 1})
    exports.write(sheet, row)
    [problem] = await problems(exports)
    assert problem.startswith(f"{sheet}.csv: line 2: {sentence}")


async def test_a_row_that_turned_bad_keeps_what_it_said_and_is_not_gone(exports: Exports, reading) -> None:
    exports.people({"id": 1}, {"id": 2})
    cursor = (await reading())[-1].cursor
    exports.people({"id": 1, "created_at": "yesterday"}, {"id": 2}, at=LATER)
    pages = await reading(cursor=cursor)
    assert (ids(pages), gone(pages)) == ([], [])


async def test_a_row_with_too_few_cells_is_bad(exports: Exports, reading) -> None:
    (exports.directory / "people.csv").write_text("id,created_at,email\n1,2026-05-04\n", encoding="utf-8")
    assert ids(await reading()) == []
    assert await problems(exports) == ("people.csv: line 2: the row: found 2 cells; allowed: 3, as in the header.",)


async def test_a_list_of_bad_rows_leaves_with_the_last_of_them(exports: Exports) -> None:
    exports.people(*({"id": number, "created_at": "?"} for number in range(12)))
    found = await problems(exports)
    assert len(found) == 11
    assert found[-1] == "2 more rows were left out; a sync lists all of them in crm_sync_bad_rows.csv."
    exports.people({"id": 1}, at=LATER)
    assert await problems(exports) == ()
    assert not (exports.directory / "crm_sync_bad_rows.csv").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"name\nAna\n", r"people.csv: line 1: found name; allowed: a column id or record_id that names each row"),
        (b"id,Id\n1,2\n", r"line 1: found id more than once; allowed: each column once"),
        (b"id,created_at\n1,2026-05-04\n\xe1,2026-05-04\n", r"a byte that is not UTF-8.*Save it again as CSV in UTF-8"),
        (b"", r"line 1: found no columns"),
    ],
)
async def test_a_file_that_cannot_be_read_at_all_stops_the_read(
    exports: Exports, reading, text: bytes, sentence: str
) -> None:
    (exports.directory / "people.csv").write_bytes(text)
    with pytest.raises(ConfigError, match=sentence):
        await reading()


async def test_a_folder_that_is_none_is_named(exports: Exports) -> None:
    with pytest.raises(ConfigError, match=r"no people.csv; allowed: people.csv or people.parquet"):
        await exports.connector().look()
    exports.directory = exports.directory / "absent"
    with pytest.raises(ConfigError, match=r"files.directory: found '.*absent'; allowed: a directory that is there"):
        await exports.connector().look()


async def test_a_file_in_both_forms_is_refused(exports: Exports, reading) -> None:
    exports.people({"id": 1})
    (exports.directory / "people.parquet").write_bytes(b"")
    with pytest.raises(ConfigError, match=r"people.csv and people.parquet; allowed: one of the two"):
        await reading()
    (exports.directory / "people.csv").unlink()
    with pytest.raises(ConfigError, match=r"people.parquet: .*; allowed: CSV in UTF-8 or Parquet"):
        await reading()
