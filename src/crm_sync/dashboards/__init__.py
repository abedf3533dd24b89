"""The boards: reports as pages that work with scripts off; they compute nothing."""

from crm_sync.dashboards.app import boards

__all__ = ["boards"]
