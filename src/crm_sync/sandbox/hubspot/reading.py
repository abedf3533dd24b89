"""Reading objects: list, get and batch read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.errors import Refusal, missing_records, no_record
from crm_sync.sandbox.hubspot.objects import BY_NAME, ELSEWHERE, CrmObject
from crm_sync.sandbox.hubspot.records import View, columns, rendered, transposed
from crm_sync.sandbox.hubspot.schema import definition_of
from crm_sync.sandbox.hubspot.values import iso
from crm_sync.sandbox.hubspot.wire import Answer, Call, texts_in
from crm_sync.sandbox.jsontext import listed
from crm_sync.sandbox.world import Row, Table, World, by_column, quoted

#: Ids are text here and numbers to HubSpot; this order has an index.
BY_NUMBER = "CAST(_id AS INTEGER)"

_ALIVE, _ARCHIVED = "_archived_at IS NULL", "_archived_at IS NOT NULL"


def list_records(call: Call) -> Answer:
    """A page by id; `after` is the id that the next page begins with."""
    one, view = call.crm_object(), _view(call)
    limit = call.number("limit", 10, 50 if view.history else 100)
    after = call.number("after", 0, 10**18)
    where = f"{BY_NUMBER} >= ? AND {_ARCHIVED if call.flag('archived') else _ALIVE}"
    wanted = Table.kept_and(columns(call.world, one, view))
    sql = f"SELECT {wanted} FROM {call.table().sql_name} WHERE {where} ORDER BY {BY_NUMBER} LIMIT {limit + 1}"
    found = by_column(call.world.db.execute(sql, (after,)))
    page = {name: values[:limit] for name, values in found.items()}
    body: dict[str, Any] = {"results": listed(rendered(call.world, one, page, view, _base(call)))}
    if len(found["_id"]) > limit:
        following = found["_id"][limit]
        link = str(call.request.url.include_query_params(after=following))
        body["paging"] = {"next": {"after": following, "link": link}}
    return Answer(body)


def get_record(call: Call) -> Answer:
    one, view = call.crm_object(), _view(call)
    row = find(call.world, one, call.part("id"), call.query("idProperty"), archived=call.flag("archived"))
    return Answer(rendered(call.world, one, transposed([row]), view, _base(call))[0])


def batch_read(call: Call) -> Answer:
    """Up to 100 records (50 with history) by id or by a unique property; unknown ones make it a 207."""
    one, body = call.crm_object(), call.body
    view = View(texts_in(body, "properties"), texts_in(body, "propertiesWithHistory"))
    ids = list(dict.fromkeys(str(item.get("id")) for item in call.inputs(50 if view.history else 100)))
    wanted, archived = columns(call.world, one, view), call.flag("archived")
    found = by_key(call.world, one, ids, str(body.get("idProperty") or ""), archived=archived, wanted=wanted)
    rows = list({row["_id"]: row for row in found.values()}.values())
    missing = [key for key in ids if key not in found]
    errors = [missing_records(one.singular, missing).row()] if missing else []
    return batch_answer(call, rendered(call.world, one, transposed(rows), view), errors)


def batch_answer(call: Call, results: Sequence[Any], errors: Sequence[Any], status: int = 200) -> Answer:
    """The envelope of every batch: 207 as soon as one input failed. Results are in no order that means something."""
    now = iso(call.world.clock.now_ms())
    body = {"status": "COMPLETE", "results": listed(results[::-1]), "startedAt": now, "completedAt": now}
    return Answer({**body, "numErrors": len(errors), "errors": listed(errors)}, 207) if errors else Answer(body, status)


def find(world: World, one: CrmObject, key: str, id_property: str = "", *, archived: bool = False) -> Row:
    """The record with that id, or with that value of a unique property. A merged id leads to its survivor."""
    key = account(world).merged.get((one.name, key), key)
    found = by_key(world, one, [key], id_property, archived=archived)
    if key not in found:
        raise no_record(key)
    return found[key]


def by_key(
    world: World,
    one: CrmObject,
    keys: Sequence[str],
    id_property: str = "",
    *,
    archived: bool = False,
    wanted: Sequence[str] | None = None,
) -> dict[str, Row]:
    """Records by the keys that find them, with at least the `wanted` columns: whole, when none are named."""
    if id_property and id_property != "hs_object_id":
        return _by_value(world, one, keys, id_property, archived=archived)
    rows = world.table("hubspot", one.name).get(keys, wanted)
    return {key: row for key, row in rows.items() if (row["_archived_at"] is not None) == archived}


def _by_value(world: World, one: CrmObject, keys: Sequence[str], id_property: str, *, archived: bool) -> dict[str, Row]:
    about = definition_of(world, one, id_property)
    if about is None or not about["hasUniqueValue"]:
        raise Refusal(400, f"Unable to perform read/update by non-unique {one.type_id} property {id_property}")
    found = {}
    for key in keys:
        row = holder(world, one, id_property, key, archived=archived)
        if row is not None:
            found[key] = row
    return found


def holder(world: World, one: CrmObject, name: str, value: str, *, archived: bool = False) -> Row | None:
    """The record that holds a unique value; an e-mail address may also be an additional one."""
    state = _ARCHIVED if archived else _ALIVE
    table = world.table("hubspot", one.name)
    where = f"{quoted(name)} = ? COLLATE NOCASE AND {state}"
    found = next(table.select(where, (value.strip(),), limit=1), None)
    if found is not None or name != "email":
        return found
    extra = f"hs_additional_emails IS NOT NULL AND ';' || lower(hs_additional_emails) || ';' LIKE ? AND {state}"
    return next(table.select(extra, (f"%;{value.strip().lower()};%",), order="hs_additional_emails", limit=1), None)


def _view(call: Call) -> View:
    names = [name for name in call.names("associations") if name not in ELSEWHERE]
    others = [BY_NAME.get(name) for name in names]
    if None in others:
        unknown = [name for name in names if name not in BY_NAME]
        raise Refusal(400, f"Unable to infer object type from: {', '.join(unknown)}")
    return View(call.names("properties"), call.names("propertiesWithHistory"), [one for one in others if one])


def _base(call: Call) -> str:
    """Where the records of this call live, for links: the path up to the object, whichever version it names."""
    url, name = call.request.url, call.part("object")
    return f"{url.scheme}://{url.netloc}{url.path.partition(f'/{name}')[0]}/{name}"
