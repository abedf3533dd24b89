"""Who and what the records point to: owners, campaigns, companies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crm_sync.changes import Employer, KnownCompany
from crm_sync.records import Campaign, Owner, Person, Ref, Snapshot


@dataclass(frozen=True, slots=True)
class Directory:
    """Looks things up; what is not there has no name."""

    owners: Mapping[Ref, Owner]
    campaigns: Mapping[Ref, Campaign]
    companies: Mapping[str, KnownCompany]
    employers: Mapping[Ref, Employer]

    def is_human(self, owner: Ref | None) -> bool:
        """An owner that the CRM no longer lists was a colleague; queues are listed for as long as they own anything."""
        if owner is None:
            return False
        listed = self.owners.get(owner)
        return listed.human if listed else owner.kind != "Group"

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
    snapshot: Snapshot, companies: Iterable[KnownCompany] = (), employers: Iterable[Employer] = ()
) -> Directory:
    return Directory(
        {owner.ref: owner for owner in snapshot.owners},
        {campaign.ref: campaign for campaign in snapshot.campaigns},
        {company.company_id: company for company in companies},
        {employer.ref: employer for employer in employers},
    )
