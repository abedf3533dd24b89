"""Who is on a list: kept for MANUAL and SNAPSHOT lists, found by the filter branch for DYNAMIC ones."""

from __future__ import annotations

from collections.abc import Iterable

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.filters import Condition
from crm_sync.sandbox.hubspot.list_filters import Branch, branch_condition
from crm_sync.sandbox.hubspot.lists import RecordList
from crm_sync.sandbox.hubspot.objects import BY_NAME, CrmObject
from crm_sync.sandbox.hubspot.reading import BY_NUMBER
from crm_sync.sandbox.world import World

#: Lists may ask about lists, but not in a circle.
_DEEPEST = 8


def object_of(made: RecordList) -> CrmObject:
    return BY_NAME[made.object_type_id]


def check_branch(world: World, one: CrmObject, branch: Branch) -> None:
    """Raises the refusal that names what is wrong with a branch."""
    branch_condition(world, one, branch, lambda list_id: _members(world, list_id, 1))


def found_by(world: World, one: CrmObject, branch: Branch, deep: int = 0) -> Condition:
    """The living records that the branch describes."""
    inner = branch_condition(world, one, branch, lambda list_id: _members(world, list_id, deep + 1))
    return Condition(f"_archived_at IS NULL AND ({inner.sql})", inner.params)


def _members(world: World, list_id: str, deep: int) -> Condition:
    """The records of another list as a condition."""
    made = account(world).lists.get(list_id)
    if made is None or made.deleted_at is not None:
        raise Refusal(400, f"List {list_id} does not exist")
    if deep > _DEEPEST:
        raise Refusal(400, f"List {list_id} asks about itself")
    if made.processing_type == "DYNAMIC" and made.branch is not None:
        return found_by(world, object_of(made), made.branch, deep)
    marks = ", ".join("?" for _ in made.members)
    return Condition(f"_id IN ({marks})", tuple(made.members))


def size_of(world: World, made: RecordList) -> int:
    if made.processing_type != "DYNAMIC" or made.branch is None:
        return len(made.members)
    found = found_by(world, object_of(made), made.branch)
    return world.table("hubspot", object_of(made).name).count(found.sql, found.params)


def members_of(world: World, made: RecordList) -> dict[str, int]:
    """Record id to the instant it joined, by id. A dynamic list counts a record from its last change on."""
    if made.processing_type != "DYNAMIC" or made.branch is None:
        return dict(sorted(made.members.items(), key=lambda item: int(item[0])))
    found = found_by(world, object_of(made), made.branch)
    rows = world.table("hubspot", object_of(made).name).select(found.sql, found.params, columns=(), order=BY_NUMBER)
    return {row["_id"]: max(made.created_at, row["_modified"]) for row in rows}


def add(world: World, made: RecordList, ids: Iterable[str]) -> tuple[list[str], list[str]]:
    """Puts records on a list; (those added, those that do not exist). Who is on it already is neither."""
    wanted = list(dict.fromkeys(ids))
    rows = world.table("hubspot", object_of(made).name).get(wanted, ())
    alive = [key for key in wanted if key in rows and rows[key]["_archived_at"] is None]
    fresh = [key for key in alive if key not in made.members]
    made.members.update(dict.fromkeys(fresh, world.clock.now_ms()))
    return fresh, [key for key in wanted if key not in alive]


def remove(made: RecordList, ids: Iterable[str]) -> list[str]:
    """Takes records off a list; those that were on it."""
    gone = [key for key in dict.fromkeys(ids) if key in made.members]
    for key in gone:
        del made.members[key]
    return gone
