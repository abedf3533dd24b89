"""What is kept of the last matching of companies, beside that of people: made from the store, and may be lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from crm_sync.reconciler.dedupe.companies import KeptFirms
from crm_sync.reconciler.dedupe.companies.tables import base_of, changes_of, kept_again
from crm_sync.sync.memory import UNREADABLE, Marks, held_in, keep

FIRMS: Final = "companies"  # the directory, beside what is kept of people
FORMER: Final = ("companies.json", "companies.arrow")  # as it was kept when a change had all compared again


@contextmanager
def remembered_firms(directory: Path | None, marks: Marks, *, anew: bool = False) -> Iterator[KeptFirms | None]:
    """The matching in `directory`, which is kept again when the block ends well; `anew`: all are matched anew. Files
    that stand for another matching than that in force are of no use. None where nothing is kept. Raises ConfigError."""
    if directory is None:
        yield None
        return
    kept = load(directory / FIRMS)
    if kept.mark != marks.matching_in_force("company"):
        kept = KeptFirms()
    kept.anew = anew
    yield kept
    if kept.kept and kept.fresh:
        if kept.anew:
            kept.mark = uuid4().hex
        save(directory / FIRMS, kept)
        if marks.matching_in_force("company") != kept.mark:
            marks.put_matching_in_force(kept.mark, "company")
    for name in FORMER:
        with suppress(OSError):
            (directory / name).unlink(missing_ok=True)


def load(directory: Path) -> KeptFirms:
    """An empty one where there is none, or none that can be read."""
    with suppress(*UNREADABLE):
        about, base, changes = held_in(directory)
        kept = kept_again(base, changes)
        return KeptFirms(kept, about["made_by"], datetime.fromisoformat(about["made_at"]), mark=about["mark"])
    return KeptFirms()


def save(directory: Path, firms: KeptFirms) -> None:
    """Whole or not at all; for this user's eyes only. The base only when it is another. Raises ConfigError."""
    if firms.kept and firms.made_at:
        about = {"made_by": firms.made_by, "made_at": firms.made_at.isoformat(), "mark": firms.mark}
        kept = firms.kept
        keep(directory, about, lambda: base_of(kept), changes_of(kept), anew=firms.anew)
