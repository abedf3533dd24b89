"""Our properties as columns of their file: what is missing, and adding it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crm_sync.connectors.base import SchemaStep
from crm_sync.connectors.files.read import header
from crm_sync.connectors.files.scan import OURS, Folder, file_stamp, scan_properties
from crm_sync.connectors.files.sheets import CRM, PROPERTIES
from crm_sync.connectors.files.translate import property_of
from crm_sync.connectors.files.write import KEY, rewrite
from crm_sync.errors import ConfigError
from crm_sync.mappings.fields import OurField

MAKE: Final = "a directory that this user may write"


def plan(folder: Folder, profile: Sequence[OurField]) -> list[SchemaStep]:
    """One step per column of ours."""
    there = columns_of(folder)
    wanted = (KEY, *map(property_of, profile))
    return [SchemaStep(CRM, PROPERTIES, name, "present" if name in there else "create_field") for name in wanted]


def apply(folder: Folder, profile: Sequence[OurField]) -> list[SchemaStep]:
    """Adds the columns that are missing; rows that are there keep what they say. Raises ConfigError."""
    steps = [step for step in plan(folder, profile) if step.kind != "present"]
    if steps:
        scan_properties(folder)
        columns = [*columns_of(folder), *(step.name for step in steps)]
        try:
            rewrite(folder.properties, columns, (cells for _, cells in folder.journal.every(OURS)))
        except OSError as problem:
            raise ConfigError(str(folder.directory), str(problem.strerror), MAKE) from None
        with folder.journal.changing():
            folder.journal.finish(OURS, file_stamp(folder.properties))
    return steps


def columns_of(folder: Folder) -> list[str]:
    return header(folder.properties) if folder.properties.is_file() else []
