"""The Salesforce face: OAuth and SOAP login, SOQL, sObject rows, collections, composite and the Tooling API's fields.

OBJECT   one sObject, a table of the world; objects.toml lists them all.          (schema.py, fields.py, install.py)
SIGHT    an object as the API user sees it: without fields that need a permission. (schema.py)
CALL     one request, parsed; a REPLY answers it; a REFUSAL is the error envelope.  (wire.py, routes.py)
QUERY    SOQL text, a tree of dataclasses, SQL on the tables, records.              (soql/)
WRITER   the only hand that changes records: checks, writes, can take it back.      (writer.py, checks.py, effects.py)
"""

from crm_sync.sandbox.salesforce.install import install
from crm_sync.sandbox.salesforce.routes import routes

__all__ = ["install", "routes"]
