"""The Salesforce face: logins, SOQL, rows, collections, composite, Bulk 2.0, SOAP, schema changes and change events.

OBJECT     one sObject, a table of the world; objects.toml lists them all.            (schema.py, fields.py, install.py)
SIGHT      an object as the API user sees it: without fields that need a permission.  (schema.py)
CALL       one request, parsed; a REPLY answers it; a REFUSAL is the error envelope.  (wire.py, routes.py, paths.py)
QUERY      SOQL text, a tree of dataclasses, SQL on the tables, records.              (soql/)
WRITER     the only hand that changes records: checks, writes, can take it back.     (writer.py, checks.py, effects.py)
RULE       what an org refuses of its own will.                                       (rules.py duplicates.py locks.py)
JOB        a bulk order, asked after until it is done.                                (bulk/)
COMPONENT  a part of the schema that clients make: field, rule, list view.            (components/, tooling.py, soap/)
CHANGE     what happened to a record, kept for subscribers.                           (changes.py, streaming/)
"""

from crm_sync.sandbox.salesforce.install import install
from crm_sync.sandbox.salesforce.routes import routes

__all__ = ["install", "routes"]
