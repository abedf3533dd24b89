"""Salesforce as a connector: people, deals and touches in; our fields out."""

from crm_sync.connectors.salesforce.connector import Salesforce

__all__ = ["Salesforce"]
