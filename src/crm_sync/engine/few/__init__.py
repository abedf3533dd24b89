"""A question over few rows, answered in Python by the plan that DuckDB makes of it: no second copy of any question."""
