"""HubSpot: contacts, companies, deals, owners and activities in; our properties out."""

from crm_sync.connectors.hubspot.connector import HubSpot

__all__ = ["HubSpot"]
