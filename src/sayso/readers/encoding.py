"""From a page's bytes to its text, by what its bytes, its server and the page itself say of their encoding."""

from __future__ import annotations

import codecs
import re

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What pages mean when they name an encoding that lacks what they hold (curly quotation marks, mostly), as
# browsers read it: https://encoding.spec.whatwg.org/#names-and-labels
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
_SEVEN_BITS = ("iso2022", "hz")  # their bytes are good ASCII, and so good UTF-8, and mean something else
_DECLARED = re.compile(rb"""<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_LANGUAGE = re.compile(rb"""<html\b[^>]*?\blang\s*=\s*["']?([a-z]{2})""", re.IGNORECASE)
_NOT_WESTERN = b"ar be bg bs cs el et fa he hr hu ja ko lt lv mk pl ro ru sk sl sr th tr uk vi zh".split()
_DECLARED_WITHIN = 4096  # bytes; browsers look at 1,024
_SAMPLE = 20_000  # bytes; detecting takes long, and the start has the letters it needs


def decoded(data: bytes, charset: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The text of a page, without its byte order mark, and a note where some bytes of it could not be read.

    A byte order mark outweighs all else. What is good UTF-8 is UTF-8, whatever is declared; then come `charset`,
    which the server names, what the page names, and what its bytes look like.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _leniently(data[len(mark) :], encoding)
    declared = [one for one in map(_codec, (charset, _named_in(data))) if one]
    if not any(one.startswith((*_SEVEN_BITS, "utf_16", "utf-16", "utf-32")) for one in declared[:1]):
        try:
            return data.decode(), ()
        except UnicodeDecodeError:
            if _is_damaged_utf8(data):
                return _leniently(data, "utf-8")
    for encoding in declared:
        try:
            return data.decode(encoding), ()
        except UnicodeDecodeError:
            continue
    return _leniently(data, _detected(data) or (declared or ["cp1252"])[0])


def _leniently(data: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError as error:
        note = f"read as {encoding}, but byte {error.start} does not fit: characters that could not be read are \ufffd"
        return data.decode(encoding, errors="replace"), (note,)


def _codec(name: str | None) -> str | None:
    """The codec that a name means; None for what is unknown or is no encoding of text."""
    try:
        found = codecs.lookup(name or "")
    except (LookupError, ValueError):
        return None
    # Not public, but bytes.decode asks the same: "rot13" and "zlib" are codecs, and no encodings.
    if not getattr(found, "_is_text_encoding", True) or found.name in ("utf-7", "idna", "punycode", "undefined"):
        return None
    return _MEANT.get(found.name, found.name)


def _named_in(data: bytes) -> str | None:
    """What the page itself says. It says so in ASCII, so it cannot be right about two bytes a letter."""
    found = _DECLARED.search(data[:_DECLARED_WITHIN])
    name = found and found[1].decode("ascii", "replace")
    return None if not name or name.lower().startswith(("utf-16", "utf-32", "ucs")) else name


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether most of what is not ASCII is good UTF-8: a broken byte must not garble the others."""
    letters = sum(not c.isascii() for c in data.decode(errors="ignore"))
    strays = data.decode(errors="replace").count("\ufffd")
    return letters > strays


def _detected(data: bytes) -> str | None:
    """What the bytes look like; None where that is not clear. Zeros at every second byte are UTF-16.

    A text with few letters beyond ASCII is taken for Windows-1252, as browsers do, unless it says that it is in
    another language than those written in it: too few letters tell its neighbours apart.
    """
    head = data[:_SAMPLE]
    zeros = head[1::2].count(0), head[::2].count(0)
    if max(zeros) * 3 > len(head):
        return "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
    language = _LANGUAGE.search(head)
    beyond = sum(byte > 127 for byte in head)
    if beyond * 10 < len(head) and not (language and language[1].lower() in _NOT_WESTERN):
        return "cp1252"
    import charset_normalizer

    best = charset_normalizer.from_bytes(head).best()
    return best.encoding if best else None
