"""The paths of lists and their memberships."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.hubspot import list_api, membership_api
from crm_sync.sandbox.hubspot.scopes import one_of
from crm_sync.sandbox.hubspot.wire import Path

_LISTS = "/crm/v3/lists"
_MEMBERS = f"{_LISTS}/{{id}}/memberships"
_READ, _WRITE = one_of("crm.lists.read"), one_of("crm.lists.write")

#: Paths with fixed words stand before the paths with an id, which would swallow them.
LIST_PATHS: Final[tuple[Path, ...]] = (
    ("POST", f"{_LISTS}/search", list_api.search_lists, _READ),
    ("GET", f"{_LISTS}/object-type-id/{{object}}/name/{{name}}", list_api.get_list_by_name, _READ),
    ("GET", f"{_LISTS}/records/{{object}}/{{record}}/memberships", membership_api.lists_of_record, _READ),
    ("POST", _LISTS, list_api.create_list, _WRITE),
    ("GET", _LISTS, list_api.get_lists, _READ),
    ("GET", f"{_LISTS}/{{id}}", list_api.get_list, _READ),
    ("DELETE", f"{_LISTS}/{{id}}", list_api.delete_list, _WRITE),
    ("PUT", f"{_LISTS}/{{id}}/restore", list_api.restore_list, _WRITE),
    ("PUT", f"{_LISTS}/{{id}}/update-list-filters", list_api.update_filters, _WRITE),
    ("PUT", f"{_LISTS}/{{id}}/update-list-name", list_api.rename_list, _WRITE),
    ("GET", _MEMBERS, membership_api.list_members, _READ),
    ("GET", f"{_MEMBERS}/join-order", membership_api.list_members_by_joining, _READ),
    ("PUT", f"{_MEMBERS}/add", membership_api.add_members, _WRITE),
    ("PUT", f"{_MEMBERS}/remove", membership_api.remove_members, _WRITE),
    ("PUT", f"{_MEMBERS}/add-and-remove", membership_api.change_members, _WRITE),
    ("PUT", f"{_MEMBERS}/add-from/{{source}}", membership_api.add_from_list, _WRITE),
    ("DELETE", _MEMBERS, membership_api.remove_all, _WRITE),
)
