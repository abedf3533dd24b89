"""Every path of the HubSpot face, with the scopes that open it."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from crm_sync.sandbox.hubspot import (
    account_api,
    association_api,
    association_v3_api,
    batches,
    group_api,
    label_api,
    legacy_contacts,
    legacy_engagements,
    legacy_schema,
    limits_api,
    merge_api,
    oauth_api,
    owners,
    pipeline_api,
    property_api,
    reading,
    search,
    write_api,
)
from crm_sync.sandbox.hubspot.dated_paths import dated
from crm_sync.sandbox.hubspot.list_routes import LIST_PATHS
from crm_sync.sandbox.hubspot.marketing_routes import MARKETING_PATHS, OPEN_MARKETING_PATHS
from crm_sync.sandbox.hubspot.scopes import anyone, objects, one_of, schemas
from crm_sync.sandbox.hubspot.wire import Path, route
from crm_sync.sandbox.world import World

_OBJECTS = "/crm/v3/objects/{object}"
_PROPERTIES = "/crm/v3/properties/{object}"
_PIPELINES = "/crm/v3/pipelines/{object}"
_LIMITS = "/crm/v3/limits"
_LINKS = "/crm/v4/associations/{from}/{to}"
_ENGAGEMENTS = "/engagements/v1/engagements"
_CONTACT_LISTS = "/contacts/v1/lists"
_OLD_LINKS = "/crm/v3/associations/{from}/{to}"
_OLD_RECORD_LINKS = "/crm/v3/objects/{from}/{id}/associations/{to}"
_RECORD_LINKS = "/crm/v4/objects/{from}/{id}/associations"

#: Batch and search paths stand before the paths with an id, which would swallow them.
_PATHS: Final[tuple[Path, ...]] = (
    ("POST", f"{_OBJECTS}/search", search.search, objects("read")),
    ("POST", f"{_OBJECTS}/batch/read", reading.batch_read, objects("read")),
    ("POST", f"{_OBJECTS}/batch/create", batches.batch_create, objects("write")),
    ("POST", f"{_OBJECTS}/batch/update", batches.batch_update, objects("write")),
    ("POST", f"{_OBJECTS}/batch/upsert", batches.batch_upsert, objects("write")),
    ("POST", f"{_OBJECTS}/batch/archive", batches.batch_archive, objects("write")),
    ("POST", f"{_OBJECTS}/merge", merge_api.merge_records, objects("write")),
    ("POST", f"{_OBJECTS}/gdpr-delete", merge_api.gdpr_delete, objects("write")),
    ("GET", _OBJECTS, reading.list_records, objects("read")),
    ("POST", _OBJECTS, write_api.create_record, objects("write")),
    ("GET", f"{_OBJECTS}/{{id}}", reading.get_record, objects("read")),
    ("PATCH", f"{_OBJECTS}/{{id}}", write_api.update_record, objects("write")),
    ("DELETE", f"{_OBJECTS}/{{id}}", write_api.archive_record, objects("write")),
    ("GET", "/crm/v3/owners", owners.list_owners, one_of("crm.objects.owners.read")),
    ("GET", "/crm/v3/owners/{id}", owners.get_owner, one_of("crm.objects.owners.read")),
    ("GET", f"{_PROPERTIES}/groups", group_api.list_groups, schemas("read")),
    ("POST", f"{_PROPERTIES}/groups", group_api.create_group, schemas("write")),
    ("GET", f"{_PROPERTIES}/groups/{{name}}", group_api.get_group, schemas("read")),
    ("PATCH", f"{_PROPERTIES}/groups/{{name}}", group_api.update_group, schemas("write")),
    ("DELETE", f"{_PROPERTIES}/groups/{{name}}", group_api.archive_group, schemas("write")),
    ("POST", f"{_PROPERTIES}/batch/read", property_api.batch_read_properties, schemas("read")),
    ("POST", f"{_PROPERTIES}/batch/create", property_api.batch_create_properties, schemas("write")),
    ("POST", f"{_PROPERTIES}/batch/archive", property_api.batch_archive_properties, schemas("write")),
    ("GET", _PROPERTIES, property_api.list_properties, schemas("read")),
    ("POST", _PROPERTIES, property_api.create_property, schemas("write")),
    ("GET", f"{_PROPERTIES}/{{name}}", property_api.get_property, schemas("read")),
    ("PATCH", f"{_PROPERTIES}/{{name}}", property_api.update_property, schemas("write")),
    ("DELETE", f"{_PROPERTIES}/{{name}}", property_api.archive_property, schemas("write")),
    ("GET", _PIPELINES, pipeline_api.list_pipelines, schemas("read")),
    ("GET", f"{_PIPELINES}/{{id}}", pipeline_api.get_pipeline, schemas("read")),
    ("GET", f"{_PIPELINES}/{{id}}/stages", pipeline_api.list_stages, schemas("read")),
    ("GET", f"{_PIPELINES}/{{id}}/stages/{{stage}}", pipeline_api.get_stage, schemas("read")),
    ("POST", _PIPELINES, pipeline_api.create_pipeline, schemas("write")),
    ("PUT", f"{_PIPELINES}/{{id}}", pipeline_api.replace_pipeline, schemas("write")),
    ("PATCH", f"{_PIPELINES}/{{id}}", pipeline_api.update_pipeline, schemas("write")),
    ("DELETE", f"{_PIPELINES}/{{id}}", pipeline_api.delete_pipeline, schemas("write")),
    ("POST", f"{_PIPELINES}/{{id}}/stages", pipeline_api.create_stage, schemas("write")),
    ("PUT", f"{_PIPELINES}/{{id}}/stages/{{stage}}", pipeline_api.replace_stage, schemas("write")),
    ("PATCH", f"{_PIPELINES}/{{id}}/stages/{{stage}}", pipeline_api.update_stage, schemas("write")),
    ("DELETE", f"{_PIPELINES}/{{id}}/stages/{{stage}}", pipeline_api.delete_stage, schemas("write")),
    ("POST", f"{_LINKS}/batch/read", association_api.batch_read_links, objects("read", "from")),
    ("POST", f"{_LINKS}/batch/create", association_api.batch_create_links, objects("write", "from")),
    ("POST", f"{_LINKS}/batch/associate/default", association_api.batch_default_links, objects("write", "from")),
    ("POST", f"{_LINKS}/batch/archive", association_api.batch_archive_links, objects("write", "from")),
    ("POST", f"{_LINKS}/batch/labels/archive", label_api.batch_archive_labels, objects("write", "from")),
    ("GET", f"{_LINKS}/labels", label_api.list_labels, objects("read", "from")),
    ("POST", f"{_LINKS}/labels", label_api.create_label, objects("write", "from")),
    ("PUT", f"{_LINKS}/labels", label_api.update_label, objects("write", "from")),
    ("DELETE", f"{_LINKS}/labels/{{type}}", label_api.delete_label, objects("write", "from")),
    ("PUT", f"{_RECORD_LINKS}/default/{{to}}/{{to_id}}", association_api.put_default, objects("write", "from")),
    ("GET", f"{_RECORD_LINKS}/{{to}}", association_api.list_links, objects("read", "from")),
    ("PUT", f"{_RECORD_LINKS}/{{to}}/{{to_id}}", association_api.put_labels, objects("write", "from")),
    ("DELETE", f"{_RECORD_LINKS}/{{to}}/{{to_id}}", association_api.delete_links, objects("write", "from")),
    # Behind v4, whose date-versioned paths are the same.
    ("GET", f"{_OLD_LINKS}/types", association_v3_api.list_types, objects("read", "from")),
    ("POST", f"{_OLD_LINKS}/batch/read", association_v3_api.batch_read_links, objects("read", "from")),
    ("POST", f"{_OLD_LINKS}/batch/create", association_v3_api.batch_create_links, objects("write", "from")),
    ("POST", f"{_OLD_LINKS}/batch/archive", association_v3_api.batch_archive_links, objects("write", "from")),
    ("GET", _OLD_RECORD_LINKS, association_v3_api.list_links, objects("read", "from")),
    ("PUT", f"{_OLD_RECORD_LINKS}/{{to_id}}/{{type}}", association_v3_api.put_link, objects("write", "from")),
    ("DELETE", f"{_OLD_RECORD_LINKS}/{{to_id}}/{{type}}", association_v3_api.delete_link, objects("write", "from")),
    ("GET", f"{_LIMITS}/records", limits_api.records, anyone),
    ("GET", f"{_LIMITS}/custom-properties", limits_api.custom_properties, anyone),
    ("GET", f"{_LIMITS}/calculated-properties", limits_api.calculated_properties, anyone),
    ("GET", f"{_LIMITS}/custom-object-types", limits_api.custom_object_types, anyone),
    ("GET", f"{_LIMITS}/pipelines", limits_api.pipelines, anyone),
    ("GET", f"{_LIMITS}/associations/labels", limits_api.association_labels, anyone),
    ("GET", f"{_LIMITS}/associations/records/from", limits_api.association_objects, anyone),
    ("GET", f"{_LIMITS}/associations/records/{{from}}/to", limits_api.association_objects, anyone),
    ("GET", f"{_LIMITS}/associations/records/{{from}}/{{to}}", limits_api.association_records, anyone),
    ("GET", "/crm/v3/schemas", legacy_schema.list_schemas, anyone),
    ("GET", "/properties/v2/{object}/properties", legacy_schema.list_legacy_properties, anyone),
    ("GET", "/properties/v1/{object}/properties", legacy_schema.list_legacy_properties, anyone),
    ("GET", "/crm-pipelines/v1/pipelines/{object}", legacy_schema.list_legacy_pipelines, schemas("read")),
    ("GET", f"{_ENGAGEMENTS}/recent/modified", legacy_engagements.recent, one_of("crm.objects.contacts.read")),
    ("GET", f"{_ENGAGEMENTS}/paged", legacy_engagements.paged, one_of("crm.objects.contacts.read")),
    ("GET", _CONTACT_LISTS, legacy_contacts.list_lists, one_of("crm.lists.read")),
    ("GET", f"{_CONTACT_LISTS}/all/contacts/all", legacy_contacts.list_all, one_of("crm.objects.contacts.read")),
    (
        "GET",
        f"{_CONTACT_LISTS}/recently_updated/contacts/recent",
        legacy_contacts.list_recent,
        one_of("crm.objects.contacts.read"),
    ),
    ("GET", "/account-info/v3/details", account_api.details, anyone),
    ("GET", "/account-info/v3/api-usage/daily/private-apps", account_api.usage, anyone),
)

#: These need no token: they are how one is got, and what an app may ask about itself.
_OPEN: Final[tuple[Path, ...]] = (
    ("POST", "/oauth/v2/private-apps/get/access-token-info", account_api.token_info, anyone),
    ("GET", "/oauth/authorize", oauth_api.authorize, anyone),
    ("POST", "/oauth/v1/token", oauth_api.token, anyone),
    ("GET", "/oauth/v1/access-tokens/{token}", oauth_api.access_token, anyone),
    ("GET", "/oauth/v1/refresh-tokens/{token}", oauth_api.refresh_token, anyone),
    ("DELETE", "/oauth/v1/refresh-tokens/{token}", oauth_api.delete_refresh_token, anyone),
    ("POST", "/oauth/v3/token", oauth_api.token_with_account, anyone),
    ("POST", "/oauth/v3/token/introspect", oauth_api.introspect, anyone),
    ("POST", "/oauth/v3/token/revoke", oauth_api.revoke, anyone),
)


def routes(world: World) -> list[BaseRoute]:
    """The HubSpot face over one world: every path, and after all of them its date-versioned form."""
    told = [(one, False) for one in (*_PATHS, *LIST_PATHS, *MARKETING_PATHS)]
    told += [(one, True) for one in (*_OPEN, *OPEN_MARKETING_PATHS)]
    plain = [route(world, *one, is_open=is_open) for one, is_open in told]
    versioned = [
        route(world, method, path, handle, needs, is_open=is_open)
        for (method, old, handle, needs), is_open in told
        if (path := dated(old))
    ]
    return [*plain, *versioned]
