"""The handoff as data: what a lead should bring, when silence counts as lost, whose a CRM's team is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crm_sync.errors import ConfigError
from crm_sync.mappings.spans import Span, read_span
from crm_sync.mappings.tables import Shape, read_toml, shaped

ALL_POINTS = 100
PARTS = ("source", "campaign", "content", "history")


class PointsTable(Shape):
    source: int
    campaign: int
    content: int
    history: int


class CompleteTable(Shape):
    content: tuple[str, ...]
    touches: int
    no_campaign: tuple[str, ...] = ()


class BlackHoleTable(Shape):
    after: str
    no_answer: tuple[str, ...] = ()


class MissesTable(Shape):
    quality_reasons: tuple[str, ...]
    leads_in_a_week: int


class TeamsTable(Shape):
    marketing: tuple[str, ...]
    sales: tuple[str, ...]


class HandoffTable(Shape):
    days: int
    points: PointsTable
    complete: CompleteTable
    black_hole: BlackHoleTable
    misses: MissesTable
    teams: TeamsTable


@dataclass(frozen=True, slots=True)
class Handoff:
    """`points` per part of PARTS; `content` are activities, `no_campaign` channels, `no_answer` words of the CRMs;
    `quality_reasons` are reasons for sending a lead back, `team_words` is word → team, both in lower case."""

    days: int
    points: Mapping[str, int]
    content: frozenset[str]
    touches: int
    no_campaign: frozenset[str]
    lost_after: Span
    no_answer: frozenset[str]
    quality_reasons: frozenset[str]
    leads_in_a_week: int
    team_words: Mapping[str, str]

    def team_of(self, name: str | None) -> str | None:
        """marketing or sales, by the first word of a CRM's team that the table knows; None: it knows none of them."""
        words = re.findall(r"\w+", (name or "").casefold())
        return next((self.team_words[word] for word in words if word in self.team_words), None)


def load_handoff(path: Path) -> Handoff:
    """Raises ConfigError."""
    table = shaped(HandoffTable, read_toml(path), path.name)
    points = {part: int(getattr(table.points, part)) for part in PARTS}
    if min(points.values()) < 0 or sum(points.values()) != ALL_POINTS:
        raise ConfigError(f"{path.name}: [points]", str(points), f"points of 0 or more that sum to {ALL_POINTS}")
    for key, count in (
        (f"{path.name}: days", table.days),
        (f"{path.name}: [complete] touches", table.complete.touches),
    ):
        if count < 1:
            raise ConfigError(key, str(count), "1 or more")
    return Handoff(
        days=table.days,
        points=points,
        content=frozenset(table.complete.content),
        touches=table.complete.touches,
        no_campaign=frozenset(table.complete.no_campaign),
        lost_after=read_span(table.black_hole.after, f"{path.name}: [black_hole] after"),
        no_answer=frozenset(table.black_hole.no_answer),
        quality_reasons=frozenset(one.strip().casefold().replace(" ", "_") for one in table.misses.quality_reasons),
        leads_in_a_week=table.misses.leads_in_a_week,
        team_words=team_words(table.teams, path.name),
    )


def team_words(teams: TeamsTable, where: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for team in type(teams).model_fields:
        for word in getattr(teams, team):
            if word.casefold() in found:
                raise ConfigError(f"{where}: [teams] {team}", repr(word), "each word once")
            found[word.casefold()] = team
    return found
