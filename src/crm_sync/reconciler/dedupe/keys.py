"""Exact keys: two records with an equal key are one person. What does not name one person has no key."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from crm_sync.reconciler.dedupe.countries import region_of
from crm_sync.records import Person

# Mailboxes that a company shares: whoever writes from one is not known by it.
# fmt: off
ROLE_MAILBOXES = frozenset(
    {
        "abuse", "accounting", "accounts", "admin", "administracion", "administrador", "administration",
        "administrator", "atencion", "atencionaclientes", "atencionalcliente", "ayuda", "billing", "careers",
        "cobranza", "comercial", "compras", "comunicacion", "contabilidad", "contact", "contact-us", "contacto",
        "contactus", "cotizaciones", "customerservice", "direccion", "empleo", "enquiries", "eventos", "events",
        "facturacion", "facturas", "feedback", "finance", "finanzas", "gerencia", "hello", "help", "helpdesk",
        "hola", "hostmaster", "hr", "info", "informacion", "information", "informes", "inquiries", "invoices", "it",
        "jobs", "legal", "logistica", "mail", "marketing", "media", "news", "newsletter", "no-reply", "no_reply",
        "noreply", "office", "oficina", "order", "orders", "pedidos", "postmaster", "prensa", "press", "privacy",
        "proveedores", "purchasing", "recepcion", "reception", "reservas", "root", "rrhh", "sac", "sales",
        "security", "service", "servicio", "servicioalcliente", "servicios", "sistemas", "soporte", "spam",
        "support", "team", "test", "ti", "ventas", "web", "webmaster",
    }
)
# fmt: on


class Key(NamedTuple):
    """`rule` says what kind of key it is: "e-mail", or "phone and name"."""

    rule: str
    value: str


def keys_of(person: Person) -> Iterator[Key]:
    """All keys of a record. A phone alone never links: colleagues share switchboards."""
    for address in (person.email, *person.more_emails):
        if email := email_key(address):
            yield Key("e-mail", email)
    if name := name_key(person.first_name, person.last_name):
        for number in person.phones:
            if phone := phone_key(number, person.country):
                yield Key("phone and name", f"{phone} {name}")


def email_key(address: str | None) -> str | None:
    """The address without case, spaces and plus-tag; None for a role mailbox or what is no address."""
    local, _, domain = "".join((address or "").split()).casefold().rpartition("@")
    local = local.split("+", 1)[0]
    if not local or "@" in local or "." not in domain.strip(".") or local in ROLE_MAILBOXES:
        return None
    return f"{local}@{domain}"


def phone_key(text: str, country: str | None) -> str | None:
    """The number in E.164, without its extension; None when it is not valid, or local to an unknown country."""
    try:
        number = without_legacy_prefix(phonenumbers.parse(text, region_of(country)))
    except NumberParseException:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if phonenumbers.is_valid_number(number) else None


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


def name_key(first: str | None, last: str | None) -> str | None:
    """Both names without accents, case and punctuation; None unless both are there."""
    one, two = letters(first or ""), letters(last or "")
    return f"{one} {two}" if one and two else None


def letters(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text).casefold() if sign.isalnum())
