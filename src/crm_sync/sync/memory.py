"""What is kept of the last matching, in files of this installation: made from the store, so that it may be lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import uuid4

import pyarrow as pa
import pyarrow.ipc as ipc

from crm_sync.errors import ConfigError
from crm_sync.reconciler.dedupe.kept.memory import Memory
from crm_sync.reconciler.dedupe.kept.tables import base_of, changes_of, kept_again
from crm_sync.records import Subject

NOW: Final = "now.json"  # says which directories hold
PARTS: Final = ("base-", "changes-")  # how their names begin

#: What files that are damaged, or that something else wrote, come to.
UNREADABLE: Final = (OSError, ValueError, KeyError, TypeError, IndexError, pa.ArrowException)

Tables = Mapping[str, pa.Table]


class Marks(Protocol):
    """Says which matching of everybody the links in the database stand on, by its mark."""

    def matching_in_force(self, about: Subject = "person") -> str | None: ...
    def put_matching_in_force(self, mark: str, about: Subject = "person") -> None: ...


@contextmanager
def remembered(directory: Path | None, marks: Marks, *, anew: bool = False) -> Iterator[Memory | None]:
    """The memory in `directory`, which is kept again when the block ends well; `anew`: everybody is matched anew. Files
    that stand for another matching than that in force are of no use: those of a host that was away while another one
    matched everybody, or of another database. None where nothing is kept. Raises ConfigError."""
    if directory is None:
        yield None
        return
    memory = load_in_force(directory, marks)
    memory.anew = anew
    yield memory
    if memory.kept:
        if memory.anew:
            memory.mark = uuid4().hex
        save(directory, memory)
        if marks.matching_in_force() != memory.mark:
            marks.put_matching_in_force(memory.mark)


def load_in_force(directory: Path, marks: Marks) -> Memory:
    """An empty one where there is none that the links in the database stand on."""
    memory = load(directory)
    return memory if memory.mark == marks.matching_in_force() else Memory()


def load(directory: Path) -> Memory:
    """An empty one where there is none, or none that can be read."""
    with suppress(*UNREADABLE):
        about, base, changes = held_in(directory)
        kept = kept_again(base, changes)
        return Memory(kept, about["made_by"], datetime.fromisoformat(about["made_at"]), mark=about["mark"])
    return Memory()


def held_in(directory: Path) -> tuple[Any, Tables, Tables]:
    """What `keep` was told, `base` and `changes`. Raises what is UNREADABLE."""
    told = json.loads((directory / NOW).read_text(encoding="utf-8"))
    base, changes = (read(directory / told[part]) for part in ("base", "changes"))
    return told, base, changes


def save(directory: Path, memory: Memory) -> None:
    """Whole or not at all; for this user's eyes only. The base only when it is another. Raises ConfigError."""
    if memory.kept and memory.made_at:
        kept = memory.kept
        about = {"made_by": memory.made_by, "made_at": memory.made_at.isoformat(), "mark": memory.mark}
        keep(directory, about, lambda: base_of(kept), changes_of(kept), anew=memory.anew)


def keep(
    directory: Path, about: Mapping[str, str], base_of: Callable[[], Tables], changes: Tables, *, anew: bool
) -> None:  # fmt: skip
    """Two parts, `base` only where there is none or `anew`, and a file that says which they are. Raises ConfigError."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        base = names_in(directory).get("base") if not anew else None
        if base is None:
            base = write(directory, "base", base_of())
        told = {"base": base, "changes": write(directory, "changes", changes), **about}
        beside = directory / f"{NOW}.new"
        beside.write_text(json.dumps(told), encoding="utf-8")
        beside.replace(directory / NOW)
    except OSError as problem:
        raise ConfigError(str(directory), str(problem.strerror), "a directory that this user may write to") from None
    for old in directory.iterdir():
        if old.is_dir() and old.name.startswith(PARTS) and old.name not in told.values():
            shutil.rmtree(old, ignore_errors=True)


def names_in(directory: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        return dict(json.loads((directory / NOW).read_text(encoding="utf-8")))
    return {}


def write(directory: Path, part: str, tables: Mapping[str, pa.Table]) -> str:
    """Into a directory of its own. Returns its name."""
    taken = {one.name for one in directory.iterdir()}
    name = next(name for number in range(len(taken) + 1) if (name := f"{part}-{number}") not in taken)
    (directory / name).mkdir(mode=0o700)
    for table, rows in tables.items():
        with ipc.new_file(directory / name / f"{table}.arrow", rows.schema) as file:
            file.write_table(rows.combine_chunks())
    return name


def read(directory: Path) -> dict[str, pa.Table]:
    """Where they lie: what nobody looks at is not read."""
    return {file.stem: ipc.open_file(pa.memory_map(str(file))).read_all() for file in sorted(directory.glob("*.arrow"))}
