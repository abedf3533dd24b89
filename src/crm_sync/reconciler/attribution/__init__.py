"""Which touches earned which won deal."""
