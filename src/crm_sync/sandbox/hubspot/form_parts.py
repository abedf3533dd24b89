"""What a form is made of: a table of its parts, by which unknown keys are left out and impossible values refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crm_sync.sandbox.hubspot.errors import Refusal


@dataclass(frozen=True, slots=True)
class Part:
    """An object: its keys with their kinds, those that must be there, and the values of others that are not said."""

    keys: Mapping[str, Kind]
    must: tuple[str, ...] = ()
    unsaid: Mapping[str, Any] = field(default_factory=dict)


#: A kind of JSON value, the words that a text may be, a list of one kind (`[str]`), or an object with parts of its own.
Kind = type | frozenset[str] | list[Any] | Part


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LANGUAGES: Final = _words(
    "af ar-eg bg bn ca-es cs da de el en es es-mx fi fr fr-ca he-il hr hu id it ja ko lt ms nl no-no pl pt pt-br ro ru "
    "sk sl sv th tl tr uk vi zh-cn zh-hk zh-tw"
)

_FIELD_KINDS: Final = _words(
    "datepicker dropdown email file mobile_phone multi_line_text multiple_checkboxes number payment_link_radio phone "
    "radio single_checkbox single_line_text"
)

_OPTION: Final = Part(
    {"label": str, "value": str, "description": str, "displayOrder": int}, ("label", "value"), {"displayOrder": -1}
)

_FIELD: Final = Part(
    {
        "objectTypeId": str, "name": str, "label": str, "fieldType": _FIELD_KINDS, "required": bool, "hidden": bool,
        "dependentFields": [dict], "description": str, "placeholder": str, "defaultValue": str, "defaultValues": [str],
        "options": [_OPTION], "validation": dict, "useCountryCodeSelect": bool, "allowMultipleFiles": bool,
    },
    ("objectTypeId", "name", "label", "fieldType"),
    {"required": False, "hidden": False, "dependentFields": []},
)  # fmt: skip

_GROUP: Final = Part(
    {
        "groupType": _words("default_group progressive queued"),
        "richTextType": _words("text image"),
        "richText": str,
        "fields": [_FIELD],
    },
    unsaid={"groupType": "default_group", "richTextType": "text", "fields": []},
)

_CONFIGURATION: Final = Part(
    {
        "language": _LANGUAGES, "cloneable": bool, "editable": bool, "archivable": bool, "recaptchaEnabled": bool,
        "notifyContactOwner": bool, "notifyRecipients": [str], "createNewContactForNewEmail": bool,
        "prePopulateKnownValues": bool, "allowLinkToResetKnownValues": bool,
        "lifecycleStages": [Part({"objectTypeId": str, "value": str}, ("objectTypeId", "value"))],
        "postSubmitAction": Part({"type": _words("thank_you redirect_url"), "value": str}),
    }
)  # fmt: skip

_STYLE: Final = Part(
    {
        "fontFamily": str, "backgroundWidth": str, "labelTextColor": str, "labelTextSize": str, "helpTextColor": str,
        "helpTextSize": str, "legalConsentTextColor": str, "legalConsentTextSize": str, "submitColor": str,
        "submitAlignment": _words("left right center"), "submitFontColor": str, "submitSize": str,
    }
)  # fmt: skip

_DISPLAY: Final = Part(
    {
        "renderRawHtml": bool,
        "theme": _words("default_style canvas linear round sharp legacy"),
        "submitButtonText": str,
        "cssClass": str,
        "style": _STYLE,
    }
)

_CHECKBOX: Final = Part(
    {"subscriptionTypeId": int, "label": str, "required": bool}, ("subscriptionTypeId", "label", "required")
)

_CONSENT: Final = Part(
    {
        "type": _words("none implicit_consent_to_process explicit_consent_to_process legitimate_interest"),
        "subscriptionTypeIds": [int], "lawfulBasis": _words("lead client other"), "privacyText": str,
        "communicationsCheckboxes": [_CHECKBOX],
        "communicationConsentText": str, "consentToProcessCheckboxLabel": str, "consentToProcessFooterText": str,
        "consentToProcessText": str,
    },
    ("type",),
)  # fmt: skip

_FORM: Final = Part(
    {
        "fieldGroups": [_GROUP],
        "configuration": _CONFIGURATION,
        "displayOptions": _DISPLAY,
        "legalConsentOptions": _CONSENT,
    }
)

_NAMES: Final = {
    str: "a text", int: "a whole number", bool: "true or false", dict: "an object", list: "a list",
}  # fmt: skip


def parts_in(body: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a form that a body has."""
    return _object(_FORM, body, "")


def _taken(kind: Kind, value: Any, at: str) -> Any:
    match kind:
        case Part():
            return _object(kind, _of(dict, value, at), f"{at}.")
        case [one]:
            return [_taken(one, item, f"{at}.{number}") for number, item in enumerate(_of(list, value, at))]
        case frozenset():
            return _word(kind, _of(str, value, at), at)
        case type():
            return _of(kind, value, at)
    raise TypeError(f"{kind!r} is no kind")


def _object(part: Part, value: Mapping[str, Any], at: str) -> dict[str, Any]:
    """null says nothing, as in every JSON that HubSpot reads."""
    said = {key: value[key] for key in part.keys if value.get(key) is not None}
    missing = [key for key in part.must if key not in said]
    if missing:
        raise Refusal(400, f"Invalid input JSON: Some required fields were not set: [{at}{f', {at}'.join(missing)}]")
    return {**part.unsaid, **{key: _taken(part.keys[key], one, f"{at}{key}") for key, one in said.items()}}


def _of(kind: type, value: Any, at: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Refusal(400, f'Invalid input JSON: "{at}" must be {_NAMES[kind]}')
    return value


def _word(words: frozenset[str], value: str, at: str) -> str:
    if value not in words:
        raise Refusal(400, f'Invalid input JSON: "{at}" is not one of {", ".join(sorted(words))}')
    return value
