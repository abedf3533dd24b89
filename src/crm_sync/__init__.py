"""Two CRMs, one truth."""
