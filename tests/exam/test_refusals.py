"""What a CRM refuses for good is sent once, and again when what it waits for has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from crm_sync.changes import Change
from crm_sync.clock import host_now
from crm_sync.records import Ref
from crm_sync.sync.progress import Silent
from crm_sync.sync.push import Pushed, push
from tests.exam.salesforce import OnSalesforce
from tests.exam.sandboxed import Sandboxed
from tests.exam.sitting import Sitting
from tests.exam.test_reading import populate
from tests.store.samples import plan

RUNS = 50


async def run(sitting: Sitting, *changes: Change, days: int = 0) -> Pushed:
    """One run, from its look to its push, whose plan wants these changes; it begins some days from now."""
    crm, connector, store = sitting.one.crm, sitting.one.connector, sitting.store
    with store.lease("exam", connector.now()):
        await connector.look()
        run_id = store.start_run("sync", host_now() + timedelta(days=days))
        queued = store.save_plan(run_id, plan(changes=changes), {crm: connector.rights})
        return await push(store, {crm: connector}, queued, Silent())


def wanted(sitting: Sitting, record_id: str, field: str, value: str) -> Change:
    return Change(Ref(sitting.one.crm, sitting.one.kinds["person"], record_id), field, None, value, "it is so")


@pytest.mark.slow
@pytest.mark.promise("hopeless rows")
async def test_a_value_that_is_no_option_is_sent_once_in_fifty_runs_and_written_once_it_is_one(wired: Sitting) -> None:
    one = wired.one
    assert isinstance(one, Sandboxed)
    ids = (await populate(wired, people=3))["person"]
    await one.connector.apply_schema()
    await wired.read()
    hopeless = wanted(wired, ids[0], "sla_status", "asleep")
    assert await run(wired, hopeless, wanted(wired, ids[1], "campaign", "spring")) == Pushed({one.crm: 1}, 1)
    sent = one.writes()
    for day in range(1, RUNS):
        await run(wired, hopeless, days=day)
    assert one.writes() == sent > 0
    assert [(refusal.reason, refusal.ref) for refusal in wired.store.refusals()] == [("picklist", hopeless.ref)]
    one.allow("sla_status", "asleep")
    assert await run(wired, hopeless) == Pushed({one.crm: 1}, 0)
    assert (one.held_of_ours(ids[0], "sla_status"), wired.store.refusals()) == ("asleep", [])


@pytest.mark.slow
@pytest.mark.promise("hopeless rows", crm="salesforce")
async def test_a_value_against_a_rule_waits_until_somebody_edits_the_record(sit: Callable[[str], Sitting]) -> None:
    sitting = sit("salesforce")
    one = sitting.one
    assert isinstance(one, OnSalesforce)
    ana = (await populate(sitting, people=3))["person"][0]
    await one.connector.apply_schema()
    await one.forbid('Title = "Text 0"')
    await sitting.read()
    hopeless = wanted(sitting, ana, "campaign", "spring")
    assert await run(sitting, hopeless) == Pushed({"salesforce": 0}, 1)
    sent = one.writes()
    for day in range(1, RUNS):
        await run(sitting, hopeless, days=day)
    assert one.writes() == sent > 0
    assert [refusal.reason for refusal in sitting.store.refusals()] == ["validation"]
    one.wait(1)
    await one.edit("person", ana, "Directora")
    await sitting.read()
    assert await run(sitting, hopeless) == Pushed({"salesforce": 1}, 0)
    assert one.held_of_ours(ana, "campaign") == "spring"
