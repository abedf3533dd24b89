"""What is written: our fields, each row with its receipt, twice the same as once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from crm_sync.changes import Receipt, Write
from crm_sync.errors import CrmSyncError
from crm_sync.records import Ref
from tests.exam.sitting import TRIES, Sitting
from tests.exam.test_reading import populate


def writes_for(sitting: Sitting, campaign: str | None) -> list[Write]:
    """One for each person that the CRM holds, under the id as its key."""
    kind = sitting.one.kinds["person"]
    ids = sorted(sitting.one.held("person"))
    return [Write(one, Ref(sitting.one.crm, kind, one), {"campaign": campaign}) for one in ids]


@dataclass
class Sent:
    """What became of writes: refused for good, and still open when patience ended. The others are written."""

    refused: list[Receipt] = field(default_factory=list)
    open: dict[str, Write] = field(default_factory=dict)


async def push_all(sitting: Sitting, writes: Sequence[Write]) -> Sent:
    """As a run would, which looks first: what is to be tried again is sent again."""
    sent = Sent(open={write.key: write for write in writes})
    for _ in range(TRIES):
        try:
            await sitting.one.connector.look()
            receipts = await sitting.one.connector.push(list(sent.open.values()))
        except CrmSyncError:
            continue
        sent.refused += [receipt for receipt in receipts if receipt.outcome == "refused"]
        for receipt in receipts:
            if receipt.outcome != "retry":
                sent.open.pop(receipt.key)
        if not sent.open:
            break
    return sent


pytestmark = pytest.mark.slow


@pytest.mark.promise("writing")
async def test_what_is_written_is_there_and_comes_back_as_it_was_meant(sitting: Sitting) -> None:
    await populate(sitting)
    await sitting.one.connector.apply_schema()
    assert await push_all(sitting, writes_for(sitting, "spring")) == Sent()
    assert set(sitting.one.ours(sitting.one.objects["person"]).values()) == {"spring"}
    await sitting.settle()
    assert {person.ours.get("campaign") for person in sitting.store.snapshot().people} == {"spring"}


@pytest.mark.promise("writing")
async def test_a_write_of_nothing_clears_the_field(sitting: Sitting) -> None:
    await populate(sitting, people=3)
    await sitting.one.connector.apply_schema()
    await push_all(sitting, writes_for(sitting, "spring"))
    assert await push_all(sitting, writes_for(sitting, None)) == Sent()
    assert set(sitting.one.ours(sitting.one.objects["person"]).values()) <= {None, ""}


@pytest.mark.promise("receipts")
async def test_a_row_that_cannot_be_written_is_named_and_the_others_are_written(sitting: Sitting) -> None:
    ids = (await populate(sitting, people=5))["person"]
    await sitting.one.connector.apply_schema()
    writes = writes_for(sitting, "spring")
    await sitting.one.delete("person", ids[2])
    refused = (await push_all(sitting, writes)).refused
    assert [(receipt.key, receipt.reason) for receipt in refused] == [(ids[2], "missing")]
    assert refused[0].message
    assert set(sitting.one.ours(sitting.one.objects["person"]).values()) == {"spring"}
