"""Assets of a campaign over HTTP, and its reports, which count nobody: the sandbox attributes nothing to campaigns."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.hubspot.campaign_api import known_campaign
from crm_sync.sandbox.hubspot.campaign_parts import assets_of
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.wire import Answer, Call

_ASSETS: Final = frozenset(
    {
        "AD_CAMPAIGN", "BLOG_POST", "CALL", "CTA", "EMAIL", "EXTERNAL_WEB_URL", "FEEDBACK_SURVEY", "FORM",
        "LANDING_PAGE", "MARKETING_EVENT", "MARKETING_SMS", "MEETING_EVENT", "OBJECT_LIST", "PLAYBOOK",
        "SALES_DOCUMENT", "SEQUENCE", "SITE_PAGE", "SOCIAL_BROADCAST", "WORKFLOW",
    }
)  # fmt: skip


def list_assets(call: Call) -> Answer:
    campaign = known_campaign(call, call.part("id"))
    return Answer(assets_of(campaign, _asset_type(call)))


def add_asset(call: Call) -> Answer:
    campaign = known_campaign(call, call.part("id"))
    kept = campaign["assets"].setdefault(_asset_type(call), [])
    if call.part("asset") not in kept:
        kept.append(call.part("asset"))
    return Answer(status=204)


def remove_asset(call: Call) -> Answer:
    kept = known_campaign(call, call.part("id"))["assets"].get(_asset_type(call), [])
    if call.part("asset") in kept:
        kept.remove(call.part("asset"))
    return Answer(status=204)


def metrics(call: Call) -> Answer:
    known_campaign(call, call.part("id"))
    zeros = ("sessions", "newContactsFirstTouch", "newContactsLastTouch", "influencedContacts")
    return Answer(dict.fromkeys(zeros, 0))


def revenue(call: Call) -> Answer:
    campaign = known_campaign(call, call.part("id"))
    currency = campaign["properties"].get("hs_currency_code") or "USD"
    zeros = {"revenueAmount": 0, "dealAmount": 0, "dealsNumber": 0, "contactsNumber": 0}
    return Answer({**zeros, "currencyCode": currency})


def _asset_type(call: Call) -> str:
    kind = call.part("type").upper()
    if kind not in _ASSETS:
        raise Refusal(400, f"Asset type {call.part('type')} is not one of {', '.join(sorted(_ASSETS))}")
    return kind
