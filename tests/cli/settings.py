"""Settings files for tests: those of a town, changed."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from tests.sync.town import Town

Changes = dict[str, Any]


def settings_of(town: Town, directory: Path, **changes: Any) -> Path:
    """The town's settings with a store of their own and with `changes`: `hubspot={"token": "x"}` changes one key of a
    table; None takes a key or a table out."""
    said: Changes = tomllib.loads(town.settings_file.read_text(encoding="utf-8"))
    said["database"] = f"sqlite:///{directory}/own.db"
    for key, value in changes.items():
        said[key] = said.get(key, {}) | value if isinstance(value, dict) else value
    directory.mkdir(exist_ok=True)
    file = directory / "crm-sync.toml"
    file.write_text(as_toml(said), encoding="utf-8")
    return file


def as_toml(said: Changes) -> str:
    """Strings, numbers and tables of them. JSON strings are TOML strings, too."""
    plain = {key: value for key, value in said.items() if not isinstance(value, dict) and value is not None}
    lines = [f"{key} = {json.dumps(value)}" for key, value in plain.items()]
    for name, table in said.items():
        if isinstance(table, dict):
            lines += [f"\n[{name}]", *(f"{key} = {json.dumps(one)}" for key, one in table.items() if one is not None)]
    return "\n".join(lines) + "\n"
