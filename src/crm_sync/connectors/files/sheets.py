"""The files of a folder: which there may be, how each is called, and what a row of it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crm_sync.errors import ConfigError

CRM: Final = "files"
PROPERTIES: Final = "crm_sync_properties.csv"  # our properties, one row per person
BAD_ROWS: Final = "crm_sync_bad_rows.csv"  # rows that say something that we cannot read
JOURNAL: Final = "crm_sync_journal.db"  # what was read so far, and in which order it changed
FORMS: Final = ("csv", "parquet")


@dataclass(frozen=True, slots=True)
class Sheet:
    """`people.csv` or `people.parquet`: rows of `kind`, whose columns stand under [`name`] in fields.toml."""

    name: str
    kind: str
    judges: bool = True  # people are judged by it, and not beyond the time that it tells of

    def file(self, directory: Path) -> Path | None:
        """The file; None when there is none. Raises ConfigError when there are two."""
        found = [file for form in FORMS if (file := directory / f"{self.name}.{form}").is_file()]
        if len(found) > 1:
            raise ConfigError(str(directory), " and ".join(file.name for file in found), "one of the two")
        return found[0] if found else None


SHEETS: Final = (
    Sheet("owners", "owner", judges=False),
    Sheet("companies", "company", judges=False),
    Sheet("campaigns", "campaign", judges=False),
    Sheet("people", "person"),
    Sheet("stage_changes", "stage_change"),
    Sheet("deals", "deal"),
    Sheet("touches", "touch"),
)
BY_NAME: Final = {sheet.name: sheet for sheet in SHEETS}
PEOPLE: Final = BY_NAME["people"]
