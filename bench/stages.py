"""What finding out who speaks, and how, costs on top of extraction, by length: CPU seconds of one thread.

python bench/stages.py ../shared/data/polnear/dev.jsonl.gz

The text is that of the corpus's articles, one behind the other and as often as it takes, cut after so many words; it is
read once before it is timed.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from sayso.bench.rows import rows
from sayso.extract.extracting import at_once
from sayso.model import Document
from sayso.reading import extraction_of, read_many, shipped_models

LENGTHS = (1_000, 10_000, 100_000)  # words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="articles, as in PolNeAR's dev.jsonl.gz")
    given = parser.parse_args()
    articles, models = [row["text"] for _, row in rows(given.corpus, "an article", ("text",))], shipped_models()
    text = "\n\n".join(articles * 2)
    print("| words | extraction | who and how | share |\n|---|---|---|---|")
    for length in LENGTHS:
        *_, last = islice(re.finditer(r"\S+", text), length)
        document = Document(id="d", text=text[: last.end()])

        def extract(document: Document = document) -> None:
            extraction_of(document, models, at_once)[1]()

        def read(document: Document = document) -> None:
            list(read_many([document], threads=1))

        read()
        extraction = _seconds(extract)
        whole = _seconds(read)
        print(
            f"| {length:,} | {extraction:.2f} s | {whole - extraction:.2f} s | {100 * (whole / extraction - 1):.0f} % |"
        )


def _seconds(what: Callable[[], Any]) -> float:
    start = time.process_time()
    what()
    return time.process_time() - start


if __name__ == "__main__":
    main()
