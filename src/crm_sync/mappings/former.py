"""The sla.toml of before: one calendar and two targets in one file, read as the tables of today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
