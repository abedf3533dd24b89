"""Which touches earned a deal, and how much each channel gets: first, last and linear, to the cent."""

from __future__ import annotations

from collections import Counter

from crm_sync.sandbox.town.origin import LABELS, OFFLINE, SOURCES
from crm_sync.sandbox.town.story import SALESFORCE, Campaign, Human

UNATTRIBUTED = "(unattributed)"

Step = tuple[int, str]  # an instant and a channel


def channels_of(human: Human, campaigns: tuple[Campaign, ...]) -> tuple[Step, ...]:
    """The touches of one human that carry revenue; a label only for want of anything better."""
    visits = [*human.origin.visits, *(twin.visit for twin in human.twins if twin.visit is not None)]
    seen = [(one.at, SOURCES[one.source][1]) for one in visits]
    said = [(one.date, campaigns[one.campaign].channel) for one in human.origin.responses if one.date is not None]
    return tuple(sorted(seen + said)) or tuple(_labels(human)[:1])


def shares(path: list[Step], cents: int) -> dict[str, dict[str, int]]:
    """Cents per channel by each way of sharing; the path is in order."""
    if not path:
        return {model: {UNATTRIBUTED: cents} for model in ("first", "last", "linear")}
    linear: Counter[str] = Counter()
    for place, (_, channel) in enumerate(path):
        linear[channel] += cents // len(path) + (place < cents % len(path))
    return {"first": {path[0][1]: cents}, "last": {path[-1][1]: cents}, "linear": dict(sorted(linear.items()))}


def _labels(human: Human) -> list[Step]:
    course, origin = human.course, human.origin
    found: list[Step] = []
    if origin.offline is not None:
        found.append((course.born, OFFLINE[origin.offline]))
    known = course.lead_at if course.lead_at is not None else course.contact_at
    if origin.label is not None and known is not None:
        found.append((known, LABELS[origin.label][1]))
    found += [(one.at, LABELS[one.label][1]) for one in human.twins if one.face == SALESFORCE and one.label is not None]
    return sorted(found)
