"""What the outlet states in its own voice: the sentences that no attribution's content touches."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator

from sayso.model import Attribution, Document, Span, Statement

# Before a full stop the splitter takes every blank for one byte, and breaks off at the others ("Ana J\u00a0. Ruiz").
_BLANKS = dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_BLANKS |= dict.fromkeys((0x85, 0x2028, 0x2029), "\n")
_CUT_ABBREVIATION = re.compile(r"(?:^|[^\w])[^\W\d_]\.\Z")  # "Velm-U." of "Velm-U.S. talks"
# Who posted what stands above: — Ana Ruiz (@anaruiz) July 16, 2018
SIGNATURE = re.compile(
    r"^[^\S\n]*(?P<dash>[—–-]+)[^\S\n]*(?P<name>[^\s(][^\n(]{0,60}?)[^\S\n]*\(@\w+\)[^\n]{0,40}$", re.MULTILINE
)
_LONGEST_HEADLINE = 200  # code points; a first line longer than this is a paragraph


def statements(document: Document, attributions: tuple[Attribution, ...]) -> tuple[Statement, ...]:
    """The document's sentences, and its headline, that share no code point with any content.

    A sentence that is partly content ("Ruiz said the bridge was safe.") is an attribution, and no statement; nor is the
    line that says who posted what stands above.
    """
    content = sorted((p.start, p.end) for a in attributions for p in a.content)
    signed = {line.span() for line in SIGNATURE.finditer(document.text)}  # of posts: they state nothing
    ends = [end for _, end in content]
    text = document.text
    headline = document.title_span or headline_span(text)
    spans = [(headline, True)] if headline else []
    spans += [(span, False) for span in sentences(text, headline.end if headline else 0)]
    out = []
    for span, is_headline in spans:
        if any(start <= span.start and span.end <= end for start, end in signed):
            continue
        i = bisect.bisect_right(ends, span.start)
        if i == len(content) or content[i][0] >= span.end:
            out.append(Statement(f"{document.id}:s{span.start}-{span.end}", span, is_headline))
    return tuple(out)


def sentences(text: str, start: int = 0) -> Iterator[Span]:
    """The sentences of a text from `start` on, without outer space. Those without a letter or digit are left out."""
    from sentencex import get_sentence_boundaries

    opened: int | None = None  # where a sentence begins that the splitter cut inside an abbreviation
    for boundary in get_sentence_boundaries("en", text[start:].translate(_BLANKS)):
        a, b = start + boundary["start_index"], start + boundary["end_index"]
        a = a if opened is None else opened
        opened = a if _CUT_ABBREVIATION.search(text[max(a, b - 3) : b]) and text[b : b + 1].isalnum() else None
        if opened is not None:
            continue
        piece = text[a:b]
        if any(c.isalnum() for c in piece):
            a += len(piece) - len(piece.lstrip())
            yield Span(a, a + len(piece.strip()))


def headline_span(text: str) -> Span | None:
    """The headline of a text that came without one.

    It is the first line, where it stands alone above the rest and is no sentence that ends in a full stop.
    """
    start = len(text) - len(text.lstrip())
    end = min((i for i in (text.find(c, start) for c in "\n\r") if i >= 0), default=-1)
    if end < 0 or end - start > _LONGEST_HEADLINE:
        return None
    line = text[start:end].rstrip()
    if line.endswith(".") or text[end:].strip() == "":
        return None
    return Span(start, start + len(line))
