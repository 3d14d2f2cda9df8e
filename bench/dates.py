"""How well dates are found and resolved, beside dateparser: prints tables, writes nothing.

python bench/dates.py ../shared/data

On GUM's news and on MEANTIME. What a corpus itself calls a time of day, a duration or a repetition is left
out, and so is what it gives no first and last day for ("now", "a few months ago").
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from operator import eq
from pathlib import Path
from typing import Any

from sayso.qualify.dates import find_dates, resolve_date

Range = tuple[str, str]


@dataclass(frozen=True)
class Dated:
    """An expression that an annotator gave a date: where it is, on which day it was read, what it means."""

    text: int
    start: int
    end: int
    words: str
    published: str | None
    meant: Range


Corpus = Callable[[Path, str], tuple[list[str], list[Dated]]]


def whole(value: str) -> Range | None:
    """The first and last day of a corpus's value: "2017", "2017-07", "2008-W42", "2006-Q4", "2008-FA"."""
    if match := re.fullmatch(r"(\d{4})-W(\d\d)(-WE)?", value):
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return (monday + timedelta(5 if match[3] else 0)).isoformat(), (monday + timedelta(6)).isoformat()
    if match := re.fullmatch(r"(\d{4})-Q([1-4])", value):
        return months(int(match[1]), 3 * int(match[2]) - 2, 3)
    if match := re.fullmatch(r"(\d{4})-(SP|SU|FA|WI)", value):
        return months(int(match[1]), {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[match[2]], 3)
    if re.fullmatch(r"\d{4}", value):
        return f"{value}-01-01", f"{value}-12-31"
    if match := re.fullmatch(r"(\d{4})-(\d\d)", value):
        return months(int(match[1]), int(match[2]), 1)
    return (value, value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else None


def months(year: int, first: int, count: int) -> Range:
    """So many whole months from one on."""
    after = first - 1 + count
    last = date(year + after // 12, after % 12 + 1, 1) - timedelta(1)
    return f"{year}-{first:02}-01", last.isoformat()


def lines(path: Path) -> Iterator[Any]:
    """The documents of a corpus file."""
    with gzip.open(path, "rt", encoding="utf8") as file:
        yield from map(json.loads, file)


def gum(data: Path, part: str, genres: tuple[str, ...] = ("news",)) -> tuple[list[str], list[Dated]]:
    """The texts and dated expressions of GUM, its news alone unless told otherwise; no genres are all of them."""
    texts: list[str] = []
    dated = []
    for document in lines(data / "gum" / f"{part}.jsonl.gz"):
        if genres and document["genre"] not in genres:
            continue
        for row in document["dates"]:
            ends = (row.get("when"), row.get("when")) if "when" in row else (row.get("from"), row.get("to"))
            first, last = (whole(end) if end else None for end in ends)
            if first and last and row.get("tag") != "time":
                words = document["text"][row["s"] : row["e"]]
                dated.append(Dated(len(texts), row["s"], row["e"], words, document["date"], (first[0], last[1])))
        texts.append(document["text"])
    return texts, dated


def meantime(data: Path, part: str) -> tuple[list[str], list[Dated]]:
    """The texts (tokens with a space between) and dated expressions of MEANTIME."""
    texts: list[str] = []
    dated = []
    for document in lines(data / "meantime" / f"{part}.jsonl.gz"):
        starts, at = [], 0
        for token in document["tokens"]:
            starts.append(at)
            at += len(token) + 1
        published = document["dct"] or ""
        if day_first := re.fullmatch(r"(\d\d)-(\d\d)-(\d{4})", published):  # one document's is written so
            published = "-".join(reversed(day_first.groups()))
        text = " ".join(document["tokens"])
        for row in document["timex"]:
            meant = whole(row["value"]) if row["type"] == "DATE" else None
            first, after = row["span"]
            if meant and after > first:
                start, end = starts[first], starts[after - 1] + len(document["tokens"][after - 1])
                dated.append(Dated(len(texts), start, end, text[start:end], published or None, meant))
        texts.append(text)
    return texts, dated


def by_dateparser() -> Callable[[str, str | None], Range | None] | None:
    """The baseline: dateparser, leaning to the past, with the grain it reports; None where it is not installed."""
    try:
        parser: Any = importlib.import_module("dateparser.date").DateDataParser
    except ImportError:
        return None

    def resolve(words: str, published: str | None) -> Range | None:
        settings: dict[str, Any] = {"PREFER_DATES_FROM": "past"}
        if published:
            settings["RELATIVE_BASE"] = datetime.fromisoformat(published[:10])
        found = parser(languages=["en"], settings=settings).get_date_data(words)
        if found is None or found.date_obj is None:
            return None
        day = found.date_obj.date()
        if found.period == "week":
            monday = day - timedelta(day.weekday())
            return monday.isoformat(), (monday + timedelta(6)).isoformat()
        cut = {"month": 7, "year": 4}.get(found.period, 10)
        return whole(day.isoformat()[:cut])

    return resolve


def row(name: str, dated: list[Dated], found: list[set[int]]) -> str:
    """One line of the table: how many were found, resolved and right; then the baseline's right ones."""
    baseline = by_dateparser()
    meant = [d.meant for d in dated]
    cells = [str(len(dated)), share(sum(is_found(d, found) for d in dated), len(dated))]
    for resolve in (resolve_date, baseline):
        read = [resolve(d.words, d.published) for d in dated] if resolve else []
        right = sum(map(eq, read, meant))
        cells += [share(right, len(read)), share(right, sum(r is not None for r in read))]
    return f"{name:32}" + "".join(f"{cell:>11}" for cell in cells)


def is_found(one: Dated, found: list[set[int]]) -> bool:
    """Whether what was found shares a code point with the expression."""
    return not found[one.text].isdisjoint(range(one.start, one.end))


def share(part: int, of: int) -> str:
    """A percentage."""
    return f"{100 * part / of:.1f} %" if of else "–"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="the folder that holds gum/ and meantime/")
    parser.add_argument("--wrong", metavar="PART", help="list what is not right in this part")
    arguments = parser.parse_args()
    columns = ("dated", "found", "right", "of given", "dateparser", "of given")
    print(f"{'':32}" + "".join(f"{column:>11}" for column in columns))
    every = partial(gum, genres=())
    corpora: dict[str, Corpus] = {"GUM news": gum, "MEANTIME": meantime, "GUM, every genre": every}
    for name, read in corpora.items():
        for part in ("train", "dev"):
            texts, dated = read(arguments.data, part)
            found = [{i for span in find_dates(text) for i in range(span.start, span.end)} for text in texts]
            day = [d for d in dated if d.meant[0] == d.meant[1]]
            print(row(f"{name} {part}, a day", day, found))
            print(row(f"{name} {part}, everything", dated, found))
            if arguments.wrong == part and name != "GUM, every genre":
                print_wrong(dated, found)
    print_speed(gum(arguments.data, "train")[0])


def print_wrong(dated: list[Dated], found: list[set[int]]) -> None:
    """The expressions that were not found, or not resolved as annotated."""
    for one in dated:
        read, seen = resolve_date(one.words, one.published), is_found(one, found)
        if read != one.meant or not seen:
            print(f"  {one.words!r} in {one.published}: {one.meant}, read {read}, {'found' if seen else 'missed'}")


def print_speed(texts: list[str]) -> None:
    """How long finding takes, as a multiple of finding all words in the same texts."""

    def seconds(of: Callable[[str], object]) -> float:
        taken = []
        for _ in range(20):
            start = time.process_time()
            for text in texts:
                of(text)
            taken.append(time.process_time() - start)
        return min(taken)

    finding, words = seconds(find_dates), seconds(re.compile(r"\w+").findall)
    rate = sum(map(len, texts)) / finding / 1e6
    print(f"finding dates takes {finding / words:.1f} times as long as finding words: {rate:.1f} M characters/s")


if __name__ == "__main__":
    main()
