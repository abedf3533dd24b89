"""The commitment of marketing on a terminal, in the language of the settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING

from crm_sync.cli.talk import escaped, nothing, out, table

if TYPE_CHECKING:
    from crm_sync.dashboards.words import Words
    from crm_sync.reconciler.commitment.goal import Count, Estimate
    from crm_sync.reconciler.commitment.work import Capacity
    from crm_sync.reports.commitment import GoalPlan, Planned
    from crm_sync.reports.marketing import Delivery, MarketingSide
    from crm_sync.reports.work import CapacityPlan, DepthPlan, SegmentDepth

NOTHING = "—"
DELIVERIES = (
    "sla.delivered", "sla.replaced", "sla.counted", "sla.expected", "commitment.month", "sla.accepted", "sla.rejected",
    "sla.open",
)  # fmt: skip


def show_goal(found: GoalPlan, say: Words, zone: tzinfo) -> None:
    """`zone`: where the days are those of the teams."""
    show_rates(found, say, zone)
    names = columns(say, "level", "quota", "customers", "raw", "leads", "committed", "enough", left=("level", "enough"))
    out.print("", table(say("commitment.goal", period=found.period), names, list(goal_rows(found.company, say, 0))))
    if len(found.parts) > 1:
        rows = [
            (one.segment, f"{float(one.quota):,.2f}", one.customers.whole, raw(one.customers), one.leads.whole)
            for one in found.company.line.segments
        ]
        names = columns(say, "segment", "quota", "customers", "raw", "leads", left=("segment",))
        out.print("", table(say("commitment.of_segments"), names, rows))


def show_rates(found: GoalPlan, say: Words, zone: tzinfo) -> None:
    rows = [
        (
            one.segment,
            f"{float(one.share):.0%}",
            f"{float(one.revenue.value):,.2f}",
            basis(one.revenue, "from_deals", say, zone),
            share(one.rate),
            basis(one.rate, "from_closed", say, zone),
        )
        for one in found.parts
    ]
    left = ("segment", "revenue_basis", "rate_basis")
    names = columns(say, "segment", "share", "revenue", "revenue_basis", "rate", "rate_basis", left=left)
    out.print(table(say("commitment.rates"), names, rows))


def goal_rows(one: Planned, say: Words, depth: int) -> Iterator[tuple[object, ...]]:
    line = one.line
    name = line.name or say.of("tier", line.level)
    enough = "" if one.enough is None else say("commitment.yes" if one.enough else "commitment.no")
    committed = "" if one.committed is None else f"{one.committed:,.0f}"
    customers, leads = line.customers, line.leads
    cells = f"{float(line.quota):,.2f}", customers.whole, raw(customers), leads.whole, committed, enough
    yield "  " * depth + name, *cells
    for below in one.below:
        yield from goal_rows(below, say, depth + 1)


def raw(count: Count) -> str:
    return f"{float(count.raw):,.2f}"


def share(one: Estimate) -> str:
    return f"{float(one.value):.2%}"


def basis(one: Estimate, key: str, say: Words, zone: tzinfo) -> str:
    """What a number rests on: the question, the table, or how many closed leads or won deals of which window."""
    if one.source == "asked":
        return say("commitment.asked")
    if one.since is None or one.until is None:
        return say("commitment.from_table")
    of = one.of or say("commitment.all_segments")
    since, until = one.since.astimezone(zone).date(), one.until.astimezone(zone).date()
    span = {"since": since.isoformat(), "until": until.isoformat()}
    return say(f"commitment.{key}", n=f"{one.n:,}", hits=f"{one.hits:,}", of=of, **span)


def columns(say: Words, *names: str, left: tuple[str, ...]) -> dict[str, str]:
    return {say(f"commitment.{name}"): "left" if name in left else "right" for name in names}


def show_deliveries(found: MarketingSide, say: Words) -> None:
    month = found.month
    days = {"month": month.name, "elapsed": month.elapsed, "days": month.working_days}
    out.print(say("sla.owed", commitment=found.commitment, **days))
    rows = [delivery_row(one, one.name, say) for one in found.reps]
    rows += [delivery_row(one, one.team or say("sla.no_team"), say) for one in found.teams]
    rows.append(delivery_row(found.total, say("sla.all_teams"), say))
    heads = {say("sla.rep"): "left"} | {say(name): "right" for name in DELIVERIES} | {say("sla.pace"): "left"}
    out.print("", table(say("sla.marketing"), heads, rows))
    show_quality(found, say)


def show_quality(found: MarketingSide, say: Words) -> None:
    rows = [
        (one.version, say.of("band", one.band), one.delivered, one.accepted, one.rejected, share_of(one.acceptance))
        for one in found.quality
    ]
    names = ("sla.delivered", "sla.accepted", "sla.rejected", "sla.acceptance")
    heads = {say("qualified.version"): "left", say("qualified.band"): "left"} | {say(name): "right" for name in names}
    title = say("qualified.quality", month=found.month.name)
    if rows:
        out.print("", table(title, heads, rows))
    else:
        nothing(title, say("qualified.none"))


def share_of(rate: float | None) -> str:
    return NOTHING if rate is None else f"{rate:.0%}"


def delivery_row(one: Delivery, name: str, say: Words) -> tuple[object, ...]:
    counts = one.delivered, one.replaced, one.counted, f"{one.expected:,.0f}", f"{one.commitment:,.0f}"
    return name, *counts, one.accepted, one.rejected, one.open, say.of("pace", one.pace)


def show_question(one: Capacity, say: Words) -> None:
    """One sum: 300 leads, 80 hours."""
    out.print(escaped(sentence(one, say)))


def sentence(one: Capacity, say: Words) -> str:
    most = NOTHING if one.most_leads is None else f"{one.most_leads:,}"
    spent = {"hours": f"{float(one.hours):g}", "minutes": f"{float(one.minutes_per_attempt):g}"}
    counts = {"attempts": f"{one.attempts:,}", "leads": f"{one.leads:,}", "per_lead": per_lead(one)}
    said = say("commitment.capacity_sentence", **spent, **counts)
    verdict = "commitment.feasible" if one.feasible else "commitment.infeasible"
    return f"{said} {say(verdict, promised=one.promised, most=most)}"


def show_capacity(found: CapacityPlan, say: Words) -> None:
    rows = [
        (one.name, *capacity_cells(one.committed, say), one.delivered.leads, per_lead(one.delivered))
        for one in (*found.reps, found.total)
    ]
    rows[-1] = (say("sla.all_teams"), *rows[-1][1:])
    names = ("leads", "hours", "attempts", "per_lead", "feasible_column", "most_leads", "came", "per_lead_so_far")
    heads = {say("sla.rep"): "left"} | columns(say, *names, left=("feasible_column",))
    out.print(table(say("commitment.capacity", month=found.month), heads, rows))


def capacity_cells(one: Capacity, say: Words) -> tuple[object, ...]:
    feasible = say("commitment.yes" if one.feasible else "commitment.no")
    return one.leads, f"{float(one.hours):g}", one.attempts, per_lead(one), feasible, one.most_leads


def per_lead(one: Capacity) -> str:
    return NOTHING if one.per_lead is None else f"{float(one.per_lead):,.2f}"


def show_depth(found: DepthPlan, say: Words) -> None:
    answers = " · ".join(f"{number}: {float(one):.0%}" for number, one in enumerate(found.answers, 1))
    n = say("commitment.from_table") if found.n is None else say("commitment.of_people", n=f"{found.n:,}")
    out.print(escaped(say("commitment.answers", answers=answers, n=n)))
    rows = [depth_row(one, say) for one in found.segments]
    names = ("segment", "rate", "revenue", "value", "worth", "promised", "gain")
    title = say("commitment.depth", cost=f"{found.cost:,.2f}")
    out.print("", table(title, columns(say, *names, left=("segment",)), rows))
    if found.policies:
        out.print(f"\n{escaped(say('commitment.policies'))}\n")
        out.print(found.policies, markup=False, end="")


def depth_row(one: SegmentDepth, say: Words) -> tuple[object, ...]:
    worth = say("commitment.exempt") if one.depth.exempt else one.depth.attempts
    gain = f"{float(one.depth.gains[one.depth.attempts - 1]):,.2f}" if one.depth.attempts else NOTHING
    revenue = f"{float(one.part.revenue.value):,.2f}"
    return one.part.segment, share(one.part.rate), revenue, f"{float(one.depth.value):,.2f}", worth, one.promised, gain
