r"""Whether pages and API answer in time while many ask and something is added; and that a kill -9 loses nothing.

python bench/load.py --ledger load.ledger --json bench/results/load.json

Makes the ledger where there is none (bench/load_ledger.py, a quarter of an hour or more), serves a copy of it with
`sayso serve`, and lets Locust's clients ask for a minute, each once a second and not in step, for pages and for the API
by addresses drawn from the ledger; one more client adds invented texts, one after another, all the time: each is read,
stored and traced beside the server, on one thread. Then the server is killed with SIGKILL and started again: every
document that was reported as added has to be there, and `sayso check` has to pass.

What is asked: pages and the API about alike; documents, sources and claims drawn evenly, and of claims a quarter from
those that the start page leads to, which are the largest.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1]))
ROOT = Path(__file__).parents[1]

CLIENTS = 50
SECONDS = 60
EACH = 1.0  # seconds between two requests of a client
WARMING = 8  # times that everything is asked for before: whichever process takes it
DRAWN = 2000  # of each kind of address
Figures = dict[str, Any]

# What is asked, and how often of a hundred.
SHARES = {
    "page start": 4,
    "page search": 8,
    "page document": 14,
    "page claim": 8,
    "page entity": 8,
    "page outlets": 2,
    "page compare": 4,
    "page cite": 2,
    "api who, by id": 6,
    "api who, in words": 4,
    "api claims": 8,
    "api claim": 4,
    "api reading": 10,
    "api document": 6,
    "api search": 4,
    "api entities": 2,
    "api statements": 4,
    "api documents": 2,
}


def addresses(path: Path, seed: int = 5) -> dict[str, list[str]]:
    """Real addresses by what is asked, drawn from the ledger."""
    random_ = random.Random(seed)
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as ledger:

        def drawn(query: str, count: int = DRAWN) -> list[str]:
            found = [quote(str(one), safe="") for (one,) in ledger.execute(query)]
            return random_.choices(found, k=count)

        documents = drawn("SELECT reading_id FROM documents")
        entities = drawn("SELECT id FROM entities WHERE attribution_count > 0")
        largest = "SELECT reading_id FROM claims ORDER BY outlet_count DESC, document_count DESC LIMIT 24"
        claims = drawn("SELECT reading_id FROM claims", DRAWN * 3 // 4) + drawn(largest, DRAWN // 4)
        told = drawn("SELECT name FROM claims", 200)
        words = [random_.choice(one.split("%20")) + "%20" + one.split("%20")[-1] for one in told]
    random_.shuffle(claims)
    return {
        "page start": ["/"],
        "page search": [f"/search?words={one}" for one in words],
        "page document": [f"/document?id={one}" for one in documents],
        "page claim": [f"/claim?id={one}" for one in claims],
        "page entity": [f"/entity?id={one}" for one in entities],
        "page outlets": ["/outlets"],
        "page compare": [f"/compare?a={a}&b={b}" for a, b in pairwise(documents) if a != b],
        "page cite": [f"/cite?view=/document&id={one}" for one in documents],
        "api who, by id": [f"/api/who?claim={one}" for one in claims],
        "api who, in words": [f"/api/who?claim={one}" for one in told],
        "api claims": [
            f"/api/claims?order={order}{more}"
            for order in ("documents", "outlets", "origins", "disputes", "unnamed", "newest")
            for more in ("", "&disputed=true", "&since=2021", *(f"&text={one}" for one in words[:20]))
        ],
        "api claim": [f"/api/claim?id={one}" for one in claims],
        "api reading": [f"/api/reading?id={one}" for one in documents],
        "api document": [f"/api/document?id={one}" for one in documents],
        "api search": [f"/api/search?words={one}" for one in words],
        "api entities": ["/api/entities", "/api/entities?order=attributions", "/api/entities?limit=200"],
        "api statements": [f"/api/statements?entity={one}" for one in entities],
        "api documents": ["/api/documents", "/api/documents?order=newest"],
    }


@contextmanager
def served(ledger: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of `sayso serve`, and its process."""
    command = [sys.executable, "-m", "sayso", "serve", str(ledger), "--port", "0", "--no-fetching"]
    environment = {name: value for name, value in os.environ.items() if name != "SAYSO_TOKEN"}
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())
        assert found is not None
        yield found[0], server
    finally:
        server.kill()
        server.wait()


