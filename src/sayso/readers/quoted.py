"""A mail's own words, told from the history that it quotes and from signatures.

Rules over lines: what is marked with ">" is quoted; a line like "On 3 May, Ida Ruiz wrote:" or a block of headers
begins what is quoted; a signature is looked for at the end of what is left, from the surest sign to the weakest.
Answers between quoted lines stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sayso.readers.lines import Line
from sayso.readers.mail_words import CLOSINGS, FOOTERS, HEADERS, OPENS, ORIGINALS, SENT_FROM, WROTE

QUOTED, SIGNATURE, OWN = "quoted", "signature", ""

_MOST_LINES = 20_000  # that are looked at for more than marks; no one writes so many
_LONGEST = 400  # characters of a line that says who wrote when; a longer one is prose
_FOLDED = 4  # lines, at most, over which mail programs fold it
_BLOCK = 14  # lines, at most, of repeated headers
_SIGNED = 12  # lines, at most, of a signature that no mark introduces
_STACKED = 4  # signatures, at most, that stand above one another
_SHORT = 70  # characters of a line in it
_WRAPPED = 60  # a quoted line of that length may go on, unmarked, on the next


def _any(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_MARKED = re.compile(r"\s{0,4}>")
_RULE = re.compile(r"\s*(?:[-_=*~]{2,}|[-—–_]+)\s*")
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+\.?[^\s<>@]*")
_TIME = re.compile(r"\b\d{1,2}\s?[:.h]\s?\d\d\b|\b\d{1,2}\s?[ap]\.?m\b", re.IGNORECASE)
_ADDRESSED = re.compile(r"[^\s<>@]+@[^\s<>@]+[>)\]\s]*:$")
_WROTE = re.compile(rf"(?:^|\W)(?:{_any(WROTE)})\s*(?P<end>[:：]?)[\s\-*]*$", re.IGNORECASE)
_END = re.compile(r"\s*>\s?:\s*")  # of "On 3 May, Ida Ruiz <ida@example.org>:", folded before its end
_WROTE_NAME = re.compile(rf"\W(?:{_any(WROTE)})\s+[^:]{{2,60}}[:：]$", re.IGNORECASE)  # "schrieb Bill Hale:"
_LAST_SIGNS = ":：-*"
_LAST_WORDS = frozenset(word.rsplit(None, 1)[-1].casefold() for word in WROTE)
_VERB = 40  # characters at the end that hold the verb
_YOU = re.compile(r"\byou wrote:?$", re.IGNORECASE)
_OPENS = re.compile(rf"[\W_]{{0,5}}(?:\d|(?:{_any(OPENS)})(?![^\W\d_]))", re.IGNORECASE)
_ORIGINAL = re.compile(
    rf"\W*-{{2,}}\s*(?:{_any(ORIGINALS)})[\s:]*-{{2,}}\W*|\s*(?:{_any(ORIGINALS)})\s*[:：]\s*", re.IGNORECASE
)
_SEPARATOR = re.compile(r"\s*-{3,}\s*[^\W\d_][^-]{3,40}-{3,}\s*")
_HEADER = re.compile(r"[\s*_]{0,8}(?P<name>[^\W\d_][^:：*_\n]{0,20}?)[*_]*\s?[:：][*_]*(?P<value>.*)")
_NAMED = {name: part for part, names in HEADERS.items() for name in names}
_CLOSING = re.compile(rf"\W*(?:{_any(CLOSINGS)})\W*", re.IGNORECASE)
_SENT_FROM = re.compile(rf"\W{{0,3}}(?:{_any(SENT_FROM)})\b", re.IGNORECASE)
_MY_DEVICE = re.compile(
    r".{0,30}(?:iphone|ipad|android|blackberry|smartphone|handy)\b.{0,20}gesendet\W*", re.IGNORECASE
)
_FOOTER = re.compile(_any(FOOTERS), re.IGNORECASE)
_FOOTER_OPENS = re.compile(
    r"\W*(?:to unsubscribe|unsubscribe|you (?:are )?receiv(?:ed|ing) this|you are subscribed|to stop receiving|"
    r"manage your (?:preferences|subscription)|reply to this email directly|-?to post to)\b",
    re.IGNORECASE,
)
_DASHED_NAME = re.compile(r"\s*[-–—~]{1,2} ?(?P<name>[^\W\d_][^,:;!?]{0,40})")
_CONTACT = re.compile(r"@\w|https?://|\bwww\.|\+?\(?\d[\d ()./-]{6,}\d", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\[\d{1,3}\] ?\S")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of a mail that belong together: its own, quoted ones, or a signature."""

    kind: str
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """Its words, without blank lines around them."""
        return "\n".join(line.text.rstrip() for line in self.lines).strip("\n")


