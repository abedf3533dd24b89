"""Many writes, locked rows and lost answers: what the CRM holds afterwards is what was wanted, row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.connectors.salesforce.conftest import Org, read

from crm_sync.changes import Write
from crm_sync.connectors.salesforce import Salesforce
from crm_sync.errors import TryLater
from crm_sync.records import Person, Ref

ROOT = "/services/data/v62.0"
COLLECTIONS, INGEST = f"PATCH {ROOT}/composite/sobjects", f"{ROOT}/jobs/ingest"
LOCKED = {"errorCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access to this record"}


@pytest.fixture
async def installed(connect: Callable[..., Salesforce]) -> Salesforce:
    """From ten writes on, a job takes them."""
    crm = connect(minimal=True, many=10)
    await crm.apply_schema()
    return crm


def write(kind: str, record_id: str, **values: str | None) -> Write:
    return Write(f"key-{record_id}", Ref("salesforce", kind, record_id), values)


def people(org: Org, count: int = 40) -> list[tuple[str, str]]:
    kinds = ("Lead", "Contact")
    return [(kind, one) for kind in kinds for one in org.add(kind, *({"LastName": "Ruiz"} for _ in range(count // 2)))]


def all_of_them(made: list[tuple[str, str]]) -> list[Write]:
    return [
        write(kind, one, sla_status="met", attempt_count=str(place), source_first='pago "búsqueda", orgánica')
        for place, (kind, one) in enumerate(made)
    ]


async def held(crm: Salesforce) -> dict[str, dict[str, str]]:
    """Record id → our fields, as the CRM tells them."""
    found = [await read(crm, kind) for kind in ("Lead", "Contact")]
    return {one.ref.id: dict(one.ours) for part in found for one in part.records if isinstance(one, Person)}


async def test_a_job_writes_what_single_calls_would(org: Org, installed: Salesforce) -> None:
    writes = all_of_them(people(org))
    receipts = await installed.push(writes)
    assert {one.key for one in receipts if one.outcome == "written"} == {one.key for one in writes}
    assert await held(installed) == {one.ref.id: dict(one.values) for one in writes}
    assert org.world.notes["salesforce_jobs"]


@pytest.mark.parametrize(("rows_of_a_job", "jobs"), [(241, 0), (240, 1)])
async def test_the_settings_say_from_how_many_rows_on_a_job_is_made(
    org: Org, connect: Any, rows_of_a_job: int, jobs: int
) -> None:
    crm = connect(minimal=True, size=200, bulk_reads=rows_of_a_job, bulk_writes=rows_of_a_job)
    await crm.apply_schema()
    made = [("Lead", one) for one in org.add("Lead", *({"LastName": "Ruiz"} for _ in range(240)))]
    assert {one.outcome for one in await crm.push(all_of_them(made))} == {"written"}
    assert len(org.world.notes.get("salesforce_jobs", {})) == jobs, "for the writes"
    assert len((await read(crm, "Lead")).records) == 240
    assert len(org.world.notes.get("salesforce_jobs", {})) == 2 * jobs, "and for the read"


async def test_a_job_clears_and_leaves_alone(org: Org, installed: Salesforce) -> None:
    made = people(org)
    await installed.push(all_of_them(made))
    await installed.push([write(*one, attempt_count="9") for one in made[0::2]])
    await installed.push([write(*one, sla_status=None) for one in made[1::2]])
    found = await held(installed)
    assert all("sla_status" not in found[one] for _, one in made[1::2])
    assert all(found[one]["attempt_count"] == "9" and found[one]["sla_status"] == "met" for _, one in made[0::2])


async def test_a_row_that_a_job_refuses_has_its_own_receipt(org: Org, installed: Salesforce) -> None:
    made = people(org)
    writes = all_of_them(made)
    writes[3] = write(*made[3], sla_status="great")
    org.world.table("salesforce", "Contact").update(made[-1][1], {"_archived_at": 1})
    receipts = {one.key: one for one in await installed.push(writes)}
    assert receipts[writes[3].key].reason == "picklist"
    assert receipts[writes[-1].key].reason == "missing"
    assert sum(one.outcome == "written" for one in receipts.values()) == len(writes) - 2


async def test_rows_that_a_job_did_not_come_to_are_sent_again_later(org: Org, installed: Salesforce) -> None:
    made = [one for one in people(org) if one[0] == "Lead"]
    org.world.notes["salesforce_bulk_faults"] = [{"after_rows": 12, "errorMessage": "InternalServerError : stopped"}]
    writes = all_of_them(made)
    receipts = await installed.push(writes)
    assert [one.outcome for one in receipts].count("written") == 12
    assert {one.outcome for one in receipts} == {"written", "retry"}
    assert "InternalServerError" in next(one.message for one in receipts if one.outcome == "retry")
    again = await installed.push([write for write, one in zip(writes, receipts, strict=True) if one.outcome == "retry"])
    assert {one.outcome for one in again} == {"written"}


@pytest.mark.parametrize("many", [10, 10_000], ids=["in a job", "in collections"])
async def test_a_row_that_somebody_holds_is_written_after_all(org: Org, connect: Any, many: int) -> None:
    crm = connect(minimal=True, many=many)
    await crm.apply_schema()
    writes = all_of_them(people(org))
    for one in writes[:5]:
        org.world.notes["salesforce_row_faults"][one.ref.id] = {**LOCKED, "times": 1}
    assert {one.outcome for one in await crm.push(writes)} == {"written"}
    assert await held(crm) == {one.ref.id: dict(one.values) for one in writes}


@pytest.mark.parametrize(
    ("many", "lost"),
    [
        (10_000, COLLECTIONS),
        (10, f"POST {INGEST}"),
        (10, f"PUT {INGEST}"),
        (10, f"PATCH {INGEST}"),
        (10, f"GET {INGEST}"),
    ],
)
async def test_after_a_lost_answer_the_crm_holds_the_same(org: Org, connect: Any, many: int, lost: str) -> None:
    """The CRM did it, and the answer never came: what it holds in the end is what it would hold without the loss."""
    crm = connect(minimal=True, many=many)
    await crm.apply_schema()
    writes = all_of_them(people(org))
    org.trouble(match=lost, status=503, times=1, then="handle")
    assert {one.outcome for one in await crm.push(writes)} == {"written"}
    assert await held(crm) == {one.ref.id: dict(one.values) for one in writes}
    before = {one.ref.id: org.row(one.ref.kind, one.ref.id) for one in writes}
    assert {one.outcome for one in await crm.push(writes)} == {"written"}
    assert {one.ref.id: org.row(one.ref.kind, one.ref.id) for one in writes} == before


async def test_a_crm_that_is_away_from_the_start_is_asked_later(org: Org, installed: Salesforce) -> None:
    org.trouble(match=f"POST {INGEST}", status=503, times=99)
    with pytest.raises(TryLater):
        await installed.push(all_of_them(people(org)))


async def test_two_writes_to_one_record_go_in_order(org: Org, installed: Salesforce) -> None:
    ((kind, ana), *_) = people(org, 2)
    ref = Ref("salesforce", kind, ana)
    first, second = (Write(word, ref, {"source_first": word}) for word in ("first", "second"))
    receipts = await installed.push([first, second])
    assert {one.key: one.outcome for one in receipts} == {"first": "written", "second": "written"}
    assert (await held(installed))[ana]["source_first"] == "second"
