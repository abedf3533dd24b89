"""Rows as our records. Pure: a row that says something unreadable raises Bad, and nothing of it is guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, cast

from crm_sync.connectors.files.row import Bad, Row
from crm_sync.connectors.files.sheets import CRM
from crm_sync.mappings.fields import OurField
from crm_sync.mappings.vocabulary import Vocabulary
from crm_sync.records import (
    CLOSE_REASON,
    Assignment,
    Campaign,
    Company,
    Deal,
    DealState,
    Owner,
    Person,
    Record,
    Ref,
    StageChange,
    Touch,
)

OWNER: Final = "owner"  # a change of this field is an assignment
LABEL: Final = "label"


class Stamp(NamedTuple):
    """The version of a row, and when we noticed that it is so: exports do not tell."""

    version: str
    noticed: datetime


def key_of(row: Row) -> str:
    """What names the row in its file. Raises Bad."""
    if row.group != "stage_changes" or row.text("id"):
        return row.needed("id")
    whose = row.text("person") or row.text("deal") or ""
    return f"{whose}/{row.text('field') or 'stage'}/{row.needed('at')}"


def property_of(field: OurField) -> str:
    """The column that holds one of our fields."""
    return f"smk_{field.name}"


def to_records(row: Row, stamp: Stamp, vocabulary: Vocabulary, ours: Mapping[str, str]) -> list[Record]:
    """Raises Bad."""
    if row.group == "people":
        return person_records(row, stamp, ours)
    if row.group == "touches":
        return [to_touch(row, stamp, vocabulary.activities.facts_of(row.kind))]
    return [PLAIN[row.group](row, stamp)]


def person_records(row: Row, stamp: Stamp, ours: Mapping[str, str]) -> list[Record]:
    """The person, and the label of its origin as a touch."""
    person = to_person(row, stamp, ours)
    return [person, label_of(person)] if person.source else [person]


def to_person(row: Row, stamp: Stamp, ours: Mapping[str, str]) -> Person:
    version, noticed = stamp
    return Person(
        ref_of(row), version, row.needed_instant("created_at"), noticed,
        email=row.text("email"), more_emails=row.listed("more_emails"), phones=row.all("phones"),
        first_name=row.text("first_name"), last_name=row.text("last_name"),
        company_name=row.text("company_name"), company=row.ref("company", "company"),
        title=row.text("title"), country=row.text("country"), owner=row.ref("owner", "owner"),
        stage=row.all("stage"), source=row.text("source"), campaign=row.text("campaign"),
        close_reason=row.text("close_reason"), persona=row.text("persona"), score=row.amount("score"),
        opted_out=row.flag("opted_out", False), same_as=same_as(row), ours=ours,
    )  # fmt: skip


def label_of(person: Person) -> Touch:
    at = person.created_at
    label = Ref(CRM, LABEL, person.ref.id)
    return Touch(label, person.version, at, at, person.modified_at, (person.ref,), source=person.source)


def to_touch(row: Row, stamp: Stamp, words: Sequence[str]) -> Touch:
    """Facts are our own words, in small letters, whatever the export does."""
    version, noticed = stamp
    at = row.needed_instant("at")
    return Touch(
        ref_of(row), version, at, row.instant("logged_at") or at, noticed,
        people=row.refs("people", "person"), deals=row.refs("deals", "deal"), actor=row.ref("actor", "owner"),
        subject=row.text("subject"), source=row.text("source"), campaign=row.ref("campaign", "campaign"),
        facts={word: row.values[word].lower() for word in words if word in row.values}, day_only=row.is_day("at"),
        same_as=same_as(row), starts_at=row.instant("starts_at"),
    )  # fmt: skip


def to_company(row: Row, stamp: Stamp) -> Company:
    version, noticed = stamp
    return Company(
        ref_of(row), version, row.instant("created_at") or noticed, noticed,
        name=row.text("name"), domain=row.text("domain"), phone=row.text("phone"), industry=row.text("industry"),
        city=row.text("city"), country=row.text("country"), owner=row.ref("owner", "owner"), same_as=same_as(row),
    )  # fmt: skip


def to_deal(row: Row, stamp: Stamp) -> Deal:
    version, noticed = stamp
    return Deal(
        ref_of(row), version, row.needed_instant("created_at"), noticed,
        name=row.text("name"), stage=row.text("stage"),
        state=cast(DealState, row.word("state", "open", "won", "lost") or "open"),
        amount=row.amount("amount"), currency=row.text("currency"), closed_at=row.instant("closed_at"),
        owner=row.ref("owner", "owner"), company=row.ref("company", "company"), people=row.refs("people", "person"),
        source=row.text("source"), same_as=same_as(row),
    )  # fmt: skip


def to_owner(row: Row, stamp: Stamp) -> Owner:
    return Owner(
        ref_of(row), *stamp, name=row.text("name"), email=row.text("email"), team=row.text("team"),
        manager=row.ref("manager", "owner"), time_zone=row.text("time_zone"),
        working_hours=row.hours("working_hours"), away=row.spans("away"),
        human=row.flag("human", True), active=row.flag("active", True),
    )  # fmt: skip


def to_campaign(row: Row, stamp: Stamp) -> Campaign:
    version, noticed = stamp
    return Campaign(
        ref_of(row), version, row.instant("created_at") or noticed, noticed,
        name=row.text("name"), type=row.text("type"), starts_on=row.text("starts_on"), ends_on=row.text("ends_on"),
        cost=row.amount("cost"),
    )  # fmt: skip


def to_change(row: Row, stamp: Stamp) -> StageChange | Assignment:
    """A stage word that was set, or an owner."""
    whose = row.ref("person", "person") or row.ref("deal", "deal")
    if whose is None:
        raise Bad("person or deal", "nothing", "the id of whom changed")
    key, at, field = key_of(row), row.needed_instant("at"), row.text("field") or "stage"
    if field.lower() == OWNER:
        return Assignment(whose, key, at, row.ref("value", "owner"), row.ref("was", "owner"))
    reason = field.lower() == CLOSE_REASON  # an empty one was taken back
    value = row.text("value") or "" if reason else row.needed("value")
    return StageChange(whose, key, at, value, row.text("was"), CLOSE_REASON if reason else field)


PLAIN: Final[Mapping[str, Callable[[Row, Stamp], Record]]] = {
    "companies": to_company,
    "deals": to_deal,
    "owners": to_owner,
    "campaigns": to_campaign,
    "stage_changes": to_change,
}


def ref_of(row: Row) -> Ref:
    return Ref(CRM, row.kind, row.needed("id"))


def same_as(row: Row) -> tuple[Ref, ...]:
    """Records of the CRMs that the export names: columns under [same_as] in fields.toml."""
    targets = row.fields.same_as.get(row.kind, {})
    told = ((one, row.values[name]) for name, named in targets.items() if name in row.values for one in named)
    return tuple(Ref(one.crm, one.kind, id_) for one, text in told for id_ in one.in_text(text))


def gone_refs(row_kind: str, key: str) -> tuple[Ref, ...]:
    """What is gone with a row that is not there any more. A change that was read stays: it did happen."""
    if row_kind == "stage_change":
        return ()
    return (Ref(CRM, row_kind, key), Ref(CRM, LABEL, key)) if row_kind == "person" else (Ref(CRM, row_kind, key),)