def passages_of(lines: Sequence[Line], sender: str = "") -> list[Passage]:
    """A mail's body as passages, in order: what is its own, what it quotes, how it is signed.

    `sender` is the sender's name and address, as far as they are known: a signature often begins with them.
    """
    lines, behind = lines[:_MOST_LINES], lines[_MOST_LINES:]
    kinds = [line.kind or (QUOTED if _MARKED.match(line.text) else OWN) for line in lines]
    # No rule below needs more of a line, nor the marks of direction that stand in some.
    texts = [_INVISIBLE.sub("", line.text[: _LONGEST + 1]).replace("\u00a0", " ") for line in lines]
    _mark_wrapped(texts, kinds)
    _mark_history(texts, kinds)
    _mark_blanks(texts, kinds)
    names = frozenset(word.casefold() for word in _WORD.findall(sender.split("@")[0]) if len(word) > 1)
    for start, end in _own(kinds):
        signature = _signature(texts, start, end, names)
        kinds[signature:end] = [SIGNATURE] * (end - signature)
    kinds += [line.kind or (QUOTED if _MARKED.match(line.text) else kinds[-1]) for line in behind]
    pairs = zip(kinds, (*lines, *behind), strict=True)
    runs = [(kind, list(run)) for kind, run in groupby(pairs, key=lambda pair: pair[0])]
    found = (Passage(kind, tuple(line for _, line in run)) for kind, run in runs)
    return [passage for passage in found if passage.text.strip()]


# What is quoted


def _mark_wrapped(texts: list[str], kinds: list[str]) -> None:
    """A quoted line that was broken in two has lost the mark of its second half."""
    for at in range(1, len(kinds) - 1):
        alone = kinds[at] == OWN and texts[at].strip() and kinds[at - 1] == kinds[at + 1] == QUOTED
        if alone and len(texts[at - 1]) >= _WRAPPED and len(texts[at]) < len(texts[at - 1]):
            kinds[at] = QUOTED


def _mark_history(texts: list[str], kinds: list[str]) -> None:
    """What follows "Ida Ruiz wrote:", "Original message" or repeated headers: to the end, or as far as it is marked."""
    at = 0
    while at < len(texts):
        if kinds[at] != OWN or not texts[at].strip():
            at += 1
        elif _ORIGINAL.fullmatch(texts[at]) or _is_block(texts, kinds, at):
            above = _last_words(texts, at)
            if above >= 0 and _RULE.fullmatch(texts[above]):
                at = above
            kinds[at:] = [QUOTED] * (len(kinds) - at)
            return
        elif count := _reply_header(texts, kinds, at):
            after = _next_words(texts, at + count)
            marked = after < len(texts) and kinds[after] == QUOTED
            end = after if marked else len(kinds)
            kinds[at:end] = [QUOTED] * (end - at)
            at = end
        else:
            at += 1


def _reply_header(texts: list[str], kinds: list[str], at: int) -> int:
    """How many lines from here on say that someone wrote what follows; 0 if they do not."""
    joined = ""
    for count in range(1, _FOLDED + 1):
        here = at + count - 1
        if here >= len(texts) or not texts[here].strip():
            return 0
        if kinds[here] != OWN and not _END.fullmatch(texts[here]):
            return 0
        joined = f"{joined} {texts[here].strip()}".strip()
        if len(joined) > _LONGEST or (count > 1 and not _OPENS.match(joined)):
            return 0
        after = _next_words(texts, here + 1)
        marked = after < len(texts) and kinds[after] == QUOTED
        if _says_who_wrote(joined, marked):
            return count
    return 0


