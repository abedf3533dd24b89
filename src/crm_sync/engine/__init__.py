"""Where questions about sets are computed."""
