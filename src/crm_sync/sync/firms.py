"""What is kept of the last matching of companies, beside that of people: made from the store, and may be lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.ipc as ipc

from crm_sync.changes import Compared, Reason, SetAside
from crm_sync.errors import ConfigError
from crm_sync.reconciler.dedupe.companies import KeptFirms, Matched
from crm_sync.records import Ref

MATCHED: Final = "companies.json"  # who is one company; says by what it was made
READ: Final = "companies.arrow"  # what every record says

Pairs = Mapping[tuple[int, int], Compared]


@contextmanager
def remembered_firms(directory: Path | None, *, anew: bool = False) -> Iterator[KeptFirms | None]:
    """The matching in `directory`, which is kept again when the block ends well; `anew`: it begins with nothing. None
    where nothing is kept. Raises ConfigError."""
    if directory is None:
        yield None
        return
    kept = KeptFirms() if anew else load(directory)
    yield kept
    if kept.fresh:
        save(directory, kept)


def load(directory: Path) -> KeptFirms:
    """An empty one where there is none, or none that can be read."""
    with suppress(OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        told = json.loads((directory / MATCHED).read_text(encoding="utf-8"))
        read = ipc.open_file(pa.memory_map(str(directory / READ))).read_all()
        if read.schema.metadata == {b"made_by": told["made_by"].encode()}:
            return KeptFirms(told["made_by"], told["inputs"], matched_of(told), read)
    return KeptFirms()


def matched_of(told: Mapping[str, Any]) -> Matched:
    aside = tuple(SetAside(Ref.parse(ref), reason) for ref, reason in told["set_aside"])
    return Matched(told["leader"], pairs_of(told["inside"]), pairs_of(told["doubts"]), aside)


def pairs_of(told: Iterable[Any]) -> Pairs:
    return {(a, b): Compared(score, tuple(Reason(*one) for one in evidence)) for a, b, score, evidence in told}


def save(directory: Path, kept: KeptFirms) -> None:
    """Each file whole or not at all; for this user's eyes only. Raises ConfigError."""
    if kept.matched is None or kept.read is None:
        return
    told = {
        "made_by": kept.made_by,
        "inputs": kept.inputs,
        "leader": list(kept.matched.leader),
        "inside": told_pairs(kept.matched.inside),
        "doubts": told_pairs(kept.matched.doubts),
        "set_aside": [(str(one.ref), one.reason) for one in kept.matched.set_aside],
    }
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        read = kept.read.replace_schema_metadata({"made_by": kept.made_by})
        with beside(directory / READ) as place, ipc.new_file(place, read.schema) as file:
            file.write_table(read)
        with beside(directory / MATCHED) as place:
            place.write_text(json.dumps(told), encoding="utf-8")
    except OSError as problem:
        raise ConfigError(str(directory), str(problem), "a directory that this user may write to") from None


def told_pairs(pairs: Pairs) -> list[Any]:
    return [(a, b, found.score, [(one.told, one.weight) for one in found.evidence]) for (a, b), found in pairs.items()]


@contextmanager
def beside(file: Path) -> Iterator[Path]:
    """Where to write what takes the place of `file`."""
    place = file.with_name(f"{file.name}.new")
    yield place
    place.replace(file)
