"""The symptoms that `crm-sync diagnose` looks for: what each is called, what weighs how much, what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crm_sync.errors import ConfigError
from crm_sync.mappings.tables import Label, Shape, read_toml, shaped

MEASURES: Final = {
    "cost": ("no_cost", "no_return", "no_source"),
    "duplicates": ("records", "pursuits"),
    "black_hole": ("lost", "no_reason"),
    "handoff": ("no_source", "no_campaign", "no_content"),
}


class MeasureTable(Shape):
    full_at: float
    label: Label


class SymptomTable(Shape):
    label: Label
    question: Label
    next: Label
    measures: dict[str, MeasureTable]


class Levels(Shape):
    watch: int
    act: int


@dataclass(frozen=True, slots=True)
class Symptoms:
    """Symptom → its texts and measures, in the order of MEASURES; `levels` are scores of 100."""

    levels: Levels
    tables: Mapping[str, SymptomTable]

    def level_of(self, score: float | None) -> str:
        """fine, watch, act, or unknown."""
        if score is None:
            return "unknown"
        return "act" if score >= self.levels.act else "watch" if score >= self.levels.watch else "fine"


def load_symptoms(path: Path) -> Symptoms:
    """Raises ConfigError."""
    data = read_toml(path)
    levels = shaped(Levels, data.pop("levels", {}), f"{path.name}: [levels]")
    if not 0 < levels.watch <= levels.act <= 100:
        raise ConfigError(f"{path.name}: [levels]", f"{levels.watch}, {levels.act}", "0 < watch <= act <= 100")
    if unknown := sorted(set(data) - set(MEASURES)):
        raise ConfigError(f"{path.name}: [{unknown[0]}]", "a symptom that is not known", ", ".join(MEASURES))
    tables = {name: shaped(SymptomTable, data.get(name, {}), f"{path.name}: [{name}]") for name in MEASURES}
    for name, table in tables.items():
        if sorted(table.measures) != sorted(MEASURES[name]):
            found, allowed = ", ".join(table.measures) or "nothing", ", ".join(MEASURES[name])
            raise ConfigError(f"{path.name}: [{name}.measures]", found, allowed)
        for key, measure in table.measures.items():
            if not 0 < measure.full_at <= 1:
                where = f"{path.name}: [{name}.measures] {key}.full_at"
                raise ConfigError(where, str(measure.full_at), "a share above 0, up to 1")
    return Symptoms(levels, tables)
