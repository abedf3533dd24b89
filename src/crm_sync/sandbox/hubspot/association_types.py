"""The association types HubSpot defines between the objects of this face, as one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class LinkType:
    """A direction of a type. `inverse` is the id of the same type seen from the other side."""

    type_id: int
    start: str
    end: str
    inverse: int
    label: str | None = None


#: (one side, other side, type id, type id seen from the other side, label). Unlabeled rows are the default types.
_PAIRS: Final[tuple[tuple[str, str, int, int, str | None], ...]] = (
    ("contacts", "companies", 279, 280, None),
    ("contacts", "companies", 1, 2, "Primary"),
    ("deals", "companies", 341, 342, None),
    ("deals", "companies", 5, 6, "Primary"),
    ("deals", "contacts", 3, 4, None),
    ("contacts", "companies", 931, 930, "Billing contact"),
    ("contacts", "contacts", 449, 449, None),
    ("companies", "companies", 450, 450, None),
    ("companies", "companies", 14, 13, "Child to parent"),
    ("deals", "deals", 451, 451, None),
    ("calls", "contacts", 194, 193, None),
    ("calls", "companies", 182, 181, None),
    ("calls", "deals", 206, 205, None),
    ("emails", "contacts", 198, 197, None),
    ("emails", "companies", 186, 185, None),
    ("emails", "deals", 210, 209, None),
    ("meetings", "contacts", 200, 199, None),
    ("meetings", "companies", 188, 187, None),
    ("meetings", "deals", 212, 211, None),
    ("notes", "contacts", 202, 201, None),
    ("notes", "companies", 190, 189, None),
    ("notes", "deals", 214, 213, None),
    ("tasks", "contacts", 204, 203, None),
    ("tasks", "companies", 192, 191, None),
    ("tasks", "deals", 216, 215, None),
    ("communications", "contacts", 81, 82, None),
    ("communications", "companies", 87, 88, None),
    ("communications", "deals", 85, 86, None),
    ("leads", "contacts", 608, 609, None),
    ("leads", "contacts", 578, 579, "Primary"),
    ("leads", "companies", 610, 611, None),
    ("leads", "companies", 580, 581, "Primary"),
    ("leads", "deals", 1037, 1038, None),
    ("leads", "deals", 582, 583, "Primary"),
    ("leads", "calls", 596, 597, None),
    ("leads", "emails", 598, 599, None),
    ("leads", "meetings", 600, 601, None),
    ("leads", "communications", 602, 603, None),
    ("leads", "tasks", 646, 647, None),
    ("leads", "notes", 854, 855, None),
    ("deals", "line_items", 19, 20, None),
)


def _directions() -> Iterator[LinkType]:
    for start, end, there, back, label in _PAIRS:
        yield LinkType(there, start, end, back, label)
        if back != there:
            yield LinkType(back, end, start, there, _label_back(label))


def _label_back(label: str | None) -> str | None:
    return "Parent to child" if label == "Child to parent" else label


BY_ID: Final = {one.type_id: one for one in _directions()}
DEFAULT: Final = {(one.start, one.end): one for one in BY_ID.values() if one.label is None}
PRIMARY: Final = {(one.start, one.end): one for one in BY_ID.values() if one.label == "Primary"}
