"""Every path of the HubSpot face, with the scopes that open it."""

from __future__ import annotations

from collections.abc import Callable

from starlette.routing import BaseRoute

from crm_sync.sandbox.hubspot import (
    account_api,
    association_api,
    batches,
    group_api,
    owners,
    property_api,
    reading,
    search,
    write_api,
)
from crm_sync.sandbox.hubspot.wire import Answer, Call, Needs, route
from crm_sync.sandbox.world import World

_OBJECTS = "/crm/v3/objects/{object}"
_PROPERTIES = "/crm/v3/properties/{object}"
_PIPELINES = "/crm/v3/pipelines/{object}"
_LINKS = "/crm/v4/associations/{from}/{to}"
_RECORD_LINKS = "/crm/v4/objects/{from}/{id}/associations"


def _objects(verb: str) -> Needs:
    return lambda call: [f"crm.objects.{call.crm_object().scope}.{verb}"]


def _schemas(*verbs: str) -> Needs:
    """Definitions open to the schema scopes and, for reading, to those of the objects."""

    def needs(call: Call) -> list[str]:
        name = call.crm_object().scope
        scopes = [f"crm.schemas.{name}.{verb}" for verb in verbs]
        return [*scopes, f"crm.objects.{name}.read"] if "read" in verbs else scopes

    return needs


def _links(verb: str) -> Needs:
    return lambda call: [f"crm.objects.{call.crm_object('from').scope}.{verb}"]


def _owners(call: Call) -> list[str]:
    return ["crm.objects.owners.read"]


def _anyone(call: Call) -> list[str]:
    return []


Handle = Callable[[Call], Answer]

#: Batch and search paths stand before the paths with an id, which would swallow them.
_PATHS: tuple[tuple[str, str, Handle, Needs], ...] = (
    ("POST", f"{_OBJECTS}/search", search.search, _objects("read")),
    ("POST", f"{_OBJECTS}/batch/read", reading.batch_read, _objects("read")),
    ("POST", f"{_OBJECTS}/batch/create", batches.batch_create, _objects("write")),
    ("POST", f"{_OBJECTS}/batch/update", batches.batch_update, _objects("write")),
    ("POST", f"{_OBJECTS}/batch/upsert", batches.batch_upsert, _objects("write")),
    ("POST", f"{_OBJECTS}/batch/archive", batches.batch_archive, _objects("write")),
    ("GET", _OBJECTS, reading.list_records, _objects("read")),
    ("POST", _OBJECTS, write_api.create_record, _objects("write")),
    ("GET", f"{_OBJECTS}/{{id}}", reading.get_record, _objects("read")),
    ("PATCH", f"{_OBJECTS}/{{id}}", write_api.update_record, _objects("write")),
    ("DELETE", f"{_OBJECTS}/{{id}}", write_api.archive_record, _objects("write")),
    ("GET", "/crm/v3/owners", owners.list_owners, _owners),
    ("GET", "/crm/v3/owners/", owners.list_owners, _owners),  # the official client sends the slash
    ("GET", "/crm/v3/owners/{id}", owners.get_owner, _owners),
    ("GET", f"{_PROPERTIES}/groups", group_api.list_groups, _schemas("read")),
    ("POST", f"{_PROPERTIES}/groups", group_api.create_group, _schemas("write")),
    ("GET", f"{_PROPERTIES}/groups/{{name}}", group_api.get_group, _schemas("read")),
    ("DELETE", f"{_PROPERTIES}/groups/{{name}}", group_api.archive_group, _schemas("write")),
    ("POST", f"{_PROPERTIES}/batch/read", property_api.batch_read_properties, _schemas("read")),
    ("POST", f"{_PROPERTIES}/batch/create", property_api.batch_create_properties, _schemas("write")),
    ("POST", f"{_PROPERTIES}/batch/archive", property_api.batch_archive_properties, _schemas("write")),
    ("GET", _PROPERTIES, property_api.list_properties, _schemas("read")),
    ("POST", _PROPERTIES, property_api.create_property, _schemas("write")),
    ("GET", f"{_PROPERTIES}/{{name}}", property_api.get_property, _schemas("read")),
    ("PATCH", f"{_PROPERTIES}/{{name}}", property_api.update_property, _schemas("write")),
    ("DELETE", f"{_PROPERTIES}/{{name}}", property_api.archive_property, _schemas("write")),
    ("GET", _PIPELINES, account_api.list_pipelines, _schemas("read")),
    ("GET", f"{_PIPELINES}/{{id}}", account_api.get_pipeline, _schemas("read")),
    ("GET", f"{_PIPELINES}/{{id}}/stages", account_api.list_stages, _schemas("read")),
    ("GET", f"{_PIPELINES}/{{id}}/stages/{{stage}}", account_api.get_stage, _schemas("read")),
    ("POST", f"{_LINKS}/batch/read", association_api.batch_read_links, _links("read")),
    ("POST", f"{_LINKS}/batch/create", association_api.batch_create_links, _links("write")),
    ("POST", f"{_LINKS}/batch/associate/default", association_api.batch_default_links, _links("write")),
    ("POST", f"{_LINKS}/batch/archive", association_api.batch_archive_links, _links("write")),
    ("GET", f"{_LINKS}/labels", association_api.list_labels, _links("read")),
    ("POST", f"{_LINKS}/labels", association_api.create_label, _links("write")),
    ("PUT", f"{_RECORD_LINKS}/default/{{to}}/{{to_id}}", association_api.put_default, _links("write")),
    ("GET", f"{_RECORD_LINKS}/{{to}}", association_api.list_links, _links("read")),
    ("PUT", f"{_RECORD_LINKS}/{{to}}/{{to_id}}", association_api.put_labels, _links("write")),
    ("DELETE", f"{_RECORD_LINKS}/{{to}}/{{to_id}}", association_api.delete_links, _links("write")),
    ("GET", "/account-info/v3/details", account_api.details, _anyone),
    ("GET", "/account-info/v3/api-usage/daily/private-apps", account_api.usage, _anyone),
)

_TOKEN_INFO = "/oauth/v2/private-apps/get/access-token-info"


def routes(world: World) -> list[BaseRoute]:
    """The HubSpot face over one world."""
    found: list[BaseRoute] = [route(world, method, path, handle, needs) for method, path, handle, needs in _PATHS]
    return [*found, route(world, "POST", _TOKEN_INFO, account_api.token_info, _anyone, is_open=True)]
