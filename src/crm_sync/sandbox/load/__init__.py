"""Exported CRM data into the world: whatever its columns say it is, row by row, and a list of what found no place.

SHEET   one CSV file, known by its columns, wherever it lies.                  (sheets.py)
HALL    where rows wait until everything is read.                              (hall.py)
LAYOUT  maven_crm, or HubSpot and Salesforce tables as Fivetran names them.    (maven.py, *_tables.py, hubspot_links.py)
REPORT  counts, rows set aside, files left alone, and the world's new now.     (report.py)
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from crm_sync.sandbox.load import hubspot_tables, maven, salesforce_tables
from crm_sync.sandbox.load.hall import Hall, no_later_than
from crm_sync.sandbox.load.report import LoadError, LoadReport, SetAside, Unread
from crm_sync.sandbox.load.sheets import find_sheets
from crm_sync.sandbox.world import World, from_ms

__all__ = ["LoadError", "LoadReport", "SetAside", "Unread", "load_exports"]


def load_exports(world: World, directory: Path) -> LoadReport:
    """Puts every CSV file in and below the directory into a world whose faces are installed.

    The world's clock moves to the day after the newest stamp, so that "now" makes sense for the data.
    """
    sheets, unread = find_sheets(directory)
    hall = Hall(world)
    if any(one.kind.startswith("maven:") for one in sheets):
        maven.place(hall, sheets)
    hubspot_tables.place(hall, sheets)
    salesforce_tables.place(hall, sheets)
    newest = hall.empty()
    if newest is not None:
        world.clock.set(from_ms(newest) + timedelta(days=1))
        no_later_than(world, newest)
    counts = {face: dict(some) for face, some in sorted(hall.counts.items())}
    return LoadReport(counts, tuple(hall.set_aside), tuple(unread), world.clock.now())
