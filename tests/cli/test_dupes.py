"""`crm-sync dupes file`: who is who in an export, without an account."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from tests.cli.commands import crm

LEADS = Path(__file__).parent.parent.parent / "examples" / "leads.csv"


def test_the_example_has_eight_people_and_each_link_says_why(tmp_path):
    ran = crm("dupes", "file", LEADS, "-o", tmp_path / "links.csv", "--review", tmp_path / "review.csv")
    assert ran.code == 0
    assert "12 records are 8 people; 4 are duplicates." in ran.out
    with (tmp_path / "links.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    same = [("1", "2"), ("3", "4"), ("5", "6"), ("8", "9")]
    assert all(rows[one]["cluster_id"] == rows[other]["cluster_id"] for one, other in same)
    assert len({row["cluster_id"] for row in rows.values()}) == 8
    assert rows["6"]["linked_to"] == "hubspot:5"
    assert "given name and surname swapped" in rows["6"]["because"]


def test_links_are_parquet_where_the_name_says_so(tmp_path):
    crm("dupes", "file", LEADS, "-o", tmp_path / "links.parquet")
    assert len(parquet.read_table(tmp_path / "links.parquet")) == 12


def test_evidence_is_told_in_spanish():
    ran = crm("dupes", "file", LEADS, "--language", "es", "--json")
    told = json.loads(ran.out)
    assert told["people"] == 8
    assert any("mismo correo" in (row["because"] or "") for row in told["links"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no-such.csv"], "no-such.csv: found No such file or directory; allowed: a file that this user may read."),
        ([LEADS, "--language", "fr"], "--language: found 'fr'; allowed: en or es."),
        ([LEADS, "-o", "/dev/null/links.csv"], "allowed: a file in a directory that this user may write to"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments, sentence):
    ran = crm("dupes", "file", *arguments)
    assert ran.code == 4
    assert sentence in ran.err


@pytest.mark.parametrize("option", ["-o", "--review"])
def test_the_file_with_the_people_is_never_written_over(tmp_path, option):
    (tmp_path / "people.csv").write_bytes(LEADS.read_bytes())
    (tmp_path / "again.csv").symlink_to(tmp_path / "people.csv")
    for name in ("people.csv", "again.csv"):
        ran = crm("dupes", "file", tmp_path / "people.csv", option, tmp_path / name)
        assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
        assert "which is read; allowed: another file than that with the people" in ran.err
    assert (tmp_path / "people.csv").read_bytes() == LEADS.read_bytes()


def test_clusters_and_pairs_do_not_go_into_one_file(tmp_path):
    ran = crm("dupes", "file", LEADS, "-o", tmp_path / "all.csv", "--review", tmp_path / "all.csv")
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert "as --output; allowed: another file than that with the clusters" in ran.err
    assert not (tmp_path / "all.csv").exists()


def test_one_is_told_as_one(tmp_path):
    (tmp_path / "one.csv").write_text("id,email\n1,a@acme.mx\n", encoding="utf-8")
    assert "1 record is 1 person; 0 are duplicates." in crm("dupes", "file", tmp_path / "one.csv").out
    (tmp_path / "two.csv").write_text("id,email\n1,a@acme.mx\n2,a@acme.mx\n", encoding="utf-8")
    assert "2 records are 1 person; 1 is a duplicate." in crm("dupes", "file", tmp_path / "two.csv").out
