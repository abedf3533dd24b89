"""What reconciling decides: people, verdicts, credits, and the changes that make both CRMs say so.

CHANGE   one field of one ref: from, to, because.     WRITE    all changes of one ref, sent together.
RECEIPT  what the CRM answered to one write.          NOTICE   something a person should look at.
PLAN     everything decided in one go; pure data: same inputs, same plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import exp
from typing import Literal, NamedTuple

from crm_sync.errors import Unsafe
from crm_sync.mappings.tables import Label
from crm_sync.records import Edition, Ref, Unknown, frozen

TargetState = Literal[
    "on_track", "at_risk", "breached", "met", "met_late", "exempt", "pending", "closed_untouched", "paused",
    "unknown_time",
]  # fmt: skip


class Reason(NamedTuple):
    """Something that was found in a comparison, and what it adds to the natural logarithm of the odds."""

    told: str
    weight: float


@frozen
class Compared:
    """What a comparison of two records found. `score` is the natural logarithm of the odds that both are one,
    `evidence` what each finding adds to it, `before` what stood there before anything was looked at."""

    score: float
    evidence: tuple[Reason, ...]

    @property
    def chance(self) -> float:
        """Between 0 and 1, as far as these people are like those that the weights were trained on."""
        return 1 / (1 + exp(-self.score))

    @property
    def before(self) -> float:
        return self.score - sum(one.weight for one in self.evidence)


@frozen
class Link:
    """A ref belongs to a person, with the evidence that ties it to `other` (none for the first one). `compared` is None
    where a CRM or somebody says so."""

    ref: Ref
    person_id: str
    because: str = ""
    other: Ref | None = None
    compared: Compared | None = None


@frozen
class Review:
    """Two records that may be one person or company: somebody should look."""

    one: Ref
    other: Ref
    compared: Compared


@frozen
class CompanyLink:
    """A ref belongs to a company, with the evidence that ties it to `other` (none for the first one). `compared` is
    None where a CRM or somebody says so."""

    ref: Ref
    company_id: str
    because: str = ""
    other: Ref | None = None
    compared: Compared | None = None


@frozen
class Employer:
    """The company that a person's record belongs to, and why; `others` are companies that it might be as well."""

    ref: Ref
    company_id: str
    because: str
    others: tuple[str, ...] = ()


@frozen
class GoldenValue:
    """The value that holds in one field of a person or company, the record that it comes from, and why that one."""

    field: str
    value: str
    ref: Ref
    because: str


@frozen
class KnownCompany:
    """One company as we know it: its records, and the value of each field that holds."""

    company_id: str
    refs: tuple[Ref, ...]
    name: str
    golden: tuple[GoldenValue, ...]


@frozen
class Considered:
    """One touch on the SLA's table: counted or not, and the rule that decided."""

    ref: Ref
    at: datetime
    activity: str
    counted: bool
    rule: str


@frozen
class TargetVerdict:
    """How one target of one cycle stands. `settled_at` is when it was met (or closed), if it was; `clock` whose it is:
    the rep's, from the assignment on, or the lead's, from the qualifying event on, which no rep answers for."""

    target: str
    state: TargetState
    due_at: datetime
    settled_at: datetime | None
    because: str
    clock: str = "rep"
    starts_at: datetime | None = None


@frozen
class Stretch:
    """One owner's part of a cycle, and how the first attempt stands that this owner owes; no `due_at`: none is owed,
    for one was made before."""

    target: str
    owner: Ref
    since: datetime
    until: datetime | None
    state: TargetState
    due_at: datetime | None
    settled_at: datetime | None
    because: str


@frozen
class Pause:
    """The clock stood still, by a condition of lifecycle.toml. `until` None: it still does."""

    since: datetime
    until: datetime | None
    condition: str
    ref: Ref


