"""How somebody came: visits that HubSpot saw, labels that somebody chose, campaigns that were answered."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.town.calendar import DAY, HOUR, MINUTE, utc_midnight
from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.names import OFFERS
from crm_sync.sandbox.town.story import BOTH, HUBSPOT, SALESFORCE, Campaign, Course, Origin, Response, Visit

#: HubSpot's words for a visit, how often each happens, our channel.
SOURCES: Final = {
    "ORGANIC_SEARCH": (30, "organic_search"),
    "PAID_SEARCH": (14, "paid_search"),
    "EMAIL_MARKETING": (10, "email"),
    "SOCIAL_MEDIA": (13, "organic_social"),
    "PAID_SOCIAL": (9, "paid_social"),
    "REFERRALS": (8, "referral"),
    "DIRECT_TRAFFIC": (10, "direct"),
    "OTHER_CAMPAIGNS": (3, "other_campaign"),
    "AI_REFERRALS": (3, "ai_assistant"),
}
#: First drill-down of OFFLINE, our channel.
OFFLINE: Final = {
    "IMPORT": "offline_import",
    "INTEGRATION": "offline_import",
    "API": "offline_import",
    "CRM_UI": "outbound_sales",
    "SALES": "outbound_sales",
}
#: Salesforce's LeadSource, how often, our channel; the last ones are nobody's vocabulary.
LABELS: Final = {
    "Organic Search": (6, "organic_search"),
    "Paid Search": (4, "paid_search"),
    "Social Media": (4, "organic_social"),
    "Paid Social": (3, "paid_social"),
    "Email": (3, "email"),
    "Referral": (6, "referral"),
    "Web": (6, "direct"),
    "Trade Show": (16, "event"),
    "Webinar": (8, "event"),
    "Cold Call": (18, "outbound_sales"),
    "Purchased List": (10, "offline_import"),
    "Partner": (6, "affiliate_partner"),
    "Advertisement": (4, "display"),
    "contacto web": (2, "unknown"),
    "N/D": (1, "unknown"),
    "google??": (1, "unknown"),
}
_SOURCE_WEIGHTS: Final = {source: weight for source, (weight, _) in SOURCES.items()}
_LABEL_WEIGHTS: Final = {label: weight for label, (weight, _) in LABELS.items()}
_BRIDGE: Final = {"ORGANIC_SEARCH": "Organic Search", "PAID_SEARCH": "Paid Search", "SOCIAL_MEDIA": "Social Media"}


def draw_origin(dice: Dice, course: Course, campaigns: tuple[Campaign, ...], last: int) -> Origin:
    """What is known about where this human came from, in the CRMs that know the human at all."""
    seen = course.home in (HUBSPOT, BOTH)
    kind = dice.weighted({"visit": 84, "offline": 12, "blank": 4}) if seen else "label"
    visits = _visits(dice, course, last) if kind == "visit" else ()
    return Origin(
        visits=visits,
        offline=dice.pick(tuple(OFFLINE)) if kind == "offline" else None,
        label=_label(dice, course, visits),
        responses=_responses(dice, course, campaigns, last),
        conversions=_conversions(dice, course, last) if kind == "visit" else (),
    )


def draw_visit(dice: Dice, at: int) -> Visit:
    return Visit(at, dice.weighted(_SOURCE_WEIGHTS))


def draw_label(dice: Dice) -> str:
    return dice.weighted(_LABEL_WEIGHTS)


def _visits(dice: Dice, course: Course, last: int) -> tuple[Visit, ...]:
    first = draw_visit(dice, course.born - dice.between(0, 20) * MINUTE - dice.between(0, 59))
    if not dice.chance(0.6) or last - course.born < 3 * HOUR:
        return (first,)
    return first, draw_visit(dice, dice.between(course.born + HOUR, min(last, course.born + 40 * DAY)))


def _conversions(dice: Dice, course: Course, last: int) -> tuple[tuple[int, str], ...]:
    """The form that made the record, and perhaps one more."""
    first = (course.born, dice.pick(OFFERS))
    if not dice.chance(0.4) or last - course.born < 3 * HOUR:
        return (first,)
    return first, (dice.between(course.born + HOUR, min(last, course.born + 30 * DAY)), dice.pick(OFFERS))


def _label(dice: Dice, course: Course, visits: tuple[Visit, ...]) -> str | None:
    if course.lead_at is None and course.contact_at is None:
        return None
    if course.home == SALESFORCE:
        return None if dice.chance(0.08) else draw_label(dice)
    bridged = _BRIDGE.get(visits[0].source) if visits else None
    return bridged or (draw_label(dice) if dice.chance(0.3) else None)


def _responses(dice: Dice, course: Course, campaigns: tuple[Campaign, ...], last: int) -> tuple[Response, ...]:
    """At most two campaigns, answered on different dates after the record came to be."""
    known = course.lead_at if course.lead_at is not None else course.contact_at
    if known is None or not campaigns or not dice.chance(0.45):
        return ()
    found: dict[int, Response] = {}
    for _ in range(dice.between(1, 2)):
        campaign = dice.between(0, len(campaigns) - 1)
        date = utc_midnight(dice.between(known, min(last, known + 20 * DAY))) if dice.chance(0.6) else None
        if date is None or all(one.date != date for one in found.values()):
            found.setdefault(campaign, Response(campaign, date))
    return tuple(found.values())
