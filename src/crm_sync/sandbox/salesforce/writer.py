"""The only hand that changes records: it checks, writes, leaves history, and can take back all it has done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_sync.sandbox.salesforce.checks import check_unique, checked
from crm_sync.sandbox.salesforce.effects import consequences, defaults, history
from crm_sync.sandbox.salesforce.ids import POD, full_id, number_of, salesforce_id
from crm_sync.sandbox.salesforce.schema import Sight, sight
from crm_sync.sandbox.salesforce.wire import Call, Refusal, not_found
from crm_sync.sandbox.world import ARCHIVED_AT, CREATED, MODIFIED, Row, Table, World, quoted


class Writer:
    """Writes of one request. `undo` restores the world as it was: databases without a journal cannot roll back."""

    def __init__(self, call: Call) -> None:
        self.world = world = call.world
        self.now = world.clock.now_ms() // 1000 * 1000
        self.user: str = world.notes["salesforce_app"]["user_id"]
        self._undo, self._mark = call.undo, len(call.undo)
        self._sights: dict[str, Sight] = {}

    def create(self, name: str, given: Mapping[str, Any]) -> str:
        """The new record's id."""
        seen = self.see(name)
        if any(key.lower() == "id" for key in given):
            raise Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ["Id"])
        said = checked(self.world, seen, given, creating=True)
        row = defaults(self.world, seen.type.name, seen.table.fields, self.user) | _said(said)
        row |= consequences(self.world, seen.type.name, {}, row, self.now)
        check_unique(seen, {}, row)
        record_id = next_id(self.world, seen)
        self._insert(seen.table, record_id, self._stamped(seen, row))
        self._remember(seen, record_id, {}, row)
        return record_id

    def update(self, name: str, record_id: str, given: Mapping[str, Any]) -> str:
        """The 18-character id of the record that now has these values."""
        seen = self.see(name)
        before = self._alive(seen, record_id)
        if seen.type.name == "Lead" and before["IsConverted"]:
            raise Refusal(400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])
        changes = checked(self.world, seen, given, creating=False)
        changes |= consequences(self.world, seen.type.name, before, changes, self.now)
        check_unique(seen, before, changes)
        self._set(seen.table, before, self._stamped(seen, changes))
        self._remember(seen, before["_id"], before, before | changes)
        return str(before["_id"])

    def delete(self, name: str, record_id: str) -> str:
        """Into the recycle bin: only queryAll still sees the record."""
        seen = self.see(name)
        before = self._alive(seen, record_id)
        self._set(seen.table, before, {ARCHIVED_AT: self.now, MODIFIED: self.now})
        return str(before["_id"])

    def upsert(
        self, name: str, key: str, value: object, given: Mapping[str, Any], *, update_only: bool = False
    ) -> tuple[str, bool]:
        """Updates the record with this key, or creates one: its id and whether it is new."""
        seen = self.see(name)
        found = self.matching(seen, key, value)
        rest = {one: said for one, said in given.items() if one.lower() != key.lower()}
        if len(found) > 1:
            raise Refusal(
                300,
                "DUPLICATE_EXTERNAL_ID",
                f"{key}: more than one record found for external id field: [{', '.join(found)}]",
                [key],
            )
        if found:
            return self.update(name, found[0], rest), False
        if update_only or (key.lower() == "id" and value):
            raise not_found(f"Provided external ID field does not exist or is not accessible: {value}")
        return self.create(name, rest | ({} if key.lower() == "id" else {key: value})), True

    def matching(self, seen: Sight, key: str, value: object) -> list[str]:
        """Ids of the living records whose key has this value."""
        field = seen.field(key)
        if field is None or not (field.about.get("idLookup") or field.about.get("externalId")):
            raise not_found(f"Provided external ID field does not exist or is not accessible: {key}")
        if value is None or value == "":
            return []
        column = "_id" if field.name == "Id" else quoted(field.name)
        wanted = full_id(value) if field.name == "Id" else value
        same = "" if field.name == "Id" else " COLLATE NOCASE"
        return [
            row["_id"]
            for row in seen.table.select(f"{column} = ?{same} AND {ARCHIVED_AT} IS NULL", [wanted], columns=[])
        ]

    def see(self, name: str) -> Sight:
        """The object; permissions are looked up once per request."""
        if name not in self._sights:
            self._sights[name] = see(self.world, name)
        return self._sights[name]

    def undo(self) -> None:
        """Takes back every write since this writer began, the last one first."""
        while len(self._undo) > self._mark:
            self._undo.pop()()

    def _alive(self, seen: Sight, record_id: str) -> Row:
        found = full_id(record_id)
        if found is None or (seen.type.prefix and not found.startswith(seen.type.prefix)):
            raise Refusal(400, "MALFORMED_ID", f"{seen.type.label} ID: id value of incorrect type: {record_id}", ["Id"])
        self._stumble(found)
        row = seen.table.get([found]).get(found)
        if row is None:
            raise Refusal(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        if row[ARCHIVED_AT] is not None:
            raise Refusal(404, "ENTITY_IS_DELETED", "entity is deleted", [])
        return row

    def _stumble(self, record_id: str) -> None:
        """A fault that a test has laid for this record."""
        fault = self.world.notes["salesforce_row_faults"].get(record_id)
        if fault and fault.get("times", 1) > 0:
            fault["times"] = fault.get("times", 1) - 1
            raise Refusal(400, fault["errorCode"], fault["message"], fault.get("fields", []))

    def _stamped(self, seen: Sight, row: Row) -> Row:
        editor = {"LastModifiedById": self.user} if "LastModifiedById" in seen.table.fields else {}
        return {**row, **editor, MODIFIED: self.now}

    def _remember(self, seen: Sight, record_id: str, before: Row, after: Row) -> None:
        for name, row in history(self.world, seen.type.name, record_id, before, after):
            told = self.see(name)
            self._insert(told.table, next_id(self.world, told), {**row, "CreatedById": self.user, MODIFIED: self.now})

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


def next_id(world: World, seen: Sight) -> str:
    """The id after the highest one in use; numbers given once are not given again."""
    last: dict[str, int] = world.notes.setdefault("salesforce_serials", {})
    type_ = seen.type
    number = last.get(type_.name, 0) + 1
    if number == 1 or seen.table.get([salesforce_id(type_.prefix, number)], []):
        found = next(
            seen.table.select("_id GLOB ?", [f"{type_.prefix}{POD}*"], columns=[], order="_id DESC", limit=1), None
        )
        number = max(number, number_of(found["_id"]) + 1 if found else 1)
    last[type_.name] = number
    return salesforce_id(type_.prefix, number)


def _said(row: Row) -> Row:
    """An explicit null at creation leaves the default standing."""
    return {name: value for name, value in row.items() if value is not None}