@frozen
class Verdict:
    """The SLA of one person's cycle, with everything `explain` prints. `status` and `target` are what reps see."""

    person_id: str
    started_at: datetime | None
    ended_at: datetime | None
    owner: Ref | None
    status: str
    target: str
    due_at: datetime | None
    targets: tuple[TargetVerdict, ...]
    attempts: tuple[datetime, ...]
    considered: tuple[Considered, ...]
    breach_count: int
    because: str
    qualified_at: datetime | None = None  # when the lead's clock began; the rep's begins at `started_at`
    policy: str = ""
    policy_version: str = ""
    calendar: str = ""
    attempts_required: int | None = None
    pauses: tuple[Pause, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    transfers: int = 0  # how often the lead was handed from one owner to the next
    enforced: bool = True  # False: it began before `enforce_from`, and is neither written to a CRM nor remembered


@frozen
class Qualification:
    """What criteria.toml says of one qualifying event, by the version of its day: the rules that held and those that
    did not, and their points against those that it takes. `started_at`: when a human owner had the lead."""

    version: str
    at: datetime
    started_at: datetime | None
    points: int
    needed: int
    band: str | None
    persona: str | None
    rules: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def met(self) -> bool:
        return self.points >= self.needed


@frozen
class StageEntry:
    """A person entered a stage: our word, when, and which record's word said so."""

    stage: str
    at: datetime
    ref: Ref
    because: str


@frozen
class NextAction:
    """What is to be done about a person now: the `place`th of the `of` actions of the stage. `due_at` None: no due."""

    label: Label
    place: int
    of: int
    due_at: datetime | None


@frozen
class Known:
    """One human as we know them: records, stage with history, owner, sources, SLA."""

    person_id: str
    refs: tuple[Ref, ...]
    name: str
    email: str | None
    company: str | None
    stage: str | None
    history: tuple[StageEntry, ...]
    owner: Ref | None
    owner_email: str | None
    source_first: str
    source_last: str
    campaign: str | None
    last_action: str | None
    last_action_at: datetime | None
    verdict: Verdict | None  # of the newest cycle
    earlier: tuple[Verdict, ...] = ()  # of the cycles before it, the oldest first
    wanted: Mapping[str, str | None] = field(default_factory=dict)  # our fields, as every ref should hold them
    golden: tuple[GoldenValue, ...] = ()
    company_id: str | None = None
    qualifications: tuple[Qualification, ...] = ()  # one for each cycle, the oldest first
    action: NextAction | None = None
    held_back: bool = False  # the SLA was over before anybody looked, and is not written to the CRMs
    moves_at: datetime | None = None  # while now is before it all of this stays, if nothing happens; None: for ever


@frozen
class Owed:
    """Of somebody who is known, what tells of what is owed to them: to read all of it costs five times as much."""

    person_id: str
    name: str
    company: str | None
    verdict: Verdict | None  # of the newest cycle


@frozen
class Credit:
    """A share of a won deal's amount: `touch` and `person_id` are None in the `(unattributed)` channel."""

    deal: Ref
    model: str
    channel: str
    amount: Decimal
    touch: Ref | None
    person_id: str | None


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A CRM's word that the vocabulary does not know: counted and listed, never defaulted."""

    crm: str
    field: str
    value: str
    count: int
    example: Ref


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that took no part in something, and why: a won deal without an amount, a close before its creation."""

    ref: Ref
    reason: str


@frozen
class Change:
    """One field of one ref should say `after` instead of `before`."""

    ref: Ref
    field: str
    before: str | None
    after: str | None
    because: str


@frozen
class Write:
    """All changes of one ref, as sent: our field name → value (None clears). `key` names it once and for all."""

    key: str
    ref: Ref
    values: Mapping[str, str | None]
    before: Mapping[str, str | None] = field(default_factory=dict)


Outcome = Literal["written", "retry", "refused"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the CRM answered to a write. `reason` is the class of a refusal: permission, validation, picklist,
    duplicate, association, missing, bug, limit, auth, transient."""

    key: str
    outcome: Outcome
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan may do without being asked twice: the share of the records in which it may change or clear what was
    written before, once there are more than `small` of them."""

    changed_share: float = 0.5
    small: int = 500


@dataclass(frozen=True, slots=True)
class Basis:
    """By what a plan judges: a fingerprint of the tables, settings and promises, and how far each CRM has been read."""

    tables: str
    horizons: Mapping[str, datetime | None]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a plan looks at anew that follows another one: ids of people, records whose unknown words are told, and
    whether the credits are."""

    people: frozenset[str]
    records: frozenset[Ref]
    credits: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything decided at `now`, from records read up to `horizon`. With a `scope`, `known` and `changes` are of its
    people alone, and so are `credits` and `unknowns`: whatever is not in it stays as the last plan found it."""

    now: datetime
    horizon: datetime | None
    links: tuple[Link, ...]
    known: Sequence[Known]
    credits: tuple[Credit, ...]
    changes: Sequence[Change]  # those of one ref stand together
    unmapped: tuple[Unmapped, ...]
    set_aside: tuple[SetAside, ...]
    duplicates: int  # person records beyond the first one of each person
    reviews: tuple[Review, ...] = ()  # the likeliest first
    company_links: tuple[CompanyLink, ...] = ()
    companies: tuple[KnownCompany, ...] = ()
    company_reviews: tuple[Review, ...] = ()
    employers: tuple[Employer, ...] = ()
    editions: tuple[Edition, ...] = ()  # of owners and calendars: all of them, in order of time
    unknowns: tuple[Unknown, ...] = ()  # what `unmapped` counts
    scope: Scope | None = None  # None: everything

    def check(self, limits: Limits) -> None:
        """Raises Unsafe when the plan would clear or rewrite values that we wrote before for too many records."""
        rewritten = {change.ref for change in self.changes if change.before is not None}
        held = len(self.links)
        if len(rewritten) > limits.small and len(rewritten) > limits.changed_share * held:
            raise Unsafe(
                f"{len(rewritten)} of {held} records would change values that were written before.",
                fix="Look at `crm-sync sync --dry-run`, then run again with --force if you mean it.",
            )

    @property
    def people(self) -> frozenset[str]:
        """The ids of everybody."""
        return frozenset(link.person_id for link in self.links)

    @property
    def held_back(self) -> int:
        """How many of those who were judged have an SLA that is not written, for it was over before anybody looked."""
        return sum(known.held_back for known in self.known)

    @property
    def first_qualified(self) -> datetime | None:
        """The earliest qualifying event of a cycle to which the promise applies."""
        verdicts = (one for known in self.known for one in (*known.earlier, known.verdict) if one and one.enforced)
        return min((one.qualified_at for one in verdicts if one.qualified_at), default=None)

    def per_crm(self) -> dict[str, int]:
        """CRM → number of changes."""
        return dict(Counter(change.ref.crm for change in self.changes))
