"""Names as people type them into a search: without accents, case or double spaces."""

from __future__ import annotations

from crm_sync.mappings.tables import unaccented


def folded(name: str) -> str:
    """`Ana  RUÍZ` and `ana ruiz` are the same."""
    return " ".join(unaccented(name.casefold()).split())
