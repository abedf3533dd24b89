"""Bad input is listed and costs neither a crash nor much time."""

from __future__ import annotations

import pytest

from crm_sync.connectors.files.people import read_people
from crm_sync.errors import ConfigError
from crm_sync.sync.match import match_file

HEAD = "id,source,first_name,last_name,email,phone,company\n"


@pytest.fixture
def file(tmp_path):
    def made(content, name="people.csv"):
        place = tmp_path / name
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    return made


def test_fifty_thousand_records_with_one_phone_and_one_address_are_not_compared_with_each_other(matcher, lister, file):
    rows = "".join(
        f"{one},hubspot,Name{one},Family{one},test@test.com,+525512345678,Company{one}\n" for one in range(50_000)
    )
    found = match_file(file(HEAD + rows), matcher, lister)
    assert found.people == 50_000
    assert found.compared < 50_000
    assert {(one["kind"], one["records"]) for one in found.crowds.to_pylist()} == {("phone", 50_000)}


def test_a_mailbox_that_fifty_thousand_share_is_skipped_and_listed(matcher, lister, file):
    rows = "".join(f"{one},hubspot,Name{one},Family{one},ana.ruiz@acme.mx,,Company{one}\n" for one in range(50_000))
    found = match_file(file(HEAD + rows), matcher, lister)
    assert (found.people, found.compared < 50_000) == (50_000, True)
    (crowd,) = found.crowds.to_pylist()
    assert (crowd["kind"], crowd["value"], crowd["records"]) == ("mailbox", "ana.ruiz@acme.mx", 50_000)


def test_a_note_of_ten_megabytes_is_ignored_and_its_row_is_matched(matcher, lister, file):
    note = "spoke with Ana, " * (10 * 1024 * 1024 // 16)
    head = HEAD.replace("company\n", "company,notes\n")
    rows = f'1,hubspot,Ana,Ruiz,ana@acme.mx,,Acme,"{note}"\n2,salesforce,Ana,Ruiz,ana@acme.mx,,Acme,\n'
    found = match_file(file(head + rows), matcher, lister)
    assert (found.rows, found.people, found.bad) == (2, 1, [])
    assert found.ignored == ["notes"]


def test_names_from_right_to_left_are_matched_with_and_without_marks_of_direction(matcher, people):
    told = {"first_name": "محمد", "last_name": "الفارسي", "email": "m@farsi.ae", "company": "فارس"}
    marked = told | {"first_name": "\u200fمحمد\u200e", "company": "\u202bفارس\u202c"}
    found = matcher(people(told, marked, {"first_name": "דוד", "last_name": "כהן", "company": "אור"}))
    assert found.leader.to_pylist() == [0, 0, 2]


def test_a_name_that_was_not_provided_is_no_name_that_two_people_share(matcher, lister, file):
    rows = "".join(
        f"{one},salesforce,,{name},{mail},,Sierra\n"
        for one, (name, mail) in enumerate(
            [("[not provided]", "nina.pena@hotmail.com"), ("[not provided]", "rena@sierra.com"), ("Unknown", "x@b.mx")]
        )
    )
    assert match_file(file(HEAD + rows), matcher, lister).people == 3


def test_a_row_with_too_many_cells_is_listed_and_the_others_are_matched(matcher, lister, file):
    rows = "1,hubspot,Ana,Ruiz,ana@acme.mx,,Acme\n2,hubspot,a,b,c,d,e,f,g,h\n3,salesforce,Ana,Ruiz,ana@acme.mx,,Acme\n"
    found = match_file(file(HEAD + rows), matcher, lister)
    assert [(one.row, one.problem) for one in found.bad] == [(2, "10 cells under 7 columns")]
    assert (found.rows, found.people) == (2, 1)


def test_rows_are_counted_as_the_file_counts_them(file):
    rows = "1,hubspot,Ana,,,,\n2,hubspot\n,hubspot,Eva,,,,\n4,a,b,c,d,e,f,g,h\n1,hubspot,Ana,,,,\n6,hubspot,Leo,,,,\n"
    export = read_people(file(HEAD + rows))
    assert sorted((one.row, one.problem) for one in export.bad) == [
        (2, "2 cells under 7 columns"),
        (3, "no id"),
        (4, "9 cells under 7 columns"),
        (5, "the id 1 stands in an earlier row"),
    ]
    assert export.rows["row"].to_pylist() == [1, 6]


def test_rows_without_an_id_or_with_one_that_was_there_are_listed(file):
    export = read_people(file(HEAD + "1,hubspot,Ana,,,,\n,hubspot,Eva,,,,\n1,hubspot,Ana,,,,\n1,salesforce,Ana,,,,\n"))
    assert sorted((one.row, one.problem) for one in export.bad) == [
        (2, "no id"),
        (3, "the id 1 stands in an earlier row"),
    ]
    assert export.rows["source"].to_pylist() == ["hubspot", "salesforce"]


def test_signs_that_are_not_utf_8_are_listed_and_the_row_stays(file):
    export = read_people(file(HEAD.encode() + b"1,hubspot,Jos\xe9,Ruiz,,,\n2,hubspot,Eva,,,,\n"))
    assert [(one.row, one.problem) for one in export.bad] == [(1, "a sign that is not UTF-8")]
    assert export.rows["id"].to_pylist() == ["1", "2"]


def test_a_file_that_a_spreadsheet_saved_as_utf_16_is_read(file):
    export = read_people(file((HEAD + "1,hubspot,José,Ruiz,,,\n").encode("utf-16")))
    assert export.rows["first_name"].to_pylist() == ["José"]
    assert not export.bad


def test_columns_that_nobody_knows_are_told_and_ignored(file):
    export = read_people(file("Record ID;First Name;Shoe size\n1;Ana;38\n"))
    assert export.ignored == ["Shoe size"]
    assert export.rows["first_name"].to_pylist() == ["Ana"]


def test_a_file_without_ids_says_what_it_needs(file):
    with pytest.raises(
        ConfigError, match="found the columns name; allowed: a column id and some of source, first_name"
    ):
        read_people(file("name\nAna\n"))
    with pytest.raises(ConfigError, match="found what is no table of text; allowed: a column id"):
        read_people(file(b"SQLite format 3\x00\x10\x00\x01\n\x02\x03\n"))


@pytest.mark.parametrize("rows", ["", "1,hubspot,Ana,Ruiz,,,\n"])
def test_no_record_and_one_record_are_as_many_people(matcher, lister, file, rows):
    found = match_file(file(HEAD + rows), matcher, lister)
    assert found.people == found.rows == bool(rows)


def test_names_in_any_script_emoji_and_endless_notes_are_borne(matcher, people):
    endless = "word " * 200_000
    odd = (
        "",
        "   ",
        "😀😀",
        "محمد",
        "李小龍",
        "Ана",
        endless,
        "\u202eabc",
        "a\x00b",
        "'; DROP TABLE people; --",
        "%_\\",
    )
    rows = [
        {"first_name": one, "last_name": one, "company": one, "city": one, "email": one, "phone": one} for one in odd
    ]
    found = matcher(people(*rows, *rows))
    assert len(found.leader) == 2 * len(odd)
    assert found.leader[odd.index("محمد")] == found.leader[len(odd) + odd.index("محمد")]
