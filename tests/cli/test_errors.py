"""`crm-sync errors`: what a CRM refused is listed with its class, and waits until somebody releases it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_sync.changes import Receipt
from crm_sync.store import open_store
from tests.cli.commands import crm
from tests.store.samples import ANA, LEAD, MONDAY, change, known, plan


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Settings with a store in which HubSpot refused one write and Salesforce another."""
    settings = tmp_path / "crm-sync.toml"
    text = f'database = "sqlite:///{tmp_path}/own.db"\n[hubspot]\ntoken = "pat-1"\n'
    settings.write_text(text, encoding="utf-8")
    store = open_store(f"sqlite:///{tmp_path}/own.db")
    changes = (change(ANA), change(LEAD, "campaign", after="Ebook"))
    store.save_plan(store.start_run("sync", MONDAY), plan(known("p-1", (ANA, LEAD)), changes=changes))
    for crm_name, reason in (("hubspot", "picklist"), ("salesforce", "permission")):
        (write,) = store.pending(crm_name, 10, MONDAY)
        store.settle([Receipt(write.key, "refused", reason, f"{write.ref}: no")], MONDAY)
    store.close()
    return settings


def test_what_was_refused_is_listed_with_its_class_and_words(file: Path) -> None:
    found = crm("--config", file, "errors", "list", "--json").json
    assert [(one["ref"], one["class"], one["message"]) for one in found] == [
        (str(ANA), "picklist", f"{ANA}: no"),
        (str(LEAD), "permission", f"{LEAD}: no"),
    ]
    assert found[1]["values"] == {"campaign": "Ebook"}
    assert "picklist" in crm("--config", file, "errors", "list").out


def test_one_class_is_released_and_the_other_stays(file: Path) -> None:
    released = crm("--config", file, "errors", "release", "--reason", "permission", "--json")
    assert (released.code, released.json) == (0, {"released": 1})
    left = crm("--config", file, "errors", "list", "--json").json
    assert [one["class"] for one in left] == ["picklist"]
    store = open_store(f"sqlite:///{file.parent}/own.db")
    assert [write.ref for write in store.pending("salesforce", 10, MONDAY)] == [LEAD]
    store.close()


def test_nothing_refused_is_one_sentence(file: Path) -> None:
    assert crm("--config", file, "errors", "release").lines == ["2 writes will be tried again at the next sync."]
    ran = crm("--config", file, "errors", "list")
    assert (ran.code, ran.out, ran.lines) == (0, "", ["No CRM refuses anything."])
