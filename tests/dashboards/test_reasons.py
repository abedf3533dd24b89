"""Reasons in Spanish: whatever comes out of the house is in the table, and no line of the table is for nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from string import Formatter

import pytest
from tests.conftest import Towns
from tests.dashboards import heard
from tests.dashboards.conftest import SHIPPED, Visit
from tests.reconciler.sla import test_decisions, test_verdicts
from tests.sync.town import crm_sync

from crm_sync.dashboards.reasons import FILE, reasons_in, reasons_of
from crm_sync.dashboards.words import LANGUAGES, Words, load_words, texts_in
from crm_sync.mappings.tables import Label
from crm_sync.store import open_store

LABELS, TABLE = load_words(SHIPPED), texts_in(FILE)
SPEAKERS = {language: Words(LABELS, language) for language in LANGUAGES}
SPANISH, ENGLISH = (reasons_in(SPEAKERS[language], SHIPPED) for language in ("es", "en"))
DUE, LATER = "2026-06-02T16:00:00Z", "2026-06-03T16:00:00Z"
THEIR_OWN = {"she knows best"}  # what a team wrote into its tables itself
LEFT_OVER = re.compile(
    r"\b(?:the|of|and|is|was|by|at|yet|with|has|have|not|who|which|from|says?|records?|attempts?|one|some|this|that)\b"
)


@pytest.fixture(scope="module")
def on_purpose() -> set[str]:
    return heard.of_told(test_verdicts, test_decisions) | heard.by_hand()


def unsaid(reasons: Iterable[str]) -> list[str]:
    """Those that are not in the table; and those of which an open place took in more than was meant for it."""
    told = {reason: SPANISH.known(reason) for reason in reasons}
    return sorted(reason for reason, one in told.items() if one is None or LEFT_OVER.search(one))


# the table and the house


def test_every_reason_is_told_in_spanish(on_purpose: set[str]) -> None:
    assert len(on_purpose) > 200
    assert unsaid(on_purpose) == []


def test_so_is_every_one_that_chance_comes_upon() -> None:
    assert set(unsaid(heard.of_people(150) | heard.of_towns(1))) <= THEIR_OWN


@pytest.mark.slow
def test_so_is_every_one_of_many_people_and_of_a_whole_town(towns: Towns) -> None:
    town = towns(people=300, seed=23)
    for words in (("schema", "apply"), ("sync",)):
        crm_sync(town, *words)
    store = open_store(tomllib.loads(town.settings_file.read_text(encoding="utf-8"))["database"])
    shown = heard.shown_of(store, datetime(2026, 5, 30, 2, tzinfo=UTC))
    store.close()
    assert len(shown) > 500
    assert set(unsaid(shown | heard.of_people(1500) | heard.of_towns(6))) <= THEIR_OWN


def test_one_that_is_not_in_the_table_is_noticed() -> None:
    assert unsaid(["no attempt yet, due tomorrow", "names Acme: of 2 companies the one that we like", "counts"]) == [
        "counts",
        "names Acme: of 2 companies the one that we like",
        "no attempt yet, due tomorrow",
    ]


def test_no_line_of_the_table_is_for_nothing(on_purpose: set[str]) -> None:
    marked = {key: Label(en=label.en, es=f"<{key}>{label.es}") for key, label in TABLE.items()}
    told = reasons_of(marked, SPEAKERS["es"], SHIPPED)
    used = {key for reason in on_purpose for key in re.findall(r"<(\w+\.\w+)>", told(reason))}
    assert set(TABLE) - used == set()


def test_both_languages_have_the_same_places() -> None:
    for key, label in TABLE.items():
        places = [sorted(place for _, place, _, _ in Formatter().parse(text) if place) for text in (label.en, label.es)]
        assert places[0] == places[1], key


# sentences


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (f"no attempt yet, due {DUE}", f"todavía sin intento, vence el {DUE}"),
        (f"2 of 5 attempts by {DUE}", f"2 de 5 intentos al vencimiento, el {DUE}"),
        (
            f"cadence: 4 of 5 attempts yet, due {DUE}; 1 attempt missing and 2 working days left; "
            "all of the time has passed",
            f"Cadencia: todavía 4 de 5 intentos, vence el {DUE}; falta 1 intento y quedan 2 días hábiles; "
            "ha pasado todo el tiempo",
        ),
        (
            f"contact: the cycle ended at {DUE} as spam; cadence: 79% of the time has passed",
            f"Contacto: el ciclo terminó el {DUE} por el motivo «spam»; Cadencia: ha pasado el 79 % del tiempo",
        ),
        (
            f"own_target: first attempt at {DUE}, in time for {LATER}",
            f"own_target: primer intento el {DUE}, a tiempo para el {LATER}",
        ),
        (
            f"no contact yet; the clock stands still since {DUE}: hold",
            f"todavía sin contacto; el reloj está detenido desde el {DUE}: en espera",
        ),
        (
            f"no contact yet; the clock stands still since {DUE}: own_word",
            f"todavía sin contacto; el reloj está detenido desde el {DUE}: own_word",
        ),
        ("counts as an attempt; written down 3 days later", "cuenta como intento; se anotó 3 días después"),
        ("Incoming call is not an attempt", "Llamada entrante: no es un intento"),
        ("Own word is not an attempt", "Own word: no es un intento"),
        ("done by Ada; Ltd, and only the owner counts", "lo hizo Ada; Ltd, y solo cuenta el responsable"),
        ('Salesforce lead 00Q says "MQL"', "el lead 00Q de Salesforce dice «MQL»"),
        ("files says so in person 7", "Archivos lo dice en la persona 7"),
        (
            "writes from acme.mx: of 2 companies the one with an open deal",
            "escribe desde acme.mx: de 2 empresas, la que tiene un negocio abierto",
        ),
        (
            "same e-mail (+6.1), same given name, same surname (+2.3): HubSpot contact 5",
            "mismo correo (+6.1), mismo nombre, mismo apellido (+2.3): el contacto 5 de HubSpot",
        ),
        (
            "same company as Salesforce account 5: same name, which others have too (+2.0), same phone",
            "la misma empresa que la cuenta 5 de Salesforce: mismo nombre, que otras también llevan (+2.0), "
            "mismo teléfono",
        ),
    ],
    ids=lambda text: text[:30],
)
def test_a_phrase_may_stand_in_another_and_beside_others(reason: str, told: str) -> None:
    assert SPANISH(reason) == told


def test_what_was_found_may_stand_in_either_language_as_the_settings_had_it() -> None:
    assert SPANISH("mismo correo (+6.1), otro apellido (-2.0): HubSpot contact 5") == (
        "mismo correo (+6.1), otro apellido (-2.0): el contacto 5 de HubSpot"
    )


def test_what_is_not_known_stays_as_it_is_and_nothing_is_half_said() -> None:
    for reason in (
        "they asked us not to",
        f"no attempt yet, due {DUE}; the moon was full",
        "no attempt yet, due tomorrow",
        "same e-mail (+6.1), same hat (+2.3): HubSpot contact 5",
        "no attempt yet{missing}",
        "",
    ):
        assert SPANISH(reason) == reason


def test_what_is_open_keeps_every_sign_that_it_holds() -> None:
    odd = 'O\'Neil & {at} «Söhne»\n"株式会社" 100%'
    assert SPANISH(f"names {odd}") == f"nombra a {odd}"


def test_every_name_of_what_counts_and_every_finding_is_said_in_spanish() -> None:
    for activity in SHIPPED.activities.by_name.values():
        assert SPANISH(f"{activity.label.en} is not an attempt") == f"{activity.label.es}: no es un intento"
    for levels in (*SHIPPED.identity.words.evidence.values(), *SHIPPED.companies.evidence.values()):
        for label in levels.values():
            assert SPANISH(f"{label.en} (-2.0), {label.en}") == f"{label.es} (-2.0), {label.es}"


def test_english_is_what_plans_say(on_purpose: set[str]) -> None:
    assert [reason for reason in on_purpose if ENGLISH(reason) != reason] == []


# pages


async def test_a_spanish_page_gives_its_reasons_in_spanish_on_the_readers_wall(visit: Visit) -> None:
    async with visit() as browser:
        pages = [(await browser.get("/person/p-2", params={"lang": language})).text for language in ("es", "en")]
    spanish, english = ("<td>vence el 2026-05-06 06:00</td>", "<td>due 2026-05-06 06:00</td>")
    assert [(spanish in page, english in page) for page in pages] == [(True, False), (False, True)]
    assert "as the targets say" in pages[0], "what no plan says stays as it is"


async def test_what_is_set_aside_is_told_in_spanish_too(visit: Visit) -> None:
    async with visit() as browser:
        assert "<td>ganado sin monto</td>" in (await browser.get("/?lang=es")).text


async def test_json_and_what_is_written_to_the_crms_stay_as_plans_say_them(visit: Visit) -> None:
    async with visit() as browser:
        found = (await browser.get("/api/person.json?q=p-2&lang=es")).json()
        page = (await browser.get("/person/p-2?lang=es")).text
    assert found["person"]["verdict"]["targets"][0]["because"] == "due 2026-05-06T12:00:00Z"
    assert '<small class="ref">smk_sla_status</small></th><td>breached</td>' in page
