"""What a CRM is to us: pages to read, and a place to write.

RECORD   a person, company, deal or touch in our own shape.          (records.py)
REF      where a record lives: crm, kind, id.
PAGE     records read in one go, with the cursor that closes them.
CURSOR   how far a read of one object has come; opaque text, saved in one transaction with its page.
HORIZON  up to when everything of an object has been read, by the CRM's own clock.
BUDGET   the calls that the CRM allows per day, and what is left of them. (budget.py)
WRITE    changes of one ref; RECEIPT what the CRM answered to it.     (changes.py)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from crm_sync.changes import Receipt, Write
from crm_sync.connectors.budget import Budget
from crm_sync.records import Record, Ref


@dataclass(frozen=True, slots=True)
class Page:
    """`cursor` is safe to stop at once `records` and `gone` are stored. `horizon` is set on the last page of a read."""

    records: tuple[Record, ...]
    cursor: str
    gone: tuple[Ref, ...] = ()  # deleted, archived or merged away; one of `records` may be: it tells into whom
    fetched: int = 0  # rows of this object that the CRM sent, for the count that people see
    horizon: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The instants in [since, until): of modification for a backfill, of creation for a count."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """Who the CRM says we are: shown by `doctor`."""

    crm: str
    name: str
    time_zone: str | None
    now: datetime  # the CRM's clock
    problems: tuple[str, ...] = ()  # sentences with their fix: a missing scope, a field that cannot be seen
    login: str = ""  # the manner in which we signed in


StepKind = Literal["create_group", "create_field", "grant_field", "conflict", "present"]


@dataclass(frozen=True, slots=True)
class SchemaStep:
    """One thing that installing our fields would do in a CRM (`conflict` needs a person)."""

    crm: str
    object: str
    name: str
    kind: StepKind
    detail: str = ""


class Connector(Protocol):
    """One CRM account. All calls share one limiter and one login."""

    crm: str

    @property
    def objects(self) -> tuple[str, ...]:
        """The CRM's own names of what is read, in the order of reading."""

    @property
    def calls(self) -> int:
        """Requests sent so far, for the run's summary."""

    @property
    def budget(self) -> Budget:
        """The calls of this day, as the CRM last told them."""

    @property
    def rights(self) -> str:
        """A fingerprint of our fields' definitions and of what we may do with them, as `look` saw them: another one
        means that somebody has changed them."""

    def now(self) -> datetime:
        """The CRM's clock: the `Date` of its last answer, carried on by this machine's stopwatch."""

    async def look(self) -> Account:
        """Logs in and asks who we are. Raises NeedsLogin, TryLater."""

    def pull(self, name: str, cursor: str | None, window: Window | None = None) -> AsyncIterator[Page]:
        """Pages of one object: everything when `cursor` is None, else what changed since. After any page it may stop.
        With `window`, what was modified inside it; `cursor` continues an interrupted backfill of the same window."""

    @property
    def countable(self) -> tuple[str, ...]:
        """The objects of which `count`, `ids` and `fetch` can be asked: records of their own, with a creation."""

    @property
    def uncounted(self) -> Mapping[str, str]:
        """The other objects, each with why a count proves nothing there and what keeps it right instead."""

    async def count(self, name: str, window: Window) -> int:
        """Living records created in [since, until). Raises NeedsLogin for an object that we cannot see."""

    def ids(self, name: str, window: Window) -> AsyncIterator[tuple[str, ...]]:
        """Their ids, some at a time, each once."""

    def fetch(self, name: str, ids: Sequence[str]) -> AsyncIterator[Page]:
        """Those records as they stand now. `gone` names the ones that the CRM says are deleted or merged away. These
        pages close nothing: their cursor is empty."""

    async def push(self, writes: Sequence[Write]) -> list[Receipt]:
        """Sends writes in batches; one receipt per write, in any order. Raises NeedsLogin, TryLater."""

    async def plan_schema(self) -> list[SchemaStep]:
        """What installing our fields would do; `present` steps included."""

    async def apply_schema(self) -> list[SchemaStep]:
        """Installs what is missing and returns the steps taken. Raises ConfigError on a conflict."""

    async def close(self) -> None:
        """Ends connections."""
