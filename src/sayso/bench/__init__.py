"""Measuring sayso: accuracy against an annotated corpus, and speed on this machine."""
