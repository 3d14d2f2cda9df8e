"""Tracing: the same claim across documents, what was copied from what, and by which chains a claim reaches the reader."""
