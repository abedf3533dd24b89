"""Every trouble that the sandbox can make, in every operation: in the end, store and CRM agree record by record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from crm_sync.connectors.base import Window
from crm_sync.errors import Failed, NeedsLogin, TryLater
from tests.exam.hubspot import OnHubSpot
from tests.exam.salesforce import OnSalesforce
from tests.exam.sandboxed import Sandboxed, troubles_of
from tests.exam.sitting import Sitting
from tests.exam.test_reading import populate
from tests.exam.test_writing import Sent, push_all, writes_for

# What a connection that broke on order leaves behind on the server's side is part of the trouble.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

TROUBLES = [(one.crm, name) for one in (OnHubSpot, OnSalesforce) for name in troubles_of(one.crm, one.orders)]


async def first_read(sitting: Sitting) -> None:
    await sitting.read()


async def next_read(sitting: Sitting) -> None:
    await sitting.read()


async def window(sitting: Sitting) -> None:
    await sitting.read(Window(sitting.one.connector.now() - timedelta(days=1000), sitting.one.connector.now()))


async def census(sitting: Sitting) -> None:
    """What `verify` asks, and what it keeps of the answers."""
    crm, connector, name = sitting.one.crm, sitting.one.connector, sitting.one.objects["person"]
    ever = Window(connector.now() - timedelta(days=1000), connector.now())
    ids = [one async for some in connector.ids(name, ever) for one in some]
    assert len(ids) == len(set(ids))
    await connector.count(name, ever)
    kept = sitting.store.progress(crm, name).cursor or ""
    async for page in connector.fetch(name, ids):
        with sitting.store.lease("exam", connector.now()):
            sitting.store.save_page(crm, name, page.records, cursor=kept, gone=page.gone)


async def counted(sitting: Sitting) -> int:
    """People whom the CRM says it holds."""
    now = sitting.one.connector.now()
    ever = Window(now - timedelta(days=1000), now)
    return await sitting.one.connector.count(sitting.one.objects["person"], ever)


async def look(sitting: Sitting) -> None:
    assert (await sitting.one.connector.look()).crm == sitting.one.crm


async def schema(sitting: Sitting) -> None:
    await sitting.one.connector.apply_schema()
    assert {step.kind for step in await sitting.one.connector.plan_schema()} == {"present"}


OPERATIONS: dict[str, Callable[[Sitting], Awaitable[None]]] = {
    "first read": first_read, "next read": next_read, "window": window, "census": census, "look": look,
    "schema": schema,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.promise("troubles while reading")
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("crm", "name"), TROUBLES, ids=[f"{crm}-{name}" for crm, name in TROUBLES])
async def test_a_reader_in_trouble_loses_nothing_and_invents_nothing(
    crm: str, name: str, operation: str, sit: Callable[[str], Sitting]
) -> None:
    sitting = sit(crm)
    ids = await populate(sitting)
    if operation != "first read":
        await sitting.read()
        sitting.one.wait(20)
        for kind, some in ids.items():
            await sitting.one.edit(kind, some[3], "Edited before the trouble")
            await sitting.one.delete(kind, some[4])
    assert isinstance(sitting.one, Sandboxed)
    await sitting.one.trouble(name)
    met = await sitting.persist(lambda: OPERATIONS[operation](sitting))
    assert all(isinstance(problem, TryLater | NeedsLogin | Failed) for problem in met)
    sitting.one.calm()
    await sitting.settle()
    assert sitting.differences() == []
    if operation == "census":
        assert await counted(sitting) == len(sitting.one.held("person"))


@pytest.mark.slow
@pytest.mark.promise("troubles while writing")
@pytest.mark.parametrize(("crm", "name"), TROUBLES, ids=[f"{crm}-{name}" for crm, name in TROUBLES])
async def test_a_writer_in_trouble_writes_every_row_once_or_says_why_not(
    crm: str, name: str, sit: Callable[[str], Sitting]
) -> None:
    sitting = sit(crm)
    await populate(sitting)
    await sitting.one.connector.apply_schema()
    await sitting.read()
    assert isinstance(sitting.one, Sandboxed)
    await sitting.one.trouble(name)
    writes = writes_for(sitting, "spring")
    sent = await push_all(sitting, writes)
    sitting.one.calm()
    there = sitting.one.ours(sitting.one.objects["person"])
    written = {write.key for write in writes} - {receipt.key for receipt in sent.refused} - sent.open.keys()
    assert {one for one, value in there.items() if value == "spring"} >= written & there.keys()
    assert all(receipt.reason and receipt.message for receipt in sent.refused)
    sitting.one.reconnect()
    assert await push_all(sitting, [write for write in writes if write.key in there]) == Sent()
    assert set(sitting.one.ours(sitting.one.objects["person"]).values()) == {"spring"}
