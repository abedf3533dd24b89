"""What it costs to judge the promise, as tables: `python -m bench.sla [--sizes 1000,10000,100000]`.

Leads are made up: each with one record, a qualifying event, an owner and eight touches, spread over a year. Figures are
seconds of the processor of this process for every step from the store to the store: reading what the CRMs said, putting
it in order by person, judging, and writing targets with their history; of one lead, read from the store and judged
alone; and the seconds that go by where a process for each core reads and judges, as a sync of many people does.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from shutil import copyfile
from time import perf_counter
from typing import Final

from bench.kit import command, own_cpu, peak, ratio, say, show, sizes_of, table_of
from crm_sync.changes import Known, Link, Plan
from crm_sync.mappings import Vocabulary, load_vocabulary
from crm_sync.reconciler.again import as_linked, known_again, timelines_again
from crm_sync.reconciler.directory import directory_of
from crm_sync.reconciler.findings import findings_of
from crm_sync.reconciler.moved import Look
from crm_sync.reconciler.past import Past
from crm_sync.reconciler.shares import SHARE, Brief, shares_of
from crm_sync.reconciler.sla.court import Horizon, court_of
from crm_sync.records import Assignment, Owner, Person, Record, Ref, StageChange, Touch
from crm_sync.store import Store, open_store
from crm_sync.sync.crew import Crew, cores
from crm_sync.sync.undisturbed import undisturbed

SIZES: Final = (1_000, 10_000, 100_000)
TOUCHES: Final = 8
REPS: Final = 40
NOW: Final = datetime(2026, 6, 1, 18, tzinfo=UTC)
YEAR: Final = timedelta(days=365)
PAGE: Final = 5_000
CALL: Final = {"hs_call_direction": "OUTBOUND", "hs_call_status": "COMPLETED"}
MAIL: Final = {"hs_email_direction": "EMAIL", "hs_email_status": "SENT"}
STEPS: Final = ("read", "order", "judge", "write")
AGAIN: Final = "write again"


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of the processor per step, for so many leads; `again`: to write the same anew, as a sync does for all to
    whom nothing happened; `one`: milliseconds of the processor from the store to one lead's verdict; `together`: the
    seconds that go by from the store to the store on all cores."""

    leads: int
    seconds: tuple[float, ...]
    again: float
    one: float
    together: float
    memory: float

    @property
    def all(self) -> float:
        return sum(self.seconds)


def main() -> None:
    parser = command("What it costs to judge the promise.", SIZES, "leads", "a quarter of an hour and 12 GB of memory")
    found = [measured(size) for size in sizes_of(parser.parse_args())]
    first = found[0]
    names = ("leads", *STEPS, "all", "µs per lead", "ratio", AGAIN, "one lead, ms", "peak MB", f"on {cores()} cores")
    rows = [
        (
            f"{one.leads:,}", *(f"{seconds:.2f}" for seconds in one.seconds), f"{one.all:.2f}",
            f"{one.all / one.leads * 1e6:.0f}", ratio(one.all / one.leads, first.all / first.leads), f"{one.again:.2f}",
            f"{one.one:.2f}", f"{one.memory:.0f}", f"{one.together:.2f}",
        )
        for one in found
    ]  # fmt: skip
    title = f"Verdicts from store to store, {TOUCHES} touches a lead: seconds of the processor; on all cores: seconds"
    show(table_of(title, names, rows))


def measured(size: int) -> Figures:
    say(f"{size:,} leads")
    vocabulary = load_vocabulary()
    with tempfile.TemporaryDirectory(prefix="crm-sync-bench-") as directory:
        file, other = Path(directory) / "store.db", Path(directory) / "other.db"
        store = open_store(f"sqlite:///{file}")
        fill(store, size)
        store.close()
        copyfile(file, other)
        with undisturbed(), closing(open_store(f"sqlite:///{other}")) as store:
            together = judged_together(store, vocabulary)
        with undisturbed(), closing(open_store(f"sqlite:///{file}")) as store:
            return judged(store, vocabulary, size, together)


