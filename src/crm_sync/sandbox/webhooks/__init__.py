"""HubSpot's webhooks: an app's settings and subscriptions, and the delivery of what happened to a server of ours.

SUBSCRIPTION  which events an app wants.            (hooks.py; over HTTP in api.py)
EVENT         one change for one subscription, in the form it is delivered in.   (events.py)
DELIVERY      up to 100 events in one signed POST, tried again when it fails.    (delivery.py, signing.py)
"""

from crm_sync.sandbox.webhooks.api import routes
from crm_sync.sandbox.webhooks.hooks import Hooks, hooks

__all__ = ["Hooks", "hooks", "routes"]
