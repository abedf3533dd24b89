"""Leads as two CRMs hold them, each with the human being that it is: `python -m tests.identity.leads FILE ROWS`.

What people type, what gets lost and what several share is drawn with a seed. The column `truth` is never shown to a
matcher.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from tests.identity.names import LANDS, NICKNAMES, TITLES
from tests.identity.people import PATTERNS, YEARS, Crowd, Employer, Human, Job
from tests.identity.written import dialled, mistyped, plain, unaccented

COLUMNS: Final = (
    "id", "source", "first_name", "last_name", "email", "phone", "company", "domain", "title", "city", "country",
    "created_at", "truth",
)  # fmt: skip
RECORDS: Final = ((1, 2, 3, 4, 5), (0.52, 0.82, 0.94, 0.985, 1.0))
PER_PERSON: Final = 1.735
ROLES: Final = ("info", "ventas", "contacto", "sales", "admin", "hello", "compras", "office")
TAGS: Final = ("crm", "news", "web", "2024")
BEGIN: Final = datetime(2022, 1, 1, tzinfo=UTC)


class Kind(NamedTuple):
    """What leads are like: see Crowd. Where they are not `dated`, all were made at any time, as after an import."""

    hard: float = 1.0
    rare: float = 0.25
    moves: float = 1.0
    alike: float = 1.0
    dated: bool = True
    tangled: float = 0.0


def leads(
    rows: int, seed: int, kind: Kind = Kind(), teller: type[Teller] | None = None
) -> Iterator[tuple[str, ...]]:  # fmt: skip
    """About `rows` of them in the order of COLUMNS; `teller` says what stands in a record."""
    about = {"hard": kind.hard, "rare": kind.rare, "moves": kind.moves, "alike": kind.alike, "tangled": kind.tangled}
    crowd = Crowd(int(rows / PER_PERSON), seed, **about)
    told, dice = (teller or Teller)(crowd, kind.dated), crowd.dice
    who = [one for one in crowd.people for _ in range(dice.choices(RECORDS[0], cum_weights=RECORDS[1])[0])]
    dice.shuffle(who)
    for number, human in enumerate(who):
        source = dice.choice(("hubspot", "salesforce"))
        yield (f"{source[0]}-{number}", source, *told.told(human, source), str(human.number))


def write(file: Path, rows: int, seed: int, kind: Kind = Kind()) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        writer.writerows(leads(rows, seed, kind))


class Teller:
    """What of a human being stands in one record."""

    def __init__(self, crowd: Crowd, dated: bool) -> None:
        self.crowd, self.dice, self.hard, self.dated = crowd, crowd.dice, crowd.hard, dated

    def told(self, human: Human, source: str) -> tuple[str, ...]:
        dice, land = self.dice, LANDS[human.land]
        job = dice.choice(human.jobs) if dice.random() < 0.5 else human.jobs[-1]
        made = BEGIN + timedelta(days=365 * dice.uniform(*((job.start, job.end) if self.dated else (0, YEARS))))
        titles = job.titles if dice.random() < 1 - 0.4 * self.hard else dice.choice(TITLES)
        city = human.city if dice.random() < 1 - 0.4 * self.hard else dice.choice(land.cities)
        return (
            *self.name(human), self.email(human, job, source), self.phone(human, job), self.company(job.at),
            job.at.domain if dice.random() < 0.35 - 0.2 * self.hard else "",
            dice.choice(titles) if dice.random() < 0.7 else "", city if dice.random() < 0.65 - 0.15 * self.hard else "",
            dice.choice(land.spellings) if dice.random() < 0.85 else "", f"{made:%Y-%m-%dT%H:%M:%S}",
        )  # fmt: skip

    def name(self, human: Human) -> tuple[str, str]:
        dice, hard = self.dice, self.hard
        given, surname = self.given(human), self.surname(human)
        if dice.random() < 0.3:
            given, surname = unaccented(given), unaccented(surname)
        if dice.random() < 0.06:
            given, surname = dice.choice(((given.upper(), surname.upper()), (given.lower(), surname.lower())))
        if dice.random() < 0.02:
            given, surname = surname, given
        if dice.random() < 0.025 * (1 + hard):
            return "", surname
        return (given, "") if dice.random() < 0.015 * (1 + hard) else (given, surname)

    def given(self, human: Human) -> str:
        dice, hard, parts = self.dice, self.hard, human.given.split()
        given = parts[0] if len(parts) > 1 and dice.random() < 0.4 else human.given
        kind = dice.random()
        if kind < 0.08 and plain(given) in NICKNAMES:
            return dice.choice(NICKNAMES[plain(given)])
        if 0.08 <= kind < 0.11 + 0.05 * hard:
            return given[0] + dice.choice(("", "."))
        return mistyped(given, dice) if 0.11 + 0.05 * hard <= kind < 0.15 + 0.08 * hard else given

    def surname(self, human: Human) -> str:
        dice, surnames = self.dice, human.surnames
        if len(surnames) > 1 and dice.random() < 0.5:
            surnames = surnames[:1]
        if dice.random() < 0.005 and human.sex:
            return self.crowd.names.surname(human.land)  # married
        surname = dice.choice((" ", " ", " ", "-")).join(surnames)
        return mistyped(surname, dice) if dice.random() < 0.035 * (1 + self.hard) else surname

    def email(self, human: Human, job: Job, source: str) -> str:
        dice, hard, kind = self.dice, self.hard, self.dice.random()
        missing = (0.12 if source == "hubspot" else 0.25) + 0.12 * hard
        if kind < missing:
            return ""
        if kind < missing + 0.03:
            return f"{dice.choice(ROLES)}@{job.at.domain}"
        if kind < missing + 0.15 + 0.1 * hard and human.personal:
            return self.as_typed(human.personal)
        local, _, domain = job.email.partition("@")
        if dice.random() < 0.035:
            local = self.crowd.local(human, dice.choice(PATTERNS))  # another address of the same mailbox
        if job.at.alias and dice.random() < 0.4:
            domain = job.at.alias
        return self.as_typed(f"{local}@{domain}")

    def as_typed(self, email: str) -> str:
        dice = self.dice
        local, _, domain = email.partition("@")
        if dice.random() < 0.04:
            local += f"+{dice.choice(TAGS)}"
        if dice.random() < 0.012:
            local = mistyped(local, dice)
        typed = f"{local}@{domain}"
        if dice.random() < 0.05:
            return typed.upper() if dice.random() < 0.3 else typed.capitalize()
        return typed

    def phone(self, human: Human, job: Job) -> str:
        dice, kind = self.dice, self.dice.random()
        number, land = "", job.at.land
        if kind < 0.38 - 0.1 * self.hard and job.mobile:
            number, land = job.mobile, human.land
        elif kind < 0.58:
            number = job.at.phone
        elif kind < 0.7 and job.direct:
            number = job.direct
        if not number:
            return ""
        typed = dialled(number, land, dice)
        if number == job.at.phone and dice.random() < 0.2:
            typed += dice.choice((" ext 12", " x204"))
        return mistyped(typed, dice) if dice.random() < 0.01 else typed

    def company(self, employer: Employer) -> str:
        kind, name = self.dice.random(), employer.name
        if kind < 0.07:
            return ""
        if kind < 0.4:
            return f"{name}{self.dice.choice((' ', ' ', ', '))}{employer.suffix}"
        if kind < 0.46:
            return name.upper()
        if kind < 0.49:
            return mistyped(name, self.dice)
        return name.split()[0] if kind < 0.52 else name


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Labelled leads of two CRMs as CSV.")
    parser.add_argument("file", type=Path)
    parser.add_argument("rows", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hard", type=float, default=1.0, help="0 to 1: how much is lost, how alike people are")
    parser.add_argument("--rare", type=float, default=0.25, help="share of surnames that hardly anybody else has")
    asked = parser.parse_args()
    write(asked.file, asked.rows, asked.seed, Kind(asked.hard, asked.rare))
