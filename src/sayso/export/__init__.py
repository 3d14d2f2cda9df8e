"""Exports: Readings in formats that other programs take; one format a file.

To add a format, write a module with a FORMAT (see `Format`) and add its line to EXPORTS.
"""

from __future__ import annotations

from sayso.export import brat, citron, csv, ftm, jsonl, parquet, schema_org, spacy, web_annotation
from sayso.export.fields import LEFT_OUT, without
from sayso.export.filters import Filter, selected
from sayso.export.format import Entities, Entity, Format

__all__ = ["EXPORTS", "LEFT_OUT", "Entities", "Entity", "Filter", "Format", "selected", "without"]

EXPORTS: dict[str, Format] = {
    "jsonl": jsonl.FORMAT,
    "csv": csv.FORMAT,
    "parquet": parquet.FORMAT,
    "web-annotation": web_annotation.FORMAT,
    "brat": brat.FORMAT,
    "citron": citron.FORMAT,
    "spacy": spacy.FORMAT,
    "ftm": ftm.FORMAT,
    "schema": schema_org.FORMAT,
}
