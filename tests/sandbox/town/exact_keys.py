"""Joins the told records by exact keys alone, as anybody could who reads both CRMs."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator

import phonenumbers
from tests.sandbox.town.reading import Told

from crm_sync.sandbox.world import Row

REGIONS = {
    "Mexico": "MX",
    "México": "MX",
    "MX": "MX",
    "Spain": "ES",
    "España": "ES",
    "United States": "US",
    "USA": "US",
}

Key = tuple[str, str]  # a record and something that it carries


def groups(told: Told) -> set[frozenset[str]]:
    """Records that share a key, directly or by way of others."""
    root: dict[str, str] = {}

    def find(one: str) -> str:
        while root.setdefault(one, one) != one:
            one = root[one]
        return one

    pairs = list(keys_of(told))
    for record, key in pairs:
        root[find(record)] = find(key)
    found: dict[str, set[str]] = defaultdict(set)
    for record, _ in pairs:
        found[find(record)].add(record)
    return {frozenset(one) for one in found.values()}


def keys_of(told: Told) -> Iterator[Key]:
    for key, row in told.of("hubspot", "contacts").items():
        for carried in _contact_keys(row):
            yield f"hubspot:contacts:{key}", carried
    for name in ("Lead", "Contact"):
        for key, row in told.of("salesforce", name).items():
            me = f"salesforce:{name}:{key}"
            yield me, me
            if row.get("ConvertedContactId"):
                yield me, f"salesforce:Contact:{row['ConvertedContactId']}"
            country = row["Country" if name == "Lead" else "MailingCountry"]
            for carried in _person_keys(row, "Email", ("MobilePhone", "Phone"), ("FirstName", "LastName"), country):
                yield me, carried


def _contact_keys(row: Row) -> Iterator[str]:
    yield f"hubspot:contacts:{row['_id']}"
    for field, name in (("salesforceleadid", "Lead"), ("salesforcecontactid", "Contact")):
        if row[field]:
            yield f"salesforce:{name}:{row[field]}"
    for email in (row["hs_additional_emails"] or "").split(";"):
        yield from _mail_keys(email)
    yield from _person_keys(row, "email", ("mobilephone", "phone"), ("firstname", "lastname"), row["country"])


def _person_keys(row: Row, mail: str, phones: tuple[str, str], names: tuple[str, str], country: str) -> Iterator[str]:
    yield from _mail_keys(row[mail])
    name = " ".join(row[one] or "" for one in names)
    for field in phones:
        yield from _phone_keys(row[field], country, name)


def _mail_keys(email: str | None) -> list[str]:
    """A role mailbox belongs to nobody."""
    folded = (email or "").strip().lower()
    return [folded] if folded and folded.split("@")[0] not in ("info", "ventas") else []


def _phone_keys(text: str | None, country: str, name: str) -> list[str]:
    """A number says nothing without a name: colleagues share switchboards. Mexico's old mobile 1 is left out."""
    if not text or not name.strip():
        return []
    number = phonenumbers.parse(text.replace("+52 1 ", "+52 "), REGIONS[country])
    assert phonenumbers.is_valid_number(number), (text, country)
    folded = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one)).casefold()
    return [f"{phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)} {folded}"]
