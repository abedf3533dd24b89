"""HubSpot's JSON as our records. Pure: one bad value costs a note, never the record.

Each object has a translator, made once: where things stand is looked up in fields.toml then, and not for every row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from crm_sync.clock import to_iso
from crm_sync.connectors.hubspot.objects import CRM, MERGED, PROGRAMS, WRITTEN_BY, Kind
from crm_sync.connectors.hubspot.pipelines import flagged_state
from crm_sync.connectors.hubspot.row import Names, Row, read_instant, ref_of, split_list
from crm_sync.mappings.fields import Fields, OurField
from crm_sync.mappings.vocabulary import Vocabulary
from crm_sync.records import (
    CLOSE_REASON,
    PROGRAM,
    Assignment,
    Company,
    Deal,
    DealState,
    Person,
    Record,
    Ref,
    StageChange,
    Touch,
)

MERGED_AWAY: Final = (MERGED, "hs_calculated_merged_vids")
OWNER: Final = ("hubspot_owner_id",)
REPLY: Final = "reply"


class Contacts:
    """A contact is a person, what its stage and owner were before, and the touches that stand in its own fields."""

    def __init__(self, fields: Fields, profile: Sequence[OurField]) -> None:
        self._at = places(fields, "people", "contacts")
        self._ours = tuple((one.hubspot, one) for one in profile)
        self._same_as, self._touches = SameAs(fields, "contacts"), FieldTouches(fields)
        self._stages = fields.of("people", "stage", "contacts")
        self._owners = fields.of("people", "owner", "contacts")
        self._reasons = fields.of("people", CLOSE_REASON, "contacts")

    def __call__(self, row: Row) -> list[Record]:
        person = self._person(row)
        return [
            person, *stage_changes(row, self._stages), *reasons(row, self._reasons), *assignments(row, self._owners),
            *self._touches(row, person),
        ]  # fmt: skip

    def _person(self, row: Row) -> Person:
        at, text, values = self._at, row.text, row.values
        opted_out = False
        for name in at["opted_out"]:
            opted_out = opted_out or values.get(name, "").lower() == "true"
        return Person(
            row.ref, row.version, row.created_at, row.modified_at,
            email=text(at["email"]),
            more_emails=split_list(text(at["more_emails"])),
            phones=row.all(at["phones"]),
            first_name=text(at["first_name"]),
            last_name=text(at["last_name"]),
            company_name=text(at["company_name"]),
            company=first_ref(row, "companies", at["company"]),
            title=text(at["title"]),
            country=text(at["country"]),
            owner=first_ref(row, "owners", at["owner"]),
            stage=row.all(at["stage"]),
            source=source_of(row, at["source"]),
            campaign=text(at["campaign"]),
            close_reason=text(at["close_reason"]),
            persona=text(at["persona"]),
            score=row.amount(at["score"]),
            opted_out=opted_out,
            same_as=self._same_as(row),
            ours={one.name: from_property(one, values[name]) for name, one in self._ours if name in values},
        )  # fmt: skip


class Companies:
    """A company."""

    def __init__(self, fields: Fields) -> None:
        self._at = places(fields, "companies", "companies")
        self._same_as = SameAs(fields, "companies")

    def __call__(self, row: Row) -> list[Record]:
        at, text = self._at, row.text
        company = Company(
            row.ref, row.version, row.created_at, row.modified_at,
            name=text(at["name"]), domain=text(at["domain"]), phone=text(at["phone"]),
            industry=text(at["industry"]), city=text(at["city"]), country=text(at["country"]),
            owner=first_ref(row, "owners", at["owner"]), same_as=self._same_as(row),
        )  # fmt: skip
        return [company]


class Deals:
    """A deal with its people and company, and the stages it was in. `states` tells what each stage means."""

    def __init__(self, fields: Fields, states: Mapping[str, DealState]) -> None:
        self._at = places(fields, "deals", "deals")
        self._same_as, self._states = SameAs(fields, "deals"), states

    def __call__(self, row: Row, people: Sequence[Ref], companies: Sequence[Ref]) -> list[Record]:
        at, text = self._at, row.text
        stage = text(at["stage"])
        deal = Deal(
            row.ref, row.version, row.created_at, row.modified_at,
            name=text(at["name"]), stage=stage, state=self._states.get(stage or "") or flagged_state(row),
            amount=row.amount(at["amount"]), currency=text(at["currency"]), closed_at=row.instant(at["closed_at"]),
            owner=first_ref(row, "owners", at["owner"]), company=companies[0] if companies else None,
            people=tuple(people), source=source_of(row, at["source"]), same_as=self._same_as(row),
        )  # fmt: skip
        return [deal, *stage_changes(row, at["stage"])]


class Activities:
    """An activity; what it counts for is judged later, by its facts."""

    def __init__(self, kind: Kind, vocabulary: Vocabulary) -> None:
        self._at, self._starts, self._subject = kind.at, kind.starts, (kind.subject,)
        self._facts, self._same_as = vocabulary.activities.facts_of(kind.name), SameAs(vocabulary.fields, kind.name)

    def __call__(self, row: Row, people: Sequence[Ref]) -> list[Record]:
        values, source = row.values, row.values.get(WRITTEN_BY)
        starts_at = (row.instant_of(self._starts) or row.instant_of(self._at)) if self._starts else None
        touch = Touch(
            row.ref, row.version, self._happened(row, starts_at), row.created_at, row.modified_at,
            people=tuple(people), actor=first_ref(row, "owners", OWNER), subject=row.text(self._subject),
            facts={name: values[name] for name in self._facts if name in values}, same_as=self._same_as(row),
            logged_by=Ref(CRM, PROGRAM, source) if source in PROGRAMS else None, starts_at=starts_at,
        )  # fmt: skip
        return [touch]

    def _happened(self, row: Row, starts_at: datetime | None) -> datetime:
        """An appointment when it was booked; when it began, where it was written down afterwards."""
        if self._starts:
            return min(starts_at or row.created_at, row.created_at)
        return row.instant_of(self._at) or row.created_at


def places(fields: Fields, group: str, kind: str) -> Mapping[str, Names]:
    """Our name → HubSpot's properties; none for what fields.toml does not place there."""
    return defaultdict(tuple, {name: fields.of(group, name, kind) for name in fields.places[group]})


