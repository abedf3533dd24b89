"""What records held before they changed: while the index lags, search still finds them so.

A version is a whole row with the instant it was replaced. As of an instant, a record's state is its row when that is
old enough, or else the version that was not yet replaced then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.world import CREATED, MODIFIED, Row, Table, World, quoted

_KEPT: Final = "hubspot_versions"


def lag_ms(world: World) -> int:
    return int(world.notes["hubspot_index_lag_ms"])


def keep(world: World, name: str, row: Row) -> None:
    """To be called with the whole row right before it changes. Without lag nothing is kept."""
    if lag_ms(world):
        kept = world.notes.setdefault(_KEPT, {}).setdefault(name, [])
        kept.append((world.clock.now_ms(), dict(row)))


def keep_now(world: World, name: str, record_id: str) -> None:
    """Keeps what the record holds now."""
    if lag_ms(world):
        for row in world.table("hubspot", name).get([record_id]).values():
            keep(world, name, row)


def indexed_source(world: World, one: CrmObject) -> str:
    """What search reads from, as SQL: the table; with a lag its older rows, and the changed ones as they were."""
    table = world.table("hubspot", one.name)
    if not lag_ms(world):
        return table.sql_name
    since = world.clock.now_ms() - lag_ms(world)
    before = list(_as_of(world, one.name, since))
    if not before:
        return f"(SELECT * FROM {table.sql_name} WHERE {MODIFIED} <= {since})"
    return _view(world, table, before, since)


def _view(world: World, table: Table, before: list[Row], since: int) -> str:
    """The older rows of the table and a copy of the changed ones, as one thing to read from."""
    view, copy = "temp.hubspot_indexed", "temp.hubspot_before"
    world.db.execute(f"DROP VIEW IF EXISTS {view}")
    world.db.execute(f"DROP TABLE IF EXISTS {copy}")
    world.db.execute(f"CREATE TABLE {copy} AS SELECT * FROM {table.sql_name} WHERE 0")
    for row in before:
        names = [name for name in row if name in table.fields or name.startswith("_")]
        sql = f"INSERT INTO {copy} ({', '.join(map(quoted, names))}) VALUES ({', '.join('?' * len(names))})"
        world.db.execute(sql, [row[name] for name in names])
    world.db.execute(
        f"CREATE TEMP VIEW hubspot_indexed AS SELECT * FROM main.{table.sql_name} WHERE {MODIFIED} <= {since}"
        f" UNION ALL SELECT * FROM {copy}"
    )
    return view


def _as_of(world: World, name: str, since: int) -> Iterator[Row]:
    """The versions that were current at `since`; older ones are forgotten."""
    kept = world.notes.get(_KEPT, {}).get(name, [])
    kept[:] = [(until, row) for until, row in kept if until > since]
    for _, row in kept:
        if row[CREATED] <= since and row[MODIFIED] <= since:
            yield row
