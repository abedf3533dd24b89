"""Which records are one company, and which company each person works for."""

from crm_sync.reconciler.dedupe.companies.employers import employers_of
from crm_sync.reconciler.dedupe.companies.link import LinkedCompanies, link_companies, link_firms
from crm_sync.reconciler.dedupe.companies.match import Matched, Matching, compare_companies
from crm_sync.reconciler.dedupe.companies.memory import KeptFirms

__all__ = [
    "KeptFirms", "LinkedCompanies", "Matched", "Matching", "compare_companies", "employers_of", "link_companies",
    "link_firms",
]  # fmt: skip
