"""Touches that carry credit, with their channel: visits and responses, and labels only for want of anything better."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from crm_sync.mappings import Activity, Channels
from crm_sync.mappings.channels import UNKNOWN
from crm_sync.reconciler.timeline import Happened
from crm_sync.records import Ref, Touch

LABEL = "label"


class Step(NamedTuple):
    """One step of a person's journey, in the order in which steps compare."""

    at: datetime
    touch: Ref
    activity: str
    channel: str
    person_id: str


def steps_of(person_id: str, happened: Iterable[Happened], channels: Channels) -> tuple[Step, ...]:
    """All steps of a person in order. A label counts only when there is nothing else, and then the earliest one."""
    earning = [(one.touch, one.activity) for one in happened if one.activity and one.activity.credit]
    better = [(touch, activity) for touch, activity in earning if activity.credit != LABEL]
    steps = sorted(step_of(person_id, *one, channels) for one in better or earning)
    return tuple(steps if better else steps[:1])


def step_of(person_id: str, touch: Touch, activity: Activity, channels: Channels) -> Step:
    channel = channels.channel_of(column_of(touch, activity), touch.source) or UNKNOWN
    return Step(touch.at, touch.ref, activity.name, channel, person_id)


def column_of(touch: Touch, activity: Activity) -> str:
    """Which column of channels.toml knows the touch's word."""
    return "campaign" if activity.words == "campaign" else touch.ref.crm


def first_channel(steps: Sequence[Step], now: datetime) -> str:
    return next((step.channel for step in steps if step.at <= now), UNKNOWN)


def last_channel(steps: Sequence[Step], now: datetime) -> str:
    return next((step.channel for step in reversed(steps) if step.at <= now), UNKNOWN)
