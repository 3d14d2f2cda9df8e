"""How well a mail's own words are told from quoted history and signatures, and how mailboxes are read.

python bench/mail.py ../shared/data/mail [--json bench/results/mail.json]

On the test mails of three libraries, beside the libraries that are installed (mail-parser-reply, email-reply-parser,
quotequail). gold/mail.tsv says which lines ("1-5 9") or words ("w1-4") of each are its own and which its signature;
what neither names is quoted. Whitespace does not count. The rules were written with these mails at hand: the figures
show that nothing usual was forgotten, not how rules do on mails never seen.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib
import json
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sayso.errors import InputError
from sayso.readers import documents
from sayso.readers.lines import Line
from sayso.readers.mail_markup import lines_of_mail
from sayso.readers.mail_parts import content_of, parsed
from sayso.readers.quoted import OWN, QUOTED, SIGNATURE, passages_of

GOLD = Path(__file__).parent / "gold" / "mail.tsv"
LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "pt", "da", "sv", "no", "cs"]
Fixtures = dict[tuple[str, str], Any]
# From a mail's lines to its own words, and to them with the signature; None where a library does not tell.
Splitter = Callable[[list[Line]], tuple[str | None, str]]


@dataclass(frozen=True)
class Case:
    """A mail's body, the words that are its own, and those together with its signature."""

    source: str
    name: str
    lines: list[Line]
    own: str
    unquoted: str


