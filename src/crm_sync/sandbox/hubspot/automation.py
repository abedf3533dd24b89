"""What the account does by itself when it is set to: a deal moves the stage of its contacts."""

from __future__ import annotations

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.objects import BY_NAME, CrmObject
from crm_sync.sandbox.hubspot.writing import draft, update
from crm_sync.sandbox.world import World


def after_link(world: World, one: CrmObject, from_id: str, other: CrmObject, to_id: str) -> None:
    """A contact that gets a deal becomes an opportunity, or a customer when the deal is won; never goes back."""
    ids = {one.name: from_id, other.name: to_id}
    if account(world).habits.deal_moves_contact and set(ids) == {"contacts", "deals"}:
        _move(world, ids["contacts"], ids["deals"])


def after_deal_update(world: World, one: CrmObject, deal_id: str) -> None:
    """A deal that was won or reopened moves the contacts it has."""
    if one.name == "deals" and account(world).habits.deal_moves_contact:
        sql = "SELECT DISTINCT to_id FROM association WHERE from_object = 'deals' AND from_id = ?"
        contacts = world.db.execute(f"{sql} AND to_object = 'contacts'", (deal_id,)).fetchall()
        for (contact_id,) in contacts:
            _move(world, contact_id, deal_id)


def _move(world: World, contact_id: str, deal_id: str) -> None:
    deal = world.table("hubspot", "deals").get([deal_id])[deal_id]
    stage = "customer" if deal.get("hs_is_closed_won") == "true" else "opportunity"
    contacts = BY_NAME["contacts"]
    row = world.table("hubspot", "contacts").get([contact_id])[contact_id]
    update(world, contacts, draft(world, contacts, {"lifecyclestage": stage}, row))
