"""Trouble on order: calls that fail, hang, lose their answer or spoil it, and a count of every call made.

FAULT    what goes wrong with the calls that match, how often, and from when on.      (order.py)
KIND     how it goes wrong: refused, lost, silent, cut short, garbled, shuffled...   (door.py, rows.py, pages.py)
PRESET   a fault by name, with the body and the headers a CRM sends then.             (presets.py)
TROUBLE  all faults on order, the latency, and the calls so far.                      (order.py)
"""

from crm_sync.sandbox.faults.door import Counted, Troubled, is_ordered
from crm_sync.sandbox.faults.order import KINDS, Fault, Trouble
from crm_sync.sandbox.faults.paths import face_of, is_ours, template
from crm_sync.sandbox.faults.presets import PRESETS

__all__ = [
    "KINDS",
    "PRESETS",
    "Counted",
    "Fault",
    "Trouble",
    "Troubled",
    "face_of",
    "is_ordered",
    "is_ours",
    "template",
]