def cases(fixtures: Fixtures) -> Iterator[Case]:
    """The mails that gold/mail.tsv annotates."""
    with GOLD.open(encoding="utf8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            lines = body(row["name"], fixtures[row["source"], row["name"]]["text"])
            own, signature = chosen(row["own"], lines), chosen(row["signature"], lines)
            order = sorted((*own, *signature))
            yield Case(row["source"], row["name"], lines, " ".join(w for _, w in own), " ".join(w for _, w in order))


def body(name: str, text: str) -> list[Line]:
    """The lines of a fixture: a whole mail's, a page's, or a bare body's."""
    if name.endswith(".eml"):
        return content_of(parsed(text.encode())[0]).lines
    return lines_of_mail(text) if name.endswith(".html") else [Line(line) for line in text.split("\n")]


def chosen(ranges: str, lines: list[Line]) -> list[tuple[int, str]]:
    """The words that ranges of lines or words name, each with its place."""
    places = [
        (number if not ranges.startswith("w") else rank, word)
        for rank, (number, word) in enumerate(
            ((number, word) for number, line in enumerate(lines, 1) for word in line.text.split()), 1
        )
    ]
    wanted = set()
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", ranges):
        wanted.update(range(int(first), int(last or first) + 1))
    return [(rank, word) for rank, (place, word) in enumerate(places) if place in wanted]


# Who tells them apart


def sayso(lines: list[Line]) -> tuple[str | None, str]:
    found = passages_of(lines)
    own = " ".join(one.text for one in found if one.kind == OWN)
    return own, " ".join(one.text for one in found if one.kind != QUOTED)


def installed() -> dict[str, Splitter]:
    """sayso, and the libraries that are there."""
    splitters: dict[str, Splitter] = {"sayso": sayso}
    for name, module, make in (
        ("mail-parser-reply", "mailparser_reply", mail_parser_reply),
        ("email-reply-parser", "email_reply_parser", email_reply_parser),
        ("quotequail", "quotequail", quotequail),
    ):
        try:
            splitters[name] = make(importlib.import_module(module))
        except ImportError:
            print(f"{name} is not installed")
    return splitters


def mail_parser_reply(module: Any) -> Splitter:
    def split(lines: list[Line]) -> tuple[str | None, str]:
        mail = module.EmailReplyParser(languages=LANGUAGES).read(text=text_of(lines))
        return mail.replies[0].body, mail.replies[0].content

    return split


def email_reply_parser(module: Any) -> Splitter:
    def split(lines: list[Line]) -> tuple[str | None, str]:
        mail = module.EmailReplyParser.read(text_of(lines))
        kept = [one for one in mail.fragments if not one.quoted and not one.headers]
        return mail.reply, "\n".join(one.content for one in kept)

    return split


def quotequail(module: Any) -> Splitter:
    def split(lines: list[Line]) -> tuple[str | None, str]:
        return None, "\n".join(text for shown, text in module.quote(text_of(lines)) if shown)

    return split


def text_of(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines)


# Figures


def token_f1(found: str, expected: str) -> float:
    """Words in common, as often as they stand in both."""
    left, right = Counter(found.split()), Counter(expected.split())
    common = sum((left & right).values())
    return 2 * common / (left.total() + right.total()) if left or right else 1.0


def plain(text: str) -> str:
    """Without whitespace: none of these mails' words are told apart by it."""
    return re.sub(r"[\s\u200e]+", "", text)


def compare(all_cases: list[Case], *, failures: bool) -> dict[str, Any]:
    """The share right of each splitter, by source."""
    report: dict[str, Any] = {}
    for who, split in installed().items():
        scores: dict[str, list[tuple[float, ...]]] = defaultdict(list)
        for case in all_cases:
            try:
                own, unquoted = split(case.lines)
            except Exception as error:  # a peer that breaks on a mail has it wrong
                print(f"{who} on {case.name}: {error!r}")
                own, unquoted = "", ""
            row = (
                float(own is not None and plain(own) == plain(case.own)),
                token_f1(own or "", case.own),
                float(plain(unquoted) == plain(case.unquoted)),
                token_f1(unquoted, case.unquoted),
            )
            if failures and who == "sayso" and not (row[0] and row[2]):
                print(f"not right: {case.source} {case.name}\n  {own!r}\n  {case.own!r}")
            for source in (case.source, "all"):
                scores[source].append((*row, float(own is not None)))
        report[who] = {source: summary(rows) for source, rows in scores.items()}
    return report


def summary(rows: list[tuple[float, ...]]) -> dict[str, Any]:
    own, own_f1, unquoted, unquoted_f1, told = (sum(column) for column in zip(*rows, strict=True))
    mails = len(rows)
    return {
        "mails": mails,
        "own_right": int(own) if told else None,
        "own_f1": round(own_f1 / mails, 3) if told else None,
        "unquoted_right": int(unquoted),
        "unquoted_f1": round(unquoted_f1 / mails, 3),
    }


def signatures(fixtures: Fixtures) -> dict[str, Any]:
    """talon's signatures: NAME_body, and what of it NAME_signature says is one, for the sender NAME_sender."""
    right, scores = 0, []
    for (source, name), row in fixtures.items():
        if source != "talon" or not name.endswith("_signature"):
            continue
        stem = name.removesuffix("_signature")
        sender = fixtures.get((source, f"{stem}_sender"), {"text": ""})["text"].strip()
        lines = [Line(line) for line in fixtures[source, f"{stem}_body"]["text"].split("\n")]
        found = " ".join(one.text for one in passages_of(lines, sender) if one.kind == SIGNATURE)
        expected = row["text"].replace("#sig#", "")
        right += plain(found) == plain(expected)
        scores.append(token_f1(found, expected))
    return {"mails": len(scores), "right": right, "f1": round(sum(scores) / len(scores), 3)}


def mailboxes(folder: Path) -> dict[str, Any]:
    """Each archive: how many messages are read, with a date, without one in their headers, twice; and how fast."""
    report: dict[str, Any] = {}
    for path in sorted(folder.glob("*.mbox.gz")):
        with tempfile.TemporaryDirectory() as unpacked:
            file = Path(unpacked, path.stem)
            file.write_bytes(gzip.decompress(path.read_bytes()))
            start = time.perf_counter()
            found = list(documents([str(file)]))
            seconds = time.perf_counter() - start
        mails = [one.document for one in found if not isinstance(one, InputError) and one.document.kind == "email"]
        report[path.name] = {
            "messages": len(mails),
            "failed": sum(isinstance(one, InputError) for one in found),
            "dated": sum(bool(one.published) for one in mails),
            "twice": len(mails) - len({one.id for one in mails}),
            "attachments": sum(not isinstance(one, InputError) and one.document.kind != "email" for one in found),
            "ids": sorted({one.id for one in mails}),
            "ms_a_message": round(1000 * seconds / max(1, len(mails)), 1),
        }
    return report


def shared(report: dict[str, Any]) -> dict[str, int]:
    """What the two copies of one month's archive have in common."""
    first, second = (set(report[name]["ids"]) for name in report if name.startswith("maven-dev-2017-11"))
    return {"in both": len(first & second), "in one": len(first ^ second)}


def table(rows: list[list[Any]]) -> None:
    widths = [max(len(str(row[at])) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        print("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mail", type=Path, help="the folder with fixtures.jsonl.gz and mbox/")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--failures", action="store_true", help="show what sayso gets wrong")
    asked = parser.parse_args()
    with gzip.open(asked.mail / "fixtures.jsonl.gz", "rt", encoding="utf8") as file:
        fixtures = {(row["src"], row["name"]): row for row in map(json.loads, file)}
    report: dict[str, Any] = {"replies": compare(list(cases(fixtures)), failures=asked.failures)}
    report["signatures"] = signatures(fixtures)
    report["mailboxes"] = mailboxes(asked.mail / "mbox")
    report["two copies of one archive"] = shared(report["mailboxes"])
    for box in report["mailboxes"].values():
        del box["ids"]
    columns = ["mails", "own_right", "own_f1", "unquoted_right", "unquoted_f1"]
    rows = [
        [who, source, *(of[c] for c in columns)] for who, by in report["replies"].items() for source, of in by.items()
    ]
    table([["who", "mails of", *columns], *rows])
    print(f"signatures of talon: {report['signatures']}\n")
    boxes = [[name, *of.values()] for name, of in report["mailboxes"].items()]
    table([["archive", *next(iter(report["mailboxes"].values()))], *boxes])
    print(f"two copies of one archive: {report['two copies of one archive']}")
    if asked.json:
        asked.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", "utf8")


if __name__ == "__main__":
    main()
