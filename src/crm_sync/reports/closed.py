"""What the leads of the past tell: how many became customers, what these brought, how many attempts it took."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary
from crm_sync.reconciler.commitment.rates import Past, Window
from crm_sync.reconciler.commitment.segments import sorter
from crm_sync.reports.months import midnight, month_before
from crm_sync.reports.relations import INSTANT, Relations, as_of, rows, stages_of, table

RELATIONS: Final = ("known", "people", "links", "targets", "stage_entries", "credits", "deals", "qualifications")


def past(store: Relations, engine: Engine, vocabulary: Vocabulary, now: datetime) -> Past:
    """The windows of commitment.toml [closed], counted back from when the CRMs were read."""
    at, settled = as_of(store, now), timedelta(days=vocabulary.commitment.closed.settled_days)
    leads, deals = window(vocabulary, at - settled), window(vocabulary, at)
    tables = {**store.tables(*RELATIONS), "stages": stages_of(vocabulary.lifecycle)}
    tables |= {"leads_span": span(leads), "deals_span": span(deals)}
    tables["starts"] = table(engine, "sla", "starts", tables)
    tables["facts"] = table(engine, "closed", "facts", tables)
    tables["sorted"] = in_segments(table(engine, "closed", "kinds", tables), vocabulary)
    tables["segmented"] = table(engine, "closed", "segmented", tables)
    tables["closed_leads"] = table(engine, "closed", "closed_leads", tables)
    conversions, won, answers = (rows(engine, "closed", name, tables) for name in ("conversions", "won", "answers"))
    return Past(
        leads,
        deals,
        {row["segment"]: (row["leads"], row["customers"]) for row in conversions},
        {row["segment"]: (row["deals"], row["revenue"]) for row in won},
        {row["attempts"]: row["people"] for row in answers},
    )


def window(vocabulary: Vocabulary, at: datetime) -> Window:
    """Whole months on the wall of the house, up to the beginning of the one that an instant lies in."""
    zone, months = vocabulary.promise.working_time.zone_now, vocabulary.commitment.closed.months
    after: date = at.astimezone(zone).date().replace(day=1)
    first = after
    for _ in range(months):
        first = month_before(first)
    return Window(midnight(first, zone), midnight(after, zone))


def span(window: Window) -> pa.Table:
    return pa.table({"begins": pa.array([window.begins], INSTANT), "ends": pa.array([window.ends], INSTANT)})


def in_segments(kinds: pa.Table, vocabulary: Vocabulary) -> pa.Table:
    """Each combination of facts with its segment."""
    segment_of = sorter(vocabulary.commitment)
    segments = [segment_of(row) for row in kinds.to_pylist()]
    return kinds.append_column("segment", pa.array(segments, pa.string()))
