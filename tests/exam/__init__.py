"""One exam for every connector: the promises of connectors/base.py, asked of each CRM in the same words."""
