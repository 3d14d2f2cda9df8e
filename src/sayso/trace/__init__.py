"""Tracing across documents: what was copied from what, and where it comes from."""
