"""Texts that others wrote, made fit to be kept: on one line, without controls, without halves of characters."""

from __future__ import annotations

import re

_CONTROLS = re.compile("[\\s\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]+")


def one_line(text: str) -> str:
    """A title or a name on one line, without control characters and lone surrogates."""
    return _CONTROLS.sub(" ", without_surrogates(text)).strip()


def without_surrogates(text: str) -> str:
    """A text that can be written: halves of pairs, which some charsets let through, become U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
