"""Who is examined: a connector, and the CRM behind it, in words that are the same for all of them.

KIND      person, deal or touch; each examinee says which of its objects that is.
HELD      what the CRM holds, read below its API: id → the two values that the exam changes and compares.
TROUBLE   a fault or an order of the sandbox, by name; an examinee without a wire has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from crm_sync.connectors.base import Connector

KINDS: Final = ("person", "deal", "touch")

Values = tuple[str | None, str | None]  # what a record is called, and the text that edits change
Held = dict[str, Values]


class Examinee(Protocol):
    """`crm` is also the name under which refs and cursors stand."""

    crm: str
    connector: Connector
    objects: Mapping[str, str]  # kind → the CRM's own object
    kinds: Mapping[str, str]  # kind → what refs to such records say

    async def create(self, kind: str, number: int) -> str:
        """A record whose values come from its number; its id."""

    async def edit(self, kind: str, record_id: str, text: str) -> None: ...

    async def edit_late(self, kind: str, record_id: str, text: str) -> None:
        """Changed now, with a stamp of some minutes ago: its transaction began then and ends now."""

    async def delete(self, kind: str, record_id: str) -> None: ...

    async def restore(self, kind: str, record_id: str) -> None: ...

    async def merge(self, kept: str, lost: str) -> None:
        """Two people become one."""

    def fill(self, kind: str, count: int) -> list[str]:
        """Many records with one and the same stamp, below the API."""

    def held(self, kind: str) -> Held: ...

    def ours(self, object_name: str) -> dict[str, str | None]:
        """Our campaign field as the CRM holds it, of people that can be written."""

    def wait(self, minutes: float) -> None:
        """Lets the CRM's clock run on."""

    def calls(self) -> int:
        """Calls that reached the CRM."""

    async def close(self) -> None: ...


def title(number: int) -> str:
    return f"Text {number}"
