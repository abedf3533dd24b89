"""How many living records there are between two values of what reads go by: counted by the bucket, not by the record.

A tally holds the number of records in each hour of a stamp, or in each few thousand ids. It is made together with its
index when an object is first searched by that key, and triggers keep it right, whoever writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.hubspot.schema import derived_column
from crm_sync.sandbox.world import ARCHIVED_AT, CREATED, MODIFIED, World


@dataclass(frozen=True, slots=True)
class Key:
    """What records are read by: its SQL, with a place for NEW and OLD, and how much of it goes into one bucket."""

    name: str
    sql: str
    step: int

    def bucket(self, row: str = "") -> str:
        return f"{self.sql.format(row)} / {self.step}"


_KEYS: Final = {
    CREATED: Key("created", f"{{}}{CREATED}", 3_600_000),
    MODIFIED: Key("modified", f"{{}}{MODIFIED}", 3_600_000),
    "_id": Key("id", "CAST({}_id AS INTEGER)", 4_096),
}

_MADE: Final = "hubspot_tallies"

#: The index knows what is archived, so that counting and leafing never touch the table.
_SQL: Final = f"""
    CREATE INDEX {{tally}}_index ON {{table}} ({{indexed}}, {ARCHIVED_AT});
    CREATE TABLE {{tally}} (bucket INTEGER PRIMARY KEY, records INTEGER) WITHOUT ROWID;
    INSERT INTO {{tally}} SELECT {{here}}, count(*) FROM {{table}} WHERE {ARCHIVED_AT} IS NULL GROUP BY 1;
    CREATE TRIGGER {{tally}}_in AFTER INSERT ON {{table}} BEGIN {{more}}; END;
    CREATE TRIGGER {{tally}}_out AFTER DELETE ON {{table}} BEGIN {{less}}; END;
    CREATE TRIGGER {{tally}}_moved AFTER UPDATE OF _id, {CREATED}, {MODIFIED}, {ARCHIVED_AT} ON {{table}}
        BEGIN {{less}}; {{more}}; END;
"""
_MORE: Final = (
    f"INSERT INTO {{tally}} SELECT {{new}}, 1 WHERE NEW.{ARCHIVED_AT} IS NULL"
    " ON CONFLICT DO UPDATE SET records = records + 1"
)
_LESS: Final = f"UPDATE {{tally}} SET records = records - 1 WHERE bucket = {{old}} AND OLD.{ARCHIVED_AT} IS NULL"


def key_of(name: str) -> Key | None:
    """The key that a property is; None for properties that are no key."""
    return _KEYS.get(derived_column(name) or "")


def ready(world: World, one: CrmObject, key: Key) -> None:
    """Makes the tally and the index of an object, once."""
    made: set[tuple[str, str]] = world.notes.setdefault(_MADE, set())
    if (one.name, key.name) not in made:
        made.add((one.name, key.name))
        others = [each.sql.format("") for each in (_KEYS["_id"], _KEYS[MODIFIED]) if each != key]
        names = {"tally": _tally(one, key), "table": world.table("hubspot", one.name).sql_name}
        names |= {"indexed": ", ".join([key.sql.format(""), *others]), "here": key.bucket()}
        more, less = _MORE.format(new=key.bucket("NEW."), **names), _LESS.format(old=key.bucket("OLD."), **names)
        world.db.executescript(_SQL.format(more=more, less=less, **names))


def count_between(world: World, one: CrmObject, key: Key, low: int | None, high: int | None) -> int:
    """Living records from `low` on and below `high`; None is open."""
    below = 0 if low is None else _below(world, one, key, low)
    return max(0, _below(world, one, key, high) - below)


def _below(world: World, one: CrmObject, key: Key, value: int | None) -> int:
    """Whole buckets from the tally, and the beginning of the last one from the index."""
    tally, table, sql = _tally(one, key), world.table("hubspot", one.name).sql_name, key.sql.format("")
    if value is None:
        found = world.db.execute(f"SELECT total(records) FROM {tally}").fetchone()
    else:
        found = world.db.execute(
            f"SELECT total(records) + (SELECT count(*) FROM {table} WHERE {sql} >= ?1 / {key.step} * {key.step}"
            f" AND {sql} < ?1 AND {ARCHIVED_AT} IS NULL) FROM {tally} WHERE bucket < ?1 / {key.step}",
            (value,),
        ).fetchone()
    return int(found[0])


def _tally(one: CrmObject, key: Key) -> str:
    return f"hubspot_{one.name}_by_{key.name}"
