"""The SLA on a terminal: cycles with their arithmetic, and what another promise changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crm_sync.cli.instants import Wall
from crm_sync.cli.talk import count, escaped, out, say, table

if TYPE_CHECKING:
    from crm_sync.dashboards.words import Words
    from crm_sync.mappings.holidays import Holidays
    from crm_sync.reports.revisions import Revision
    from crm_sync.reports.sla_change import SlaChange
    from crm_sync.reports.sla_person import Arithmetic, CycleExplained

SHOWN = 40  # people whose verdict differs; --json has all of them


class Exactly(Wall):
    """`Fri 2026-06-05 16:30:00`: to the second, for arithmetic."""

    def __call__(self, at: datetime | None) -> str:
        return f"{at.astimezone(self.zone):%a %Y-%m-%d %H:%M:%S}" if at else ""


def show_cycle(cycle: CycleExplained, as_of: datetime, zone: str | None) -> None:
    """On the wall of the calendar that measured it, unless the reader has a zone."""
    verdict, local = cycle.verdict, Exactly(ZoneInfo(zone or cycle.zone))
    title = f"SLA: {verdict.status}" + (f" ({verdict.target})" if verdict.target != "none" else "")
    out.print(f"\n[bold]{escaped(title)}[/]  {escaped(local.told(verdict.because))}")
    out.print(
        f"policy {verdict.policy} {verdict.policy_version} · calendar {escaped(verdict.calendar)} · "
        f"times in {local.zone.key} · as of {local(as_of)}"
    )
    started = local(verdict.started_at) or "no owner yet"
    out.print(
        f"lead's clock from {local(verdict.qualified_at)} · rep's clock from {started}"
        + (f" · system delay {cycle.system_delay}" if cycle.system_delay is not None else "")
        + (f" · ended {local(verdict.ended_at)}" if verdict.ended_at else "")
        + (f" · handed on {count(verdict.transfers, 'time')}" if verdict.transfers else "")
    )
    for note in cycle.notes:
        out.print(f"[yellow]{escaped(note)}[/]")
    show_pauses(cycle, local)
    for one in cycle.arithmetic:
        show_target(one, local)
    show_owners(cycle, local)
    rows = [
        (local(one.at), one.activity, "counted" if one.counted else "no", local.told(one.rule), one.ref)
        for one in verdict.considered
    ]
    columns = {"when": "left", "what": "left", "SLA": "left", "rule": "left", "record": "left"}
    out.print("", table(f"Touches: {count(len(verdict.attempts), 'attempt')}", columns, rows))


def show_pauses(cycle: CycleExplained, local: Wall) -> None:
    rows = [(one.condition, local(one.since), local(one.until) or "now", one.ref) for one in cycle.verdict.pauses]
    if rows:
        columns = {"pause": "left", "from": "left", "to": "left", "record": "left"}
        out.print("", table("The clock stood still", columns, rows))


def show_target(one: Arithmetic, local: Wall) -> None:
    promised = one.within if one.attempts == 1 else f"{one.attempts} in {one.within}"
    stands = one.stands
    rows = [
        (local(window.opens), local(window.closes), hours(window.seconds), hours(window.in_all))
        for window in one.windows
    ]
    title = f"{stands.target} {promised}: {stands.state}  {local.told(stands.because)}"
    columns = {"working time from": "left", "to": "left", "counts": "right", "in all": "right"}
    if rows:
        out.print("", table(title, columns, rows))
    else:
        out.print(f"\n[bold]{escaped(title)}[/]")
    if one.more:
        out.print(f"... and {one.more} windows more")
    out.print(f"{local(stands.starts_at)} + {promised} = {local(stands.due_at)}")
    for level, at in one.warnings:
        out.print(f"  {level}: {local(at)}")


def show_owners(cycle: CycleExplained, local: Wall) -> None:
    rows = [
        (name, local(one.since), local(one.until), one.state, local(one.due_at), local.told(one.because))
        for name, one in zip(cycle.owners, cycle.verdict.stretches, strict=True)
    ]
    if rows:
        columns = {"owner": "left", "since": "left", "until": "left", "owes": "left", "due": "left", "because": "left"}
        out.print("", table("Owners: a first attempt each", columns, rows))


def show_revisions(revisions: Sequence[Revision], say: Words, local: Wall) -> None:
    """Everything that was ever said of this person, and what of it does not apply any more."""
    rows = [
        (
            local(one.detected_at),
            local(one.qualified_at or one.started_at),
            say.of("target", one.target),
            say.of("state", one.state),
            local(one.due_at),
            say.of("revision_cause", one.cause),
            local.told(one.because or "") + (f" ({say('revision.revised')})" if one.revised_at else ""),
        )
        for one in revisions
    ]
    names = ("revision.seen", "revision.cycle", "sla.target", "quality.state", "person.due", "revision.cause",
             "person.why")  # fmt: skip
    title = say("revision.title")
    out.print()
    out.print(table(title, {say(name): "left" for name in names}, rows) if rows else f"[bold]{title}[/]")
    out.print(f"[dim]{say('revision.help') if rows else say('revision.none')}[/]")


def hours(seconds: int) -> str:
    """`7:30:00`"""
    return str(timedelta(seconds=seconds))


def show_change(change: SlaChange, verb: str, wall: Wall) -> None:
    since = f" since {wall(change.since)} ({wall.zone.key})" if change.since.year > 1 else ""
    if not change.cycles:
        return out.print(f"No cycle has begun{since or ' yet'}: there is nothing to compare.")
    rows = [(one.target, one.state, one.before, one.after, f"{one.after - one.before:+}") for one in change.outcomes]
    columns = {"target": "left", "state": "left", "now": "right", verb: "right", "difference": "right"}
    out.print(table(f"{count(change.cycles, 'cycle')}{since}", columns, rows))
    people = len({one.person_id for one in change.differs})
    if not change.differs:
        return say("No verdict differs.")
    shown = [
        (
            one.person_id,
            one.name,
            one.target,
            one.before or "—",
            one.after or "—",
            wall(one.due_before),
            wall(one.due_after),
        )
        for one in change.differs[:SHOWN]
    ]
    columns = {"person": "left", "name": "left", "target": "left", "now": "left", verb: "left"}
    columns |= {"due now": "left", f"due {verb}": "left"}
    out.print("", table(f"{'1 person' if people == 1 else f'{people:,} people'} whose verdict differs", columns, shown))
    if len(change.differs) > SHOWN:
        out.print(f"... and {len(change.differs) - SHOWN:,} more: --json")
    out.print(wall.note)


def show_holidays(pinned: Holidays, differs: list[str]) -> None:
    rows = [(code, day, name) for code, one in pinned.lists.items() for day, name in sorted(one.days.items())]
    out.print(table(f"Pinned from {pinned.library}", {"list": "left", "date": "left", "holiday": "left"}, rows))
    for line in differs:
        out.print(escaped(line))
