"""Companies and the people in them: namesakes, relatives, people who moved, addresses that somebody else got."""

from __future__ import annotations

import itertools
import random
import string
from dataclasses import dataclass, field
from typing import Final

from tests.identity.names import (
    CODE_WEIGHTS,
    CODES,
    COMPANY_FIRST,
    COMPANY_SECOND,
    LANDS,
    SYLLABLES,
    TITLES,
    Names,
)  # fmt: skip
from tests.identity.written import plain

FREE: Final = ("gmail.com", "gmail.com", "gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com")
PATTERNS: Final = ("f.l", "fl", "f", "f_l", "l.f", "i", "f.l", "i")
YEARS: Final = 4.0


def initials(name: str) -> str:
    return "".join(plain(word)[:1] for word in name.split())


@dataclass(slots=True)
class Employer:
    name: str
    land: str
    domain: str
    alias: str | None
    pattern: str
    phone: str
    city: str
    suffix: str
    people: list[Human] = field(default_factory=list)


@dataclass(slots=True)
class Job:
    at: Employer
    email: str
    titles: tuple[str, ...]
    direct: str | None
    start: float
    end: float
    mobile: str | None


@dataclass(slots=True)
class Human:
    number: int
    land: str
    sex: int
    given: str
    surnames: list[str]
    mobile: str | None
    city: str
    personal: str | None = None
    jobs: list[Job] = field(default_factory=list)


