"""Audit: everything that the store says of itself, recomputed from its bytes."""
