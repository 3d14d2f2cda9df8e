"""How well articles are read out of web pages, beside trafilatura with its defaults: prints tables.

python bench/articles.py ../shared/data/article_html --json bench/results/articles.json

Two corpora. aeb has pages with the article's body, written down by hand: precision and recall of the 4-grams of
words, averaged over pages, and F1 from these means, as its own benchmark counts. trafilatura_en has strings that
must and must not stand in the text, and metadata; trafilatura was tuned on it. The title that sayso puts in
front of a body is left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import mean
from typing import Any

import trafilatura

from sayso.errors import InputError
from sayso.readers import html
from sayso.readers.given import OPENING, Given

FIELDS = ("date", "author", "title", "sitename")


@dataclass(frozen=True)
class Page:
    """What was read out of a page: its body without the title, and what is known about it."""

    body: str
    date: str | None
    author: str | None
    title: str | None
    sitename: str | None


def by_sayso(page: str, url: str) -> Page:
    data = page.encode()
    given = Given(url, "", data[:OPENING], BytesIO(data[OPENING:]), url=url, media_type="text/html", charset="utf-8")
    try:
        (found,) = html.read(given)
    except InputError:
        return Page("", None, None, None, None)
    document = found.document
    body = document.text[document.title_span.end if document.title_span else 0 :].strip()
    return Page(body, document.published, document.byline, document.title, document.publisher)


def by_trafilatura(page: str, url: str) -> Page:
    body = trafilatura.extract(page.encode(), url=url) or ""
    found = trafilatura.bare_extraction(page.encode(), url=url, with_metadata=True)
    if found is None:
        return Page(body, None, None, None, None)
    return Page(body, found.date, found.author, found.title, found.sitename)


Read = Callable[[str, str], Page]
READS: tuple[tuple[str, Read], ...] = (("sayso", by_sayso), ("trafilatura", by_trafilatura))


def four_grams(text: str) -> Counter[tuple[str, ...]]:
    """The 4-grams of words; a text of fewer words is one gram."""
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3))) if words else Counter()


def overlap(meant: str, found: str) -> tuple[float, float]:
    """Precision and recall of a page's 4-grams; a page without any counts as right if it has none on either side."""
    ours, theirs = four_grams(found), four_grams(meant)
    shared = (ours & theirs).total()
    precision = shared / ours.total() if ours else float(not theirs)
    return precision, shared / theirs.total() if theirs else 1.0


def body_figures(rows: list[dict[str, Any]], read: Read) -> dict[str, float]:
    """Means over the pages of aeb."""
    scores = [overlap(row["article"], read(row["html"], row["url"]).body) for row in rows]
    precision, recall = (mean(one[side] for one in scores) for side in (0, 1))
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}


def string_figures(rows: list[dict[str, Any]], read: Read) -> dict[str, float]:
    """Over the pages of trafilatura_en: strings found and wrongly kept, and metadata where a page's is given."""
    counts: Counter[str] = Counter()
    for row in rows:
        page = read(row["html"], row["url"])
        for side in ("with", "without"):
            counts[side] += len(row[side])
            counts[f"{side}, found"] += sum(blanks_alike(string) in blanks_alike(page.body) for string in row[side])
        for field in FIELDS:
            if row.get(field):
                counts[field] += 1
                counts[f"{field}, right"] += same(field, row[field], getattr(page, field))
    found, kept = counts["with, found"], counts["without, found"]
    precision, recall = found / (found + kept), found / counts["with"]
    return {
        "strings found": recall,
        "strings wrongly kept": kept / counts["without"],
        "strings f1": 2 * precision * recall / (precision + recall),
        **{field: counts[f"{field}, right"] / counts[field] for field in FIELDS if counts[field]},
        **{f"{field}, pages": counts[field] for field in FIELDS if counts[field]},
    }


def same(field: str, meant: str | list[str], found: str | None) -> bool:
    """Whether a value is right: to the day for dates; for names, the same people in whatever way they are joined."""
    if field == "date":
        return (found or "")[:10] == meant
    if field == "author":
        people = re.compile(r"\s*(?:[;,&|]|\band\b|\bund\b)\s*")
        names = meant if isinstance(meant, list) else [meant]
        return set(people.split(plain(found))) == {part for name in names for part in people.split(plain(name))}
    return plain(found) == plain(str(meant))


def blanks_alike(text: str) -> str:
    """A text with one space wherever it has blanks or line feeds: how paragraphs are laid out is not measured."""
    return " ".join(text.split())


def plain(words: str | None) -> str:
    return re.sub(r"\s+", " ", (words or "").replace("’", "'")).strip().casefold()


def rows_of(folder: Path, part: str) -> list[dict[str, Any]]:
    with gzip.open(folder / f"{part}.jsonl.gz", "rt", encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    parts = (("aeb.train", body_figures), ("aeb.dev", body_figures), ("trafilatura_en.train", string_figures))
    figures: dict[str, Any] = {"trafilatura": trafilatura.__version__}
    for part, measure in parts:
        rows = rows_of(args.folder, part)
        figures[part] = {"pages": len(rows)}
        for name, read in READS:
            began = time.perf_counter()
            figures[part][name] = measure(rows, read)
            figures[part][name]["seconds a page"] = (time.perf_counter() - began) / len(rows)
        print(f"\n{part}, {len(rows)} pages\n| | {' | '.join(name for name, _ in READS)} |\n|---|{'---|' * len(READS)}")
        for row in figures[part]["sayso"]:
            print(f"| {row} | {' | '.join(f'{figures[part][name][row]:.3f}' for name, _ in READS)} |")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + "\n", "utf8")


if __name__ == "__main__":
    main()
