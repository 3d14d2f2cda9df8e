"""A mail's HTML as lines: what mail programs mark as quoted or as a signature keeps that mark."""

from __future__ import annotations

import re
from typing import Any

from sayso.readers.lines import Line, lines_of_html

# How the programs met most mark the history and the signature: classes, ids, prefixes of them in replies to replies.
_QUOTED = re.compile(
    r"(?:^|\s)(?:\w{1,6}_)?(?:ecx)?(?:gmail_quote|gmail_attr|yahoo_quoted\w*|moz-cite-prefix|protonmail_quote|zmail_extra\w*|"
    r"tutanota_quote|OLK_SRC_BODY_SECTION|divRplyFwdMsg|mail_quote|AOLMsgPart\w*|WordSection_quote)(?:$|\s)",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(?:^|\s)(?:\w{1,6}_)?(?:ecx)?(?:gmail_signature|moz-signature|protonmail_signature_block\w*|ms-outlook-mobile-signature|"
    r"AppleMailSignature|lineBreakAtBeginningOfSignature|Signature|x_Signature|yahoo_signature)(?:$|\s)",
    re.IGNORECASE,
)


def lines_of_mail(source: str) -> list[Line]:
    """The lines of a mail's HTML. Raises ValueError where there is too much of it."""
    return lines_of_html(source, _meaning)


def _meaning(element: Any) -> str:
    attributes = element.attrib
    if not attributes:
        return ""
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.tag == "blockquote" and (element.get("type") == "cite" or element.get("cite")):
        return "quoted"
    if _QUOTED.search(named):
        return "quoted"
    return "signature" if _SIGNED.search(named) or element.get("data-smartmail") == "gmail_signature" else ""
