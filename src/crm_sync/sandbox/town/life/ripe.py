"""Whether a story that has yet to happen can be told while it happens."""

from __future__ import annotations

from collections.abc import Iterable

from crm_sync.sandbox.town.calendar import HOUR
from crm_sync.sandbox.town.life.cut import first_known
from crm_sync.sandbox.town.quiet import is_quiet
from crm_sync.sandbox.town.story import HUBSPOT, SALESFORCE, Deal, Human, Touch

_AFTER = 8 * HOUR  # the evening after the last thing that happens


def is_ripe(human: Human, touches: Iterable[Touch], deals: tuple[Deal, ...], since: int, last: int) -> bool:
    """True when each of these touches comes after `since` and after the record it is logged on, and no verdict hangs on
    seconds when all is done."""
    return all(one.at > since and _is_placed(human, one) for one in touches) and is_quiet(human, deals, last + _AFTER)


def _is_placed(human: Human, touch: Touch) -> bool:
    seen = [(touch.where, touch.at)]
    if touch.mirror is not None:
        seen.append((SALESFORCE if touch.where == HUBSPOT else HUBSPOT, touch.at + touch.mirror))
    firsts = [(first_known(human.course, face), at) for face, at in seen]
    return all(first is not None and first <= at for first, at in firsts)
