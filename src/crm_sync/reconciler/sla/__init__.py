"""The promise of sales, judged per person by docs/sla.md."""
