"""From a human's story to the facts that the promise is judged by."""

from __future__ import annotations

from crm_sync.sandbox.town.deals import stages_of
from crm_sync.sandbox.town.judge import Attempt, Facts
from crm_sync.sandbox.town.story import QUEUE, Deal, Human, Touch

_CHANNELS = ("call", "email", "message", "meeting")


def facts_of(human: Human, deals: tuple[Deal, ...]) -> Facts:
    """As first said and done; what the other CRM heard later adds nothing."""
    course = human.course
    return Facts(
        stages=tuple([(one.at, one.what) for one in (*course.stages, *stages_of(deals))]),
        owners=tuple([(one.at, None if one.what == QUEUE else one.what) for one in course.owners]),
        attempts=tuple([made for one in human.touches for made in attempts_of(one)]),
        answers=tuple([one.at for one in human.touches if one.way != "out"]),
        booked=tuple([one.at for one in human.touches if one.way == "booked"]),
        reason=course.reason,
        opted_out=course.opted_out,
        meetings=tuple([(one.at, one.starts) for one in human.touches if one.starts is not None]),
    )


def attempts_of(touch: Touch) -> tuple[Attempt, ...]:
    """An outbound touch that was made, once, whoever copies it."""
    made = touch.way == "out" and touch.state == "done" and touch.kind in _CHANNELS
    return ((touch.at, touch.kind),) if made else ()
