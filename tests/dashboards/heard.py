"""Every reason that comes out of the house: of people and towns by chance, of told stories, and by hand of the rest."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from types import ModuleType, SimpleNamespace
from typing import Any

from hypothesis import given, settings
from tests.reconciler.dedupe.test_companies import OLDER, account, company
from tests.reconciler.dedupe.test_companies import linked as linked_companies
from tests.reconciler.dedupe.test_employers import employer
from tests.reconciler.dedupe.test_links import linked
from tests.reconciler.made import contact, deal, lead
from tests.reconciler.sla.lead import (
    EVA,
    LUIS,
    Lead,
    answer,
    call,
    mail,
    meeting,
    mexico,
    promise,
    promise_with,
    user,
)
from tests.reconciler.sla.stories import Story, stories
from tests.reconciler.sla.test_until_when import Moment, moments
from tests.reconciler.told import tell
from tests.sync.test_following import Host, lives_on

from crm_sync.changes import GoldenValue, Known, Reason, StageEntry
from crm_sync.dashboards.answers import Answers
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Survives, load_vocabulary
from crm_sync.reconciler.attribution.credit import odd_deals
from crm_sync.reconciler.deals import OneDeal
from crm_sync.reconciler.dedupe.companies import LinkedCompanies
from crm_sync.reconciler.dedupe.link import Linked
from crm_sync.reconciler.sla.clock import clock_of
from crm_sync.reconciler.sla.hurry import share_of
from crm_sync.reconciler.sla.judged import Goal
from crm_sync.reconciler.sla.targets import untouched
from crm_sync.reconciler.stages import said_by_deals
from crm_sync.reconciler.survivorship import Said, survivor
from crm_sync.records import Company, Decision, Person, Ref
from crm_sync.reports.status import STALE_AFTER
from crm_sync.store import Store
from crm_sync.store.history import WHY, left

WORDS, ENGINE = load_vocabulary(), DuckDB(threads=1)
CALLED = ("because", "rule", "reason")  # what a reason is called, wherever there is one
SUBJECTS = ("person", "company")


def heard_in(found: Any) -> Iterator[str]:
    """All that a result, and what it is made of, says for itself; a change is on no page."""
    if isinstance(found, Reason):
        yield found.told
    elif is_dataclass(found):
        for one in fields(found):
            value = getattr(found, one.name)
            if isinstance(value, str) and value and one.name in CALLED:
                yield value
            elif one.name != "changes":
                yield from heard_in(value)
    elif isinstance(found, Iterable) and not isinstance(found, str | Mapping):
        for one in found:
            yield from heard_in(one)


def of_people(examples: int) -> set[str]:
    """Of single people, as the SLA is examined with them: a story and a moment by chance."""
    heard = set[str]()

    @settings(max_examples=examples, derandomize=True, database=None)
    @given(stories(), moments())
    def listen(story: Story, moment: Moment) -> None:
        heard.update(heard_in(moment.known(story)))

    listen()
    return heard


def of_told(*modules: ModuleType) -> set[str]:
    """Of the stories in the docstrings of tests."""
    tests = [one for module in modules for one in vars(module).values() if inspect.isfunction(one)]
    told = [one.__doc__ for one in tests if one.__doc__ and "told" in inspect.signature(one).parameters]
    return {reason for story in told for reason in heard_in(tell(story, WORDS, ENGINE).plan)}


def of_towns(towns: int) -> set[str]:
    """Of two CRMs in which everything happens, sync after sync."""
    heard = set[str]()
    for seed in range(towns):
        hosts = Host(follows=True), Host(follows=False)
        lives_on(Random(seed), hosts, 8)
        heard |= shown_of(hosts[0].store, hosts[0].crms["hubspot"].now())
        for host in hosts:
            host.store.close()
    return heard


def shown_of(store: Store, now: datetime) -> set[str]:
    """What the pages are handed about everybody in a store."""
    answers, tables = Answers(store, ENGINE, WORDS, lambda: now, STALE_AFTER), store.tables("known", "known_companies")
    everything = (
        *map(answers.person, tables["known"]["person_id"].to_pylist()),
        *map(answers.company, tables["known_companies"]["company_id"].to_pylist()),
        *(found for about in SUBJECTS for found in (answers.held(about), answers.to_review(about))),
        answers.duplicates(),
        answers.status().set_aside,
    )
    return set(heard_in(everything))


def by_hand() -> set[str]:
    """What chance meets now and then, or hardly ever."""
    gone = (left("p-1", merged)[1] for merged in ({}, {"p-1": "p-2"}))
    found = (touches(), targets(), owners(), links(), jobs(), values(), deals())
    return {*(reason for some in found for reason in heard_in(some)), no_time(), *WHY.values(), *gone}


def touches() -> Iterator[Known]:
    """Which count, and which do not."""
    first, second, bounced = call("1 11:00"), call("1 11:10"), mail("1 11:00", status="BOUNCED")
    stranger, teams = replace(EVA, team="Sur"), (replace(LUIS, team="Norte"), replace(EVA, team="Sur"))
    for told in (
        [first, second],
        [first, replace(second, same_as=(first.ref,))],
        [bounced, replace(first, same_as=(bounced.ref,))],
        [call("1 11:00", logged="3 10:00"), call("2 11:00", logged="9 10:00")],
        [replace(first, facts={"hs_call_direction": "SIDEWAYS"}), replace(second, actor=None)],
        [meeting("2 16:00", "2 16:00", hs_meeting_outcome="NO_SHOW")],
    ):
        yield Lead(touches=told, now="9 10:00").known()
    yield Lead(touches=[call("1 11:00", stranger)], team=teams).known()
    yield Lead(touches=[call("1 11:00", stranger)], promise=promise('actor = "owner"')).known()


def targets() -> Iterator[Known]:
    """How they stand."""
    five, day_only = [call(f"{day} 11:00") for day in (1, 2, 3, 4, 5)], replace(call("1 11:00"), day_only=True)
    elsewhere = promise_with('[[policies]]\nname = "quiet"\ntargets = { contact = "24h" }\n\n')
    out, on = [("1 10:00", "MQL"), ("4 10:00", "Nurture")], [("1 10:00", "MQL"), ("4 10:00", "Qualified")]
    for number, stages, now in ((5, out[:1], "9"), (4, out[:1], "12"), (4, out[:1], "15 09:30"), (3, out, "9"),
                                (1, out, "9"), (3, on, "9"), (1, on, "9")):  # fmt: skip
        yield Lead(touches=five[:number], stages=stages, now=now).known()
    yield Lead(touches=[day_only], promise=promise(first_attempt='"1bh"'), now="9").known()
    yield Lead(promise=promise(first_attempt='"90m"'), now="1 11:15").known()
    yield Lead(promise=promise('when = { country = "zz" }')).known()
    yield Lead(promise=promise("enforce_from = 2026-06-02")).known()
    yield Lead(promise=elsewhere).known()


def owners() -> Iterator[Known]:
    """What each of them owed."""
    handed, away = (
        [("1 10:00", LUIS), ("2 12:00", EVA)],
        user("luis", away=("2026-06-01T15:00:00Z/2026-06-02T23:00:00Z",)),
    )
    yield Lead(owners=handed, touches=[call("1 11:00")], now="9").known()
    yield Lead(owners=handed, touches=[answer("1 11:00", "books a meeting")], now="9").known()
    yield Lead(owners=[], stages=[("1 10:00", "MQL"), ("1 10:10", "Nurture")], now="9").known()
    for now in ("1 12:00", "9"):
        yield Lead(team=(away,), now=now).known()


def links() -> Iterator[Linked | LinkedCompanies]:
    """What ties records together, and what is set aside."""
    people = [contact(number, email="ana@x.com") for number in (1, 2, 3)]
    firms = [company(number, "Acme", "acme.mx", country="MX") for number in (1, 2, 3)]
    files = Ref("files", "person", "7")
    yield linked(contact(1), Person(files, "1", OLDER, OLDER, same_as=(people[0].ref,)))
    yield linked(contact(1, same_as=(files,)), Person(files, "1", OLDER, OLDER))
    yield linked(*people)
    yield linked(*people, decisions=said_apart(people))
    yield linked(*(contact(number, email="same@x.com", phones=("+525548239071",)) for number in range(51)))
    yield linked_companies(*firms)
    yield linked_companies(*firms, decisions=said_apart(firms))
    yield linked_companies(firms[0], account(1, "Industrias del Valle Rojo", "acme.mx"))
    yield linked_companies(*(company(number, "Acme", "portal.mx", phone="+525548239071") for number in range(51)))


def said_apart(records: Sequence[Person] | Sequence[Company]) -> tuple[Decision, ...]:
    """Of three, two are told apart, and each of them is one with the third."""
    one, two, three = (record.ref for record in records)
    pairs = ((one, two, False), (one, three, True), (two, three, True))
    return tuple(Decision(number, *pair, "eva", OLDER) for number, pair in enumerate(pairs, 1))


def jobs() -> Iterator[Any]:
    mexico, spain = company(1, "Acme México", "acme.com"), account(2, "Acme España", "acme.com", created_at=OLDER)
    ana, selling = contact(1, email="ana@acme.com"), deal(Ref("hubspot", "deals", "1"), company=mexico.ref)
    yield employer(contact(1, company=mexico.ref), mexico)
    yield employer(lead(1, company=spain.ref), spain)
    yield employer(contact(1, company_name="Acme México, S.A."), mexico)
    yield employer(replace(ana, country="ES"), mexico, spain)
    yield employer(ana, mexico, spain, deals=(selling,))
    yield employer(ana, mexico, spain)


def values() -> Iterator[GoldenValue | None]:
    said = [Said(ref, OLDER, ref.id) for ref in (Ref("salesforce", "Contact", "003"), Ref("hubspot", "contacts", "1"))]
    for rule in (
        Survives(rule="most_complete"),
        Survives(rule="newest"),
        Survives(rule="first"),
        Survives(rule="crm_of_record", crm="salesforce"),
        Survives(rule="crm_of_record", crm="files"),
        Survives(rule="most_trusted", order=("salesforce:Contact",)),
        Survives(rule="most_trusted", order=("hubspot",)),
    ):
        yield survivor("name", rule, said, lambda one: 1)
    yield survivor("name", Survives(rule="newest"), [one._replace(value="Ana") for one in said], lambda one: 1)


def deals() -> Iterator[Any]:
    """What they say of a person, and what is odd about them."""
    won = OneDeal(Ref("salesforce", "Opportunity", "006"), OLDER, True, OLDER, Decimal(1), "USD", ())
    odd = (
        replace(won, won_at=None),
        replace(won, won_at=OLDER - timedelta(days=9)),
        replace(won, amount=None),
        replace(won, amount=Decimal(-1)),
        replace(won, amount=Decimal(10) ** 17),
        replace(won, currency="EUR"),
    )
    yield odd_deals(odd, "USD")
    said = said_by_deals((won, replace(won, ref=Ref("hubspot", "deals", "1"))), WORDS.lifecycle)
    yield [StageEntry(one.stage.name, one.at, one.ref, one.because) for one in said]


def no_time() -> str:
    """How much has passed of a time that is none."""
    start, target = mexico("1 10:00"), WORDS.promise.main.targets[0]
    goal = Goal(target, start, start, None, "", untouched)
    share = share_of(goal, SimpleNamespace(clock=clock_of(WORDS.promise.working_time)), ())
    return f"{share} of the time has passed"
