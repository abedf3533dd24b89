"""The paths of marketing: forms and their submissions, campaigns, e-mail and other events, timeline events."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.hubspot import (
    campaign_api,
    campaign_asset_api,
    event_api,
    form_api,
    submission_api,
    timeline_api,
)
from crm_sync.sandbox.hubspot.scopes import anyone, one_of
from crm_sync.sandbox.hubspot.wire import Path

_FORMS = "/marketing/v3/forms"
_CAMPAIGNS = "/marketing/v3/campaigns"
_CAMPAIGN = f"{_CAMPAIGNS}/{{id}}"
_ASSETS = f"{_CAMPAIGN}/assets/{{type}}"
_TIMELINE = "/integrators/timeline/v3"
_TEMPLATES = f"{_TIMELINE}/{{app:int}}/event-templates"
_TEMPLATE = f"{_TEMPLATES}/{{template}}"
_SUBMIT = "/submissions/v3/integration"

_READ, _WRITE = one_of("marketing.campaigns.read"), one_of("marketing.campaigns.write")
_FORM, _LINE = one_of("forms"), one_of("timeline")
_EVENTS = one_of("behavioral_events.event_definitions.read_write", "business-intelligence")
_SEND = one_of("analytics.behavioral_events.send")

MARKETING_PATHS: Final[tuple[Path, ...]] = (
    ("GET", _FORMS, form_api.list_forms, _FORM),
    ("POST", _FORMS, form_api.create_form, _FORM),
    ("GET", f"{_FORMS}/{{id}}", form_api.get_form, _FORM),
    ("PATCH", f"{_FORMS}/{{id}}", form_api.update_form, _FORM),
    ("PUT", f"{_FORMS}/{{id}}", form_api.replace_form, _FORM),
    ("DELETE", f"{_FORMS}/{{id}}", form_api.archive_form, _FORM),
    ("GET", "/form-integrations/v1/submissions/forms/{form}", submission_api.list_submissions, _FORM),
    ("POST", f"{_SUBMIT}/secure/submit/{{portal}}/{{form}}", submission_api.submit, _FORM),
    ("POST", f"{_CAMPAIGNS}/batch/create", campaign_api.batch_create_campaigns, _WRITE),
    ("POST", f"{_CAMPAIGNS}/batch/update", campaign_api.batch_update_campaigns, _WRITE),
    ("POST", f"{_CAMPAIGNS}/batch/read", campaign_api.batch_read_campaigns, _READ),
    ("POST", f"{_CAMPAIGNS}/batch/archive", campaign_api.batch_archive_campaigns, _WRITE),
    ("GET", _CAMPAIGNS, campaign_api.list_campaigns, _READ),
    ("POST", _CAMPAIGNS, campaign_api.create_campaign, _WRITE),
    ("GET", _CAMPAIGN, campaign_api.get_campaign, _READ),
    ("PATCH", _CAMPAIGN, campaign_api.update_campaign, _WRITE),
    ("DELETE", _CAMPAIGN, campaign_api.delete_campaign, _WRITE),
    ("GET", f"{_CAMPAIGN}/reports/metrics", campaign_asset_api.metrics, _READ),
    ("GET", f"{_CAMPAIGN}/reports/revenue", campaign_asset_api.revenue, _READ),
    ("GET", _ASSETS, campaign_asset_api.list_assets, _READ),
    ("PUT", f"{_ASSETS}/{{asset}}", campaign_asset_api.add_asset, _WRITE),
    ("DELETE", f"{_ASSETS}/{{asset}}", campaign_asset_api.remove_asset, _WRITE),
    ("GET", "/events/v3/events", event_api.list_events, _EVENTS),
    ("GET", "/events/v3/events/event-types", event_api.list_event_types, _EVENTS),
    ("POST", "/events/v3/send", event_api.send_event, _SEND),
    ("POST", "/events/v3/send/batch", event_api.send_events, _SEND),
    ("GET", "/email/public/v1/events", event_api.list_email_events, one_of("content")),
    ("POST", f"{_TIMELINE}/events", timeline_api.create_event, _LINE),
    ("POST", f"{_TIMELINE}/events/batch/create", timeline_api.create_events, _LINE),
    ("GET", f"{_TIMELINE}/events/{{template}}/{{event}}", timeline_api.get_event, _LINE),
    ("GET", f"{_TIMELINE}/events/{{template}}/{{event}}/detail", timeline_api.get_detail, _LINE),
    ("GET", _TEMPLATES, timeline_api.list_templates, _LINE),
    ("POST", _TEMPLATES, timeline_api.create_template, _LINE),
    ("GET", _TEMPLATE, timeline_api.get_template, _LINE),
    ("PUT", _TEMPLATE, timeline_api.update_template, _LINE),
    ("DELETE", _TEMPLATE, timeline_api.delete_template, _LINE),
    ("POST", f"{_TEMPLATE}/tokens", timeline_api.create_token, _LINE),
    ("PUT", f"{_TEMPLATE}/tokens/{{token}}", timeline_api.update_token, _LINE),
    ("DELETE", f"{_TEMPLATE}/tokens/{{token}}", timeline_api.delete_token, _LINE),
)

#: A visitor's browser sends a form without any token.
OPEN_MARKETING_PATHS: Final[tuple[Path, ...]] = (
    ("POST", f"{_SUBMIT}/submit/{{portal}}/{{form}}", submission_api.submit, anyone),
)
