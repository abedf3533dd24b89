"""The only hand that changes records: it checks, writes, leaves history, and can take back all it has done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_sync.sandbox.salesforce.changes import Origin, publish
from crm_sync.sandbox.salesforce.checks import check_unique, checked
from crm_sync.sandbox.salesforce.duplicates import check_duplicates
from crm_sync.sandbox.salesforce.effects import consequences, defaults
from crm_sync.sandbox.salesforce.family import going_along, pointing
from crm_sync.sandbox.salesforce.fields import is_key
from crm_sync.sandbox.salesforce.histories import history
from crm_sync.sandbox.salesforce.ids import full_id
from crm_sync.sandbox.salesforce.links import with_ids
from crm_sync.sandbox.salesforce.locks import stumble
from crm_sync.sandbox.salesforce.rules import check_rules
from crm_sync.sandbox.salesforce.schema import Sight, sight
from crm_sync.sandbox.salesforce.serials import next_id
from crm_sync.sandbox.salesforce.wire import Call, Refusal, not_found
from crm_sync.sandbox.world import ARCHIVED_AT, CREATED, MODIFIED, Row, Table, World, quoted

_BIN_MS = 15 * 86_400_000


class Writer:
    """Writes of one request. `undo` restores the world as it was: databases without a journal cannot roll back."""

    def __init__(self, call: Call) -> None:
        self.world = world = call.world
        self.now = world.clock.now_ms() // 1000 * 1000
        self.user: str = world.notes["salesforce_app"]["user_id"]
        self._call, self._undo, self._mark = call, call.undo, len(call.undo)
        self._origin = Origin(world, self.user, call.version)
        self._sights: dict[str, Sight] = {}

    def create(self, name: str, given: Mapping[str, Any]) -> str:
        """The new record's id."""
        seen = self.see(name)
        if any(key.lower() == "id" for key in given):
            raise Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ["Id"])
        said = checked(self.world, seen, with_ids(self.world, seen, given), creating=True)
        row = defaults(self.world, seen.type.name, seen.table.fields, self.user) | _said(said)
        row |= consequences(self.world, seen.type.name, {}, row, self.now)
        stumble(self.world, seen, None, row)
        check_rules(self.world, seen, {}, row, self.now)
        check_duplicates(self._call, seen, {}, row)
        check_unique(seen, {}, row)
        record_id = next_id(self.world, seen)
        self._insert(seen.table, record_id, self._stamped(seen, row))
        self._remember(seen, record_id, {}, row)
        self._tell("CREATE", seen, record_id, row)
        return record_id

    def update(self, name: str, record_id: str, given: Mapping[str, Any]) -> str:
        """The 18-character id of the record that now has these values."""
        seen = self.see(name)
        before = self.alive(seen, record_id)
        if seen.type.name == "Lead" and before["IsConverted"]:
            raise Refusal(400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])
        changes = checked(self.world, seen, with_ids(self.world, seen, given), creating=False)
        changes |= consequences(self.world, seen.type.name, before, changes, self.now)
        stumble(self.world, seen, before["_id"], changes)
        check_rules(self.world, seen, before, changes, self.now)
        check_duplicates(self._call, seen, before, changes)
        check_unique(seen, before, changes)
        self.put(name, before, changes)
        return str(before["_id"])

    def put(self, name: str, before: Row, changes: Row) -> None:
        """Sets columns without asking whether a client might: for what the org does itself."""
        seen = self.see(name)
        self._set(seen.table, before, self._stamped(seen, changes))
        self._remember(seen, before["_id"], before, before | changes)
        moved = {key: value for key, value in changes.items() if before.get(key) != value}
        self._tell("UPDATE", seen, before["_id"], moved)

    def point(self, name: str, before: Row, changes: Row) -> None:
        """Sets columns and nothing else: no stamp moves, nobody is told. A merge does this to children."""
        self._set(self.see(name).table, before, changes)

    def delete(self, name: str, record_id: str, **more: Any) -> str:
        """Into the recycle bin, with the children that cannot be without it; only queryAll still sees them."""
        seen = self.see(name)
        before = self.alive(seen, record_id)
        stumble(self.world, seen, before["_id"], {})
        for pointer in going_along(seen.type.name):
            for child in pointing(self.world, pointer, before["_id"]):
                self.delete(pointer.object, child["_id"])
        self._set(seen.table, before, {ARCHIVED_AT: self.now, MODIFIED: self.now, **more})
        self._tell("DELETE", seen, before["_id"], {})
        return str(before["_id"])

    def undelete(self, name: str, record_id: str) -> str:
        """Out of the recycle bin again, with the children that went into it at the same time."""
        seen, found = self.see(name), full_id(record_id) or ""
        before = seen.table.get([found]).get(found, {})
        gone_at = before.get(ARCHIVED_AT)
        if gone_at is None or gone_at < self.now - _BIN_MS:
            raise Refusal(400, "UNDELETE_FAILED", "Entity is not in the recycle bin", [])
        merged = {"MasterRecordId": None} if "MasterRecordId" in before else {}
        self._set(seen.table, before, self._stamped(seen, {ARCHIVED_AT: None, **merged}))
        self._tell("UNDELETE", seen, found, {})
        for pointer in going_along(seen.type.name):
            for child in pointing(self.world, pointer, found, gone_at):
                self.undelete(pointer.object, child["_id"])
        return found

    def purge(self, name: str, record_id: str) -> None:
        """Out of the recycle bin, for good."""
        seen, found = self.see(name), full_id(record_id) or ""
        gone = seen.table.get([found]).get(found)
        if gone is None or gone[ARCHIVED_AT] is None:
            raise Refusal(400, "ENTITY_NOT_IN_RECYCLE_BIN", "the record is not in the recycle bin", [])
        self._forget(seen.table, found)
        self._undo.append(lambda: seen.table.insert([gone]))

    def upsert(
        self, name: str, key: str, value: object, given: Mapping[str, Any], *, update_only: bool = False
    ) -> tuple[str, bool]:
        """Updates the record with this key, or creates one: its id and whether it is new."""
        seen = self.see(name)
        found = self.matching(seen, key, value)
        rest = {one: said for one, said in given.items() if one.lower() != key.lower()}
        if len(found) > 1:
            message = f"{key}: more than one record found for external id field: [{', '.join(found)}]"
            raise Refusal(300, "DUPLICATE_EXTERNAL_ID", message, [key])
        if found:
            return self.update(name, found[0], rest), False
        if update_only or (key.lower() == "id" and value):
            raise not_found(f"Provided external ID field does not exist or is not accessible: {value}")
        return self.create(name, rest | ({} if key.lower() == "id" else {key: value})), True

    def matching(self, seen: Sight, key: str, value: object) -> list[str]:
        """Ids of the living records whose key has this value."""
        field = seen.field(key)
        if field is None or not is_key(field):
            raise not_found(f"Provided external ID field does not exist or is not accessible: {key}")
        if value is None or value == "":
            return []
        column = "_id" if field.name == "Id" else quoted(field.name)
        wanted = full_id(value) if field.name == "Id" else value
        same = "" if field.name == "Id" else " COLLATE NOCASE"
        where = f"{column} = ?{same} AND {ARCHIVED_AT} IS NULL"
        return [row["_id"] for row in seen.table.select(where, [wanted], columns=[])]

    def see(self, name: str) -> Sight:
        """The object; permissions are looked up once per request."""
        if name not in self._sights:
            self._sights[name] = see(self.world, name)
        return self._sights[name]

    def alive(self, seen: Sight, record_id: str) -> Row:
        """The record, when it can still be changed."""
        found = full_id(record_id)
        if found is None or (seen.type.prefix and not found.startswith(seen.type.prefix)):
            raise Refusal(400, "MALFORMED_ID", f"{seen.type.label} ID: id value of incorrect type: {record_id}", ["Id"])
        row = seen.table.get([found]).get(found)
        if row is None:
            raise Refusal(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        if row[ARCHIVED_AT] is not None:
            raise Refusal(404, "ENTITY_IS_DELETED", "entity is deleted", [])
        return row

    def note(self, table: str, row: Row) -> None:
        """One row of a history object."""
        told = self.see(table)
        self._insert(told.table, next_id(self.world, told), {**row, "CreatedById": self.user, MODIFIED: self.now})

    def undo(self) -> None:
        """Takes back every write since this writer began, the last one first."""
        while len(self._undo) > self._mark:
            self._undo.pop()()

    def _stamped(self, seen: Sight, row: Row) -> Row:
        editor = {"LastModifiedById": self.user} if "LastModifiedById" in seen.table.fields else {}
        return {**row, **editor, MODIFIED: self.now}

    def _remember(self, seen: Sight, record_id: str, before: Row, after: Row) -> None:
        for name, row in history(self.world, seen.type.name, record_id, before, after):
            self.note(name, row)

    def _tell(self, kind: str, seen: Sight, record_id: str, values: Row) -> None:
        self._undo.append(publish(self._origin, kind, seen.type.name, record_id, values))

    def _insert(self, table: Table, record_id: str, row: Row) -> None:
        table.insert([{"_id": record_id, CREATED: self.now, **row}])
        self._undo.append(lambda: self._forget(table, record_id))

    def _forget(self, table: Table, record_id: str) -> None:
        self.world.db.execute(f"DELETE FROM {table.sql_name} WHERE _id = ?", (record_id,))

    def _set(self, table: Table, before: Row, changes: Row) -> None:
        table.update(before["_id"], changes)
        old = {name: before[name] for name in changes}
        self._undo.append(lambda: table.update(before["_id"], old))


def see(world: World, name: str, *, tooling: bool = False) -> Sight:
    """The object, or the refusal of a path that names none."""
    found = sight(world, name, tooling=tooling)
    if found is None:
        raise not_found()
    return found


def _said(row: Row) -> Row:
    """An explicit null at creation leaves the default standing."""
    return {name: value for name, value in row.items() if value is not None}
