"""People on their way from marketing to sales, told as records; what is concluded from them is the real plan's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary
from crm_sync.reconciler.plan import make_plan
from crm_sync.records import Owner, Person, Record, Ref, StageChange, Touch
from crm_sync.store import Store

NOW = datetime(2026, 6, 12, 23, 0, tzinfo=UTC)  # a Friday, 17:00 in Mexico City
LUIS = Owner(Ref("hubspot", "owners", "1"), "1", NOW, name="Luis Mora", email="luis@acme.test", team="Ventas Norte")
EVA = Owner(Ref("hubspot", "owners", "2"), "1", NOW, name="Eva Stone", email="eva@acme.test", team="Marketing")
QUEUE = Owner(Ref("hubspot", "owners", "9"), "1", NOW, name="Queue", human=False)
OWNERS = (LUIS, EVA, QUEUE)


def june(day: int, hour: int = 16, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def contact(number: int) -> Ref:
    return Ref("hubspot", "contacts", str(number))


def lead(
    number: int,
    name: str,
    qualified: datetime,
    owner: Owner | None = LUIS,
    stage: str = "marketingqualifiedlead",
    **said: Any,
) -> tuple[Record, ...]:
    """A contact who became a qualified lead then, owned from the beginning."""
    made = Person(
        contact(number), "1", june(1), qualified, email=f"{name.lower()}@x{number}.example", first_name=name,
        last_name=f"Ruiz{number}", owner=owner.ref if owner else None, stage=(stage,),
    )  # fmt: skip
    changes = [StageChange(made.ref, "1", qualified, "marketingqualifiedlead", field="lifecyclestage")]
    return (replace(made, **said), *changes)


def status(number: int, at: datetime, word: str, field: str = "hs_lead_status") -> StageChange:
    return StageChange(contact(number), word, at, word, field=field)


def touch(number: int, kind: str, id: str, at: datetime, actor: Owner | None = None, **facts: str) -> Touch:
    subject = "Price list" if kind == "conversion" else None
    who = actor.ref if actor else None
    return Touch(Ref("hubspot", kind, id), "1", at, at, at, (contact(number),), actor=who, subject=subject, facts=facts)


def call(number: int, at: datetime, by: Owner = LUIS) -> Touch:
    return touch(
        number, "calls", f"c{number}-{at:%d%H%M}", at, by, hs_call_direction="OUTBOUND", hs_call_status="COMPLETED"
    )


def form(number: int, at: datetime) -> Touch:
    return touch(number, "conversion", f"f{number}-{at:%d%H%M}", at)


def visit(number: int, at: datetime, source: str = "PAID_SEARCH") -> Touch:
    return replace(touch(number, "visit", f"v{number}-{at:%d%H%M}", at), source=source)


def told(
    store: Store, engine: DuckDB, vocabulary: Vocabulary, *records: Iterable[Record], horizon: datetime | None = NOW
) -> Store:
    """The store after one sync that read these and ended well."""
    every = (*OWNERS, *(one for some in records for one in some))
    store.save_page("hubspot", "contacts", every, cursor="end", horizon=horizon, fetched=len(every))
    run_id = store.start_run("sync", NOW)
    plan = make_plan(
        store.snapshot(), vocabulary, engine, NOW, horizon, profile=vocabulary.fields.profile(False),
        horizons={"hubspot": horizon},
    )  # fmt: skip
    store.save_plan(run_id, plan)
    store.finish_run(run_id, "done", {}, NOW)
    return store
