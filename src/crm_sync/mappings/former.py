"""Tables of before, read as those of today: one file with one calendar and two targets, and windows that overlap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_sync.mappings.hours import WEEKDAYS, united, window_of, window_text

Table = dict[str, Any]
ONLY = "office"
RENAMED = {"pre_start_grace", "same_attempt_within", "at_risk_after", "excused_reasons"}


def renewed(promise: Table, calendars: Table) -> tuple[Table, Table]:
    """Both as they are, unless `promise` has the table `[sales]`, which today's has not: then its calendar is the only
    one, and its two targets are those of the only policy. What was never said there is as it was judged then."""
    if "sales" not in promise:
        return promise, calendars
    rest = {key: value for key, value in promise.items() if key not in ("sales", "calendar")}
    sales = dict(promise["sales"]) if isinstance(promise["sales"], Mapping) else {}
    rules = {name: sales.pop(name) for name in sorted(RENAMED & set(sales))}
    targets: Table = {"first_attempt": sales.pop("first_attempt", "8bh")}
    targets["cadence"] = {"attempts": sales.pop("cadence_attempts", 5), "within": sales.pop("cadence_within", "14d")}
    policy = {"name": "standard", "targets": targets, **sales}  # a key that is not known stays, and is refused
    rules |= {"actor": "anyone", "count_unnamed": True}
    made = {"calendar": {"default": ONLY}, "rules": rules, "policies": [policy]}
    return {**rest, **made}, {ONLY: promise.get("calendar", {})}


def untangled(calendars: Mapping[str, Any]) -> Table:
    """Calendars that were kept when windows of a day that overlap counted as one, and when `days` outweighed `holidays`
    that name the same day: cycles were judged by them."""
    return {
        name: [one_window(one) for one in said] if isinstance(said, list) else one_window(said)
        for name, said in calendars.items()
    }


def one_window(calendar: Table) -> Table:
    days = {day: united_text(windows) for day, windows in calendar.get("days", {}).items()}
    weekly: Table = {day: united_text(calendar[day]) for day in WEEKDAYS if day in calendar}
    if not days:
        return {**calendar, **weekly}
    holidays = [one for one in calendar.get("holidays", []) if str(one) not in days]
    return {**calendar, **weekly, "days": days, "holidays": holidays}


def united_text(windows: list[str]) -> list[str]:
    return [window_text(one) for one in united(window_of(text) for text in windows)]
