"""Where loaded rows wait: checked for an id and for doubles, counted, and put into the world in one go."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from crm_sync.sandbox.load.report import SetAside
from crm_sync.sandbox.load.sheets import Line
from crm_sync.sandbox.load.values import Unreadable
from crm_sync.sandbox.world import ARCHIVED_AT, CREATED, MODIFIED, HistoryItem, Row, World, quoted

Stamps = tuple[int, int, int | None]  # created, modified, archived


class Hall:
    """Rows by face and object, and everything that had to be set aside."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
        self.places: dict[tuple[str, str, str], Line] = {}
        self.history: dict[str, list[HistoryItem]] = defaultdict(list)
        self.links: list[tuple[str, str, str, str, int, str]] = []
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.set_aside: list[SetAside] = []
        self._there: dict[tuple[str, str], set[str]] = {}

    @contextmanager
    def placing(self, line: Line) -> Iterator[None]:
        """Sets the line aside when one of its cells cannot be read."""
        try:
            yield
        except Unreadable as error:
            self.aside(line, str(error))

    def aside(self, line: Line, reason: str) -> None:
        self.set_aside.append(SetAside(line.file, line.number, reason))

    def put(self, face: str, name: str, record_id: str, stamps: Stamps, values: Row, line: Line) -> None:
        """A record; of two with one id the first stays."""
        if self.knows(face, name, record_id):
            before = self.places.get((face, name, record_id))
            where = f"line {before.number} of {before.file}" if before else "the sandbox"
            self.aside(line, f"{name} {record_id} is already there, from {where}")
            return
        created, modified, archived = stamps
        kept: Row = {"_id": record_id, CREATED: created, MODIFIED: max(created, modified), ARCHIVED_AT: archived}
        self.rows[face, name][record_id] = kept | values
        self.places[face, name, record_id] = line
        self.counts[face][name] += 1

    def knows(self, face: str, name: str, record_id: str) -> bool:
        """Is the record loaded, or was it in the world before?"""
        if (face, name) not in self._there:
            self._there[face, name] = {row["_id"] for row in self.world.table(face, name).select(columns=())}
        return record_id in self.rows[face, name] or record_id in self._there[face, name]

    def archive(self, face: str, name: str, record_id: str, at: int) -> None:
        row = self.rows[face, name][record_id]
        if row[ARCHIVED_AT] is None:
            row[ARCHIVED_AT] = at
            row[MODIFIED] = max(row[MODIFIED], at)

    def empty(self) -> int | None:
        """Writes everything into the world; returns the newest stamp."""
        self.world.db.execute("BEGIN")
        for (face, name), rows in self.rows.items():
            table = self.world.table(face, name)
            blank = dict.fromkeys(key for row in rows.values() for key in row)
            flags = [one.name for one in table.fields.values() if face == "salesforce" and one.kind == "boolean"]
            table.insert(blank | dict.fromkeys(flags, 0) | row for row in rows.values())
        for name, items in self.history.items():
            self.world.add_history("hubspot", name, items)
        self.world.associate(self.links)
        self.world.db.execute("COMMIT")
        stamps = [row[MODIFIED] for rows in self.rows.values() for row in rows.values()]
        return max([*stamps, *(one.at for items in self.history.values() for one in items)], default=None)


def no_later_than(world: World, now: int) -> None:
    """Moves the stamps of what the world held before back to `now`: nothing may come from the future."""
    for table in world.tables.values():
        sql = f"UPDATE {table.sql_name} SET {CREATED} = min({CREATED}, ?), {MODIFIED} = min({MODIFIED}, ?)"
        world.db.execute(f"{sql} WHERE {quoted(MODIFIED)} > ?", (now, now, now))
