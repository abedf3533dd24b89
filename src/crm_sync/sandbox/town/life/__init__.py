"""The town after its first evening: who comes, what reps do, and how both CRMs learn of it as the clock runs.

FUTURE   a story that reaches beyond the first now, drawn from the seed.      (newcomers.py, going_on.py, ripe.py)
CUT      what of a story has happened by an instant; or what a CRM has heard. (cut.py)
PAGE     what one CRM shows of one human at an instant: a cut, told.          (page.py)
THREAD   one human in one CRM from event to event, each of them a DELTA.      (thread.py)
HAND     puts a delta into a face, with the stamps and news of its own time.  (hand.py, hand_hubspot.py, ...)
LIFE     all threads in order; catches up with the clock.                     (life.py, truth_at.py)
"""

from crm_sync.sandbox.town.life.life import Life, Town

__all__ = ["Life", "Town"]
