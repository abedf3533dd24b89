"""Who and what the records point to: owners, campaigns, companies by ref."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm_sync.records import Campaign, Company, Owner, Ref, Snapshot


@dataclass(frozen=True, slots=True)
class Directory:
    """Looks things up; what is not there has no name."""

    owners: Mapping[Ref, Owner]
    campaigns: Mapping[Ref, Campaign]
    companies: Mapping[Ref, Company]

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

    def company_name(self, company: Ref | None) -> str | None:
        listed = self.companies.get(company) if company else None
        return listed.name if listed else None


def directory_of(snapshot: Snapshot) -> Directory:
    return Directory(
        {owner.ref: owner for owner in snapshot.owners},
        {campaign.ref: campaign for campaign in snapshot.campaigns},
        {company.ref: company for company in snapshot.companies},
    )