def judged_together(store: Store, vocabulary: Vocabulary) -> float:
    """By processes beside this one, however few people there are. These also work out what our fields should say."""
    began = perf_counter()
    snapshot = store.snapshot_alone()
    linked, directory = as_linked(snapshot), directory_of(snapshot, vocabulary.promise.integrations)
    brief = Brief(vocabulary, directory, NOW, Horizon(NOW), (), (), "en", Past(), ())
    hands = Crew(store, worth_it=0)
    found = findings_of(hands(brief, shares_of(Look(linked), {}, (), (), SHARE), len(linked.records)))
    store.save_plan(store.start_run("bench", NOW), plan_of(found.known))
    return perf_counter() - began


def judged(store: Store, vocabulary: Vocabulary, size: int, together: float) -> Figures:
    marks = [own_cpu()]
    snapshot = store.snapshot()
    marks.append(own_cpu())
    timelines = timelines_again(snapshot, vocabulary)
    marks.append(own_cpu())
    court = court_of(vocabulary, directory_of(snapshot, vocabulary.promise.integrations), NOW, Horizon(NOW))
    known = tuple(known_again(timelines, vocabulary, court))
    marks.append(own_cpu())
    store.save_plan(store.start_run("bench", NOW), plan_of(known))
    marks.append(own_cpu())
    store.save_plan(store.start_run("bench", NOW), plan_of(known))
    again = own_cpu() - marks[-1]
    began = own_cpu()
    alone = timelines_again(store.snapshot_about(known[size // 2]), vocabulary)
    assert list(known_again(alone, vocabulary, court)) == [known[size // 2]]
    one = (own_cpu() - began) * 1e3
    seconds = tuple(after - before for before, after in pairwise(marks))
    return Figures(size, seconds, again, one, together, peak())


def plan_of(known: Sequence[Known]) -> Plan:
    links = tuple(Link(ref, one.person_id) for one in known for ref in one.refs)
    return Plan(NOW, NOW, links, known, (), (), (), (), 0)


def fill(store: Store, size: int) -> None:
    """Leads with what happened to them, linked as a plan would have linked them."""
    store.save_page("salesforce", "User", [rep(number) for number in range(REPS)], cursor="1")
    dice = Random(7)
    for first in range(0, size, PAGE):
        numbers = range(first, min(first + PAGE, size))
        records = [one for number in numbers for one in lead(number, dice)]
        store.save_page("salesforce", "Lead", records, cursor="1", fetched=len(records))
    links = tuple(Link(ref_of(number), f"p-{number}") for number in range(size))
    store.save_plan(store.start_run("bench", NOW), Plan(NOW, NOW, links, (), (), (), (), (), 0))


def ref_of(number: int) -> Ref:
    return Ref("salesforce", "Lead", f"00Q{number:012}")


def rep(number: int) -> Owner:
    name = f"rep{number}"
    return Owner(Ref("salesforce", "User", f"005{number}"), "1", NOW, name, f"{name}@acme.test", "Sales")


def lead(number: int, dice: Random) -> Iterator[Record]:
    ref, start = ref_of(number), NOW - YEAR * dice.random()
    owner = Ref("salesforce", "User", f"005{number % REPS}")
    yield Person(ref, "1", start - timedelta(days=9), start, f"{number}@example.com", stage=("MQL",), owner=owner)
    yield StageChange(ref, "1", start, "MQL", "Open", "Status")
    yield Assignment(ref, "1", start + timedelta(minutes=dice.randrange(90)), owner)
    for place in range(TOUCHES):
        at = start + timedelta(days=16) * dice.random()
        kind, facts = ("calls", CALL) if place % 2 else ("emails", MAIL)
        yield Touch(Ref("hubspot", kind, f"{number}{place}"), "1", at, at, at, (ref,), (), owner, facts=facts)


if __name__ == "__main__":
    main()
