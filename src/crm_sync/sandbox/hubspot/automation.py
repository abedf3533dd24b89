"""What the account does by itself when it is set to: deals move stages, addresses bring companies."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.association_types import PRIMARY
from crm_sync.sandbox.hubspot.associations import link
from crm_sync.sandbox.hubspot.objects import BY_NAME, CrmObject
from crm_sync.sandbox.hubspot.writing import create, draft, update
from crm_sync.sandbox.world import Row, World

_HAS_DOMAIN: Final = "domain = ? COLLATE NOCASE AND _archived_at IS NULL"

#: Addresses that say nothing about where somebody works.
_FREE_MAIL: Final = frozenset(
    ("gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "live.com", "msn.com", "yahoo.com", "yahoo.com.mx",
     "ymail.com", "icloud.com", "me.com", "aol.com", "gmx.com", "proton.me", "protonmail.com", "prodigy.net.mx")
)  # fmt: skip


def after_link(world: World, one: CrmObject, from_id: str, other: CrmObject, to_id: str) -> None:
    """A contact that gets a deal becomes an opportunity, or a customer when the deal is won; never goes back."""
    ids = {one.name: from_id, other.name: to_id}
    if account(world).habits.deal_moves_contact and set(ids) == {"contacts", "deals"}:
        _move(world, ids["contacts"], ids["deals"])


def after_write(world: World, one: CrmObject, row: Row) -> None:
    """A deal that was won or reopened moves the contacts it has; a contact gets the company of its address."""
    if one.name == "deals" and account(world).habits.deal_moves_contact:
        sql = "SELECT DISTINCT to_id FROM association WHERE from_object = 'deals' AND from_id = ?"
        contacts = world.db.execute(f"{sql} AND to_object = 'contacts'", (row["_id"],)).fetchall()
        for (contact_id,) in contacts:
            _move(world, contact_id, row["_id"])
    if one.name == "contacts" and account(world).habits.company_from_email:
        _employ(world, row)


def _employ(world: World, contact: Row) -> None:
    """The company with the domain of a business address, made if there is none, becomes the contact's first one."""
    domain = str(contact.get("email") or "").rpartition("@")[2]
    if not domain or domain in _FREE_MAIL or contact.get("associatedcompanyid"):
        return
    companies, contacts = BY_NAME["companies"], BY_NAME["contacts"]
    found = next(world.table("hubspot", "companies").select(_HAS_DOMAIN, (domain,), limit=1), None)
    name = domain.partition(".")[0].capitalize()
    company = found or create(world, companies, draft(world, companies, {"domain": domain, "name": name}))
    link(world, contacts, contact["_id"], companies, company["_id"], PRIMARY["contacts", "companies"].type_id)


def _move(world: World, contact_id: str, deal_id: str) -> None:
    deal = world.table("hubspot", "deals").get([deal_id])[deal_id]
    stage = "customer" if deal.get("hs_is_closed_won") == "true" else "opportunity"
    contacts = BY_NAME["contacts"]
    row = world.table("hubspot", "contacts").get([contact_id])[contact_id]
    update(world, contacts, draft(world, contacts, {"lifecyclestage": stage}, row))
