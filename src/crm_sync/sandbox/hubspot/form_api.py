"""Forms over HTTP: their definitions, made, read, changed and archived."""

from __future__ import annotations

from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.form_parts import parts_in
from crm_sync.sandbox.hubspot.values import iso
from crm_sync.sandbox.hubspot.wire import Answer, Call, at, chosen

_CONFIGURATION: Final = {
    "language": "en", "cloneable": True, "editable": True, "archivable": True, "recaptchaEnabled": False,
    "notifyContactOwner": False, "notifyRecipients": [], "createNewContactForNewEmail": True,
    "prePopulateKnownValues": True, "allowLinkToResetKnownValues": False, "lifecycleStages": [],
    "postSubmitAction": {"type": "thank_you", "value": "Thanks for submitting the form."},
}  # fmt: skip

_STYLE: Final = {
    "fontFamily": "arial, helvetica, sans-serif", "backgroundWidth": "100%", "labelTextColor": "#33475b",
    "labelTextSize": "14px", "helpTextColor": "#7C98B6", "helpTextSize": "11px", "legalConsentTextColor": "#33475b",
    "legalConsentTextSize": "14px", "submitColor": "#ff7a59", "submitAlignment": "left",
    "submitFontColor": "#ffffff", "submitSize": "12px",
}  # fmt: skip

_DISPLAY: Final = {
    "renderRawHtml": False, "theme": "default_style", "submitButtonText": "Submit", "cssClass": "", "style": _STYLE,
}  # fmt: skip

_SHAPED: Final = {"configuration": _CONFIGURATION, "displayOptions": _DISPLAY}


def list_forms(call: Call) -> Answer:
    """A page in the order they were made; `formTypes` chooses, archived ones only when asked for."""
    limit, after = call.number("limit", 20, 500), call.number("after", 0, 10**9)
    kinds, archived = call.names("formTypes") or ["hubspot"], call.flag("archived")
    wanted = [
        form
        for form in call.account.forms.values()
        if form["archived"] is archived and ("all" in kinds or form["formType"] in kinds)
    ]
    body: dict[str, Any] = {"results": wanted[after : after + limit]}
    if after + limit < len(wanted):
        link = str(call.request.url.include_query_params(after=after + limit))
        body["paging"] = {"next": {"after": str(after + limit), "link": link}}
    return Answer(body)


def get_form(call: Call) -> Answer:
    return Answer(_form(call, archived=call.flag("archived")))


def create_form(call: Call) -> Answer:
    name, sent, now = at(call.body, "name"), parts_in(call.body), iso(call.world.clock.now_ms())
    kind = str(call.body.get("formType") or "hubspot")
    if kind != "hubspot":
        raise Refusal(400, f"Only forms of type hubspot can be made through the API, not {kind}")
    form_id = str(uuid5(NAMESPACE_URL, f"hubspot form {call.account.next_number('form')}"))
    call.account.forms[form_id] = new_form(form_id, name, now, **sent)
    return Answer(call.account.forms[form_id], 201)


def update_form(call: Call) -> Answer:
    form = _form(call)
    sent = chosen(call.body, name=str, archived=bool) | parts_in(call.body)
    form |= {**sent, **{part: laid_over(form[part], sent[part]) for part in _SHAPED if part in sent}}
    form["updatedAt"] = iso(call.world.clock.now_ms())
    return Answer(form)


def replace_form(call: Call) -> Answer:
    at(call.body, "name")
    return update_form(call)


def archive_form(call: Call) -> Answer:
    form, now = _form(call), iso(call.world.clock.now_ms())
    form |= {"archived": True, "archivedAt": now, "updatedAt": now}
    return Answer(status=204)


def new_form(form_id: str, name: str, now: str, **sent: Any) -> dict[str, Any]:
    """A form as the wire shows it, with HubSpot's defaults for what was not said."""
    told = {
        "id": form_id, "formType": "hubspot", "name": name, "createdAt": now, "updatedAt": now, "archived": False,
        "fieldGroups": [], "legalConsentOptions": {"type": "none"},
    }  # fmt: skip
    return {**told, **sent, **{part: laid_over(known, sent.get(part, {})) for part, known in _SHAPED.items()}}


def laid_over(known: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """`known` with what was sent in its place; parts that are objects keep what was not sent."""
    return {**known, **{key: laid_over(known[key], one) if isinstance(one, dict) else one for key, one in sent.items()}}


def contact_field(name: str, label: str, kind: str = "single_line_text", *, required: bool = False) -> dict[str, Any]:
    """One field of a form that fills a property of a contact."""
    more = {"validation": {"blockedEmailDomains": [], "useDefaultBlockList": False}} if kind == "email" else {}
    return {
        "objectTypeId": "0-1", "name": name, "label": label, "required": required, "hidden": False,
        "fieldType": kind, "dependentFields": [], **more,
    }  # fmt: skip


def _form(call: Call, *, archived: bool = False) -> dict[str, Any]:
    form = call.account.forms.get(call.part("id"))
    if form is None or (form["archived"] and not archived):
        raise Refusal(404, f"No form found with id {call.part('id')}", "OBJECT_NOT_FOUND")
    return form
