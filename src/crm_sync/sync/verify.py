"""Proves that the store holds what the CRMs hold: by counts per window of creation, and by ids where counts differ.

Windows are halved while the counts differ or are large. Equal counts may still hide a record too few beside one too
many: ids are compared in every tenth window anyway, and with `deep` in all. What differs is fetched from the CRM before
it is called a difference: an index that lags behind is none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from crm_sync.clock import host_now, to_iso
from crm_sync.connectors.base import Connector, Page, Window
from crm_sync.errors import CrmSyncError, NeedsLogin, Paused, Unsafe
from crm_sync.records import Record, Ref
from crm_sync.store import Census, Store
from crm_sync.sync.holding import Beating
from crm_sync.sync.progress import Progress, Silent
from crm_sync.sync.pull import Wanted
from crm_sync.sync.run import Parts
from crm_sync.sync.spending import Spending
from crm_sync.sync.turns import Gate, turn

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAG: Final = timedelta(minutes=10)  # HubSpot's index and Salesforce's commits show what is new only after a while
MANY: Final = 10_000  # records in a window whose counts are equal
FEW: Final = 400  # records in a window whose counts differ
SAMPLE: Final = 10  # of so many windows with equal counts, the ids of one are compared
NARROW: Final = timedelta(seconds=2)  # windows are not halved further
MOST_BURIED: Final = 100  # records, or a tenth of the object: more is a question to a person


@dataclass(frozen=True, slots=True)
class Proof:
    """How one object of one CRM compares. `compared` counts ids looked at; `missing` are not in the store, `surplus`
    only there, `moved` under another instant of creation. `skipped` says why nothing could be proven; that is no
    difference where the store holds nothing of an object that we may not see."""

    crm: str
    name: str
    since: datetime
    until: datetime
    windows: int = 0
    theirs: int = 0
    ours: int = 0
    compared: int = 0
    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    repaired: int = 0
    skipped: str = ""
    blind: bool = False  # may not see it
    needless: bool = False  # is kept right in another way

    @property
    def differing(self) -> int:
        return len(self.missing) + len(self.surplus) + len(self.moved)

    @property
    def equal(self) -> bool:
        """Is the store as it should be now, by itself or by repair?"""
        if self.skipped:
            return self.needless or (self.blind and self.ours == 0)
        return self.repaired == self.differing

    def as_json(self) -> dict[str, Any]:
        return {
            "crm": self.crm,
            "object": self.name,
            "since": to_iso(self.since),
            "until": to_iso(self.until),
            "windows": self.windows,
            "crm_count": self.theirs,
            "store_count": self.ours,
            "ids_compared": self.compared,
            "missing": list(self.missing),
            "surplus": list(self.surplus),
            "moved": list(self.moved),
            "repaired": self.repaired,
            "skipped": self.skipped,
            "equal": self.equal,
        }


@dataclass(frozen=True, slots=True)
class Order:
    """What to prove: records created in [since, until) as far as they have been read."""

    since: datetime | None = None
    until: datetime | None = None
    deep: bool = False
    repair: bool = False
    force: bool = False


async def verify(
    parts: Parts, wanted: Wanted | None = None, order: Order = Order(), progress: Progress | None = None
) -> list[Proof]:
    """One proof per object. A repair is a run like any other: it holds the lease, between two pages it gives way to a
    sync. Raises Paused when its share of the day's calls is used up, Unsafe when it would bury very many records."""
    progress = progress or Silent()
    spending = Spending(parts.store, parts.connectors, parts.settings.budget, modest=True)
    async with AsyncExitStack() as stack:
        gate = None
        if order.repair:
            lease = await stack.enter_async_context(turn(parts.store, gives_way=True))
            run_id = parts.store.start_run("verify", host_now())
            gate = Gate(parts.store, lease, spending, run_id)
            progress = Beating(progress, lease, spending.save)
        proofs: list[Proof] = []
        try:
            async for proof in all_proofs(parts, wanted, order, Hands(parts.store, spending, gate, progress)):
                proofs.append(proof)
        except CrmSyncError as problem:
            if gate:
                outcome = "partial" if isinstance(problem, Paused) else "failed"
                parts.store.finish_run(gate.run_id, outcome, {"error": str(problem)}, host_now())
            raise
        finally:
            spending.save()
        if gate:
            outcome = "done" if all(one.equal for one in proofs) else "partial"
            told = {"proofs": [one.as_json() for one in proofs]}
            parts.store.finish_run(gate.run_id, outcome, told, host_now())
    return proofs


@dataclass(frozen=True, slots=True)
class Hands:
    """What a proof works with; `gate` only where it may repair."""

    store: Store
    spending: Spending
    gate: Gate | None
    progress: Progress

    async def pause(self, crm: str) -> None:
        """Between two questions. Raises Paused."""
        self.spending.check((crm,))
        if self.gate:
            await self.gate.give_way()

    def pages(self, crm: str, pages: AsyncIterator[Page]) -> AsyncIterator[Page]:
        return self.gate.turns(self.gate.shares(crm, pages)) if self.gate else pages


async def all_proofs(parts: Parts, wanted: Wanted | None, order: Order, hands: Hands) -> AsyncIterator[Proof]:
    hands.progress.started("verify")
    for crm, connector in parts.connectors.items():
        names = [name for name in connector.countable if wanted is None or name in wanted.get(crm, ())]
        if names:
            await connector.look()
        for name in names:
            yield await prove(connector, name, order, hands)
        for name, told in connector.uncounted.items():
            if wanted is None or name in wanted.get(crm, ()):
                span = order.since or BEGINNING, order.until or host_now()
                yield Proof(crm, name, *span, skipped=f"not counted: {told}", needless=True)


