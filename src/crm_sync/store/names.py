"""Names as people type them into a search: without accents, case or double spaces."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """`Ana  RUÍZ` and `ana ruiz` are the same."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())
