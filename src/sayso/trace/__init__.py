"""Tracing: the same claim across documents, copied passages, and the chains by which a claim reaches the reader."""