async def prove(connector: Connector, name: str, order: Order, hands: Hands) -> Proof:
    """One object. What we are not allowed to see, or have not read to its end yet, is said and left."""
    horizon = hands.store.progress(connector.crm, name).horizon
    since = order.since or BEGINNING
    until = min(filter(None, (order.until, horizon, connector.now() - LAG)))
    blank = Proof(connector.crm, name, since, until)
    if horizon is None:
        return replace(blank, skipped="It has not been read to its end yet: crm-sync sync.")
    if since >= until:
        return replace(blank, skipped=f"Nothing of this window has been read for longer than {LAG.seconds // 60} min.")
    held = hands.store.census(connector.crm, name)
    try:
        return await Comparison(connector, name, order, hands, held, blank).run()
    except NeedsLogin as problem:
        return replace(blank, skipped=str(problem), blind=True, ours=held.count(since, until))


@dataclass(slots=True)
class Comparison:
    """One object on its way: which ids differ, and what a repair would store."""

    connector: Connector
    name: str
    order: Order
    hands: Hands
    held: Census
    proof: Proof  # as far as it has come
    dead: list[Record] = field(default_factory=list)  # what the gone ones say last: into whom they were merged

    async def run(self) -> Proof:
        waiting = [Window(self.proof.since, self.proof.until)]
        while waiting:
            window = waiting.pop()
            await self.hands.pause(self.connector.crm)
            theirs, ours = await self.connector.count(self.name, window), self.held.count(window.since, window.until)
            if max(theirs, ours) > (MANY if theirs == ours else FEW) and window.until - window.since >= NARROW:
                waiting += reversed(halves(window))
                continue
            await self.close(window, theirs, ours)
        await self.bury()
        self.hands.progress.pulled(self.connector.crm, self.name, self.proof.theirs, True)
        return self.proof

    async def close(self, window: Window, theirs: int, ours: int) -> None:
        """A window that is not halved any further."""
        if theirs != ours or self.order.deep or self.proof.windows % SAMPLE == 0:
            await self.compare(window)
        self.add(windows=1, theirs=theirs, ours=ours)
        self.hands.progress.pulled(self.connector.crm, self.name, self.proof.theirs, False)

    def add(self, **found: Any) -> None:
        """Numbers to numbers, ids to ids."""
        self.proof = replace(self.proof, **{name: getattr(self.proof, name) + more for name, more in found.items()})

    async def compare(self, window: Window) -> None:
        theirs: set[str] = set()
        async for some in self.connector.ids(self.name, window):
            theirs.update(some)
        ours = self.held.ids(window.since, window.until)
        self.add(compared=len(theirs | ours))
        if theirs != ours:
            await self.confirm(sorted(theirs - ours), sorted(ours - theirs))

    async def confirm(self, here: Sequence[str], there: Sequence[str]) -> None:
        """What the CRM says of each id now decides; `here` are in its window only, `there` in the store's only."""
        crm, lives = self.connector.crm, self.held.living([*here, *there])
        kept = self.hands.store.progress(crm, self.name).cursor or ""
        async for page in self.hands.pages(crm, self.connector.fetch(self.name, [*here, *there])):
            lost = frozenset(page.gone)
            there_now = {record.ref.id for record in page.records if record.ref.kind == self.name} - ids_of(lost)
            fresh = [one for one in here if one in there_now and one not in lives]
            shifted = [
                one for one in (*here, *there) if one in there_now and one in lives and one not in self.proof.moved
            ]
            buried = [Ref(crm, self.name, one) for one in there if Ref(crm, self.name, one) in lost]
            self.add(missing=tuple(fresh), moved=tuple(shifted), surplus=tuple(ref.id for ref in buried))
            self.dead += [record for record in page.records if record.ref in buried]
            if self.order.repair:
                self.hands.store.save_page(crm, self.name, alive(page), cursor=kept)
                self.add(repaired=len(fresh) + len(shifted))

    async def bury(self) -> None:
        """The CRM has confirmed each of them. Raises Unsafe when they are very many."""
        crm, gone, ours = self.connector.crm, self.proof.surplus, self.proof.ours
        if not gone or not self.order.repair:
            return
        if len(gone) > max(MOST_BURIED, ours // 10) and not self.order.force:
            found = f"{crm} {self.name}: {len(gone):,} of {ours:,} records are gone there"
            raise Unsafe(f"{found}; what was missing here has been read.", fix="--force if that is so.")
        await self.hands.pause(crm)
        lost = [Ref(crm, self.name, one) for one in gone]
        kept = self.hands.store.progress(crm, self.name).cursor or ""
        self.hands.store.save_page(crm, self.name, self.dead, cursor=kept, gone=lost)
        self.add(repaired=len(lost))


def halves(window: Window) -> tuple[Window, Window]:
    middle = (window.since + (window.until - window.since) / 2).replace(microsecond=0)
    return Window(window.since, middle), Window(middle, window.until)


def ids_of(refs: frozenset[Ref]) -> set[str]:
    return {ref.id for ref in refs}


def alive(page: Page) -> list[Record]:
    """The records of a page that are not gone: those are buried by themselves, after a look at how many they are."""
    lost = frozenset(page.gone)
    return [record for record in page.records if record.ref not in lost]
