"""Which records are one company, and which company each person works for."""

from crm_sync.reconciler.dedupe.companies.employers import employers_of
from crm_sync.reconciler.dedupe.companies.link import (
    LinkedCompanies,
    Matching,
    compare_companies,
    link_companies,
    link_firms,
)

__all__ = ["LinkedCompanies", "Matching", "compare_companies", "employers_of", "link_companies", "link_firms"]
