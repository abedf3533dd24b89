"""`crm-sync sandbox clock|life|fault|latency|quotas|account|act|reset|calls` on a sandbox that runs."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from crm_sync.sandbox.server import Sandbox
from tests.cli.commands import Ran, crm


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(people=50, seed=3, speed=0) as running:
        yield running


@pytest.fixture
def steer(sandbox: Sandbox):
    """The command, with the sandbox's URL, on a world as on its first day."""
    httpx.post(f"{sandbox.url}/sandbox/reset", timeout=30).raise_for_status()
    for switch, on in (("quotas", False), ("life", True)):
        httpx.post(f"{sandbox.url}/sandbox/{switch}", json={"on": on}).raise_for_status()

    def run(*words: str) -> Ran:
        return crm("sandbox", *words, "--url", sandbox.url)

    return run


@pytest.fixture
def hubspot(sandbox: Sandbox) -> Iterator[httpx.Client]:
    card = sandbox.card()["hubspot"]
    with httpx.Client(base_url=card["url"], headers={"authorization": f"Bearer {card['token']}"}) as client:
        yield client


def test_the_clock_is_shown_set_moved_and_run(steer):
    assert steer("clock").lines == ["It is 2026-05-30T02:00:00+00:00 in the sandbox, at 0 times real time."]
    assert steer("clock", "--advance", "2h", "--json").json == {"now": "2026-05-30T04:00:00+00:00", "speed": 0}
    assert steer("clock", "--set", "2026-06-01T09:00:00-06:00", "--json").json["now"] == "2026-06-01T15:00:00+00:00"
    assert steer("clock", "--speed", "60", "--json").json["speed"] == 60


def test_the_town_lives_on_and_stands_still_when_it_is_told_to(steer):
    assert steer("life").lines == ["The town lives on: 0 events so far, the next at 2026-05-30T08:00:00Z."]
    assert steer("life", "off").lines == ["The town stands still: `on` lets it live on."]
    steer("clock", "--advance", "5d")
    assert steer("life", "--json").json["events"] == 0
    shown = steer("life", "on")
    assert (shown.code, "hubspot" in shown.out, "The town lives on" in shown.err) == (0, True, True)
    assert steer("life", "--json").json["events"] > 0
    assert steer("life", "perhaps").code == 4


def test_trouble_is_ordered_seen_and_taken_back(steer, hubspot):
    assert steer("fault").lines == ["No trouble is on order."]
    ran = steer("fault", "hubspot-down", "--times", "1")
    assert (ran.code, "502" in ran.out) == (0, True)
    found = [hubspot.get("/crm/v3/objects/contacts").status_code for _ in range(2)]
    assert found == [502, 200]
    ordered = steer("fault", "--match", "GET /crm", "--status", "500", "--with", 'headers={"x-a": "b"}', "--json").json
    assert (ordered["faults"][0]["status"], ordered["faults"][0]["headers"]) == (500, {"x-a": "b"})
    assert steer("fault", "--clear", "--json").json == {"faults": []}


def test_what_there_is_to_order_is_listed(steer):
    listed = steer("fault", "--list")
    assert "hubspot-storm" in listed.out
    assert "truncate" in listed.out


def test_quotas_are_switched_and_changed(steer, hubspot):
    assert "They do not hold" in steer("quotas").err
    assert steer("quotas", "--on", "--with", "hubspot_burst=0", "--json").json["on"] is True
    assert hubspot.get("/crm/v3/objects/contacts").status_code == 429
    assert steer("quotas", "--off", "--with", "hubspot_burst=190").lines == [
        "They do not hold: `--on` switches them on."
    ]


def test_the_accounts_habits_are_shown_and_changed(steer, hubspot):
    shown = steer("account")
    assert (shown.code, "deal_moves_contact" in shown.out, "enterprise" in shown.out) == (0, True, True)
    told = steer("account", "--with", "tier=starter", "--with", "company_from_email=true", "--json").json
    assert (told["tier"], told["company_from_email"], told["deal_moves_contact"]) == ("starter", True, False)
    assert hubspot.get("/crm/v3/objects/contacts").headers["x-hubspot-ratelimit-max"] == "100"


def test_something_happens_at_once_or_later(steer, hubspot):
    count = len(hubspot.get("/crm/v3/objects/contacts?limit=100").json()["results"])
    ran = steer("act", "delete", "--crm", "hubspot", "--object", "contacts", "--count", "2")
    assert ran.err.startswith("Done: ")
    assert len(hubspot.get("/crm/v3/objects/contacts?limit=100").json()["results"]) == count - 2
    later = steer("act", "delete", "--crm", "hubspot", "--object", "contacts", "--match", "* /crm", "--after", "1")
    assert later.lines == ["It will be done."]
    sizes = [len(hubspot.get("/crm/v3/objects/contacts?limit=100").json()["results"]) for _ in range(2)]
    assert sizes == [count - 2, count - 3]


def test_a_reset_takes_it_all_back(steer, hubspot):
    before = hubspot.get("/crm/v3/objects/contacts?limit=100").text
    steer("act", "delete", "--crm", "hubspot", "--object", "contacts", "--count", "5")
    steer("clock", "--advance", "3d")
    assert steer("reset").lines == ["The world is as it was; it is 2026-05-30T02:00:00+00:00 there."]
    assert hubspot.get("/crm/v3/objects/contacts?limit=100").text == before


def test_calls_and_latency_are_told(steer, hubspot):
    hubspot.get("/crm/v3/objects/contacts")
    assert "GET /crm/v3/objects/contacts" in steer("calls").out
    assert steer("calls", "--reset", "--json").json == {"hubspot": {}, "salesforce": {}}
    assert steer("latency", "3").lines == ["Every answer waits 3 ms."]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("fault", "doom"), "\"preset\" is 'doom'"),
        (("act", "explode"), "\"do\" is 'explode'"),
        (("clock", "--advance", "soon"), "\"advance\" is 'soon'"),
        (("quotas", "--with", "hubspot_burst"), "is not key=value"),
        (("account", "--with", "tier=free"), "\"tier\" is 'free'"),
        (("account", "--with", "merge_makes_new_id=maybe"), "\"merge_makes_new_id\" is 'maybe'"),
        (("account", "--with", "kind=true"), "'kind' is no habit"),
    ],
)
def test_what_cannot_be_is_one_sentence(steer, words, sentence):
    ran = steer(*words)
    assert (ran.code, len(ran.lines)) == (4, 1)
    assert sentence in ran.err


def test_no_sandbox_at_the_url_is_one_sentence():
    ran = crm("sandbox", "calls", "--url", "http://127.0.0.1:1")
    assert (ran.code, len(ran.lines)) == (4, 1)
    assert "a running `crm-sync sandbox serve`" in ran.err
