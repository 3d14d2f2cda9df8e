"""Making visible what would steer a terminal: a document must not move the cursor or turn its letters round.

Views alone use this; documents, Readings and exports keep every character as it is.
"""

from __future__ import annotations

import re

_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SIGNS = {
    **{c: chr(0x2400 + c) for c in range(0x20) if chr(c) not in "\t\n"},  # ␛ for escape
    0x7F: "␡",
    **{c: f"\\x{c:02x}" for c in range(0x80, 0xA0)},
    **{c: f"\\u{c:04x}" for c in _BIDI},
    **{c: f"\\u{c:04x}" for c in range(0xD800, 0xE000)},  # in file names; no terminal can show them
}
_LINE_ENDS = re.compile("\r\n|[\r\u0085\u2028\u2029]")


def visible(text: str) -> str:
    """A text with a sign for each character that steers a terminal. Line feeds and tabs stay."""
    return text if text.isprintable() else text.translate(_SIGNS)


def with_line_feeds(text: str) -> str:
    """A text of the same length, offset by offset, in which a line feed ends every line."""
    return _LINE_ENDS.sub(lambda found: " \n" if len(found.group()) == 2 else "\n", text)
