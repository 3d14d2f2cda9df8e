"""Files that hold no text for sayso to read, told by how they open, and what to do with each."""

from __future__ import annotations

_UNPACK = "unpack it first"
_AS_TEXT = "save it as plain text first"
_PICTURE = "sayso reads text; give it the words in the picture"

SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF", "turn it into plain text first, for example with pdftotext"),
    (b"\xd0\xcf\x11\xe0", "an office document (doc, xls)", _AS_TEXT),
    (b"{\\rtf", "a rich text document (rtf)", _AS_TEXT),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\x89PNG\r\n", "a PNG image", _PICTURE),
    (b"\xff\xd8\xff", "a JPEG image", _PICTURE),
    (b"GIF87a", "a GIF image", _PICTURE),
    (b"GIF89a", "a GIF image", _PICTURE),
    (b"\x7fELF", "a program (ELF)", "name a text file instead"),
    (b"MZ\x90\x00", "a program (exe)", "name a text file instead"),
    (b"SQLite format 3\x00", "a SQLite database", "name the documents that it was made from"),
)

# A zip archive by its first bytes; told by the names in it.
OFFICE = f"this looks like an office document (docx, odt, epub); {_AS_TEXT}"
_TAR = slice(257, 262)

_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1b")
_FEW = 16  # stray NULs are part of a text and are kept; a twentieth of them or more is no text


def refusal(opening: bytes) -> str | None:
    """Why a file with this opening is not read, and what to do about it; None if nothing speaks against it."""
    for signature, what, remedy in SIGNATURES:
        if opening.startswith(signature):
            return f"this looks like {what}; {remedy}"
    if opening[_TAR] == b"ustar" and b"\0" in opening[: _TAR.start]:
        return f"this looks like a tar archive; {_UNPACK}, or pack it as a zip archive"
    return None


def is_binary(data: bytes) -> bool:
    """Whether so many bytes are control characters that this can be no text in an encoding known to us."""
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return controls > _FEW and controls * 20 > len(data)
