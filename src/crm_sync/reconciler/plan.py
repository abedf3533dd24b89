"""The plan: who is who, where everybody stands, what earned what, and what both CRMs should say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from crm_sync.changes import Plan
from crm_sync.engine.base import Engine
from crm_sync.mappings import OurField, Vocabulary
from crm_sync.reconciler.attribution.credit import credits_of, odd_deals
from crm_sync.reconciler.deals import one_of_each
from crm_sync.reconciler.dedupe.companies import KeptFirms, Matching, employers_of, link_firms
from crm_sync.reconciler.dedupe.kept.memory import Memory
from crm_sync.reconciler.dedupe.link import link_people
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.reconciler.directory import directory_of
from crm_sync.reconciler.editions import editions_from
from crm_sync.reconciler.findings import Everything, Hands, Here, findings_of
from crm_sync.reconciler.golden import known_companies
from crm_sync.reconciler.moved import look_at, standing
from crm_sync.reconciler.past import Past
from crm_sync.reconciler.shares import SHARE, Brief, shares_of
from crm_sync.reconciler.sla.court import Former, Horizon
from crm_sync.reconciler.timeline import by_person
from crm_sync.reconciler.unmapped import unmapped
from crm_sync.records import News, Snapshot


def make_plan(
    snapshot: Snapshot,
    vocabulary: Vocabulary,
    engine: Engine,
    now: datetime,
    horizon: datetime | None,
    *,
    profile: tuple[OurField, ...],
    language: str = "en",
    currency: str = "USD",
    horizons: Mapping[str, datetime | None] = {},
    former: Former = (),
    memory: Memory | None = None,
    kept_firms: KeptFirms | None = None,
    past: Past = Past(),
    news: News | None = None,
    hands: Hands | None = None,
) -> Plan:
    """Everything decided at `now`, from what was read up to `horizon` (`horizons`: up to when each CRM was); None: not
    read to an end yet, so nobody is late. `former`: promises of before; `memory` and `kept_firms`: the matching of
    the last plan; `past`: what is over and not to be written. The same inputs in any order give an equal plan.
    With `news` those alone are judged whom they concern. With `hands` people are looked at share by share by these,
    `snapshot` need not hold what happened to them, and what is known of many comes packed."""
    # link: which records are one person, one company, one deal, and who works where
    linked = link_people(snapshot, Matcher(*vocabulary.identity, engine, language), memory, now)
    by, rules = Matching.of(vocabulary.companies, engine, language), vocabulary.survivorship.rules()
    companies = link_firms(snapshot, linked.person_of, by, kept_firms, now)
    firms = tuple(known_companies(companies, rules["company"], by.sites))
    employers = employers_of(snapshot.people, companies, snapshot.deals, by)
    deals = one_of_each(snapshot.deals, snapshot.stage_changes, linked.person_of)

    # look, merge, judge, want and compare: the timeline of each person whom it concerns, what earned credit in it,
    # where they stand, and where our fields do not say so yet
    directory = directory_of(snapshot, vocabulary.promise.integrations)
    limits = Horizon(horizon, horizons)
    brief = Brief(vocabulary, directory, now, limits, former, snapshot.editions, language, past, profile)
    look = look_at(snapshot, linked, deals, firms, employers, news)
    shares = shares_of(look, by_person(deals), firms, employers, SHARE if hands else None)
    look_into = hands or Here(Everything(snapshot.happenings))
    found = findings_of(look_into(brief, shares, len(look.linked.records)))
    scope = look.at_records(found.records)

    return Plan(
        now=now,
        horizon=horizon,
        links=linked.links,
        known=found.known,
        credits=credits_of(deals, found.steps, engine, currency) if look.credits else (),
        changes=found.changes,
        unmapped=unmapped([*standing(news, scope), *found.unknowns]),
        set_aside=tuple(
            sorted(
                (*linked.set_aside, *companies.set_aside, *odd_deals(deals, currency)),
                key=lambda one: (one.ref, one.reason),
            )
        ),
        duplicates=len(snapshot.people) - len(linked.records),
        reviews=linked.reviews,
        company_links=companies.links,
        companies=firms,
        company_reviews=companies.reviews,
        employers=employers,
        editions=editions_from(snapshot, max([now, *(one.since for one in snapshot.editions)])),
        unknowns=tuple(sorted(found.unknowns)),
        scope=scope,
    )
