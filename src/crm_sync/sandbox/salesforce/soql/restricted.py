"""Objects that Salesforce does not answer for without saying of which record."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.salesforce.soql.tree import Comparison, Condition, Field, Joined, Membership, Operand, Select
from crm_sync.sandbox.salesforce.wire import Refusal

#: Object in FROM → the fields one of which must be equal to something, or be in a list.
_KEYS: Final = {"contentdocumentlink": ("id", "contentdocumentid", "linkedentityid")}
_SENTENCE: Final = (
    "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or"
    " LinkedEntityId using the equals operator or multiple Id's using the IN operator."
)


def check_filtered(select: Select) -> None:
    keys = _KEYS.get(select.source.lower())
    if keys and not _names_one(select.where, keys):
        raise Refusal(400, "MALFORMED_QUERY", _SENTENCE)


def _names_one(condition: Condition | None, keys: tuple[str, ...]) -> bool:
    match condition:
        case Joined(terms, every):
            return (any if every else all)(_names_one(one, keys) for one in terms)
        case Comparison(left, "="):
            return _is_key(left, keys)
        case Membership(left, among, True):
            return _is_key(left, keys) and not isinstance(among, Select)
    return False


def _is_key(operand: Operand, keys: tuple[str, ...]) -> bool:
    return isinstance(operand, Field) and operand.path[-1].lower() in keys
