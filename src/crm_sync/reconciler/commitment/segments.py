"""Which segment a lead is in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crm_sync.mappings import Commitment
from crm_sync.mappings.commitment import OTHER

Facts = Mapping[str, str | None]


def sorter(table: Commitment) -> Callable[[Facts], str]:
    """The name of the first segment whose conditions all hold for what is known of a lead: source, last_source,
    campaign, country, persona, score_band; the region follows from the country."""
    regions = {name.casefold(): {one.strip().casefold() for one in some} for name, some in table.regions.items()}
    rules = [(one.name, one.conditions) for one in table.segments]

    def holds(name: str, allowed: frozenset[str], facts: Facts) -> bool:
        said = (facts.get("country" if name == "region" else name) or "").strip().casefold()
        return any(said in regions[one] for one in allowed) if name == "region" else said in allowed

    def segment_of(facts: Facts) -> str:
        found = (name for name, rules in rules if all(holds(key, allowed, facts) for key, allowed in rules.items()))
        return next(found, OTHER)

    return segment_of
