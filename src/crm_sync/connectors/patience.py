"""Which failures may pass, and how long we wait for that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tenacity import RetryCallState
from tenacity.wait import wait_exponential_jitter

from crm_sync.errors import CrmSyncError, TryLater

RETRIED: Final = frozenset({408, 420, 423, 429, 477, 500, 502, 503, 504, 520, 521, 522, 523, 524})
NOT_LOGGED_IN: Final = frozenset({401, 530})  # 530 is HubSpot's answer to a malformed token
USED_UP: Final = frozenset({"DAILY", "REQUEST_LIMIT_EXCEEDED"})  # waiting seconds does not bring a day's quota back
LONGEST_WAIT: Final = 60.0

Wait = Callable[[RetryCallState], float]


class Again(Exception):
    """One try failed in a way that another may not; `error` is what to raise when none is left."""

    def __init__(self, error: CrmSyncError, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error, self.after = error, after


_backoff = wait_exponential_jitter(multiplier=0.5, max=20, jitter=0.5)


def patient(state: RetryCallState) -> float:
    """What the CRM asks for, or twice as long each time with some jitter."""
    problem = state.outcome.exception() if state.outcome else None
    asked = problem.after if isinstance(problem, Again) else None
    return _backoff(state) if asked is None else asked


def may_pass(problem: BaseException) -> bool:
    """Is asking again worth while? Not when the CRM wants a longer rest than we take in one go."""
    return isinstance(problem, TryLater) and problem.after <= LONGEST_WAIT
