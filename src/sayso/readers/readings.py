"""Readings as JSON Lines, from another run or machine: hashes and offsets are verified, and nothing is read again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from sayso.errors import InputError
from sayso.export.jsonl import reading_from_json
from sayso.readers.given import UTF8_MARK, Given, Known, Read

ENDINGS = (".jsonl",)
_OPENS = re.compile(rb'\s*\{\s*("document"\s*:\s*\{|"attributions"\s*:\s*\[)')
_NOT_APPLIED = "what was said about the document on the command line was not applied: its Reading was made without it"


def recognizes(given: Given) -> bool:
    """By a first line that holds a document and its attributions."""
    first = given.opening.removeprefix(UTF8_MARK)
    if not _OPENS.match(first):
        return False
    try:
        fields = msgspec.json.decode(first)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return True  # longer than what is looked at, or broken: then its error says more here than elsewhere
    return isinstance(fields, dict) and {"document", "attributions"} <= fields.keys()


def read(given: Given) -> Iterator[Read | InputError]:
    """A document a line, with its Reading; a line that does not hold together is an error that names the field."""
    for number, line in given.numbered_lines():
        place = f"{given.place}, line {number}"
        try:
            reading = reading_from_json(line, place)
        except InputError as error:
            yield error
        else:
            problems = (_NOT_APPLIED,) if given.known != Known() else ()
            yield Read(reading.document, place, problems, reading=reading)
