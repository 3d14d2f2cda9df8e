"""What reading a WARC costs as it grows: peak memory, records a second. The archives are made for it, and thrown away.

python bench/warc.py [--megabytes 100 1000] [--gzip]

Counted is the WARC reader alone: each page's bytes are taken and dropped.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import time
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from sayso.errors import InputError
from sayso.readers import compressed, warc
from sayso.readers.given import Given, opening_of

WORDS = ("bridge", "council", "said", "Ana", "Ruiz", "denied", "Bill", "Hale", "closed", "Monday", "while", "safe")
PAGE = 30_000  # bytes of a page, about


def main() -> None:
    """Make an archive of each size and print what reading it costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--gzip", action="store_true", help="each record packed, as crawlers do")
    options = parser.parse_args()
    print("| size, MB | file, MB | pages | CPU seconds | pages a second | peak memory, MB |\n|---|---|---|---|---|---|")
    for megabytes in options.megabytes:
        with TemporaryDirectory() as folder:
            path = Path(folder, "a.warc.gz" if options.gzip else "a.warc")
            write(path, megabytes << 20, options.gzip)
            # A process of its own, so that making the archive does not count.
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                pages, seconds, peak = pool.apply(read, (str(path),))
            size = path.stat().st_size >> 20
        print(f"| {megabytes} | {size} | {pages} | {seconds:.1f} | {pages / seconds:,.0f} | {peak} |", flush=True)


def write(path: Path, size: int, gzip: bool) -> None:
    """An archive of about `size` bytes before packing: a page and its request, over and over."""
    chance = random.Random(1)
    bodies = [
        " ".join(f"{chance.choice(WORDS)} {chance.randrange(10**6)}" for _ in range(PAGE // 12)).encode()
        for _ in range(200)
    ]
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=gzip)
        for number in range(size // PAGE):
            url = f"https://example.org/{number}"
            page = b"<html><body><p>%d %s</p></body></html>" % (number, chance.choice(bodies))
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            writer.write_record(writer.create_warc_record(url, "response", payload=BytesIO(page), http_headers=headers))
            headers = StatusAndHeaders("GET / HTTP/1.1", [("Host", "example.org")], is_http_request=True)
            writer.write_record(writer.create_warc_record(url, "request", http_headers=headers))


def read(path: str) -> tuple[int, float, int]:
    """The pages in an archive, the seconds of processor time they took, and the most memory used, in MB."""
    start, pages = time.process_time(), 0
    with Path(path).open("rb") as stream:
        given = Given(path, Path(path).name, opening_of(stream), stream)
        for archive in compressed.read(given) if compressed.recognizes(given) else [given]:
            for page in warc.read(archive):
                if isinstance(page, InputError):
                    raise page
                pages += bool(page.whole())
    return pages, time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


if __name__ == "__main__":
    main()
