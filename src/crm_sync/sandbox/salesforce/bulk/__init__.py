"""Bulk API 2.0: jobs that take or give CSV and are asked again and again until they are done.

JOB      one order, ingest or query, with its state.                          (job.py)
SHEET    CSV as the API reads and writes it.                                  (sheet.py)
CHUNK    up to 10,000 rows, written each time somebody asks how far a job is. (ingest.py, rows.py)
PAGE     results of a query job, by locator or as parallel pages.             (query.py)
"""
