"""Matching that is kept: who changed is matched anew with those around him, not with everybody."""
