"""Their rows as our records. Pure: what a field means is said by fields.toml and activities.toml.

A translator is made once for the columns of an answer, and then knows where everything stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from crm_sync.connectors.salesforce.rows import Columns, Texts, every, first
from crm_sync.connectors.salesforce.values import CRM, PLAIN, amount, full_id, maybe_instant, owner, ref, refs
from crm_sync.errors import Failed
from crm_sync.mappings.activities import Activities
from crm_sync.mappings.fields import Fields, OurField
from crm_sync.records import Campaign, Company, Deal, Owner, Person, Record, Ref

Tell = Callable[[Texts], Iterable[Record]]
Places = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What translating needs of the vocabulary."""

    fields: Fields
    activities: Activities
    ours: tuple[OurField, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """Where the fields of one group stand that fields.toml names for an object."""

    columns: Columns
    words: Words
    group: str
    kind: str

    def __call__(self, name: str) -> Places:
        return self.columns.every(self.words.fields.of(self.group, name, self.kind))


def instant(row: Texts, place: int) -> datetime:
    """An instant that every row has. Raises Failed when this one does not."""
    found = maybe_instant(row[place])
    if found is None:
        raise Failed(CRM, f"record {row[0]}", f"{row[place]!r} stands where an instant should be.")
    return found


def head_of(kind: str, columns: Columns) -> Callable[[Texts], tuple[Ref, str, datetime, datetime]]:
    """What a record begins with: its ref, its version, when it was made and when it was modified."""
    id_, created, modified = columns.at("Id"), columns.at("CreatedDate"), columns.at("SystemModstamp")

    def head(row: Texts) -> tuple[Ref, str, datetime, datetime]:
        return Ref(CRM, kind, row[id_]), row[modified], instant(row, created), instant(row, modified)

    return head


def people(kind: str, columns: Columns, words: Words) -> Callable[[Texts], Person]:
    """Leads and contacts."""
    where, head, converted = Where(columns, words, "people", kind), head_of(kind, columns), columns.at("IsConverted")
    email, more_emails, phones = where("email"), where("more_emails"), where("phones")
    first_name, last_name, title = where("first_name"), where("last_name"), where("title")
    company_name, company, country = where("company_name"), where("company"), where("country")
    owned, stage, close_reason = where("owner"), where("stage"), where("close_reason")
    source, campaign, opted_out = where("source"), where("campaign"), where("opted_out")
    persona, score = where("persona"), where("score")
    twins, ours = twins_of(kind, columns, words), ours_of(columns, words)

    def told(row: Texts) -> Person:
        return Person(
            *head(row),
            email=first(row, email),
            more_emails=every(row, more_emails),
            phones=every(row, phones),
            first_name=first(row, first_name),
            last_name=first(row, last_name),
            company_name=first(row, company_name),
            company=ref("Account", first(row, company)),
            title=first(row, title),
            country=first(row, country),
            owner=owner(first(row, owned)),
            stage=every(row, stage),
            source=joined(row, source),
            campaign=joined(row, campaign),
            close_reason=first(row, close_reason),
            persona=first(row, persona),
            score=amount(first(row, score) or ""),
            opted_out="true" in [row[place] for place in opted_out],
            same_as=twins(row),
            writable=row[converted] != "true",
            ours=ours(row),
        )

    return told


def joined(row: Texts, places: Places) -> str | None:
    return "/".join(every(row, places)) or None


def twins_of(kind: str, columns: Columns, words: Words) -> Callable[[Texts], tuple[Ref, ...]]:
    """The records that the table of ids names, ours in the 18-character form."""
    fields = words.fields.same_as.get(kind, {}).items()
    places = [(place, one) for field, named in fields for one in named for place in columns.every([field])]

    def twins(row: Texts) -> tuple[Ref, ...]:
        return tuple(
            Ref(one.crm, one.kind, full_id(id_) if one.crm == CRM else id_)
            for place, one in places
            if row[place]
            for id_ in one.in_text(row[place])
        )

    return twins


def ours_of(columns: Columns, words: Words) -> Callable[[Texts], dict[str, str]]:
    """Our own fields, as Salesforce holds them now."""
    places = [(one.name, columns.at(one.salesforce), PLAIN[one.type]) for one in words.ours]

    def ours(row: Texts) -> dict[str, str]:
        return {name: plain(held) for name, place, plain in places if (held := row[place]) and not held.isspace()}

    return ours


def companies(columns: Columns, words: Words) -> Tell:
    where, head = Where(columns, words, "companies", "Account"), head_of("Account", columns)
    name, domain, phone, industry = where("name"), where("domain"), where("phone"), where("industry")
    city, country, owned, twins = where("city"), where("country"), where("owner"), twins_of("Account", columns, words)

    def told(row: Texts) -> tuple[Company]:
        return (
            Company(
                *head(row),
                name=first(row, name),
                domain=first(row, domain),
                phone=first(row, phone),
                industry=first(row, industry),
                city=first(row, city),
                country=first(row, country),
                owner=owner(first(row, owned)),
                same_as=twins(row),
            ),
        )

    return told


def deals(columns: Columns, words: Words) -> Tell:
    """Closing is a date here: the instant of it stands in the history of stages. Who has a role in the deal stands in a
    column of its own, ids with blanks between them."""
    where, at, head = Where(columns, words, "deals", "Opportunity"), columns.at, head_of("Opportunity", columns)
    won, closed, roles, twins = at("IsWon"), at("IsClosed"), at(ROLES), twins_of("Opportunity", columns, words)
    name, stage, money, currency = where("name"), where("stage"), where("amount"), where("currency")
    closed_at, owned, company, source = where("closed_at"), where("owner"), where("company"), where("source")

    def told(row: Texts) -> tuple[Deal]:
        return (
            Deal(
                *head(row),
                name=first(row, name),
                stage=first(row, stage),
                state="won" if row[won] == "true" else "lost" if row[closed] == "true" else "open",
                amount=amount(first(row, money) or ""),
                currency=first(row, currency),
                closed_at=maybe_instant(first(row, closed_at) or ""),
                owner=owner(first(row, owned)),
                company=ref("Account", first(row, company)),
                people=tuple(sorted(refs(*{ref("Contact", one) for one in row[roles].split()}))),
                source=joined(row, source),
                same_as=twins(row),
            ),
        )

    return told


#: The column with the contacts of a deal.
ROLES = "OpportunityContactRoles"


def users(columns: Columns, words: Words) -> Tell:
    at, team = columns.at, Where(columns, words, "owners", "User")("team")
    id_, modified, name, email, manager = at("Id"), at("SystemModstamp"), at("Name"), at("Email"), at("ManagerId")
    zone, kind, active = at("TimeZoneSidKey"), at("UserType"), at("IsActive")

    def told(row: Texts) -> tuple[Owner]:
        return (
            Owner(
                Ref(CRM, "User", row[id_]),
                row[modified],
                instant(row, modified),
                name=first(row, (name,)),
                email=first(row, (email,)),
                team=joined(row, team),
                manager=ref("User", row[manager]),
                time_zone=first(row, (zone,)),
                human=row[kind] == "Standard",
                active=row[active] != "false",
            ),
        )

    return told


def queues(columns: Columns, words: Words) -> Tell:
    """A queue owns records until a human being takes them."""
    id_, modified, name = columns.at("Id"), columns.at("SystemModstamp"), columns.at("Name")

    def told(row: Texts) -> tuple[Owner]:
        modified_at = instant(row, modified)
        return (Owner(Ref(CRM, "Group", row[id_]), row[modified], modified_at, first(row, (name,)), human=False),)

    return told


def campaigns(columns: Columns, words: Words) -> Tell:
    """What a campaign cost, else what it was allowed to cost."""
    at, head = columns.at, head_of("Campaign", columns)
    name, kind, starts, ends = at("Name"), at("Type"), at("StartDate"), at("EndDate")
    actual, budgeted = at("ActualCost"), at("BudgetedCost")

    def told(row: Texts) -> tuple[Campaign]:
        cost = amount(row[actual])
        return (
            Campaign(
                *head(row),
                name=first(row, (name,)),
                type=first(row, (kind,)),
                starts_on=first(row, (starts,)),
                ends_on=first(row, (ends,)),
                cost=amount(row[budgeted]) if cost is None else cost,
            ),
        )

    return told
