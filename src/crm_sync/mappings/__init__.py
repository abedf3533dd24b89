"""What both teams and both CRMs mean: tables in TOML beside this file, or edited copies of them.

lifecycle.toml   words for stages        channels.toml   words for sources     activities.toml   what a touch is
fields.toml      where things stand      sla.toml        the promise itself    calendars.toml    when people work
holidays.toml    dates of countries      identity.toml   what makes two records one person
identity_lists.toml                            the same of records that are no leads
companies.toml   which companies are one                 survivorship.toml     whose word holds
commitment.toml  what marketing owes, and what it follows from              criteria.toml    what makes a lead qualified
handoff.toml     what a lead should bring to sales       symptoms.toml     what `diagnose` looks for
"""

from crm_sync.mappings.activities import Activities, Activity
from crm_sync.mappings.channels import Channels
from crm_sync.mappings.commitment import Commitment
from crm_sync.mappings.companies import CompanyWords
from crm_sync.mappings.criteria import Criteria
from crm_sync.mappings.fields import Fields, OurField
from crm_sync.mappings.handoff import Handoff
from crm_sync.mappings.lifecycle import Action, Lifecycle, Stage
from crm_sync.mappings.policies import promise_from_text
from crm_sync.mappings.promise import Policy, Promise, Rules, Target
from crm_sync.mappings.spans import Span
from crm_sync.mappings.survivorship import Survives, Survivorship
from crm_sync.mappings.vocabulary import MAPPING_FILES, Vocabulary, copy_mappings, load_vocabulary
from crm_sync.mappings.working_time import WorkingTime

__all__ = [
    "MAPPING_FILES",
    "Action",
    "Activities",
    "Activity",
    "Channels",
    "Commitment",
    "CompanyWords",
    "Criteria",
    "Fields",
    "Handoff",
    "Lifecycle",
    "OurField",
    "Policy",
    "Promise",
    "Rules",
    "Span",
    "Stage",
    "Survives",
    "Survivorship",
    "Target",
    "Vocabulary",
    "WorkingTime",
    "copy_mappings",
    "load_vocabulary",
    "promise_from_text",
]
