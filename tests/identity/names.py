"""Names, places and words that people are made of in tests of matching: Faker's lists, drawn as unevenly as in life."""

from __future__ import annotations

import importlib
import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class Land:
    """`weight` in the mix; `spellings` of the country; the code and length of its phones; whether people have two
    surnames."""

    weight: int
    spellings: tuple[str, ...]
    code: str
    digits: int
    firsts: str  # of a mobile number
    two_surnames: bool
    cities: tuple[str, ...]
    suffixes: tuple[str, ...]
    domains: tuple[str, ...]


LANDS: Final[Mapping[str, Land]] = {
    "es_MX": Land(
        30, ("Mexico", "México", "MX", "mexico"), "52", 10, "5", True,
        ("Ciudad de México", "Monterrey", "Guadalajara", "Querétaro", "Puebla", "Mérida", "Tijuana", "León"),
        ("S.A. de C.V.", "SA de CV", "S. de R.L. de C.V."), (".com", ".com.mx", ".mx"),
    ),
    "es_ES": Land(
        14, ("Spain", "España", "ES"), "34", 9, "679", True, ("Madrid", "Barcelona", "Valencia", "Sevilla", "Bilbao"),
        ("S.L.", "S.A.", "SL"), (".es", ".com"),
    ),
    "en_US": Land(
        30, ("United States", "USA", "US"), "1", 10, "23456789", False,
        ("New York", "Chicago", "Austin", "San Francisco", "Boston", "Denver", "Miami"),
        ("Inc.", "LLC", "Corp.", "Inc"), (".com", ".io"),
    ),
    "en_GB": Land(
        8, ("United Kingdom", "UK", "GB"), "44", 10, "7", False, ("London", "Manchester", "Leeds"),
        ("Ltd", "Limited", "PLC"), (".co.uk", ".com"),
    ),
    "de_DE": Land(
        8, ("Germany", "DE", "Deutschland"), "49", 10, "1", False, ("Berlin", "Hamburg", "München"),
        ("GmbH", "AG", "GmbH & Co. KG"), (".de",),
    ),
    "fr_FR": Land(
        5, ("France", "FR"), "33", 9, "16", False, ("Paris", "Lyon", "Lille"), ("SARL", "SAS", "S.A."), (".fr", ".com")
    ),
    "pt_BR": Land(
        5, ("Brazil", "Brasil", "BR"), "55", 11, "1", True, ("São Paulo", "Rio de Janeiro", "Curitiba"),
        ("Ltda", "S.A.", "Ltda."), (".com.br",),
    ),
}  # fmt: skip
CODES: Final = tuple(LANDS)
CODE_WEIGHTS: Final = tuple(itertools.accumulate(land.weight for land in LANDS.values()))

