"""How many records Salesforce holds and which, by COUNT() and by id; and how to ask for single ones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final

from crm_sync.connectors.base import Window
from crm_sync.connectors.http import Http
from crm_sync.connectors.salesforce.calendars import CALENDARS
from crm_sync.connectors.salesforce.sources import Source
from crm_sync.connectors.salesforce.values import CRM, literal, quoted
from crm_sync.errors import Failed

PAGE: Final = 2_000
BATCH: Final = 2_000  # ids at a time
UNCOUNTED: Final[Mapping[str, str]] = {
    "User": "users are never deleted, and queues are read with them by the same stamp",
    CALENDARS: "listed whole every hour",
}


def countable(sources: Mapping[str, Sequence[Source]]) -> tuple[str, ...]:
    """Objects that are records of their own: not users, nor what only tells about others."""
    return tuple(name for name, parts in sources.items() if counts(name, parts))


def uncounted(name: str, countable: Sequence[str]) -> str:
    """Why an object is not counted, and what keeps it right instead; empty for one that is."""
    if name in countable:
        return ""
    return UNCOUNTED.get(
        name, f"its rows never change; `crm-sync backfill --object {name}` reads a window of them again"
    )


def counts(name: str, parts: Sequence[Source]) -> bool:
    """What comes with it only points to it."""
    first, *others = parts
    whole = first.object == name and first.stamp != "CreatedDate" and not first.where
    return whole and all(one.parent for one in others)


async def count(http: Http, root: str, name: str, window: Window) -> int:
    """Living records created in the window, activities that Salesforce has put into its archive included."""
    return int((await ask(http, root, f"SELECT COUNT() FROM {name} WHERE {made_in(window)}"))["totalSize"])


async def ids(http: Http, root: str, name: str, window: Window) -> AsyncIterator[tuple[str, ...]]:
    """Their ids in order, each once: each question starts after the last one."""
    last, before = "", frozenset[str]()
    while True:
        after = f" AND Id > {quoted(last)}" if last else ""
        asked = f"SELECT Id FROM {name} WHERE {made_in(window)}{after} ORDER BY Id LIMIT {PAGE}"
        said = await ask(http, root, asked)
        found = [str(row["Id"]) for row in said["records"]]
        while said.get("nextRecordsUrl"):
            said = (await http.get(said["nextRecordsUrl"])).json()
            found += [str(row["Id"]) for row in said["records"]]
        if fresh := tuple(one for one in dict.fromkeys(found) if one not in before):
            yield fresh
        if len(found) < PAGE:
            return
        if not fresh:
            raise Failed(CRM, f"ids of {name}", f"the same ids came twice, up to {last}")
        last, before = found[-1], frozenset(found)


async def ask(http: Http, root: str, soql: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (await http.get(f"{root}/queryAll", params={"q": soql})).json()
    return found


def made_in(window: Window) -> str:
    since, until = literal(window.since), literal(window.until)
    return f"IsDeleted = false AND CreatedDate >= {since} AND CreatedDate < {until}"


def batches(ids: Sequence[str]) -> Iterator[list[str]]:
    for at in range(0, len(ids), BATCH):
        yield list(ids[at : at + BATCH])
