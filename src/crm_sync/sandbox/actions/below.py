"""Deeds below the faces, where no user can reach: stamps that are equal or come late, and keys that end."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from crm_sync.sandbox.actions.deeds import change
from crm_sync.sandbox.actions.inside import Inside, Said, marks
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.world import MODIFIED, Table, to_ms

_CHUNK: Final = 500


async def same_stamp(inside: Inside, said: Said) -> Any:
    """Many records get one last-modified stamp, `at` or now: more than any cursor by time can step over."""
    table, ids = inside.table(said), inside.ids(said)
    at = _instant(said["at"]) if "at" in said else inside.world.clock.now_ms()
    stamp = at // 1000 * 1000 if table.face == "salesforce" else at
    _stamp(table, ids, stamp)
    return {"records": len(ids), "stamp_ms": stamp}


async def late_change(inside: Inside, said: Said) -> Any:
    """Records change now and carry a stamp of some time ago, like a transaction that began then and ends now. No stamp
    goes back behind the one that its record had: who wrote that one held the record until it was done."""
    ago, table, ids = int(said.get("stamped_ms_ago", 60_000)), inside.table(said), inside.ids(said)
    before = {one: row[MODIFIED] for one, row in table.get(ids, ()).items()}
    outcome = await change(inside, {**said, "ids": ids})
    stamp = (inside.world.clock.now_ms() - ago) // 1000 * 1000
    for one in outcome["ids"]:
        _stamp(table, [one], max(stamp, before.get(one, stamp)))
    return {**outcome, "stamp_ms": stamp}


def _stamp(table: Table, ids: list[str], stamp: int) -> None:
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        table.db.execute(f"UPDATE {table.sql_name} SET {MODIFIED} = ? WHERE _id IN ({marks(some)})", (stamp, *some))


def _instant(text: Any) -> int:
    at = datetime.fromisoformat(str(text))
    if at.tzinfo is None:
        raise ValueError(f'"at" is {text!r}; it must say its offset, as in 2026-05-30T02:00:00+00:00')
    return to_ms(at)


async def expire_tokens(inside: Inside, said: Said) -> Any:
    """Sessions of Salesforce, access tokens of HubSpot's public apps: whoever has one must log in again."""
    world = inside.world
    if _crm(said) == "salesforce":
        ended = len(world.notes["salesforce_tokens"])
        world.notes["salesforce_tokens"].clear()
        return {"ended": ended}
    logins = account(world).logins
    logins.expire_all(world.clock.now_ms())
    return {"ended": len(logins.access_tokens)}


async def rotate_secret(inside: Inside, said: Said) -> Any:
    """The private app's token or the connected app's secret is replaced: the old one is worth nothing any more."""
    world, turn = inside.world, inside.world.notes.get("rotations", 0) + 1
    world.notes["rotations"] = turn
    fresh = str(uuid5(NAMESPACE_URL, f"crm-sync sandbox rotation {turn}"))
    if _crm(said) == "salesforce":
        world.notes["salesforce_app"]["client_secret"] = fresh
        return {"client_secret": fresh}
    known = account(world)
    scopes = next(iter(known.tokens.values()))
    known.grant(f"pat-na1-{fresh}", scopes)
    return {"token": f"pat-na1-{fresh}"}


async def index_lag(inside: Inside, said: Said) -> Any:
    """HubSpot's search knows what changes only `ms` later."""
    ms = said.get("ms")
    if not isinstance(ms, int) or ms < 0:
        raise ValueError(f'"ms" is {ms!r}; it must be a whole number, 0 or more')
    inside.world.notes["hubspot_index_lag_ms"] = ms
    return {"ms": ms}


async def fail_bulk(inside: Inside, said: Said) -> Any:
    """The next Bulk 2.0 ingest job of Salesforce fails after `after_rows` rows, with all others unprocessed."""
    after, message = said.get("after_rows", 0), said.get("message", "InternalServerError : the job has been stopped")
    if not isinstance(after, int) or after < 0:
        raise ValueError(f'"after_rows" is {after!r}; it must be a whole number, 0 or more')
    order = {"after_rows": after, "errorMessage": str(message)}
    inside.world.notes.setdefault("salesforce_bulk_faults", []).append(order)
    return order


def _crm(said: Said) -> str:
    if said.get("crm") not in ("hubspot", "salesforce"):
        raise ValueError(f'"crm" is {said.get("crm")!r}; it must be hubspot or salesforce')
    return str(said["crm"])
