"""Record pages: what a rep would see of one record, in HubSpot and in Salesforce.

SHEET   one record ready to show: heading, groups of fields, links, timeline.   (sheet.py)
        read from the world by hubspot.py and salesforce.py, shown by pages.py
"""

from crm_sync.sandbox.records.pages import routes

__all__ = ["routes"]
