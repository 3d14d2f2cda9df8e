"""How mail programs and people mark what they quote and how they sign, in the languages met most.

The words are in mail_words.tsv, where anyone can add to them: one kind of sign a row, as many rows as it needs.
"""

from __future__ import annotations

from importlib.resources import files


def _words(sign: str) -> tuple[str, ...]:
    """The words of a sign, in small letters, as they are compared."""
    rows = (line.split("\t") for line in _TABLE.splitlines())
    return tuple(word for name, words in rows if name == sign for word in words.split("; "))


_TABLE = files(__package__).joinpath("mail_words.tsv").read_text("utf8")

WROTE = _words("wrote")  # the end of "On 3 May, Ida Ruiz wrote:"
OPENS = _words("opens")  # its beginning, besides a figure; only then may it be folded over several lines
# The headers that a reply or a forwarded message repeats in its body.
HEADERS = {part: _words(f"header {part}") for part in ("from", "sent", "to", "subject", "other")}
ORIGINALS = _words("original")  # between dashes, above such headers or above a quoted text without any
CLOSINGS = _words("closing")  # a letter's last words; a name follows on a line of its own
SENT_FROM = _words("sent from")  # "Sent from my telephone": how mail programs sign
FOOTERS = _words("footer")  # what the footers of lists and newsletters speak of
