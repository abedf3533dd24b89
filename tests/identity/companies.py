"""Companies as two CRMs hold them, each with the company that it is: namesakes, subsidiaries, trade names, no sites.

What people type, what gets lost and what several share is drawn with a seed.
"""

from __future__ import annotations

import random
import string
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from crm_sync.records import Company, Person, Ref
from tests.identity.names import CODE_WEIGHTS, CODES, COMPANY_FIRST, COMPANY_SECOND, LANDS, Names
from tests.identity.written import plain, unaccented

BEGIN: Final = datetime(2022, 1, 1, tzinfo=UTC)
RECORDS: Final = ((1, 2, 3, 4), (0.45, 0.82, 0.95, 1.0))
PER_COMPANY: Final = 1.78
GENERIC: Final = {
    "es": (
        "Hospital General", "Clínica Central", "Ayuntamiento", "Universidad Tecnológica", "Colegio Nacional",
        "Farmacia del Centro", "Servicios Integrales", "Comercializadora del Norte", "Hotel Central",
    ),
    "en": ("General Hospital", "City Council", "Central Bank", "Community College", "National Health Services"),
    "de": ("Stadtwerke", "Apotheke am Markt", "Zentrum Klinik"),
    "fr": ("Pharmacie Centrale", "Clinique du Parc", "Ecole Nationale"),
    "pt": ("Hospital Municipal", "Farmácia Central", "Clínica Geral"),
}  # fmt: skip
SHORT: Final = {
    "Hermanos": "Hnos.",
    "Hospital": "Hosp.",
    "General": "Gral.",
    "Servicios": "Serv.",
    "Internacional": "Intl",
}
ELSEWHERE: Final = ("https://www.linkedin.com/company/", "https://facebook.com/", "https://www.instagram.com/")


@dataclass(slots=True)
class Firm:
    number: int
    name: str
    land: str
    form: str
    city: str
    domain: str | None
    alias: str | None
    phone: str | None
    group: bool
    staff: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """`truth` names the company of each record; `person_of` the human of each person record."""

    companies: tuple[Company, ...]
    people: tuple[Person, ...]
    person_of: dict[Ref, str]
    truth: dict[Ref, int]


class Town:
    """Firms, drawn with a seed."""

    def __init__(self, firms: int, seed: int) -> None:
        self.dice = random.Random(seed)
        self.names = Names(self.dice, rare=0.4)
        self.domains: set[str] = set()
        self.firms: list[Firm] = []
        while len(self.firms) < firms:
            land = self.land()
            name, kind = self.name(land), self.dice.random()
            if kind < 0.06:
                name = self.dice.choice(GENERIC[land[:2]])
            self.add(name, land)
            if 0.06 < kind < 0.1:  # of the same name in other countries, each with a site of its own
                for other in sorted({self.land() for _ in range(2)} - {land}):
                    self.add(name, other)
        for number in range(2 * firms):
            for firm in self.dice.sample(self.firms, 2 if self.dice.random() < 0.02 else 1):
                firm.staff.append(number)

    def land(self) -> str:
        return self.dice.choices(CODES, cum_weights=CODE_WEIGHTS)[0]

    def add(self, name: str, land: str) -> None:
        dice, about = self.dice, LANDS[land]
        root, ending = plain(name), dice.choice(about.domains)
        while (domain := root + ending) in self.domains:
            root = plain(name) + dice.choice(string.ascii_lowercase) + str(dice.randrange(10, 9_999))
        self.domains.add(domain)
        phone = (
            about.code + dice.choice(about.firsts) + "".join(dice.choice("0123456789") for _ in range(about.digits - 1))
        )
        self.firms.append(
            Firm(
                len(self.firms), name, land, dice.choice(about.suffixes), dice.choice(about.cities), domain,
                f"{root}group.com" if dice.random() < 0.06 else None, f"+{phone}" if dice.random() < 0.7 else None,
                dice.random() < 0.1,
            )
        )  # fmt: skip

    def name(self, land: str) -> str:
        dice, kind = self.dice, self.dice.random()
        if kind < 0.15:
            return f"{dice.choice(COMPANY_FIRST)} {dice.choice(COMPANY_SECOND)}"
        if kind < 0.45:
            return f"{self.names.surname(land)} {dice.choice(COMPANY_SECOND)}"
        if kind < 0.6:
            return f"{self.names.surname(land)} {dice.choice(('Hermanos', '& Söhne', 'Brothers', 'Internacional'))}"
        if kind < 0.7:
            return f"{self.names.surname(land)} & {self.names.surname(land)}"
        return self.names.invented(3) + dice.choice(("", "", f" {dice.choice(COMPANY_SECOND)}"))


