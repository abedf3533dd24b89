"""Quotas as both CRMs publish them: off at first, switched on by the control API or `--quotas`.

Short windows (10 s, 1 s, long calls) run on real time, because that is what clients wait in; days run on the world's.

LIMITS  what is allowed.   QUOTAS  the limits, the switch and what is used.   (quotas.py)
"""

from crm_sync.sandbox.limits.door import Limited
from crm_sync.sandbox.limits.quotas import Limits, Quotas, Window

__all__ = ["Limited", "Limits", "Quotas", "Window"]