def _says_who_wrote(words: str, marked: bool) -> bool:
    """Whether this is a line like "On 3 May 2024 at 10:15, Ida Ruiz <ida@example.org> wrote:".

    Where no marked lines follow, it has to show an address or a time of day, as programs write them: an article,
    too, may say that on 3 May someone wrote, and go on with what that was.
    """
    if words[-1] not in _LAST_SIGNS and words.rsplit(None, 1)[-1].casefold() not in _LAST_WORDS:
        return False  # as with most lines; what follows is slow
    wrote = _WROTE.search(words[-_VERB:])
    if wrote and marked:
        return bool(wrote["end"]) or bool(_ADDRESS.search(words))
    if wrote and _OPENS.match(words):
        return bool(_ADDRESS.search(words) or _TIME.search(words) or _YOU.search(words))
    if _WROTE_NAME.search(words) and _OPENS.match(words):
        return marked or bool(_ADDRESS.search(words) or _TIME.search(words))
    return bool(_ADDRESSED.search(words) and (_TIME.search(words) or marked) and _OPENS.match(words))


def _is_block(texts: list[str], kinds: list[str], at: int) -> bool:
    """Whether headers of another message begin here, perhaps below a line like "---- Message ----"."""
    if _SEPARATOR.fullmatch(texts[at]):
        at = _next_words(texts, at + 1)
        least = 2
    else:
        least = 3
    seen: set[str] = set()
    strange = 0
    lines = []
    for here in range(at, min(at + _BLOCK, len(texts))):
        line = texts[here]
        match = _HEADER.match(line)
        part = match and _NAMED.get(match["name"].strip().casefold())
        if part:
            seen.add(part)
            strange = 0
        elif not seen or not line.strip() or kinds[here] != OWN or strange:
            break
        else:
            strange += 1  # a header may be folded once
        lines.append(line)
    evidence = "\n".join(lines)
    return len(seen) >= least and "from" in seen and bool(_ADDRESS.search(evidence) or _TIME.search(evidence))


def _next_words(texts: list[str], at: int) -> int:
    """The next line that is not blank; the end, if there is none."""
    while at < len(texts) and not texts[at].strip():
        at += 1
    return at


def _last_words(texts: list[str], at: int) -> int:
    """The last line before this one that is not blank; -1 if there is none."""
    at -= 1
    while at >= 0 and not texts[at].strip():
        at -= 1
    return at


def _mark_blanks(texts: list[str], kinds: list[str]) -> None:
    """Blank lines go with what stands before them."""
    for at in range(1, len(kinds)):
        if not texts[at].strip() and kinds[at - 1] == QUOTED:
            kinds[at] = QUOTED


def _own(kinds: list[str]) -> Iterator[tuple[int, int]]:
    """Where the mail's own lines start and end, each stretch of them."""
    at = 0
    for kind, run in groupby(list(kinds)):
        end = at + len(list(run))
        if kind == OWN:
            yield at, end
        at = end


# How it is signed


def _signature(texts: list[str], start: int, end: int, names: frozenset[str]) -> int:
    """Where the signatures and footers at the end of these lines begin; `end` if there are none.

    One may stand above another: a name, its mail program's line, the footer of the list. Each is taken off in turn.
    """
    filled = [at for at in range(start, end) if texts[at].strip()]
    for _ in range(_STACKED):
        found = next((at for look in _LOOKS if (at := look(texts, filled, names)) is not None), None)
        if found is None:
            break
        filled = [at for at in filled if at < found]
        end = found
    return end


def _delimited(texts: list[str], filled: list[int], names: frozenset[str]) -> int | None:  # noqa: ARG001
    """The mark of RFC 3676, "-- "; without its blank, only where no long text follows."""
    for rank, at in enumerate(filled):
        if texts[at] == "-- " or (texts[at].strip() == "--" and len(filled) - rank <= 2 * _SIGNED):
            return at
    return None


def _footer(texts: list[str], filled: list[int], names: frozenset[str]) -> int | None:  # noqa: ARG001
    """The footer of a list or newsletter: below a rule, or a last paragraph that opens like one."""
    last = filled[-2 * _SIGNED :]
    for rank, at in enumerate(last):
        below = last[rank + 1 :]
        if _RULE.fullmatch(texts[at]) and any(_FOOTER.search(texts[one]) for one in below[:4]):
            return at
    return next((at for at in last[-_SIGNED:] if _FOOTER_OPENS.match(texts[at])), None)


