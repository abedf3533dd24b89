"""A running town for tests: the sandbox in a process of its own, read over HTTP as any client would."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from crm_sync.mappings import OurField, load_vocabulary

OURS = tuple(load_vocabulary().fields.ours.values())
Held = dict[str, dict[str, str]]  # ref → our field → value; empty values left out


class Town:
    """One sandbox: its card, its truth, and what its CRMs hold of ours."""

    def __init__(self, card: dict[str, Any]) -> None:
        self.card = card
        self.settings_file = Path(card["settings_file"])
        self.url = card["hubspot"]["url"]
        self.http = httpx.Client(base_url=self.url, timeout=60)

    def truth(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(Path(self.card["truth_file"]).read_text(encoding="utf-8"))
        return found

    def truth_now(self) -> dict[str, Any]:
        """The truth about the town as it has lived on."""
        found: dict[str, Any] = self.http.get("/sandbox/truth").raise_for_status().json()
        return found

    def order(self, **fault: Any) -> None:
        """A fault, as the control API takes it."""
        self.http.post("/sandbox/faults", json=fault).raise_for_status()

    def calls(self) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get("/sandbox/calls").json()
        return found

    def held(self) -> Held:
        """What both CRMs hold of our fields, for every person record that can be written."""
        return self.held_by_hubspot() | self.held_by_salesforce("Lead") | self.held_by_salesforce("Contact")

    def held_by_hubspot(self) -> Held:
        headers = {"Authorization": f"Bearer {self.card['hubspot']['token']}"}
        asked = {"limit": "100", "properties": ",".join(one.hubspot for one in OURS)}
        held: Held = {}
        while True:
            page = self.http.get("/crm/v3/objects/contacts", params=asked, headers=headers).json()
            for row in page["results"]:
                held[f"hubspot:contacts:{row['id']}"] = ours_in(row["properties"], "hubspot")
            if "paging" not in page:
                return held
            asked["after"] = page["paging"]["next"]["after"]

    def held_by_salesforce(self, name: str) -> Held:
        fields = ", ".join(one.salesforce for one in OURS)
        condition = " WHERE IsConverted = false" if name == "Lead" else ""
        rows = self.soql(f"SELECT Id, {fields} FROM {name}{condition}")
        return {f"salesforce:{name}:{row['Id']}": ours_in(row, "salesforce") for row in rows}

    def salesforce_headers(self) -> dict[str, str]:
        """Of a session of their own."""
        said = self.card["salesforce"]
        login = {
            "grant_type": "client_credentials",
            "client_id": said["client_id"],
            "client_secret": said["client_secret"],
        }
        token = self.http.post("/services/oauth2/token", data=login).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def soql(self, question: str) -> list[dict[str, Any]]:
        headers = self.salesforce_headers()
        page = self.http.get("/services/data/v62.0/query", params={"q": question}, headers=headers).json()
        rows: list[dict[str, Any]] = list(page["records"])
        while not page["done"]:
            page = self.http.get(page["nextRecordsUrl"], headers=headers).json()
            rows += page["records"]
        return rows

    def hubspot_edit(self, contact_id: str, properties: dict[str, str]) -> None:
        headers = {"Authorization": f"Bearer {self.card['hubspot']['token']}"}
        path = f"/crm/v3/objects/contacts/{contact_id}"
        self.http.patch(path, json={"properties": properties}, headers=headers).raise_for_status()


def ours_in(row: dict[str, Any], crm: str) -> dict[str, str]:
    found = {one.name: as_text(one, row.get(getattr(one, crm))) for one in OURS}
    return {name: value for name, value in found.items() if value}


def as_text(field: OurField, value: Any) -> str:
    """A value of either CRM in one form: whole numbers, instants to the second in UTC."""
    if value in (None, ""):
        return ""
    if field.type == "number":
        return str(int(float(value)))
    if field.type == "datetime":
        return str(value)[:19] + "Z"
    return str(value)


@contextmanager
def running_town(directory: Path, people: int, seed: int = 7, load: Path | None = None) -> Iterator[Town]:
    """A town (or exported data) that lives as long as the block."""
    command = [sys.executable, "-m", "crm_sync.sandbox", "--with-parent", "--directory", str(directory)]
    arguments = ["--load", str(load)] if load else ["--people", str(people), "--seed", str(seed)]
    process = subprocess.Popen([*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        town = Town(json.loads(process.stdout.readline()))
        yield town
        town.http.close()
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def crm_sync(town: Town, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs the real command on the town."""
    ran = subprocess.run(start_of(town, *words), capture_output=True, text=True, check=False, timeout=300)
    if check:
        assert ran.returncode == 0, ran.stderr
    return ran


def start_of(town: Town, *words: str) -> list[str]:
    script = "from crm_sync.cli.main import run; run()"
    return [sys.executable, "-c", script, "--quiet", "--config", str(town.settings_file), *words]
