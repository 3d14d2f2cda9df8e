"""In what language a text is written, as far as that can be told."""

from __future__ import annotations

_ENOUGH = 60  # letters; in fewer, names decide
_HEAD = 5000  # code points that are looked at


def language_of(text: str) -> str | None:
    """The ISO 639 code of a text's language by its beginning; None where there is too little to go by.

    By py3langid (Lui & Baldwin 2012), whose model comes with the package.
    """
    head = text[:_HEAD]
    if sum(map(str.isalpha, head)) < _ENOUGH:
        return None
    import py3langid

    code, _ = py3langid.classify(head)
    return str(code)
