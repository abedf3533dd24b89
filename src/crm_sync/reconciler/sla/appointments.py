"""Appointments: an attempt when they are booked, or when they are held where the booking is none of the cycle's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from crm_sync.reconciler.timeline import Happened


def as_attempts(one: Happened, since: datetime) -> Iterator[Happened]:
    """A touch as often as it may be an attempt from `since` on: an appointment that was booked before stands at its
    start as well, where it was held; one that was written down afterwards counts only if it was."""
    touch, activity = one.touch, one.activity
    if touch.starts_at is None or activity is None:
        yield one
        return
    held = activity.was_held(touch.ref.kind, touch.facts)
    if touch.at >= touch.starts_at:
        yield Happened(touch, activity if held else replace(activity, attempt=False))
        return
    yield one
    if held and touch.at < since <= touch.starts_at:
        yield Happened(replace(touch, at=touch.starts_at), replace(activity, attempt=True, answer=False))
