"""Files: exports in a folder, CSV or Parquet, read as if they were a CRM; our properties go into a file beside them."""

from crm_sync.connectors.files.connector import Files

__all__ = ["Files"]