def _sent_from(texts: list[str], filled: list[int], names: frozenset[str]) -> int | None:  # noqa: ARG001
    """ "Sent from my telephone" as the last line; "Sent from my desk, is easier" is a sentence."""
    if not filled:
        return None
    line = texts[filled[-1]].strip()
    words = line.split("<")[0].split("http")[0].rstrip(" (")
    if _MY_DEVICE.fullmatch(line) or (
        _SENT_FROM.match(line) and len(words) < _SHORT and not re.search(r"[,;]|\w{3}\.\s*$", words)
    ):
        return filled[-1]
    return None


def _ruled(texts: list[str], filled: list[int], names: frozenset[str]) -> int | None:  # noqa: ARG001
    """A name and a few short lines below a rule."""
    return _signed_below(_RULE, texts, filled)


def _closed(texts: list[str], filled: list[int], names: frozenset[str]) -> int | None:  # noqa: ARG001
    """A letter's last words, a name, and whatever short lines follow."""
    return _signed_below(_CLOSING, texts, filled)


def _signed_below(line: re.Pattern[str], texts: list[str], filled: list[int]) -> int | None:
    """The first line of such a form that a name and short lines follow, among the last."""
    for rank, at in enumerate(filled[-_SIGNED:], max(0, len(filled) - _SIGNED)):
        below = filled[rank + 1 :]
        if rank and line.fullmatch(texts[at]) and below and _is_name(texts[below[0]]) and _signs(texts, below):
            return at
    return None


def _dashed(texts: list[str], filled: list[int], names: frozenset[str]) -> int | None:  # noqa: ARG001
    """ "- Ida Ruiz" as the last line, not as the last of a list."""
    if len(filled) < 2:
        return None
    at = filled[-1]
    match = _DASHED_NAME.fullmatch(texts[at])
    if match and _is_name(match["name"]) and not texts[filled[-2]].lstrip().startswith(("-", "–", "—", "~")):
        return at
    return None


def _named(texts: list[str], filled: list[int], names: frozenset[str]) -> int | None:
    """A line that is the sender's name, with short lines below it."""
    for rank, at in enumerate(filled[-_SIGNED:], max(0, len(filled) - _SIGNED)):
        words = [word.casefold() for word in _WORD.findall(texts[at]) if len(word) > 1]
        sender = bool(words) and len(words) <= 5 and words[0] in names and _is_name(texts[at].split(",")[0])
        if rank and sender and _signs(texts, filled[rank + 1 :]):
            return at
    return None


def _contact(texts: list[str], filled: list[int], names: frozenset[str]) -> int | None:  # noqa: ARG001
    """A last paragraph that opens with a name and goes on with telephone numbers or addresses."""
    rank = len(filled) - 1
    while rank > 0 and filled[rank - 1] == filled[rank] - 1:
        rank -= 1
    block = filled[rank:]
    contact = any(_CONTACT.search(texts[at]) for at in block[1:])
    if rank > 0 and 2 <= len(block) <= _SIGNED and contact and _is_name(texts[block[0]]) and _signs(texts, block):
        return block[0]
    return None


_LOOKS = (_delimited, _footer, _sent_from, _closed, _named, _ruled, _dashed, _contact)


def _signs(texts: list[str], lines: Sequence[int]) -> bool:
    """Whether these lines may belong to a signature: few, short, and no sentences."""
    return len(lines) <= _SIGNED and not any(_is_prose(texts[at]) for at in lines)


def _is_prose(line: str) -> bool:
    """Whether a line is too long for a signature, or ends a sentence, or is a footnote."""
    line = line.strip()
    sentence = len(line.split()) >= 5 and line.endswith((".", "!", "?", "…", ":", ".”", '."'))
    return len(line) > _SHORT or sentence or bool(_FOOTNOTE.match(line))


def _is_name(line: str) -> bool:
    """Whether a line may be someone's name: one to four words, the first with a capital, none a sentence's end."""
    words = _WORD.findall(line)
    return (
        1 <= len(words) <= 5
        and len(line.strip()) <= 50
        and words[0][0].isupper()
        and not line.rstrip().endswith(("?", "!", ":", "."))
    )