def text(number: int, random_: random.Random) -> str:
    """An invented article of some sentences, unlike any other."""
    who = random_.choice(("Ana Ruiz", "Bo Li", "Zoë Roe", "Edda Nilsen", "Officials briefed on the plan"))
    what = ("harbour wall", "tram line", "old mill", "water tower", "fish market")
    sentences = [
        f"{who} {random_.choice(('said', 'denied', 'warned'))} on day {number} that the {random_.choice(what)}"
        f" of Ostrey would cost {random_.randrange(1000, 9_000_000)} crowns."
        for _ in range(8)
    ]
    return f"Count {number}\n\n{' '.join(sentences)}"


def ask(address: str, asked: dict[str, list[str]], seconds: int, clients: int) -> tuple[Any, dict[str, int]]:
    """What Locust's clients measure, and the documents that were reported as added, by their ids."""
    import gevent
    from locust import FastHttpUser
    from locust import task as as_task
    from locust.env import Environment

    added: dict[str, int] = {}
    random_ = random.Random(3)

    def asking(what: str) -> Callable[[Any], None]:
        def one(user: Any) -> None:
            with user.client.get(random_.choice(asked[what]), name=what, catch_response=True) as answer:
                # That nothing fits the words is an answer, too: it names what is nearest.
                if answer.status_code == 404 and what == "api who, in words":
                    answer.success()

        return one

    class Reader(FastHttpUser):
        """Asks once a second, at moments of its own: Locust's pacing lets all ask at the same moment, and again in a
        second, which no fifty people do."""

        host = address
        fixed_count = clients
        tasks = {as_task(asking(what)): share for what, share in SHARES.items()}  # noqa: RUF012 - as Locust has it

        def on_start(self) -> None:
            self.due = time.monotonic() + random_.uniform(0, EACH)
            gevent.sleep(self.wait_time())

        def wait_time(self) -> float:
            now = time.monotonic()
            wait = max(0.0, self.due - now)
            self.due = max(self.due, now) + EACH
            return wait

    class Adder(FastHttpUser):
        """Adds a text, waits until it is there, and adds the next."""

        host = address
        fixed_count = 1
        number = 0

        @as_task
        def add(self) -> None:
            Adder.number += 1
            body = {"text": text(Adder.number, random_), "publisher": "The Ostrey Courier", "published": "2024-05-31"}
            job = self.client.post("/api/documents", json=body, name="add: POST").json()["jobs"][0]
            while job["state"] not in ("done", "failed"):
                gevent.sleep(0.2)
                job = self.client.get(f"/api/adding?id={job['id']}", name="add: GET").json()["jobs"][0]
                if job["documents"]:
                    break  # what is still to be traced is traced later
            for one in job["documents"]:
                added[one["id"]] = Adder.number

    environment = Environment(user_classes=[Reader, Adder])
    environment.create_local_runner()
    assert environment.runner is not None
    environment.runner.start(clients + 1, spawn_rate=clients)
    gevent.sleep(seconds)
    environment.runner.quit()
    return environment.stats, added


def cpu_seconds(process: int) -> dict[str, float]:
    """Of the server's processes, and of those of less priority in which it reads and adds."""
    import psutil

    server = psutil.Process(process)
    used = {"server": 0.0, "beside": 0.0}
    for one in (server, *server.children(recursive=True)):
        used["beside" if one.nice() > server.nice() else "server"] += sum(one.cpu_times()[:2])
    return used


def busy() -> float:
    """The share of this machine's cores that other programs take just now, per cent."""
    import psutil

    return float(psutil.cpu_percent(interval=5))


