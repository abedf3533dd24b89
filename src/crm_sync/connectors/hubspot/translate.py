"""HubSpot's JSON as our records. Pure: one bad value costs a note, never the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from crm_sync.clock import to_iso
from crm_sync.connectors.hubspot.objects import CRM, MERGED
from crm_sync.connectors.hubspot.pipelines import flagged_state
from crm_sync.connectors.hubspot.row import EPOCH, Json, Row, blank, read_instant, split_list
from crm_sync.mappings.fields import Fields, OurField
from crm_sync.mappings.vocabulary import Vocabulary
from crm_sync.records import Assignment, Company, Deal, DealState, Owner, Person, Record, Ref, StageChange, Touch

MERGED_AWAY: Final = (MERGED, "hs_calculated_merged_vids")


def contact_records(row: Row, fields: Fields, profile: Sequence[OurField]) -> list[Record]:
    """The person, what its stage and owner were before, and the touches that stand in its own fields."""
    person = to_person(row, fields, profile)
    return [person, *stage_changes(row, fields), *assignments(row, fields), *field_touches(row, fields, person)]


def to_person(row: Row, fields: Fields, profile: Sequence[OurField]) -> Person:
    def at(name: str) -> tuple[str, ...]:
        return fields.of("people", name, "contacts")

    return Person(
        row.ref, row.version, row.created_at, row.modified_at,
        email=row.text(*at("email")),
        more_emails=split_list(row.text(*at("more_emails"))),
        phones=row.all(*at("phones")),
        first_name=row.text(*at("first_name")),
        last_name=row.text(*at("last_name")),
        company_name=row.text(*at("company_name")),
        company=first(row.refs("companies", *at("company"))),
        title=row.text(*at("title")),
        country=row.text(*at("country")),
        owner=first(row.refs("owners", *at("owner"))),
        stage=row.all(*at("stage")),
        source=source_of(row, at("source")),
        campaign=row.text(*at("campaign")),
        close_reason=row.text(*at("close_reason")),
        opted_out=any(value.lower() == "true" for value in row.all(*at("opted_out"))),
        same_as=same_as(row, fields),
        ours={one.name: said for one in profile if (said := from_property(one, row.text(one.hubspot))) is not None},
    )  # fmt: skip


def to_company(row: Row, fields: Fields) -> Company:
    def at(name: str) -> tuple[str, ...]:
        return fields.of("companies", name, "companies")

    return Company(
        row.ref, row.version, row.created_at, row.modified_at,
        name=row.text(*at("name")), domain=row.text(*at("domain")), industry=row.text(*at("industry")),
        country=row.text(*at("country")), owner=first(row.refs("owners", *at("owner"))), same_as=same_as(row, fields),
    )  # fmt: skip


def deal_records(
    row: Row, fields: Fields, closed: Mapping[str, DealState], people: Sequence[Ref], company: Ref | None
) -> list[Record]:
    """The deal with its people and company, and the stages it was in. `closed` tells what each stage means."""

    def at(name: str) -> tuple[str, ...]:
        return fields.of("deals", name, "deals")

    stage = row.text(*at("stage"))
    deal = Deal(
        row.ref, row.version, row.created_at, row.modified_at,
        name=row.text(*at("name")), stage=stage, state=closed.get(stage or "") or flagged_state(row),
        amount=row.amount(*at("amount")), currency=row.text(*at("currency")), closed_at=row.instant(*at("closed_at")),
        owner=first(row.refs("owners", *at("owner"))), company=company, people=tuple(people),
        source=source_of(row, at("source")), same_as=same_as(row, fields),
    )  # fmt: skip
    return [deal, *stage_changes(row, fields)]


def to_touch(row: Row, vocabulary: Vocabulary, people: Sequence[Ref]) -> Touch:
    """An activity; what it counts for is judged later, by its facts."""
    facts = {name: row.values[name] for name in vocabulary.activities.facts_of(row.kind.name) if name in row.values}
    return Touch(
        row.ref, row.version, row.instant(row.kind.at) or row.created_at, row.created_at, row.modified_at,
        people=tuple(people), actor=first(row.refs("owners", "hubspot_owner_id")),
        subject=row.text(row.kind.subject), facts=facts,
    )  # fmt: skip


def to_owner(body: Json) -> Owner:
    teams = [team for team in body.get("teams") or () if isinstance(team, dict)]
    team = next((one for one in teams if one.get("primary")), teams[0] if teams else {})
    name = " ".join(str(body[part]) for part in ("firstName", "lastName") if not blank(body.get(part)))
    stamp = str(body.get("updatedAt") or body.get("createdAt") or "")
    return Owner(
        Ref(CRM, "owners", str(body["id"])), stamp, owner_stamp(stamp),
        name=name or None, email=body.get("email") or None, team=team.get("name") or None,
        human=body.get("type", "PERSON") == "PERSON", active=not body.get("archived", False),
    )  # fmt: skip


def owner_stamp(text: str) -> datetime:
    try:
        return read_instant(text)
    except ValueError:
        return EPOCH


def stage_changes(row: Row, fields: Fields) -> Iterator[StageChange]:
    """Each word that a stage property was set to; clearing it says nothing, but the word before is kept."""
    for name in fields.of(row.kind.group, "stage", row.kind.name):
        was, cleared = None, False
        for at, value, key in row.told(name):
            if value and (value != was or cleared):
                yield StageChange(row.ref, key, at, value, was, name)
            was, cleared = value or was, not value


def assignments(row: Row, fields: Fields) -> Iterator[Assignment]:
    """Each owner that was set, and each time that the owner was taken away."""
    for name in fields.of(row.kind.group, "owner", row.kind.name):
        was: Ref | None = None
        for at, value, key in row.told(name):
            owner = Ref(CRM, "owners", value) if value else None
            if owner != was:
                yield Assignment(row.ref, key, at, owner, was)
            was = owner


def field_touches(row: Row, fields: Fields, person: Person) -> list[Touch]:
    """Visits and conversions, each at its own time; the source as a mere label when no visit has a time."""
    visits = {
        at: field_touch("visit", person, at, source=source_of(row, table.source))
        for table in reversed(fields.visits.get(row.kind.name, ()))  # the first of two at one second stays
        if (at := row.instant(table.at)) and row.text(table.source[0]) not in table.never
    }
    converted = {
        at: field_touch("conversion", person, at, subject=row.text(table.name))
        for table in reversed(fields.conversions.get(row.kind.name, ()))
        if (at := row.instant(table.at))
    }
    label = [] if visits or person.source is None else [label_touch(person)]
    return [*in_order(visits), *in_order(converted), *label]


def in_order(touches: Mapping[datetime, Touch]) -> list[Touch]:
    by_ref = {touch.ref: touch for touch in touches.values()}
    return sorted(by_ref.values(), key=lambda touch: touch.at)


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
    return "/".join(row.values[name] for name in names if name in row.values)


def same_as(row: Row, fields: Fields) -> tuple[Ref, ...]:
    """Records that HubSpot itself says are this one: merged ids (`51` or `51:1717000000000`), ids in Salesforce."""
    refs = {
        Ref(*target, one.partition(":")[0]): None
        for name, target in fields.same_as.get(row.kind.name, {}).items()
        for one in split_list(row.text(name))
    }
    return tuple(ref for ref in refs if ref != row.ref)


def merged_away(row: Row) -> list[Ref]:
    """Ids that this record has swallowed: they are in no list any more."""
    ids = [one.partition(":")[0] for name in MERGED_AWAY for one in split_list(row.text(name))]
    return [Ref(CRM, row.kind.name, one) for one in dict.fromkeys(ids) if one != row.ref.id]


def first(refs: Sequence[Ref]) -> Ref | None:
    return refs[0] if refs else None


def from_property(one: OurField, text: str | None) -> str | None:
    """The canonical form of what HubSpot holds in one of our fields, so that what was written compares equal."""
    if text is None:
        return None
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
