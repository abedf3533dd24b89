"""Who and what the records point to: owners, campaigns, companies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from crm_sync.changes import Employer, KnownCompany
from crm_sync.records import PROGRAM, Calendar, Campaign, Owner, Person, Ref, Snapshot

Absence = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Directory:
    """Looks things up; what is not there has no name."""

    owners: Mapping[Ref, Owner]
    campaigns: Mapping[Ref, Campaign]
    companies: Mapping[str, KnownCompany]
    employers: Mapping[Ref, Employer]
    teams: Mapping[str, Mapping[str, str]]  # who, as `who` says → CRM → team
    calendars: tuple[Calendar, ...] = ()
    colleagues: Mapping[str, Sequence[Owner]] = field(default_factory=dict)  # who → as each CRM names them
    integrations: frozenset[str] = frozenset()  # who is a program, whatever a CRM says

    def is_human(self, owner: Ref | None) -> bool:
        """An owner that the CRM no longer lists was a colleague; queues are listed for as long as they own anything."""
        if owner is None or self.who(owner) in self.integrations:
            return False
        listed = self.owners.get(owner)
        return listed.human if listed else owner.kind not in ("Group", PROGRAM)

    def who(self, owner: Ref) -> str:
        """One text for one colleague, whatever CRM names them."""
        return (self.owner_email(owner) or str(owner)).casefold()

    def same_team(self, one: Ref, other: Ref) -> bool:
        """Colleagues, as far as it is known: no CRM that knows the teams of both names different ones."""
        if one == other:
            return True
        mine, theirs = (self.teams.get(self.who(ref), {}) for ref in (one, other))
        both = mine.keys() & theirs.keys()
        return not both or any(mine[crm] == theirs[crm] for crm in both)

    def teams_of(self, owner: Ref | None) -> frozenset[str]:
        return frozenset(self.teams.get(self.who(owner), {}).values()) if owner else frozenset()

    def away(self, owner: Ref) -> tuple[Absence, ...]:
        """When an owner is out of office, as far as the CRMs know, whichever of them tells it."""
        return tuple(absences_of(text for one in self.named(owner) for text in one.away))

    def named(self, owner: Ref) -> Sequence[Owner]:
        """One colleague as every CRM names them: first as this one does."""
        listed = self.owners.get(owner)
        others = (one for one in self.colleagues.get(self.who(owner), ()) if one is not listed)
        return ((listed,) if listed else ()) + tuple(others)

    def org_calendar(self) -> Calendar | None:
        """The one that a CRM goes by where nothing else is said."""
        return next((one for one in self.calendars if one.main and one.active), None)

    def owner_email(self, owner: Ref | None) -> str | None:
        listed = self.owners.get(owner) if owner else None
        return listed.email if listed else None

    def owner_name(self, owner: Ref) -> str:
        listed = self.owners.get(owner)
        return (listed.name if listed else None) or str(owner)

    def campaign_name(self, campaign: Ref | None) -> str | None:
        listed = self.campaigns.get(campaign) if campaign else None
        return listed.name if listed else None

    def employer_of(self, person: Ref) -> str | None:
        """The id of the company that a person's record belongs to."""
        employer = self.employers.get(person)
        return employer.company_id if employer else None

    def employer_name(self, person: Person) -> str | None:
        """Of the company that the CRM ties the record to; else what the record says; else of the one that was found."""
        company = self.employer_of(person.ref)
        name = self.companies[company].name if company else None
        return (name if person.company else None) or person.company_name or name


def directory_of(
    snapshot: Snapshot,
    integrations: frozenset[str],
    companies: Iterable[KnownCompany] = (),
    employers: Iterable[Employer] = (),
) -> Directory:
    campaigns = {campaign.ref: campaign for campaign in snapshot.campaigns}
    known = {company.company_id: company for company in companies}
    employed = {employer.ref: employer for employer in employers}
    blank = Directory({}, campaigns, known, employed, {}, integrations=integrations)
    return telling(blank, snapshot.owners, snapshot.calendars)


def telling(directory: Directory, owners: Iterable[Owner], calendars: Iterable[Calendar]) -> Directory:
    """The same directory with these owners and calendars, and no others."""
    found = sorted(owners, key=lambda one: one.ref)
    teams: dict[str, dict[str, str]] = {}
    colleagues: dict[str, list[Owner]] = {}
    for owner in found:
        name = (owner.email or str(owner.ref)).casefold()
        colleagues.setdefault(name, []).append(owner)
        if owner.team and owner.team.strip():
            teams.setdefault(name, {})[owner.ref.crm] = owner.team.strip().casefold()
    listed = {owner.ref: owner for owner in found}
    open_at = tuple(sorted(calendars, key=lambda one: one.ref))
    return replace(directory, owners=listed, teams=teams, calendars=open_at, colleagues=colleagues)


def absences_of(texts: Iterable[str]) -> Iterator[Absence]:
    """`2026-06-01T15:00:00Z/2026-06-05T23:00:00Z`; what cannot be read is nobody's absence."""
    for text in texts:
        begins, _, ends = text.partition("/")
        try:
            yield datetime.fromisoformat(begins), datetime.fromisoformat(ends)
        except ValueError:
            continue
