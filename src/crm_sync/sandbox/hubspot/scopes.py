"""Which scopes open a path, any one of them; each function makes the question that the door asks."""

from __future__ import annotations

from crm_sync.sandbox.hubspot.wire import Call, Needs


def objects(verb: str, part: str = "object") -> Needs:
    return lambda call: [f"crm.objects.{call.crm_object(part).scope}.{verb}"]


def schemas(*verbs: str) -> Needs:
    """Definitions open to the schema scopes and, for reading, to those of the objects."""

    def needs(call: Call) -> list[str]:
        name = call.crm_object().scope
        scopes = [f"crm.schemas.{name}.{verb}" for verb in verbs]
        return [*scopes, f"crm.objects.{name}.read"] if "read" in verbs else scopes

    return needs


def one_of(*scopes: str) -> Needs:
    return lambda call: list(scopes)


def anyone(call: Call) -> list[str]:
    """Any token of the account."""
    return []
