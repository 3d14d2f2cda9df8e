"""Tracing: the same claim across documents, who holds what on it, and by which chains it reaches the reader."""
