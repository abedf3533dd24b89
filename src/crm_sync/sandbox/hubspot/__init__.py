"""The HubSpot face: v3 objects, search, properties, owners and pipelines, and v4 associations, as its clients see them.

OBJECT      contacts, companies, deals and six kinds of activity; named, or by type id (0-1).   (objects.py)
PROPERTY    a column with a definition; the default ones are a table.                           (properties.toml)
ACCOUNT     tokens and scopes, pipelines, groups, labels: what is not a record.                 (account.py)
REFUSAL     an answer that is not 2xx, in HubSpot's error envelope.                             (errors.py)
CALL        one request that passed the door: token known, scope granted, body parsed.          (wire.py)
"""

from crm_sync.sandbox.hubspot.account import Account, account, pipeline
from crm_sync.sandbox.hubspot.routes import routes
from crm_sync.sandbox.hubspot.standard import install

__all__ = ["Account", "account", "install", "pipeline", "routes"]
