"""Submissions of forms: taken without or with a token, turned into a contact, and read back newest first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.objects import BY_NAME
from crm_sync.sandbox.hubspot.reading import holder
from crm_sync.sandbox.hubspot.schema import definition_of
from crm_sync.sandbox.hubspot.values import instant
from crm_sync.sandbox.hubspot.wire import Answer, Call, chosen
from crm_sync.sandbox.hubspot.writing import Draft, create, draft, update
from crm_sync.sandbox.world import Row, World

_PAGE: Final = 50
_OLDEST_MS: Final = 31 * 86_400_000

Values = dict[str, str]


def submit(call: Call) -> Answer:
    """200 with what the visitor sees next; a contact is found by its address or made."""
    form = call.account.forms.get(call.part("form"))
    if call.part("portal") != str(call.account.portal_id) or form is None or form["archived"]:
        raise Refusal(404, f"Form {call.part('form')} of portal {call.part('portal')} does not exist", None)
    values, at_ms = _values(call, form), _submitted_at(call)
    context = chosen(call.body, context=dict).get("context", {})
    take(call.world, form["id"], values, at_ms, context)
    after = form["configuration"]["postSubmitAction"]
    key = "redirectUri" if after["type"] == "redirect_url" else "inlineMessage"
    return Answer({key: after["value"]})


def take(world: World, form_id: str, values: Values, at_ms: int, context: dict[str, Any] | None = None) -> str | None:
    """Keeps a submission and moves its contact; the contact's id, None when nobody gave an address."""
    known, context = account(world), context or {}
    kept = known.submissions.setdefault(form_id, [])
    kept.append(
        {
            "conversionId": f"{known.portal_id}-{form_id}-{known.next_number('submission')}", "submittedAt": at_ms,
            "values": [{"name": name, "value": value, "objectTypeId": "0-1"} for name, value in values.items()],
            **{key: context[key] for key in ("pageUrl",) if key in context},
            **({"pageUrl": context["pageUri"]} if context.get("pageUri") else {}),
        }
    )  # fmt: skip
    if not values.get("email"):
        return None
    return _contact(world, form_id, values, at_ms, context)


def list_submissions(call: Call) -> Answer:
    """Up to 50 of a form, newest first; `after` counts those already seen."""
    form_id = call.part("form")
    if form_id not in call.account.forms:
        raise Refusal(404, f"No form found with id {form_id}", "OBJECT_NOT_FOUND")
    kind = call.account.forms[form_id]["formType"]
    if kind == "blog_comment":
        raise _refused(f"Submissions of a form of type {kind} cannot be read", "FORM_TYPE_NOT_ALLOWED")
    limit, after = call.number("limit", 20, _PAGE), call.number("after", 0, 10**9)
    newest = sorted(call.account.submissions.get(form_id, []), key=lambda one: one["submittedAt"], reverse=True)
    body: dict[str, Any] = {"results": newest[after : after + limit]}
    if after + limit < len(newest):
        body["paging"] = {"next": {"after": str(after + limit)}}
    return Answer(body)


def _values(call: Call, form: dict[str, Any]) -> Values:
    """What was filled in; every bad field is told at once."""
    fields = call.body.get("fields")
    if not isinstance(fields, list) or not all(isinstance(one, dict) and one.get("name") for one in fields):
        raise _refused("fields must be a list of objects with a name and a value", "INVALID_FIELDS")
    values = {str(one["name"]): str(one.get("value") or "") for one in fields}
    errors = []
    for group in form["fieldGroups"]:
        for field in group.get("fields", ()):
            if field.get("required") and not values.get(field["name"]):
                errors.append(("REQUIRED_FIELD", f"Error in 'fields.{field['name']}'. Required field is missing"))
    email = values.get("email", "")
    if email and ("@" not in email.strip("@") or "." not in email.rpartition("@")[2].strip(".")):
        errors.append(("INVALID_EMAIL", "Error in 'fields.email'. Invalid email address"))
    if errors:
        raise _refused("The request is not valid", *errors)
    return values


def _refused(message: str, *errors: tuple[str, str] | str) -> Refusal:
    told = [(one, message) if isinstance(one, str) else one for one in errors]
    return Refusal(400, message, None, {"errors": [{"message": text, "errorType": kind} for kind, text in told]})


def _submitted_at(call: Call) -> int:
    """Now, or the instant that was sent: not in the future, at most a month ago."""
    now = call.world.clock.now_ms()
    sent = call.body.get("submittedAt")
    at_ms = now if sent is None else instant(str(sent))
    if at_ms is None or not now - _OLDEST_MS <= at_ms <= now:
        raise _refused("submittedAt must be epoch milliseconds within the last month", "INVALID_SUBMITTED_AT")
    return at_ms


def _contact(world: World, form_id: str, values: Values, at_ms: int, context: dict[str, Any]) -> str:
    """Unknown properties are left out, as a form does; the contact is new or the one that has the address."""
    contacts = BY_NAME["contacts"]
    known = {name: value for name, value in values.items() if definition_of(world, contacts, name) and value}
    row = holder(world, contacts, "email", known["email"])
    if row is not None:
        del known["email"]
    checked = draft(world, contacts, known, row)
    told = _conversion(account(world).forms[form_id], context, checked.before, at_ms)
    if row is None:
        return str(
            create(world, contacts, replace(checked, values={**checked.values, **told, **_source(context)}))["_id"]
        )
    return str(update(world, contacts, Draft({**checked.values, **told}, checked.sent, row))["_id"])


def _conversion(form: dict[str, Any], context: dict[str, Any], before: Row, at_ms: int) -> Row:
    """A conversion is named after its page and its form."""
    page = context.get("pageName")
    name = f"{page}: {form['name']}" if page else str(form["name"])
    told: Row = {"num_conversion_events": str(int(before.get("num_conversion_events") or 0) + 1)}
    if at_ms >= int(before.get("recent_conversion_date") or 0):
        told |= {"recent_conversion_date": at_ms, "recent_conversion_event_name": name}
    if before.get("first_conversion_date") is None or at_ms < int(before["first_conversion_date"]):
        told |= {"first_conversion_date": at_ms, "first_conversion_event_name": name}
    return told


def _source(context: dict[str, Any]) -> Row:
    """A visitor with a cookie came to the site; without one HubSpot knows no visit."""
    born: Row = {"hs_object_source": "FORM", "hs_object_source_label": "FORM"}
    if not context.get("hutk"):
        return born
    direct = {"hs_analytics_source": "DIRECT_TRAFFIC", "hs_latest_source": "DIRECT_TRAFFIC"}
    page = context.get("pageUri")
    return {**born, **direct, "hs_analytics_source_data_1": page, "hs_analytics_source_data_2": None}
