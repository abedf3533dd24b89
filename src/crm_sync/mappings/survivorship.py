"""Survivorship: which record's value holds for the whole person or company, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from crm_sync.errors import ConfigError
from crm_sync.mappings.tables import CRMS, Shape, read_toml, shaped

Rule = Literal["most_complete", "newest", "first", "crm_of_record", "most_trusted"]


class Survives(Shape):
    """How one field's value is chosen; `crm` and `order` belong to the rules that are named after them."""

    rule: Rule
    crm: str | None = None
    order: tuple[str, ...] = ()


class PersonRules(Shape):
    name: Survives
    email: Survives
    phone: Survives
    title: Survives
    company: Survives
    country: Survives


class CompanyRules(Shape):
    name: Survives
    domain: Survives
    phone: Survives
    industry: Survives
    city: Survives
    country: Survives


class Survivorship(Shape):
    """survivorship.toml: a rule for every field of a person and of a company."""

    person: PersonRules
    company: CompanyRules

    def rules(self) -> Mapping[str, Mapping[str, Survives]]:
        """Table → field → rule, in the order of the fields."""
        return {
            table: {field: getattr(rules, field) for field in type(rules).model_fields}
            for table, rules in (("person", self.person), ("company", self.company))
        }


def load_survivorship(path: Path) -> Survivorship:
    """Raises ConfigError."""
    found = shaped(Survivorship, read_toml(path), path.name)
    for table, fields in found.rules().items():
        for field, rule in fields.items():
            check_rule(rule, f"{path.name}: [{table}] {field}")
    return found


def check_rule(rule: Survives, where: str) -> None:
    """Raises ConfigError when a rule lacks what it goes by, or has what it does not look at."""
    if (rule.rule == "crm_of_record") != (rule.crm is not None):
        raise ConfigError(f"{where}.crm", repr(rule.crm), "a CRM, with the rule crm_of_record and no other")
    if (rule.rule == "most_trusted") != bool(rule.order):
        raise ConfigError(f"{where}.order", repr(list(rule.order)), "a list, with the rule most_trusted and no other")
    for one in (*rule.order, *filter(None, [rule.crm])):
        if one.partition(":")[0] not in CRMS or (rule.crm and ":" in one):
            raise ConfigError(where, repr(one), f"one of {', '.join(CRMS)}")
