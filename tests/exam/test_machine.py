"""A CRM that is edited at random while it is read: whatever the order, in the end the store says what the CRM says."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from crm_sync.connectors.base import Page
from crm_sync.mappings import Vocabulary
from tests.connectors.door import Door
from tests.exam.examinee import KINDS, Examinee
from tests.exam.files import InFiles
from tests.exam.hubspot import OnHubSpot
from tests.exam.memory import InMemory
from tests.exam.salesforce import OnSalesforce
from tests.exam.sandboxed import Sandboxed
from tests.exam.sitting import Sitting, open_sitting

kinds = st.sampled_from(KINDS)
Make = Callable[[], Examinee]


class Town(RuleBasedStateMachine):
    """Records are made, edited, deleted, restored, merged and re-timed between any two pages of any read."""

    make: Make

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.place = tempfile.TemporaryDirectory(prefix="exam-")
        self.one = self.make()
        self.sitting: Sitting = open_sitting(self.one, Path(self.place.name))
        self.number = 0
        self.gone: list[tuple[str, str]] = []
        self.reading: tuple[str, AsyncIterator[Page]] | None = None

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def some(self, kind: str, draw: int) -> str | None:
        living = sorted(self.one.held(kind))
        return living[draw % len(living)] if living else None

    @initialize(count=st.integers(min_value=3, max_value=25))
    def populate(self, count: int) -> None:
        for kind in KINDS:
            for _ in range(count if kind == "person" else 3):
                self.create(kind)

    @rule(kind=kinds)
    def create(self, kind: str) -> None:
        self.number += 1
        self.do(self.one.create(kind, self.number))

    @rule(kind=kinds, draw=st.integers(min_value=0), late=st.booleans())
    def edit(self, kind: str, draw: int, late: bool) -> None:
        self.number += 1
        record_id = self.some(kind, draw)
        if record_id is not None:
            change = self.one.edit_late if late else self.one.edit
            self.do(change(kind, record_id, f"Edit {self.number}"))

    @rule(kind=kinds, draw=st.integers(min_value=0))
    def delete(self, kind: str, draw: int) -> None:
        record_id = self.some(kind, draw)
        if record_id is not None:
            self.do(self.one.delete(kind, record_id))
            self.gone.append((kind, record_id))

    @precondition(lambda self: self.gone)
    @rule(draw=st.integers(min_value=0))
    def restore(self, draw: int) -> None:
        kind, record_id = self.gone.pop(draw % len(self.gone))
        self.do(self.one.restore(kind, record_id))

    @rule(draw=st.integers(min_value=0))
    def merge(self, draw: int) -> None:
        living = sorted(self.one.held("person"))
        if len(living) > 1:
            kept, lost = living[draw % len(living)], living[(draw + 1) % len(living)]
            self.do(self.one.merge(kept, lost))

    @rule(kind=kinds)
    def restamp(self, kind: str) -> None:
        """A bulk update gives all of them one stamp."""
        ids = sorted(self.one.held(kind))
        if isinstance(self.one, Sandboxed) and ids:
            self.do(self.one.do("same-stamp", kind, ids=ids))

    @rule(minutes=st.sampled_from((0.1, 1, 15, 90)))
    def wait(self, minutes: float) -> None:
        self.one.wait(minutes)

    @rule(kind=kinds, pages=st.integers(min_value=1, max_value=3))
    def read_some_pages(self, kind: str, pages: int) -> None:
        """A read that goes on from the last committed page; another one may never come to its end."""
        self.do(self.stepwise(self.one.objects[kind], pages))

    async def stepwise(self, name: str, pages: int) -> None:
        crm, connector, store = self.one.crm, self.one.connector, self.sitting.store
        reading = connector.pull(name, store.progress(crm, name).cursor)
        for _ in range(pages):
            page = await anext(reading, None)
            if page is None:
                return
            with store.lease("exam", connector.now()):
                store.save_page(
                    crm, name, page.records, cursor=page.cursor, gone=page.gone, horizon=page.horizon
                )  # fmt: skip
        await reading.aclose()

    @rule()
    def read_everything(self) -> None:
        self.do(self.sitting.read())

    def teardown(self) -> None:
        try:
            self.do(self.sitting.settle())
            assert self.sitting.differences() == []
        finally:
            self.do(self.one.close())
            self.sitting.store.close()
            self.runner.close()
            self.place.cleanup()


@pytest.mark.slow
@pytest.mark.promise("anything in any order")
@pytest.mark.parametrize("crm", ["memory", "files", "hubspot", "salesforce"])
def test_whatever_happens_while_it_is_read_the_store_ends_like_the_crm(
    crm: str, door: Door, vocabulary: Vocabulary
) -> None:
    made: dict[str, Make] = {
        "memory": InMemory,
        "files": lambda: InFiles(vocabulary),
        "hubspot": lambda: OnHubSpot(door, vocabulary),
        "salesforce": lambda: OnSalesforce(door, vocabulary),
    }
    machine = type(f"Town{crm}", (Town,), {"make": staticmethod(made[crm])})
    calm = settings(
        max_examples=12, stateful_step_count=25, derandomize=True,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would talk to a server for many minutes
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=calm)
