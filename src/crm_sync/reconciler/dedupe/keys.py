"""An address and a telephone number in the one form that stands for all of its spellings."""

from __future__ import annotations

import re
from collections.abc import Container

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from crm_sync.reconciler.dedupe.countries import region_of


def email_key(address: str | None, roles: Container[str]) -> str | None:
    """The address without case, spaces and plus-tag; None for what is no address, or whose mailbox is a role's."""
    local, _, domain = "".join((address or "").split()).casefold().rpartition("@")
    local = local.split("+", 1)[0]
    if not local or "@" in local or "." not in domain.strip(".") or local in roles:
        return None
    return f"{local}@{domain}"


def phone_key(text: str, country: str | None) -> str | None:
    """The number in E.164, without its extension; None when it is not valid, or local to an unknown country."""
    try:
        number = without_legacy_prefix(phonenumbers.parse(text, region_of(country)))
    except NumberParseException:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if phonenumbers.is_valid_number(number) else None


def phone_region(key: str) -> str | None:
    """The ISO code of the region that a `phone_key` belongs to; None where it is of several or of none."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(key))


# Mexico dropped 1, 044 and 045 before mobile numbers in 2019; Argentina writes 9 only from abroad. The same telephone
# stands in CRMs in both forms.
LEGACY = {52: re.compile(r"(?:1|44|45)(\d{10})"), 54: re.compile(r"9(\d{10})")}


def without_legacy_prefix(number: PhoneNumber) -> PhoneNumber:
    legacy = LEGACY.get(number.country_code or 0)
    match = legacy.fullmatch(str(number.national_number)) if legacy else None
    plain = PhoneNumber()
    plain.merge_from(number)
    plain.extension = None
    if match:
        plain.national_number, plain.italian_leading_zero, plain.number_of_leading_zeros = int(match[1]), None, None
    return plain
