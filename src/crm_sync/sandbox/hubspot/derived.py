"""What HubSpot sets by itself when a record is made or moves to another stage."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crm_sync.sandbox.hubspot.account import Account
from crm_sync.sandbox.hubspot.objects import ACTIVITIES, PIPELINE_OF, STAGE_OF, CrmObject
from crm_sync.sandbox.world import Row, Table

_OFFLINE = {"hs_analytics_source": "OFFLINE", "hs_analytics_source_data_1": "INTEGRATION"}


def at_birth(known: Account, table: Table, one: CrmObject, record_id: str, now: int) -> Row:
    """Values of a record that the API has just created, before those that were sent."""
    source = {"hs_object_source": "INTEGRATION", "hs_object_source_label": "INTEGRATION"}
    values: Row = {**source, "hs_object_source_id": str(known.app_id), "num_notes": "0"}
    if one.name in ("contacts", "companies"):
        values |= {"lifecyclestage": "lead", "hs_pipeline": f"{one.name}-lifecycle-pipeline"}
    if one.name == "contacts":
        values |= {"hs_all_contact_vids": record_id, "hs_is_contact": "true", "hs_is_unworked": "true"}
        values |= {**_OFFLINE, "hs_analytics_source_data_2": str(known.app_id), "hs_latest_source": "OFFLINE"}
        values |= {"hs_latest_source_timestamp": now, "hs_analytics_first_timestamp": now}
    if one.name == "leads":
        first = next(iter(known.pipelines["leads"].values()))
        values |= {"hs_pipeline": first["id"], "hs_pipeline_stage": first["stages"][0]["id"]}
    return {name: value for name, value in values.items() if name in table.fields}


def following(known: Account, table: Table, one: CrmObject, before: Row, values: Row, now: int) -> Row:
    """Values that follow from those being written: stamps of stages, and what HubSpot calculates."""
    after = {**before, **values}
    more: Row = {}
    if one.name == "deals":
        more |= _deal(known, after, values)
    if one.name == "contacts":
        more |= _contact(after)
    if "hubspot_owner_id" in values and values["hubspot_owner_id"] != before.get("hubspot_owner_id"):
        more["hubspot_owner_assigneddate"] = now
    if one.name == "line_items":
        more["amount"] = _line_amount(after)
    if one.name in STAGE_OF:
        more |= _pipeline(known, one, values)
        more |= _stage(before, values, STAGE_OF[one.name], now)
    if one.name in ACTIVITIES:
        more |= _activity(one, after, now)
    return {name: value for name, value in more.items() if name in table.fields}


def _stage(before: Row, values: Row, name: str, now: int) -> Row:
    """Entering a stage stamps it, and the one that was left gets its exit and its durations."""
    old, new = before.get(name), values.get(name)
    if name not in values or old == new:
        return {}
    stamps: Row = {"hs_v2_date_entered_current_stage": now if new else None, "hs_v2_time_in_current_stage": now}
    if new:
        stamps |= {f"hs_v2_date_entered_{new}": now}
        stamps |= {f"hs_lifecyclestage_{new}_date": before.get(f"hs_lifecyclestage_{new}_date") or now}
    return {**stamps, **_left(before, old, now)} if old else stamps


def _left(before: Row, old: str, now: int) -> Row:
    spent = now - int(before.get(f"hs_v2_date_entered_{old}") or now)
    total = spent + int(before.get(f"hs_v2_cumulative_time_in_{old}") or 0)
    return {
        f"hs_v2_date_exited_{old}": now,
        f"hs_v2_latest_time_in_{old}": str(spent),
        f"hs_v2_cumulative_time_in_{old}": str(total),
    }


def _contact(after: Row) -> Row:
    email = str(after.get("email") or "")
    named = " ".join(part for part in (after.get("firstname"), after.get("lastname")) if part)
    digits = "".join(letter for letter in str(after.get("phone") or "") if letter.isdigit())
    return {
        "hs_email_domain": email.partition("@")[2] or None,
        "hs_full_name_or_email": named or email or None,
        "hs_searchable_calculated_phone_number": digits or None,
    }


def _deal(known: Account, after: Row, values: Row) -> Row:
    """Amounts follow the amount, closed flags and probability follow the stage."""
    amount = after.get("amount")
    more: Row = {"amount_in_home_currency": amount, "hs_forecast_amount": amount}
    stage = known.stages("deals").get(str(after.get("dealstage")))
    if stage is None:
        return more
    probability = stage["metadata"]["probability"]
    flags = _flags(stage["metadata"]["isClosed"] == "true", float(probability))
    if amount is not None:
        more["hs_projected_amount"] = str(Decimal(str(amount)) * Decimal(probability))
    return {**more, **flags, "hs_deal_stage_probability": probability}


def _pipeline(known: Account, one: CrmObject, values: Row) -> Row:
    """A stage brings its pipeline with it."""
    stage, pipeline = STAGE_OF[one.name], PIPELINE_OF.get(one.name)
    if pipeline is None or not values.get(stage) or pipeline in values:
        return {}
    found = known.pipeline_of(one.name, str(values[stage]))
    return {pipeline: found} if found else {}


def _line_amount(after: Row) -> str | None:
    """Price times quantity, less the discount on each unit."""
    if after.get("price") is None:
        return None
    unit = Decimal(str(after["price"])) - Decimal(str(after.get("discount") or 0))
    return str(unit * Decimal(str(after.get("quantity") or 1)))


def _flags(closed: bool, probability: float) -> dict[str, Any]:
    told = {
        "hs_is_closed": closed,
        "hs_is_closed_won": closed and probability == 1,
        "hs_is_closed_lost": closed and probability == 0,
    }
    return {name: "true" if value else "false" for name, value in told.items()}


def _activity(one: CrmObject, after: Row, now: int) -> Row:
    preview = after.get("hs_note_body") or after.get(f"hs_{one.singular}_body")
    more: Row = {"hs_body_preview": preview}
    if one.name == "tasks":
        done = after.get("hs_task_status") == "COMPLETED"
        more["hs_task_completion_date"] = (after.get("hs_task_completion_date") or now) if done else None
    return more
