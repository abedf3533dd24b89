"""Which records are one company, and which company each person works for."""

from crm_sync.reconciler.dedupe.companies.employers import employers_of
from crm_sync.reconciler.dedupe.companies.link import LinkedCompanies, Matching, link_companies

__all__ = ["LinkedCompanies", "Matching", "employers_of", "link_companies"]