NICKNAMES: Final = {
    "alejandro": ("Alex", "Ale"), "alberto": ("Beto",), "alexander": ("Alex",), "andrew": ("Andy", "Drew"),
    "anthony": ("Tony",), "antonio": ("Toño",), "benjamin": ("Ben",), "christopher": ("Chris",), "cynthia": ("Cindy",),
    "daniel": ("Dan",), "deborah": ("Debbie",), "dolores": ("Lola",), "eduardo": ("Lalo",), "edward": ("Ed", "Ted"),
    "elizabeth": ("Liz", "Beth"), "enrique": ("Quique",), "fernando": ("Fer",), "francisco": ("Paco", "Pancho"),
    "gabriela": ("Gaby",), "gregory": ("Greg",), "guadalupe": ("Lupe",), "guillermo": ("Memo",), "ignacio": ("Nacho",),
    "james": ("Jim", "Jimmy"), "jeffrey": ("Jeff",), "jennifer": ("Jen", "Jenny"), "jesus": ("Chuy",),
    "john": ("Johnny", "Jack"), "jose": ("Pepe",), "joseph": ("Joe",), "joshua": ("Josh",), "katherine": ("Kate",),
    "kenneth": ("Ken",), "kimberly": ("Kim",), "manuel": ("Manolo",), "margaret": ("Maggie", "Peggy"),
    "matthew": ("Matt",), "michael": ("Mike",), "nicholas": ("Nick",), "patricia": ("Pat", "Patty"),
    "rebecca": ("Becky",), "richard": ("Rick", "Dick"), "robert": ("Bob", "Rob"), "roberto": ("Beto",),
    "rosario": ("Charo",), "samuel": ("Sam",), "steven": ("Steve",), "susan": ("Sue",), "thomas": ("Tom",),
    "timothy": ("Tim",), "victoria": ("Vicky",), "william": ("Bill", "Will"),
}  # fmt: skip
COMPANY_FIRST: Final = words(
    "Alta Nova Vertex Omega Sierra Prime Delta Global Andes Titan Lumen Orion Aqua Terra Atlas Nexo Polar Rio"
    " Summit Harbor Cobalt Falcon Cedar Granite Solar Vector Quantum Metro Pacific Aurora Zenith Boreal Iberia"
    " Centro Norte Azul Verde Rojo Blanco Kappa Helix Onyx Pixel Raven Signal Ultra Vega Willow Zephyr Amber Bravo"
    " Crest Dune Forge"
)
COMPANY_SECOND: Final = words(
    "Logistics Foods Systems Consulting Pharma Textil Software Media Construcciones Energía Farm Steel Digital"
    " Travel Bank Seguros Motors Health Labs Partners Group Hotels Packaging Plastics Design Retail Telecom"
    " Minería Alimentos Soluciones Transportes"
)
TITLES: Final = (
    ("CEO", "Chief Executive Officer", "Director General"), ("CFO", "Chief Financial Officer"),
    ("Marketing Manager", "Gerente de Marketing"), ("Sales Manager", "Gerente de Ventas"), ("Buyer", "Comprador"),
    ("IT Director", "Director de TI", "Head of IT"), ("Engineer", "Ingeniero"), ("Analyst", "Analista"),
    ("HR Manager", "Gerente de RH"), ("Operations Manager", "Gerente de Operaciones"), ("Assistant", "Asistente"),
    ("Consultant", "Consultor"), ("Owner", "Dueño"), ("Product Manager", "PM"), ("VP Sales", "Vice President Sales"),
)  # fmt: skip
SYLLABLES: Final = words(
    "ba ber ca dor el fa gon har il ka lor mar nes or pe qui ras sa tor ul ver wal za chi rod lin man ski son ez"
    " ini eau"
)


class Names:
    """Draws names; `rare` is the share of surnames that hardly anybody else has."""

    def __init__(self, dice: random.Random, rare: float) -> None:
        self.dice, self.rare = dice, rare

    def given(self, land: str, sex: int) -> str:
        return self.drawn(pool(land, ("first_names_male", "first_names_female")[sex]))

    def surname(self, land: str) -> str:
        if self.dice.random() < self.rare:
            return self.invented(self.dice.choice((3, 3, 4)))
        return self.drawn(pool(land, "last_names"))

    def invented(self, syllables: int) -> str:
        return "".join(self.dice.choice(SYLLABLES) for _ in range(syllables)).capitalize()

    def drawn(self, words: tuple[list[str], list[float]]) -> str:
        return self.dice.choices(words[0], cum_weights=words[1])[0]


@cache
def pool(land: str, name: str) -> tuple[list[str], list[float]]:
    """Words and their cumulated weights; a list without weights falls off as names do in life."""
    provider: Any = importlib.import_module(f"faker.providers.person.{land}").Provider
    words = getattr(provider, name)
    if isinstance(words, Mapping):
        return list(words), list(itertools.accumulate(map(float, words.values())))
    distinct = sorted(set(words))
    random.Random(f"{land} {name}").shuffle(distinct)
    return distinct, list(itertools.accumulate(1 / (place + 8) ** 0.85 for place in range(len(distinct))))