class FieldTouches:
    """Visits, conversions and replies of a contact, each at its own time; the source as a mere label when no visit has
    one."""

    def __init__(self, fields: Fields) -> None:
        # the first of two at one second stays
        self._visits = [
            (table.at, table.source, frozenset(table.never)) for table in reversed(fields.visits.get("contacts", ()))
        ]
        self._conversions = [(table.at, (table.name,)) for table in reversed(fields.conversions.get("contacts", ()))]
        self._replies = [table.at for table in fields.replies.get("contacts", ())]

    def __call__(self, row: Row, person: Person) -> list[Touch]:
        values = row.values
        visits: dict[int, Touch] = {}  # by second, as their refs are
        for name, source, never in self._visits:
            if name in values and values.get(source[0]) not in never and (at := row.instant_of(name)):
                visits[int(at.timestamp())] = field_touch("visit", person, at, source=source_of(row, source))
        converted: dict[int, Touch] = {}
        for name, title in self._conversions:
            if name in values and (at := row.instant_of(name)):
                converted[int(at.timestamp())] = field_touch("conversion", person, at, subject=row.text(title))
        replied: dict[int, Touch] = {}
        for name in self._replies:
            if name in values and (at := row.instant_of(name)):
                replied[int(at.timestamp())] = field_touch(REPLY, person, at)
        label = [] if visits or person.source is None else [label_touch(person)]
        return [*in_order(visits), *in_order(converted), *in_order(replied), *label]


class SameAs:
    """Records that HubSpot itself says are this one: merged ids (`51` or `51:1717000000000`), ids in Salesforce."""

    def __init__(self, fields: Fields, kind: str) -> None:
        self._named = tuple(fields.same_as.get(kind, {}).items())

    def __call__(self, row: Row) -> tuple[Ref, ...]:
        refs: dict[Ref, None] = {}
        for name, named in self._named:
            if name in row.values:
                for one in named:
                    for id_ in one.in_text(row.values[name]):
                        refs[Ref(one.crm, one.kind, id_.partition(":")[0] if one.crm == CRM else id_)] = None
        refs.pop(row.ref, None)
        return tuple(refs)


def stage_changes(row: Row, names: Names) -> list[Record]:
    """Each word that a stage property was set to; clearing it says nothing, but the word before is kept."""
    found: list[Record] = []
    for name in names:
        was, cleared = None, False
        for at, value, key in row.told(name):
            if value and (value != was or cleared):
                found.append(StageChange(row.ref, key, at, value, was, name))
            was, cleared = value or was, not value
    return found


def reasons(row: Row, names: Names) -> list[Record]:
    """Each reason that a person was closed for, and each time that it was taken back."""
    found: list[Record] = []
    for name in names:
        was = ""
        for at, value, key in row.told(name):
            if value != was:
                found.append(StageChange(row.ref, key, at, value, was or None, CLOSE_REASON))
            was = value
    return found


def assignments(row: Row, names: Names) -> list[Record]:
    """Each owner that was set, and each time that the owner was taken away."""
    found: list[Record] = []
    for name in names:
        was: Ref | None = None
        for at, value, key in row.told(name):
            owner = ref_of("owners", value) if value else None
            if owner != was:
                found.append(Assignment(row.ref, key, at, owner, was))
            was = owner
    return found


def in_order(touches: Mapping[int, Touch]) -> list[Touch]:
    return [touches[second] for second in sorted(touches)] if len(touches) > 1 else list(touches.values())


def field_touch(
    kind: str, person: Person, at: datetime, *, source: str | None = None, subject: str | None = None
) -> Touch:
    ref = Ref(CRM, kind, f"{person.ref.id}/{int(at.timestamp())}")
    return Touch(ref, person.version, at, at, person.modified_at, (person.ref,), subject=subject, source=source)


def label_touch(person: Person) -> Touch:
    ref, at = Ref(CRM, "label", person.ref.id), person.created_at
    return Touch(ref, person.version, at, at, person.modified_at, (person.ref,), source=person.source)


def source_of(row: Row, names: Sequence[str]) -> str | None:
    """`A/B`: a source with its first drill-down; a drill-down alone says nothing."""
    if not names or names[0] not in row.values:
        return None
    return "/".join([row.values[name] for name in names if name in row.values])


def merged_away(row: Row) -> list[Ref]:
    """Ids that this record has swallowed: they are in no list any more."""
    ids = [one.partition(":")[0] for name in MERGED_AWAY for one in split_list(row.values.get(name))]
    return [Ref(CRM, row.kind.name, one) for one in dict.fromkeys(ids) if one != row.ref.id] if ids else []


def first_ref(row: Row, kind: str, names: Names) -> Ref | None:
    text = row.text(names)
    return ref_of(kind, text) if text else None


def from_property(one: OurField, text: str) -> str:
    """The canonical form of what HubSpot holds in one of our fields, so that what was written compares equal."""
    try:
        if one.type == "datetime":
            return to_iso(read_instant(text))
        return plain_number(Decimal(text)) if one.type == "number" else text
    except (ValueError, InvalidOperation):
        return text


def plain_number(number: Decimal) -> str:
    """`3.0` and `3E0` are `3`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
