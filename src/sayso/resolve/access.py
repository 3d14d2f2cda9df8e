"""What a document says of an unnamed source: how it comes to know, and why it is not named.

Wordings follow the search phrases of newsrooms' own anonymity rules: "familiar with the matter", "on condition
of anonymity", "because they were not authorized to speak".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.extract.words import Words
from sayso.resolve.mentions import Mention

_ACCESS = re.compile(
    r"(?:,\s*)?(?P<access>(?:(?:who|that)\s+(?:\w+\s+){0,3}?(?:briefed|read|seen|saw|reviewed|attended|worked?s?|working|knows?|knew|heard|"
    r"spoke\s+with|spoken\s+with|met|involved|participated|helped|took\s+part|was\s+(?:there|present)|were\s+(?:there|present)|"
    r"had\s+access|has\s+access|have\s+access|inspected|overs(?:ees|aw)|handled|witnessed)\b[^,.;:”\"]*"
    r"|(?:directly\s+|personally\s+|intimately\s+|deeply\s+)?(?:familiar|close|briefed|involved|acquainted|knowledgeable|privy)\s+"
    r"(?:with|to|on|in|about)\s+[^,.;:”\"]*"
    r"|with\s+(?:\w+\s+){0,3}?(?:knowledge|access|insight|ties|links)\b[^,.;:”\"]*"
    r"|in\s+a\s+position\s+to\s+know[^,.;:”\"]*|inside\s+the\s+[^,.;:”\"]*))",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"(?P<reason>(?:because|since|as)\s+(?:\w+\s+){1,3}?(?:(?:was|were|is|are)(?:\s+not|n[’']t)\s+(?:allowed|authori[sz]ed|permitted|cleared|free)|"
    r"(?:lacked|did\s+not\s+have|didn[’']t\s+have)\s+(?:authori[sz]ation|permission)|fear(?:s|ed)?|(?:was|were)\s+afraid|worr(?:y|ied)|"
    r"(?:had|has|have)\s+not\s+been\s+(?:made\s+public|announced|authori[sz]ed))[^.;”\"]*"
    r"|(?:not|n[’']t)\s+(?:being\s+)?authori[sz]ed\s+to\s+(?:speak|talk|discuss|comment)[^.,;”\"]*"
    r"|(?:(?:who|they|he|she)\s+)?(?:(?:spoke|speaking|talked|requested|request(?:s|ing)|asked|asking|granted|grants?|insisted|insisting)\s+)"
    r"(?:\w+\s+){0,3}?(?:on\s+(?:the\s+)?condition\s+of\s+|for\s+|on\s+)?(?:anonymity|not\s+to\s+be\s+(?:named|identified|quoted))[^.;”\"]*"
    r"|on\s+(?:the\s+)?condition\s+(?:of\s+anonymity|that\s+\w+\s+not\s+be\s+(?:named|identified|quoted))[^.;”\"]*"
    r"|(?:who|but)\s+(?:\w+\s+){0,2}?(?:declined|refused|did\s+not\s+want|didn[’']t\s+want|asked\s+not)\s+to\s+be\s+(?:named|identified|quoted)[^.;”\"]*"
    r"|for\s+fear\s+of\s+[^.;”\"]*|fearing\s+(?:retaliation|retribution|reprisals?)[^.;”\"]*)",
    re.IGNORECASE,
)
_SPEECH = re.compile(
    r",?\s+(?:said|says|say|told|added|wrote|confirmed|described|warned|acknowledged)\b", re.IGNORECASE
)
_BEHIND = 220  # code points after a mention in which what is said of it is looked for


def access_of(words: Words, mentions: Sequence[Mention]) -> str | None:
    """How the source is said to know, in the text's words: inside a mention, or right behind it."""
    text = words.text
    for m in mentions:
        start, end = int(words.start[m.head]), int(words.end[m.end - 1])
        found = _ACCESS.search(text, int(words.end[m.head]), min(len(text), end + _BEHIND))
        if found and found.start("access") <= end + 2 and "\n" not in text[start : found.end()]:
            return " ".join(_SPEECH.split(found["access"])[0].split())
    return None


def anonymity_reason_of(words: Words, mentions: Sequence[Mention]) -> str | None:
    """Why the source is not named, in the text's words, in the sentence of a mention."""
    text = words.text
    for m in mentions:
        start = int(words.start[m.start])
        line_end = text.find("\n", start)
        end = min(len(text) if line_end < 0 else line_end, start + 2 * _BEHIND)
        found = _REASON.search(text, start, end)
        if found and not re.search(r"[.!?][”\"]?\s+[A-Z“\"]", text[start : found.start("reason")]):
            return " ".join(_SPEECH.split(found["reason"])[0].split()).rstrip(",")
    return None
