"""What happens to a world by order: at once, or in the middle of somebody's run, before the call that one chooses.

ORDER   what shall be done, with what, and before which call.              (order.py)
DEED    how it is done: through the face, as a user of that CRM would,     (deeds.py, fields.py)
        or below it, where no user can reach: stamps, tokens.              (below.py)
INSIDE  the application without faults, quotas and counting.               (inside.py)
"""

from crm_sync.sandbox.actions.door import Acting
from crm_sync.sandbox.actions.order import DEEDS, Actions, Order

__all__ = ["DEEDS", "Acting", "Actions", "Order"]
