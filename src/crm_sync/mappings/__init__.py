"""What both teams and both CRMs mean: tables in TOML beside this file, or edited copies of them.

lifecycle.toml   words for stages        channels.toml   words for sources     activities.toml   what a touch is
fields.toml      where things stand      sla.toml        the promise itself    identity.toml    who is who
companies.toml   which companies are one                 survivorship.toml     whose word holds
"""

from crm_sync.mappings.activities import Activities, Activity
from crm_sync.mappings.channels import Channels
from crm_sync.mappings.companies import CompanyWords
from crm_sync.mappings.fields import Fields, OurField
from crm_sync.mappings.lifecycle import Lifecycle, Stage
from crm_sync.mappings.policy import Policy, Span, WorkingTime
from crm_sync.mappings.survivorship import Survives, Survivorship
from crm_sync.mappings.vocabulary import MAPPING_FILES, Vocabulary, copy_mappings, load_vocabulary

__all__ = [
    "MAPPING_FILES",
    "Activities",
    "Activity",
    "Channels",
    "CompanyWords",
    "Fields",
    "Lifecycle",
    "OurField",
    "Policy",
    "Span",
    "Stage",
    "Survives",
    "Survivorship",
    "Vocabulary",
    "WorkingTime",
    "copy_mappings",
    "load_vocabulary",
]
