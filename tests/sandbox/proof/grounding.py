"""Turns generated requests into ones that reach records: invented ids, types and property names become real ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

#: What the last part of a path parameter's name stands for.
_OBJECTS = ("contacts", "companies", "deals", "notes", "calls", "0-1", "unicorns")
_PROPERTIES = ("email", "firstname", "lifecyclestage", "hubspot_owner_id", "name", "dealstage", "amount", "createdate")
_NAMED = {
    "objectType": st.sampled_from(_OBJECTS),
    "fromObjectType": st.sampled_from(_OBJECTS),
    "toObjectType": st.sampled_from(_OBJECTS),
    "propertyName": st.sampled_from(_PROPERTIES),
    "groupName": st.sampled_from(("contactinformation", "companyinformation", "nothing")),
    "pipelineId": st.just("default"),
    "stageId": st.sampled_from(("appointmentscheduled", "closedwon", "nowhere")),
    "operator": st.sampled_from(("EQ", "NEQ", "GT", "LTE", "BETWEEN", "IN", "HAS_PROPERTY", "CONTAINS_TOKEN")),
}
_TEXTS = ("ana@one.example", "Ana", "lead", "1", "1764000000000", "2026-05-30", "")
_VALUES = st.sampled_from(_TEXTS) | st.text(max_size=8)


class Ground:
    """Real values for one world; half of what could be made real is."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = st.sampled_from(ids)

    def path(self, draw: Any, parameters: dict[str, Any]) -> dict[str, Any]:
        return {name: self._named(draw, name, value) for name, value in parameters.items()}

    def body(self, draw: Any, body: Any) -> Any:
        """The same body with real names and ids in it; what has no body keeps its marker."""
        if isinstance(body, dict):
            return {name: self._field(draw, name, value) for name, value in body.items()}
        if isinstance(body, list):
            return [self.body(draw, one) for one in body]
        return body

    def _field(self, draw: Any, name: str, value: Any) -> Any:
        if name == "properties" and isinstance(value, dict):
            return draw(st.dictionaries(st.sampled_from(_PROPERTIES), _VALUES, max_size=3))
        if name == "properties" and isinstance(value, list):
            return draw(st.lists(st.sampled_from(_PROPERTIES), max_size=3))
        if isinstance(value, dict | list):
            return self.body(draw, value)
        return self._named(draw, name, value)

    def _named(self, draw: Any, name: str, value: Any) -> Any:
        if not draw(st.booleans()):
            return value
        if name in _NAMED:
            return draw(_NAMED[name])
        return draw(self.ids) if name.lower().endswith("id") else value
