"""Channels: which word of which CRM means which channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crm_sync.errors import ConfigError
from crm_sync.mappings.tables import CRMS, Label, Words, no_word_twice, read_toml, shaped

UNKNOWN = "unknown"


class ChannelTable(Words):
    campaign: tuple[str, ...] = ()
    label: Label


@dataclass(frozen=True, slots=True)
class Channels:
    """`words` maps a column (a CRM, or campaign) to its folded words."""

    labels: Mapping[str, Label]
    words: Mapping[str, Mapping[str, str]]

    def channel_of(self, column: str, word: str | None) -> str | None:
        """The channel that a word means; `A/B` falls back to `A`. `unknown` for no word, None for an unlisted one."""
        if not word:
            return UNKNOWN
        known, folded = self.words.get(column, {}), fold(word)
        return known.get(folded) or known.get(folded.split("/", 1)[0])


def load_channels(path: Path) -> Channels:
    """Raises ConfigError."""
    data = read_toml(path)
    tables = {name: shaped(ChannelTable, table, f"{path.name}: [{name}]") for name, table in data.items()}
    if UNKNOWN not in tables:
        raise ConfigError(f"{path.name}: [{UNKNOWN}]", "no such table", "a table for people without a known source")
    columns = {column: column_of(tables, column, path.name) for column in (*CRMS, "campaign")}
    return Channels({name: table.label for name, table in tables.items()}, columns)


def column_of(tables: Mapping[str, ChannelTable], column: str, where: str) -> dict[str, str]:
    pairs = [(fold(word), name) for name, table in tables.items() for word in getattr(table, column)]
    no_word_twice(pairs, where, column)
    return dict(pairs)


def fold(word: str) -> str:
    return word.strip().casefold()
