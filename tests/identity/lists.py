"""General lists, each record with the human being or organisation that it is: `python -m tests.identity.lists FILE ROWS
--kind registry`.

No leads: registries with birth dates, households with addresses, parishes with professions, members with e-mail alone,
names in other scripts, and organisations. What people type and what gets lost is drawn with a seed.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from tests.identity.names import COMPANY_FIRST, COMPANY_SECOND, LANDS, NICKNAMES, Names, pool
from tests.identity.written import plain

Row = dict[str, str]
STREETS: Final = (
    "Mill Lane", "High Street", "Station Road", "Church Street", "Park Avenue", "King Street", "Oak Drive", "Elm Close",
    "Victoria Road", "Green Lane", "Queen Street", "Main Street", "London Road", "Manor Way", "Grange Court",
    "Calle Mayor", "Avenida Juárez", "Calle Hidalgo", "Paseo de la Reforma", "Calle del Sol", "Gran Vía",
)  # fmt: skip
BIRTHPLACES: Final = 60
TRADES: Final = (
    "politician", "writer", "painter", "farmer", "soldier", "priest", "lawyer", "physician", "teacher", "merchant",
    "sailor", "musician", "engineer", "actor", "printer", "smith", "baker", "clerk", "architect", "botanist",
)  # fmt: skip
SCRIPTS: Final = ("ru_RU", "el_GR", "ja_JP", "ar_AA", "pl_PL", "tr_TR")
LATIN: Final = ("en_US", "en_GB", "es_MX", "es_ES", "de_DE", "fr_FR", "pt_BR")
SIZES: Final = ((1, 2, 3, 4, 6), (0.45, 0.75, 0.9, 0.97, 1.0))
BEGIN: Final = date(1935, 1, 1)


class Kind(NamedTuple):
    """`columns` that the list has; how often a cell is `lost`, `mistyped`, a birth date `off`, both names `swapped`;
    how many people live at one address (`household`); `records` of one person, as cumulated weights of 1, 2, 3, 4 and
    6; `moves`: how often an address is another one."""

    columns: tuple[str, ...]
    lands: tuple[str, ...]
    lost: float = 0.1
    mistyped: float = 0.1
    off: float = 0.08
    swapped: float = 0.02
    household: float = 0.3
    moves: float = 0.1
    rare: float = 0.15
    records: tuple[float, ...] = SIZES[1]
    organisations: bool = False


PERSON: Final = ("first_name", "last_name")
KINDS: Final[Mapping[str, Kind]] = {
    "members": Kind(
        (*PERSON, "birth_date", "city", "email"), ("en_GB",), 0.2, 0.2, 0.25, 0.08, 0.1, 0.05, 0.05,
        (0.15, 0.35, 0.55, 0.75, 1.0),
    ),
    "registry": Kind(
        (*PERSON, "birth_date", "street", "postcode", "city", "phone", "national_id"), ("en_US", "en_GB", "es_ES"),
        0.12, 0.14, 0.12, 0.04,
    ),
    "voters": Kind(
        (*PERSON, "birth_year", "street", "postcode", "city"), ("en_US",), 0.04, 0.05, 0.03, 0.01, 0.5, 0.3, 0.1
    ),
    "parish": Kind(
        (*PERSON, "birth_date", "birth_place", "postcode", "occupation"), ("en_GB", "de_DE", "fr_FR"), 0.15, 0.08, 0.12,
        0.03, 0.2, 0.15, 0.3, (0.2, 0.4, 0.6, 0.8, 1.0),
    ),
    "contacts": Kind((*PERSON, "email", "city", "country"), LATIN, 0.2, 0.06, 0.0, 0.03, 0.1, 0.1, 0.2),
    "scripts": Kind(("full_name", "birth_date", "city", "phone"), SCRIPTS, 0.12, 0.08, 0.1, 0.05, 0.2, 0.1, 0.1),
    "organisations": Kind(
        ("company", "street", "postcode", "city", "phone"), LATIN, 0.15, 0.1, 0.0, 0.0, 0.15, 0.15, 0.35,
        organisations=True,
    ),
}  # fmt: skip


class Being(NamedTuple):
    number: int
    cells: Row
    land: str


def people(rows: int, seed: int, kind: Kind) -> Iterator[Row]:
    """About `rows` of them, in no order."""
    made = Registrar(seed, kind)
    dice, found = made.dice, list[Row]()
    while len(found) < rows:
        being = made.being(len(found))
        for _ in range(dice.choices(SIZES[0], cum_weights=kind.records)[0]):
            found.append(made.told(being) | {"truth": str(being.number)})
    dice.shuffle(found)
    for number, row in enumerate(found):
        yield {"id": str(number), **row}


class Registrar:
    """Makes beings up, and tells them as one record each time."""

    def __init__(self, seed: int, kind: Kind) -> None:
        self.dice, self.kind = random.Random(seed), kind
        self.names = Names(self.dice, kind.rare)
        self.towns = [(city, self.postcodes()) for land in LATIN for city in LANDS[land].cities]
        self.towns += [(self.names.invented(3), self.postcodes()) for _ in range(BIRTHPLACES)]
        self.last: Being | None = None

    def postcodes(self) -> list[str]:
        dice = self.dice
        area = f"{dice.choice('ABCDEGHLMNS')}{dice.choice('ABDEHLNRST')}{dice.randrange(1, 40)}"
        if dice.random() < 0.6:
            return [str(dice.randrange(10_000, 99_999)) for _ in range(3)]
        letters = "ABDEFGHJLNPQRSTUWXYZ"
        return [f"{area} {dice.randrange(1, 9)}{dice.choice(letters)}{dice.choice(letters)}" for _ in range(25)]

    def being(self, number: int) -> Being:
        dice, kind = self.dice, self.kind
        land = dice.choice(kind.lands)
        cells = self.organisation(land) if kind.organisations else self.human(land)
        at_home = self.last is not None and dice.random() < kind.household
        if at_home and self.last:
            shared = {name: self.last.cells[name] for name in ("street", "postcode", "city")}
            if not kind.organisations and dice.random() < 0.8:
                shared |= {"last_name": self.last.cells["last_name"]}
                if dice.random() < 0.5:
                    shared |= {"phone": self.last.cells["phone"]}
                if dice.random() < 0.08:  # a twin
                    shared |= {"birth_date": self.last.cells["birth_date"]}
            cells |= shared
        self.last = Being(number, cells, land)
        return self.last

    def human(self, land: str) -> Row:
        dice, names = self.dice, self.names
        given, surname = self.drawn(land, dice.randrange(2)), self.surname(land)
        born = BEGIN + timedelta(days=dice.randrange(80 * 365))
        first, last = plain(given.split()[0]), plain(surname)
        local = dice.choice((f"{first}.{last}", f"{first[:1]}.{last}", first + last, f"{first}{last[:1]}"))
        return self.address() | {
            "first_name": given, "last_name": surname, "birth_date": born.isoformat(),
            "email": f"{local}{dice.randrange(100)}@{self.host()}", "phone": self.number(),
            "national_id": str(dice.randrange(10**8, 10**9)), "title": dice.choice(TRADES),
            "birth_place": names.invented(3) if dice.random() < 0.3 else dice.choice(self.towns)[0],
            "country": dice.choice(LANDS[land].spellings) if land in LANDS else land,
        }  # fmt: skip

    def drawn(self, land: str, sex: int) -> str:
        if land in LANDS:
            return self.names.given(land, sex)
        provider = pool(land, "first_names" if land in ("ja_JP", "ar_AA") else "first_names_male")
        return self.names.drawn(provider)

    def surname(self, land: str) -> str:
        if land in LANDS:
            surname = self.names.surname(land)
            return f"{surname} {self.names.surname(land)}" if LANDS[land].two_surnames else surname
        return self.names.drawn(pool(land, "last_names_male" if land in ("ru_RU", "el_GR") else "last_names"))

    def organisation(self, land: str) -> Row:
        dice, names, about = self.dice, self.names, LANDS[land]
        kind = dice.random()
        if kind < 0.4:
            name = f"{dice.choice(COMPANY_FIRST)} {dice.choice(COMPANY_SECOND)}"
        elif kind < 0.75:
            name = f"{names.surname(land)} {dice.choice(COMPANY_SECOND)}"
        else:
            name = f"{names.invented(3)} {dice.choice(('', dice.choice(COMPANY_FIRST)))}".strip()
        return self.address() | {"company": name, "suffix": dice.choice(about.suffixes), "phone": self.number()}

    def address(self) -> Row:
        city, postcodes = self.dice.choice(self.towns)
        return {"street": self.street(), "city": city, "postcode": self.dice.choice(postcodes)}

    def street(self) -> str:
        dice = self.dice
        name = (
            dice.choice(STREETS)
            if dice.random() < 0.4
            else f"{self.names.invented(3)} {dice.choice(('Road', 'Street', 'Avenue', 'Lane'))}"
        )
        return f"{dice.randrange(1, 180)} {name}" if dice.random() < 0.8 else f"{name} {dice.randrange(1, 180)}"

    def number(self) -> str:
        return f"{self.dice.randrange(2, 9)}" + "".join(self.dice.choice("0123456789") for _ in range(9))

    def host(self) -> str:
        dice = self.dice
        return (
            dice.choice(("gmail.com", "hotmail.com", "yahoo.com"))
            if dice.random() < 0.5
            else f"{self.names.invented(2).lower()}.com"
        )

    def told(self, being: Being) -> Row:
        dice, kind = self.dice, self.kind
        cells = dict(being.cells)
        if dice.random() < kind.moves:
            cells |= self.address()
        if kind.organisations:
            cells["company"] = self.firm(cells)
        else:
            cells |= self.naming(cells)
        cells["birth_date"] = self.born(cells.get("birth_date", ""))
        cells["birth_year"] = cells["birth_date"][:4]
        cells["occupation"] = dice.choice(TRADES) if dice.random() < 0.2 else cells.get("title", "")
        return {name: self.typed(name, cells.get(name, "")) for name in kind.columns}

    def firm(self, cells: Row) -> str:
        dice, name = self.dice, cells["company"]
        told, words = dice.random(), name.split()
        if told < 0.35:
            return f"{name} {cells['suffix']}"
        if told < 0.45:
            return name.upper()
        if told < 0.5 and len(words) > 1:
            return " ".join(reversed(words))
        return words[0] if told < 0.56 else name

    def naming(self, cells: Row) -> Row:
        dice, given, surname = self.dice, cells["first_name"], cells["last_name"]
        if plain(given) in NICKNAMES and dice.random() < 0.15:
            given = dice.choice(NICKNAMES[plain(given)])
        elif dice.random() < 0.03:
            given = given[0]
        if len(surname.split()) > 1 and dice.random() < 0.4:
            surname = surname.split()[0]
        if dice.random() < self.kind.swapped:
            given, surname = surname, given
        return {"first_name": given, "last_name": surname, "full_name": f"{given} {surname}"}

    def born(self, told: str) -> str:
        dice = self.dice
        if not told or dice.random() > self.kind.off:
            return told
        year, month, day = map(int, told.split("-"))
        match dice.randrange(6):
            case 0 if day <= 12:
                month, day = day, month
            case 1:
                year += dice.choice((-10, -1, 1, 2, 10))
            case 2:
                month = dice.randrange(1, 13)
            case 3:
                month, day = 1, 1
            case _:
                day = dice.randrange(1, 29)
        return f"{year}-{month:02}-{day:02}"

    def typed(self, name: str, cell: str) -> str:
        dice, kind = self.dice, self.kind
        often = {"first_name": 0.6, "last_name": 0.4, "full_name": 0.0, "company": 0.0, "birth_date": 0.4}.get(
            name, 1.0
        )
        if dice.random() < kind.lost * often:
            return ""
        if name in ("birth_date", "birth_year", "country", "occupation") or dice.random() > kind.mistyped:
            return cell
        cell = self.mistyped(cell)
        return self.mistyped(cell) if dice.random() < 0.25 else cell

    def mistyped(self, text: str) -> str:
        if len(text) < 3:
            return text
        at, told, signs = self.dice.randrange(len(text) - 1), self.dice.random(), text
        if told < 0.3:
            return signs[:at] + signs[at + 1 :]
        if told < 0.6:
            return signs[:at] + signs[at + 1] + signs[at] + signs[at + 2 :]
        letter = self.dice.choice("0123456789") if signs[at].isdigit() else self.dice.choice(signs.lower())
        return signs[:at] + letter + signs[at + (told < 0.85) :]


def write(file: Path, rows: int, seed: int, kind: Kind) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, ("id", *kind.columns, "truth"))
        writer.writeheader()
        writer.writerows(people(rows, seed, kind))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Labelled general lists as CSV.")
    parser.add_argument("file", type=Path)
    parser.add_argument("rows", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, default="registry")
    asked = parser.parse_args()
    write(asked.file, asked.rows, asked.seed, KINDS[asked.kind])
