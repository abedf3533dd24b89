"""Who is who: records of one person found by exact keys."""