def figures(stats: Any, seconds: int) -> Figures:
    """Locust's figures: milliseconds by what was asked, of pages, of the API, and of all of it together."""
    kinds: dict[str, Figures] = {}
    for one in stats.entries.values():
        kinds[one.name] = {
            "requests": one.num_requests,
            "failures": one.num_failures,
            "median_ms": one.median_response_time,
            "p95_ms": one.get_response_time_percentile(0.95),
            "p99_ms": one.get_response_time_percentile(0.99),
            "most_ms": round(one.max_response_time),
        }
    told = {}
    for what, names in (("all", ("page", "api")), ("pages", ("page",)), ("api", ("api",))):
        times: dict[int, int] = defaultdict(int)
        for one in stats.entries.values():
            if one.name.startswith(names):
                for took, count in one.response_times.items():
                    times[took] += count
        told[what] = {**percentiles(times), "seconds": seconds}
    return {**told, "by_kind": dict(sorted(kinds.items()))}


def percentiles(times: dict[int, int]) -> Figures:
    """Of requests by how many milliseconds they took (to two digits, as Locust counts)."""
    whole, found, seen = sum(times.values()), {}, 0
    wanted = {"median_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    for took in sorted(times):
        seen += times[took]
        for name, share in wanted.items():
            if name not in found and seen >= share * whole:
                found[name] = took
    return {"requests": whole, **found, "most_ms": max(times, default=0)}


def main() -> None:
    """Measure, and write what was measured."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--ledger", type=Path, required=True, help="made where there is none")
    options.add_argument("--documents", type=int, default=100_000)
    options.add_argument("--seconds", type=int, default=SECONDS)
    options.add_argument("--clients", type=int, default=CLIENTS)
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    if not given.ledger.exists():
        make = [
            sys.executable,
            str(ROOT / "bench/load_ledger.py"),
            str(given.ledger),
            "--documents",
            str(given.documents),
        ]
        subprocess.run(make, check=True)
    asked = addresses(given.ledger)
    with tempfile.TemporaryDirectory(dir=given.ledger.parent) as folder:
        ledger = Path(folder) / "served.ledger"
        shutil.copyfile(given.ledger, ledger)
        for run in measure(ledger, asked, given.seconds, given.clients):
            if given.json:
                given.json.write_text(json.dumps(run, indent=1) + "\n", "utf8")
    print(json.dumps(run, indent=1))


def measure(ledger: Path, asked: dict[str, list[str]], seconds: int, clients: int) -> Iterator[Figures]:
    """Ask for so long; then kill the server, start it again, and look for what was added. Figures come as they are
    known: checking the whole ledger takes minutes."""
    import urllib.request

    from sayso.bench.speed import machine

    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as opened:
        (documents,) = opened.execute("SELECT count(*) FROM documents").fetchone()
    others = busy()
    with served(ledger) as (address, server):
        for number in range(WARMING):  # each process loads models, and makes templates, before the minute begins
            for what in SHARES:
                urllib.request.urlopen(address + asked[what][number % len(asked[what])]).read()
        before = cpu_seconds(server.pid)
        stats, added = ask(address, asked, seconds, clients)
        after = cpu_seconds(server.pid)
        server.send_signal(signal.SIGKILL)
        server.wait()
    found = figures(stats, seconds)
    requests = found["all"]["requests"]
    with served(ledger) as (address, _):
        missing = [one for one in added if not _is_there(address, one)]
    run = {
        "machine": machine(),
        "documents": documents,
        "clients": clients,
        "others_took_percent_before": others,
        **found,
        "failures": sum(one["failures"] for one in found["by_kind"].values()),
        "server_cpu_ms_a_request": round(1000 * (after["server"] - before["server"]) / max(1, requests), 1),
        "server_cpu_percent_of_a_core": round(100 * (after["server"] - before["server"]) / seconds),
        "adding_cpu_percent_of_a_core": round(100 * (after["beside"] - before["beside"]) / seconds),
        "after_kill": {
            "reported_as_added": len(added),
            "missing": len(missing),
        },
    }
    yield run
    check = subprocess.run([sys.executable, "-m", "sayso", "check", str(ledger)], capture_output=True, text=True)
    said = check.stdout.strip().rpartition(": ")[2]
    yield {**run, "after_kill": {**run["after_kill"], "check": check.returncode, "check_said": said}}


def _is_there(address: str, id_: str) -> bool:
    import urllib.error
    import urllib.request

    try:
        urllib.request.urlopen(f"{address}/api/reading?id={quote(id_, safe='')}").read()
    except urllib.error.HTTPError:
        return False
    return True


if __name__ == "__main__":
    main()
