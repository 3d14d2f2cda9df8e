"""Exports: Readings in formats that other programs take; one format a file."""
