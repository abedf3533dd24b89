"""Enhanced notes: which records they hang on, and nothing of what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.connectors.salesforce.conftest import NOW, Org, read

from crm_sync.connectors.base import Window
from crm_sync.connectors.salesforce import Salesforce
from crm_sync.mappings import Vocabulary
from crm_sync.records import Ref, Touch

ALWAYS = Window(NOW - timedelta(days=1), NOW + timedelta(days=1))
BEFORE = NOW - timedelta(hours=3)
SECRET = "UHJlZmllcmUgV2hhdHNBcHA="


@pytest.fixture
def attach(org: Org) -> Callable[..., str]:
    """attach("Title", *ids) writes a note and hangs it on records."""
    count = iter(range(1, 100_000))

    def add(title: str, *records: str) -> str:
        number = next(count)
        (note,) = org.add(
            "ContentNote", {"Title": title, "Content": SECRET, "TextPreview": "Prefiere"}, first=number, at=BEFORE
        )
        links = [{"ContentDocumentId": note, "LinkedEntityId": one} for one in records]
        org.add("ContentDocumentLink", *links, first=number * 10)
        return note

    return add


def touches(records: list) -> list[Touch]:
    return [one for one in records if isinstance(one, Touch)]


async def test_a_note_is_a_touch_of_the_people_and_deals_that_it_hangs_on(
    org: Org, salesforce: Salesforce, attach: Callable[..., str], vocabulary: Vocabulary
) -> None:
    (luis,) = org.add("User", {"Name": "Luis", "UserType": "Standard"})
    (ana,) = org.add("Lead", {"LastName": "Ana", "Company": "Acme"})
    (deal,) = org.add("Opportunity", {"Name": "Café", "StageName": "Prospecting"})
    note, alone = attach("Prefers WhatsApp", luis, ana, deal), attach("Of nobody")
    org.change("ContentNote", note, OwnerId=luis)
    found = touches((await read(salesforce, "ContentNote")).records)
    one, other = found
    assert (one.ref, one.subject) == (Ref("salesforce", "ContentNote", note), "Prefers WhatsApp")
    assert one.people == (Ref("salesforce", "Lead", ana),)
    assert one.deals == (Ref("salesforce", "Opportunity", deal),)
    assert one.actor == Ref("salesforce", "User", luis)
    assert (other.ref.id, other.people, other.deals) == (alone, (), ())
    activity = vocabulary.activities.classify("ContentNote", one.facts)
    assert activity is not None
    assert (activity.name, activity.attempt) == ("note", False)
    assert SECRET not in str(found)
    assert "Prefiere" not in str(found)


async def test_a_note_that_is_deleted_is_gone_and_one_that_changed_comes_again(
    org: Org, salesforce: Salesforce, attach: Callable[..., str]
) -> None:
    notes = [attach(f"Note {number}") for number in range(3)]
    cursor = (await read(salesforce, "ContentNote")).cursor
    later = NOW + timedelta(hours=1)
    org.world.clock.set(later)
    org.change("ContentNote", notes[0], at=later, Title="Other")
    org.change("ContentNote", notes[1], at=later, _archived_at=int(later.timestamp() * 1000))
    again = await read(salesforce, "ContentNote", cursor)
    assert [one.subject for one in touches(again.records)] == ["Other"]
    assert again.gone == [Ref("salesforce", "ContentNote", notes[1])]


async def test_thousands_of_notes_ask_for_their_links_by_lists_alone(
    org: Org, connect: Callable[..., Salesforce], attach: Callable[..., str]
) -> None:
    """What a range of ids would be answered with is a refusal."""
    (ana,) = org.add("Lead", {"LastName": "Ana", "Company": "Acme"})
    for number in range(2_105):
        attach(f"Note {number}", ana)
    for crm in (connect(), connect(few=-1)):
        found = touches((await read(crm, "ContentNote")).records)
        assert len(found) == 2_105
        assert {one.people for one in found} == {(Ref("salesforce", "Lead", ana),)}


@pytest.mark.parametrize("hidden", ["ContentNote", "ContentDocumentLink"])
async def test_an_org_without_enhanced_notes_or_their_links_is_no_problem(
    org: Org, salesforce: Salesforce, attach: Callable[..., str], hidden: str
) -> None:
    attach("Note", *org.add("Lead", {"LastName": "Ana", "Company": "Acme"}))
    org.veil.hidden = {hidden}
    assert (await salesforce.look()).problems == ()
    found = await read(salesforce, "ContentNote")
    assert [one.people for one in touches(found.records)] == ([] if hidden == "ContentNote" else [()])
    assert found.pages[-1].horizon == NOW


async def test_notes_are_counted_and_fetched_like_other_records(
    salesforce: Salesforce, attach: Callable[..., str]
) -> None:
    notes = [attach(f"Note {number}") for number in range(3)]
    assert await salesforce.count("ContentNote", ALWAYS) == 3
    assert [one async for some in salesforce.ids("ContentNote", ALWAYS) for one in some] == notes
    pages = [page async for page in salesforce.fetch("ContentNote", notes[:1])]
    assert [one.ref.id for page in pages for one in page.records] == notes[:1]
