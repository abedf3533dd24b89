"""Merging: which record's word holds for the whole person."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.reconciler.conftest import Planner
from tests.reconciler.made import BORN, at, call, contact, label, lead, owner, response, touch, visit

from crm_sync.records import Campaign, Company, Ref

OLD = at("2025-01-01 00:00")
ANA, LEAD = contact(1, email="ana@x.com"), lead(1, email="ana@x.com")
FAIR, SHOW = (Ref("salesforce", "Campaign", number) for number in ("701A", "701B"))


def test_the_newest_of_the_most_complete_names_wins(plan: Planner) -> None:
    (known,) = plan(
        people=(
            contact(1, email="ana@x.com", first_name="Ana", last_name="Ruiz", created_at=OLD),
            contact(2, email="ana@x.com", first_name="Ana María", last_name=" Ruiz ", created_at=BORN),
            contact(3, email="ana@x.com", first_name="A.", created_at=at("2026-03-01 00:00")),
        )
    ).known
    assert known.name == "Ana María Ruiz"


def test_a_write_of_ours_does_not_change_who_wins(plan: Planner) -> None:
    touched = contact(
        1,
        email="ana@x.com",
        first_name="Ana",
        last_name="Ruis",
        created_at=OLD,
        modified_at=datetime(2026, 5, 29, tzinfo=UTC),
    )
    (known,) = plan(people=(touched, contact(2, email="ana@x.com", first_name="Ana", last_name="Ruiz"))).known
    assert known.name == "Ana Ruiz"


def test_a_persons_own_address_is_better_than_a_shared_mailbox(plan: Planner) -> None:
    mailbox = contact(1, email="info@x.com", same_as=(LEAD.ref,), created_at=at("2026-03-01 00:00"))
    (known,) = plan(people=(mailbox, LEAD)).known
    assert known.email == "ana@x.com"


def test_a_record_without_anything_has_no_name_and_no_address(plan: Planner) -> None:
    (known,) = plan(people=(contact(1),)).known
    assert (known.name, known.email, known.company, known.stage, known.owner_email) == ("", None, None, None, None)


def test_the_company_comes_from_its_record_or_from_the_text(plan: Planner) -> None:
    account = Company(Ref("salesforce", "Account", "001"), "1", BORN, BORN, name="Acme")
    known = plan(people=(contact(1, company_name="Text"), contact(2, company=account.ref)), companies=(account,)).known
    assert sorted(one.company or "" for one in known) == ["Acme", "Text"]


def test_the_owner_is_known_by_address(plan: Planner) -> None:
    luis = owner(5, email="luis@acme.mx")
    (known,) = plan(people=(contact(1, owner=luis.ref),), owners=(luis,)).known
    assert (known.owner, known.owner_email) == (luis.ref, "luis@acme.mx")


def test_first_and_last_source_are_channels_of_touches_with_credit(plan: Planner) -> None:
    touches = (
        visit(ANA.ref, "2026-03-02 10:00", "EMAIL_MARKETING"),
        visit(ANA.ref, "2026-03-01 10:00", "ORGANIC_SEARCH"),
        visit(ANA.ref, "2026-06-01 10:00", "REFERRALS"),  # not yet
        call(1, ANA.ref, "2026-04-01 10:00"),
    )
    (known,) = plan(people=(ANA,), touches=touches).known
    assert (known.source_first, known.source_last) == ("organic_search", "email")


def test_without_any_source_it_is_unknown(plan: Planner) -> None:
    (known,) = plan(people=(ANA,)).known
    assert (known.source_first, known.source_last) == ("unknown", "unknown")


def test_a_source_that_nobody_knows_is_unknown_and_listed(plan: Planner) -> None:
    found = plan(people=(LEAD,), touches=(label(LEAD.ref, "2026-02-01 10:00", "contacto web"),))
    assert found.known[0].source_first == "unknown"
    assert [(one.crm, one.field, one.value, one.count) for one in found.unmapped] == [
        ("salesforce", "source", "contacto web", 1)
    ]


def test_the_campaign_is_the_one_answered_last(plan: Planner) -> None:
    campaigns = tuple(Campaign(ref, "1", BORN, BORN, name=name) for ref, name in ((FAIR, "Fair"), (SHOW, "Show")))
    touches = (
        response(LEAD.ref, "2026-03-02 00:00", "Webinar", campaign=FAIR),
        response(LEAD.ref, "2026-03-01 00:00", "Webinar", campaign=SHOW),
    )
    (known,) = plan(people=(LEAD,), touches=touches, campaigns=campaigns).known
    assert known.campaign == "Fair"


def test_without_an_answer_the_campaign_of_the_record_holds(plan: Planner) -> None:
    (known,) = plan(people=(contact(1, campaign="spring"),)).known
    assert known.campaign == "spring"


def test_the_last_action_is_the_latest_thing_that_the_person_did(plan: Planner) -> None:
    form = touch(Ref("hubspot", "conversion", "1/9"), "2026-03-03 10:00", people=(ANA.ref,))
    touches = (visit(ANA.ref, "2026-03-01 10:00", "REFERRALS"), form, call(1, ANA.ref, "2026-04-01 10:00"))
    (known,) = plan(people=(ANA,), touches=touches).known
    assert (known.last_action, known.last_action_at) == ("Form or content", at("2026-03-03 10:00"))
    assert known.wanted["last_action_at"] == "2026-03-03T10:00:00Z"
