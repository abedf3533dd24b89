"""Owners of records, with what HubSpot knows of the same people as users: their time zone, hours and absences.

Active owners are asked for in every sync, for a new one matters at once. Those who left, and users, who stand behind a
scope of their own, are listed when an owner is new or different, and else every hour (errands.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from crm_sync.clock import from_iso, stopwatch, to_iso
from crm_sync.connectors.base import Page
from crm_sync.connectors.complaints import complaint
from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.errands import is_due
from crm_sync.connectors.hubspot.objects import CRM, OWNERS
from crm_sync.connectors.hubspot.read import began_at
from crm_sync.connectors.hubspot.row import EPOCH, Json, Notes, blank, body_of, next_after, read_instant
from crm_sync.mappings.fields import Fields
from crm_sync.mappings.hours import WEEKDAYS, hours_text, weekly_of
from crm_sync.records import Owner, Ref

USERS: Final = "users"
SCOPE: Final = ("crm.objects.users.read", "time zones, working hours and absences of owners")
ABSENT: Final = frozenset({400, 403, 404})  # how HubSpot says that an account or a token has no users to offer
WHO: Final = ("hubspot_owner_id", "hs_internal_user_id")  # a user's owner, and the user id that the owner tells too
MODIFIED: Final = "hs_lastmodifieddate"
DAYS: Final[Mapping[str, Sequence[int]]] = {
    "MONDAY_TO_FRIDAY": range(5),
    "SATURDAY_SUNDAY": range(5, 7),
    "EVERY_DAY": range(7),
    **{name.upper(): (at,) for at, name in enumerate(WEEKDAYS)},
}

Users = Mapping[str, Mapping[str, str]]  # owner id, or `user/` and the internal id → what a user's properties hold


@dataclass(frozen=True, slots=True)
class Stand:
    """How far owners were read: when users were listed last, and a mark of all that active owners said then."""

    users: str = ""
    mark: str = ""

    def text(self) -> str:
        return json.dumps({"users": self.users, "mark": self.mark})

    @classmethod
    def parse(cls, text: str | None) -> Stand:
        told: dict[str, Any] = json.loads(text) if text else {}
        return cls(str(told.get("users", "")), str(told.get("mark", "")))  # older cursors hold other things

    def holds(self, mark: str, now: datetime) -> bool:
        return mark == self.mark and bool(self.users) and not is_due("users", from_iso(self.users), now)


async def read_owners(http: Http, fields: Fields, notes: Notes, cursor: str | None) -> AsyncGenerator[Page, None]:
    """All owners, those who left included: their records still name them."""
    stand, sent = Stand.parse(cursor), stopwatch()
    listed = await every_owner(http, "false")
    began = began_at(http, sent)
    asked = fields.to_read("owners", USERS)
    mark = hashlib.sha256(json.dumps([listed, asked], sort_keys=True).encode()).hexdigest()[:16]
    horizon = from_iso(began)
    if stand.holds(mark, horizon):
        yield Page((), stand.text(), (), len(listed), horizon)
        return
    listed += await every_owner(http, "true")
    users = await users_by_owner(http, asked, notes)
    owners = tuple(to_owner(body, fields, users, notes) for body in listed)
    yield Page(owners, Stand(began, mark).text(), (), len(listed), horizon)


async def every_owner(http: Http, archived: str) -> list[Json]:
    rows, after = list[Json](), ""
    while True:
        named = {"limit": "500", "archived": archived, **({"after": after} if after else {})}
        body = body_of((await http.get("/crm/v3/owners", params=named)).json())
        rows += body.get("results") or ()
        if not (after := next_after(body)):
            return rows


async def users_by_owner(http: Http, asked: Sequence[str], notes: Notes) -> Users:
    """None, and a note, where the account or the token does not offer them."""
    found: dict[str, Mapping[str, str]] = {}
    named, after = {"limit": "100", "properties": ",".join((*asked, *WHO))}, ""
    while asked:
        further = {"after": after} if after else {}
        answer = await http.get(f"/crm/v3/objects/{USERS}", params={**named, **further}, accept=ABSENT)
        if answer.status in ABSENT:
            notes.append((Ref(CRM, USERS, ""), f"{SCOPE[1]} are not read: {complaint(answer)}"))
            return {}
        body = body_of(answer.json())
        for one in body.get("results") or ():
            said = {name: str(value) for name, value in (one.get("properties") or {}).items() if not blank(value)}
            found |= dict.fromkeys(keys_of(said), said)
        if not (after := next_after(body)):
            break
    return found


def keys_of(said: Mapping[str, str]) -> Iterator[str]:
    owner, user = (said.get(name) for name in WHO)
    if owner:
        yield owner
    if user:
        yield f"user/{user}"


def to_owner(body: Json, fields: Fields, users: Users, notes: Notes) -> Owner:
    """An owner; what the user behind it says moves the version, too."""
    ref = Ref(CRM, OWNERS.name, str(body["id"]))
    user = body.get("userId") or body.get("userIdIncludingInactive")
    said = users.get(ref.id) or users.get(f"user/{user}") or {}
    teams = [team for team in body.get("teams") or () if isinstance(team, dict)]
    team = next((one for one in teams if one.get("primary")), teams[0] if teams else {})
    name = " ".join(str(body[part]) for part in ("firstName", "lastName") if not blank(body.get(part)))
    stamp, moved = str(body.get("updatedAt") or body.get("createdAt") or ""), said.get(MODIFIED, "")
    place = Place(ref, fields, said, notes)
    return Owner(
        ref, f"{stamp}/{moved}" if moved else stamp, max(stamp_of(stamp), stamp_of(moved)),
        name=name or None, email=body.get("email") or None, team=team.get("name") or None,
        time_zone=place.text("time_zone"), working_hours=place.hours(), away=place.away(),
        human=body.get("type", "PERSON") == "PERSON", active=not body.get("archived", False),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """What one user's properties say, as fields.toml places it. What cannot be read costs a note, no more."""

    ref: Ref
    fields: Fields
    said: Mapping[str, str]
    notes: Notes

    def text(self, name: str) -> str | None:
        return next((self.said[one] for one in self.fields.of("owners", name, USERS) if one in self.said), None)

    def hours(self) -> str | None:
        return hours_text(weekly_of(window for one in self.listed("working_hours") for window in windows_of(one)))

    def away(self) -> tuple[str, ...]:
        return tuple(absence_of(one) for one in self.listed("away"))

    def listed(self, name: str) -> list[Any]:
        """The list that a property holds as JSON, when every item of it can be read."""
        text = self.text(name)
        try:
            found = json.loads(text or "[]")
            for one in found:
                list(windows_of(one)) if name == "working_hours" else absence_of(one)
        except (ValueError, KeyError, TypeError, OverflowError):
            self.notes.append((self.ref, f"{name} of its user is not understood: {text!r}"))
            return []
        return list(found)


def windows_of(one: Json) -> Iterator[tuple[int, int, int]]:
    """`{"days": "MONDAY_TO_FRIDAY", "startMinute": 540, "endMinute": 1020}`"""
    start, end = int(one["startMinute"]), int(one["endMinute"])
    if not 0 <= start <= end <= 1440:
        raise ValueError(f"{start} to {end} is no part of a day")
    yield from ((day, start, end) for day in DAYS[one["days"]])


def absence_of(one: Json) -> str:
    """`{"startTimestamp": 1730379600000, "endTimestamp": 1730408400000}`, in epoch milliseconds."""
    start, end = (datetime.fromtimestamp(int(one[name]) / 1000, UTC) for name in ("startTimestamp", "endTimestamp"))
    return f"{to_iso(start)}/{to_iso(end)}"


def stamp_of(text: str) -> datetime:
    try:
        return read_instant(text)
    except ValueError:
        return EPOCH