class Crowd:
    """`hard` from 0 to 1: how often people say little, move, or resemble each other; `moves` and `alike` tell the last
    two apart from it: how many times as many people move, or resemble each other. `tangled` from 0 to 1: how often what
    seems to prove one person does not: two of one name at one company, told apart by a letter of their address, others
    who have both surnames in common, numbers that stay behind when somebody moves. Seeded: the same arguments make the
    same people."""

    def __init__(
        self, people: int, seed: int, *, hard: float, rare: float, moves: float = 1.0, alike: float = 1.0,
        tangled: float = 0.0,
    ) -> None:  # fmt: skip
        self.dice, self.hard, self.moves, self.alike = random.Random(seed), hard, moves, alike
        self.tangled, self.knots = tangled, random.Random(f"tangled {seed}")
        self.names = Names(self.dice, rare)
        self.owner_of: dict[str, int] = {}
        self.domains: set[str] = set()
        self.employers = [self.employer() for _ in range(max(3, people // 7))]
        self.sizes = list(itertools.accumulate(1 / (place + 5) ** 0.6 for place in range(len(self.employers))))
        self.people: list[Human] = []
        for number in range(people):
            self.people.append(self.human(number))

    def employer(self) -> Employer:
        dice, land = self.dice, self.dice.choices(CODES, cum_weights=CODE_WEIGHTS)[0]
        name = self.company_name(land)
        root, tld = plain(name), dice.choice(LANDS[land].domains)
        while (domain := root + tld) in self.domains:
            root = plain(name) + str(dice.randrange(10, 99_999))
        self.domains.add(domain)
        alias = self.second_domain(name, root)
        city, suffix = dice.choice(LANDS[land].cities), dice.choice(LANDS[land].suffixes)
        return Employer(name, land, domain, alias, dice.choice(PATTERNS), self.phone(land), city, suffix)

    def second_domain(self, name: str, root: str) -> str | None:
        """Few have one, and of these few one that is nothing like the first."""
        kind = self.dice.random()
        if kind >= 0.075:
            return None
        domain = f"{root}.net" if kind < 0.06 else f"{initials(name)}{root[-3:]}group.com"
        if domain in self.domains:
            return None
        self.domains.add(domain)
        return domain

    def company_name(self, land: str) -> str:
        kind = self.dice.random()
        if kind < 0.45:
            return f"{self.dice.choice(COMPANY_FIRST)} {self.dice.choice(COMPANY_SECOND)}"
        if kind < 0.7:
            return f"{self.names.surname(land)} {self.dice.choice(COMPANY_SECOND)}"
        if kind < 0.85:
            return self.names.invented(3) + self.dice.choice(("", f" {self.dice.choice(COMPANY_SECOND)}"))
        return f"{self.names.surname(land)} & {self.names.surname(land)}"

    def phone(self, land: str) -> str:
        about = LANDS[land]
        rest = "".join(self.dice.choice("0123456789") for _ in range(about.digits - 1))
        return about.code + self.dice.choice(about.firsts) + rest

    def human(self, number: int) -> Human:
        dice, hard = self.dice, self.hard
        employer = self.somewhere()
        land = employer.land if dice.random() < 0.9 else dice.choices(CODES, cum_weights=CODE_WEIGHTS)[0]
        sex = dice.randrange(2)
        given, two = self.names.given(land, sex), LANDS[land].two_surnames
        if two and dice.random() < 0.2 and " " not in given:
            given += f" {self.names.given(land, sex)}"
        surnames = [self.names.surname(land) for _ in range(2 if two else 1)]
        mobile = self.phone(land) if dice.random() < 0.75 - 0.3 * hard else None
        city = employer.city if dice.random() < 0.8 - 0.2 * hard else dice.choice(LANDS[land].cities)
        made = Human(number, land, sex, given, surnames, mobile, city)
        kind = dice.random()
        if kind < 0.03 * (1 + hard) * self.alike and employer.people:
            self.make_relative(made, dice.choice(employer.people))
        elif kind < 0.05 * (1 + hard) * self.alike and self.people:
            self.make_namesake(made, dice.choice(self.people))
        elif self.tangled and employer.people and self.knots.random() < 0.02 * self.tangled:
            self.make_twin(made, self.knots.choice(employer.people))
        if dice.random() < 0.4:
            made.personal = self.personal(made)
        self.employ(made, employer)
        return made

    def make_relative(self, made: Human, other: Human) -> None:
        """Somebody of the same family in the same company, perhaps with the same phone."""
        own = [self.names.surname(other.land)] if len(other.surnames) > 1 else []
        made.surnames = [other.surnames[0], *(own if self.dice.random() < 0.5 else other.surnames[1:])]
        made.land, made.city = other.land, other.city
        if self.dice.random() < 0.35:
            made.mobile = other.mobile

    def make_namesake(self, made: Human, other: Human) -> None:
        made.given, made.land, made.sex = other.given, other.land, other.sex
        made.surnames = [other.surnames[0], *([self.names.surname(other.land)] if len(other.surnames) > 1 else [])]
        if self.tangled and self.knots.random() < 0.5 * self.tangled:
            made.surnames = list(other.surnames)

    def make_twin(self, made: Human, other: Human) -> None:
        """Somebody of the same name in the same company."""
        made.given, made.land, made.sex, made.city = other.given, other.land, other.sex, other.city
        made.surnames = [other.surnames[0], *(self.names.surname(other.land) for _ in other.surnames[1:])]

    def employ(self, made: Human, employer: Employer) -> None:
        moved = self.dice.uniform(0, 3)
        if self.dice.random() < (0.2 + 0.15 * self.hard) * self.moves:
            made.jobs.append(self.job(made, self.somewhere(), 0, moved))
            made.jobs.append(self.job(made, employer, moved, YEARS))
        else:
            made.jobs.append(self.job(made, employer, 0, YEARS))

    def somewhere(self) -> Employer:
        return self.dice.choices(self.employers, cum_weights=self.sizes)[0]

    def job(self, made: Human, employer: Employer, start: float, end: float) -> Job:
        """An address is given to somebody else at times, when its owner has left."""
        local, again = self.local(made, employer.pattern), 2
        email = f"{local}@{employer.domain}"
        if email in self.owner_of and self.tangled and self.knots.random() < 0.5 * self.tangled:
            email = f"{local}{self.letter(made)}@{employer.domain}"
        if email in self.owner_of and self.dice.random() > 0.25 + 0.25 * self.hard:
            while (email := f"{local}{again}@{employer.domain}") in self.owner_of:
                again += 1
        self.owner_of[email] = made.number
        employer.people.append(made)
        direct = self.phone(employer.land) if self.dice.random() < 0.25 else None
        mobile = made.mobile
        if mobile and end < YEARS and self.tangled and self.knots.random() < 0.4 * self.tangled:
            mobile = self.phone(employer.land)
        return Job(employer, email, self.dice.choice(TITLES), direct, start, end, mobile)

    def letter(self, made: Human) -> str:
        """Of the second surname, or any."""
        return plain(made.surnames[1])[:1] if len(made.surnames) > 1 else self.knots.choice(string.ascii_lowercase)

    def local(self, made: Human, pattern: str) -> str:
        first, last = plain(made.given.split()[0]), plain(made.surnames[0])
        match pattern:
            case "f.l":
                return f"{first}.{last}"
            case "f_l":
                return f"{first}_{last}"
            case "l.f":
                return f"{last}.{first}"
            case "fl":
                return first + last
            case "f":
                return first
            case _:
                return first[:1] + last

    def personal(self, made: Human) -> str:
        dice, first, last = self.dice, plain(made.given.split()[0]), plain(made.surnames[0])
        if dice.random() < 0.1 + 0.3 * self.hard:
            local = "".join(dice.choice(SYLLABLES) for _ in range(3))
        else:
            local = dice.choice((f"{first}.{last}", first + last, first[:1] + last, last + first, first + last[:1]))
            local += dice.choice(("", "", str(dice.randrange(1, 99)), str(dice.randrange(1960, 2003))))
        host = dice.choice(FREE)
        while (email := f"{local}@{host}") in self.owner_of:
            local += str(dice.randrange(10))
        self.owner_of[email] = made.number
        return email