def companies(rows: int, seed: int) -> Told:
    """About `rows` records."""
    town = Town(int(rows / PER_COMPANY), seed)
    dice, made, people = town.dice, [], []
    truth: dict[Ref, int] = {}
    person_of: dict[Ref, str] = {}
    for firm in town.firms:
        for _ in range(dice.choices(RECORDS[0], cum_weights=RECORDS[1])[0]):
            crm, kind, human = dice.choice((("hubspot", "companies", "contacts"), ("salesforce", "Account", "Contact")))
            ref = fresh(crm, kind, truth, dice)
            truth[ref] = firm.number
            made.append(record(ref, firm, dice))
            for number in firm.staff:
                if dice.random() < 0.5:
                    person = fresh(crm, human, person_of, dice)
                    person_of[person] = f"p-{number}"
                    people.append(Person(person, "1", BEGIN, BEGIN, email=email(number, firm, dice), company=ref))
    dice.shuffle(made)
    return Told(tuple(made), tuple(people), person_of, truth)


def fresh(crm: str, kind: str, taken: Container[Ref], dice: random.Random) -> Ref:
    """An id that no other record has."""
    while (ref := Ref(crm, kind, str(dice.randrange(10**9)))) in taken:
        pass
    return ref


def record(ref: Ref, firm: Firm, dice: random.Random) -> Company:
    land = LANDS[firm.land]
    born = BEGIN + timedelta(days=dice.randrange(1400))
    return Company(
        ref, "1", born, born,
        name=typed(firm, dice), domain=site(firm, dice),
        phone=firm.phone if firm.phone and dice.random() < 0.5 else None,
        city=firm.city if dice.random() < 0.5 else None,
        country=dice.choice(land.spellings) if dice.random() < 0.75 else None,
    )  # fmt: skip


def typed(firm: Firm, dice: random.Random) -> str:
    name = firm.name
    for word, short in SHORT.items():
        if word in name and dice.random() < 0.3:
            name = name.replace(word, short)
    if firm.group and dice.random() < 0.5:
        name = f"Grupo {name}"
    if dice.random() < 0.03:
        name = mistyped(name, dice)
    if dice.random() < 0.02 and " " in name:
        name = " ".join(reversed(name.split(" ", 1)))
    if dice.random() < 0.5:
        name = f"{name}{dice.choice((' ', ', '))}{firm.form}"
    if dice.random() < 0.3:
        name = unaccented(name)
    return dice.choice((name, name, name, name.upper(), name.lower()))


def site(firm: Firm, dice: random.Random) -> str | None:
    kind = dice.random()
    domain = firm.alias if firm.alias and dice.random() < 0.4 else firm.domain
    if kind < 0.4:
        return None
    if kind < 0.44:
        return dice.choice(ELSEWHERE) + plain(firm.name)
    if kind < 0.46:
        return "gmail.com"
    return dice.choice((domain, domain, f"www.{domain}", f"https://www.{domain}/contact", f"http://{domain}"))


def email(number: int, firm: Firm, dice: random.Random) -> str | None:
    host = dice.choice((firm.domain, firm.domain, firm.domain, "gmail.com", None))
    return f"human{number}@{host}" if host else None


def mistyped(text: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(text))
    return text[:at] + dice.choice((text[at:] and text[at + 1 :], text[at - 1] + text[at:]))
