"""What may go wrong around a ledger: ended at any moment, a full disk, no rights, a second writer, other files."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path

import pytest
from ledgers import add_to, all_of, by, opened, person, told, write

from bench.generated import readings as generated
from sayso.export.jsonl import reading_to_json
from sayso.ledger import adding
from sayso.ledger.checking import faults
from sayso.ledger.opening import LedgerError, is_outdated, migrations, reading_from, writing_to
from sayso.ledger.readings import readings
from sayso.model import Reading

HERE = Path(__file__).parent
ANA = by(person("Ana Ruiz"), id_="ana")
BILL = by(person("Bill Hale"), id_="bill")
IN_A_PROCESS = f"""
import sys
from pathlib import Path
sys.path[:0] = [{str(HERE)!r}, {str(HERE.parent)!r}]
from test_ledger_faults import add_all, adding, invented
"""  # the beginning of a script

KILLS = 50
IN_ONE_LEDGER = 5  # times that the work on one ledger is ended, before it runs to its end
DOCUMENTS = 40


def invented(count: int) -> Iterator[Reading]:
    """Invented documents, some of them twice, some under an id that is taken, with namesakes that part."""
    for i, one in enumerate(generated(count)):
        yield one
        if i % 5 == 0:
            yield one
            role = ("goalkeeper", "bishop", "mayor of Velm")[i % 3]
            yield by(person("Ana Ruiz", role), id_=f"ana{i}")
            yield told("taken", f"Ana Ruiz said {i}.", person("Ana Ruiz"))


def add_all(path: Path, count: int = DOCUMENTS) -> None:
    """Add these in batches of three."""
    adding.BATCH = 3
    with writing_to(path) as ledger:
        add_to(ledger, invented(count))


def adding_to(path: Path) -> ForkProcess:
    """A process that adds to a ledger."""
    process = get_context("fork").Process(target=add_all, args=(path,))
    process.start()
    return process


def run_to_the_end(path: Path) -> float:
    """Add everything. Returns the seconds that it took."""
    begun = time.monotonic()
    process = adding_to(path)
    process.join()
    assert process.exitcode == 0
    return time.monotonic() - begun


def all_in(path: Path) -> tuple[bytes, list[object]]:
    """The Readings of a ledger as JSON Lines, and its tables, without the time of adding."""
    with reading_from(path, verify=True) as ledger:
        assert list(faults(ledger)) == []
        lines = b"\n".join(reading_to_json(one) for one in readings(ledger))
        tables = [
            all_of(ledger, f"SELECT * FROM {table} ORDER BY 1, 2")
            for table in ("entities", "entity_names", "sources", "attributions", "notices", "makers")
        ]
        documents = all_of(ledger, "SELECT id, reading_id, outlet_id, version_of_id, version, found_in FROM documents")
    return lines, [*tables, documents]


def test_killed_at_fifty_moments_and_run_again_the_ledger_is_that_of_an_undisturbed_run(tmp_path: Path) -> None:
    usual = run_to_the_end(tmp_path / "undisturbed")
    undisturbed = all_in(tmp_path / "undisturbed")
    random_ = random.Random(5)
    killed = 0
    for number in range(KILLS // IN_ONE_LEDGER):
        path = tmp_path / f"killed{number}"
        for _ in range(IN_ONE_LEDGER):
            process = adding_to(path)
            time.sleep(random_.uniform(0, usual / 2))
            process.kill()
            process.join()
            killed += process.exitcode == -signal.SIGKILL
            if path.exists():
                with opened(path) as ledger:
                    assert all_of(ledger, "PRAGMA integrity_check") == ["ok"]
                    assert all_of(ledger, "PRAGMA foreign_key_check") == []
        run_to_the_end(path)
        assert all_in(path) == undisturbed
        assert not Path(f"{path}-wal").exists()
        path.unlink()
    assert killed > KILLS / 2  # else it is not the work that was ended


def message_of(path: Path, act: Callable[[Path], object] | None = None) -> str:
    """What is said when somebody tries to add to this ledger, or to do something else with it."""
    with pytest.raises(LedgerError) as error:
        act(path) if act else write(path, BILL)
    assert str(error.value).startswith(f"{path}: ")
    return str(error.value).removeprefix(f"{path}: ")


def read_all(path: Path) -> list[str]:
    with reading_from(path) as ledger:
        return [one.document.id for one in readings(ledger)]


def test_a_full_disk_harms_nothing_and_work_goes_on_once_there_is_room(tmp_path: Path) -> None:
    path = write(tmp_path / "l", ANA)

    def with_little_room(path: Path) -> None:
        with writing_to(path) as ledger:
            (pages,) = ledger.execute("PRAGMA page_count").fetchone()
            ledger.execute(f"PRAGMA max_page_count = {pages + 2}")
            add_to(ledger, (by(person(f"Bill Hale {'x' * 9000}"), id_=f"bill{i}") for i in range(60)))

    assert message_of(path, with_little_room).startswith("the disk is full or failing; what was added up to here is")
    assert read_all(path) == ["ana"]
    write(path, BILL)
    assert read_all(path) == ["ana", "bill"]
    with reading_from(path, verify=True) as ledger:
        assert list(faults(ledger)) == []


def test_a_file_that_may_grow_no_further_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "l", ANA)
    script = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
        f"{IN_A_PROCESS}add_all(Path(sys.argv[1]), 100)\n"
    )
    limited = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False)
    assert limited.returncode == 1
    assert "LedgerError" in limited.stderr
    assert "make room, and run the command again" in limited.stderr
    kept = read_all(path)
    assert kept[0] == "ana"
    assert len(kept) % 3 == 1  # batches of three, wholly or not at all


@contextmanager
def as_nobody() -> Iterator[None]:
    """With the rights of a user who owns nothing, where the tests run as the one who may do everything."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that others may look into."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
        Path(name).chmod(0o755)


def test_a_ledger_that_may_only_be_read(folder: Path) -> None:
    path = write(folder / "l", ANA)
    before = path.read_bytes()
    path.chmod(0o444)
    folder.chmod(0o555)
    with as_nobody():
        assert "written to" in message_of(path)
        assert "put the ledger where you may write" in message_of(folder / "new")
        assert read_all(path) == ["ana"]
        with reading_from(path, verify=True) as ledger:
            assert list(faults(ledger)) == []
    assert path.read_bytes() == before
    assert [one.name for one in folder.iterdir()] == ["l"]


def test_a_read_only_file_in_a_folder_of_ones_own(folder: Path) -> None:
    path = write(folder / "l", ANA)
    path.chmod(0o444)
    folder.chmod(0o777)
    with as_nobody():
        assert message_of(path).startswith("the ledger or its folder cannot be written to; check the rights")
    assert read_all(path) == ["ana"]


def test_a_ledger_that_may_not_even_be_read(folder: Path) -> None:
    path = write(folder / "l", ANA)
    path.chmod(0)
    with as_nobody():
        assert message_of(path, read_all).startswith("the ledger or its folder cannot be")


def test_a_second_writer_is_sent_away_and_the_first_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "l"
    process = adding_to(path)
    while process.is_alive() and not Path(f"{path}-wal").exists():
        time.sleep(0.001)
    message = ""
    while process.is_alive() and not message:
        try:
            with writing_to(path):
                pass
        except LedgerError as error:
            message = str(error)
    process.join()
    assert process.exitcode == 0
    assert message == f"{path}: another sayso is writing to this ledger; wait until it has ended"


def test_a_reader_reads_what_was_there_while_another_writes(tmp_path: Path) -> None:
    path = write(tmp_path / "l", ANA)
    with writing_to(path) as ledger:
        assert read_all(path) == ["ana"]
        with reading_from(path) as reader:
            reader.execute("BEGIN")
            assert all_of(reader, "SELECT reading_id FROM documents") == ["ana"]
            assert add_to(ledger, [BILL]) == ["added"]
            assert all_of(reader, "SELECT reading_id FROM documents") == ["ana"]
        assert read_all(path) == ["ana", "bill"]


def test_a_reader_that_stays_does_not_keep_the_writer_from_ending(tmp_path: Path) -> None:
    path = write(tmp_path / "l", ANA)
    with reading_from(path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM documents").fetchone()
        write(path.with_name("other"), ANA)
    with writing_to(path) as ledger, reading_from(path) as reader:
        reader.execute("BEGIN")
        assert all_of(reader, "SELECT count(*) FROM documents") == [1]
        add_to(ledger, [BILL])
    assert read_all(path) == ["ana", "bill"]


def test_a_text_is_no_ledger_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "weir.txt"
    path.write_text("Ana Ruiz said the weir would go. " * 50)
    before = path.read_bytes()
    for act in (None, read_all):
        assert message_of(path, act) == "not a ledger: no SQLite database; name another file"
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["weir.txt"]


def test_the_database_of_another_program_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other"
    with opened(path) as other:
        other.execute("CREATE TABLE documents (id INTEGER PRIMARY KEY)")
    before = path.read_bytes()
    for act in (None, read_all):
        assert message_of(path, act) == "a SQLite database, but not a ledger of sayso; name another file"
    assert path.read_bytes() == before


def test_a_ledger_of_a_newer_sayso_stays_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "l", ANA)
    newer = len(migrations()) + 1
    with opened(path) as ledger:
        ledger.execute(f"PRAGMA user_version = {newer}")
    before = path.read_bytes()
    for act in (None, read_all):
        assert message_of(path, act) == (
            f"a ledger of a newer sayso (schema {newer}; known here: {newer - 1}); update sayso"
        )
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "l"
    path.touch()
    assert message_of(path, read_all) == "an older ledger; bring it up to date with: sayso add LEDGER"
    assert is_outdated(path)
    write(path, ANA)
    assert read_all(path) == ["ana"]
    assert not is_outdated(path)


def test_folders_and_what_is_not_there(tmp_path: Path) -> None:
    assert message_of(tmp_path) == "this is no file; name the ledger's file"
    assert message_of(tmp_path, read_all).startswith("no such ledger; make one with: sayso add")
    assert message_of(tmp_path / "gone/l") == f"there is no folder {tmp_path / 'gone'}; make it first"
    assert message_of(tmp_path / "gone", read_all).startswith("no such ledger")
    assert list(tmp_path.iterdir()) == []


def test_stopped_by_the_user_a_ledger_is_whole_and_says_so_in_a_line(tmp_path: Path) -> None:
    script = IN_A_PROCESS + (
        "import time, sayso.readers\n"
        "from sayso.cli import main\n"
        "from sayso.readers import Read\n"
        "def documents(*_, **__):\n"
        "    for i, one in enumerate(invented(40)):\n"
        "        if i == 20:\n"
        "            print('going', flush=True)\n"
        "            time.sleep(60)\n"
        "        yield Read(one.document, one.document.id, reading=one)\n"
        "sayso.readers.documents = documents\n"
        "adding.BATCH = 3\n"
        "main(['add', sys.argv[1], 'x'])\n"
    )
    path = tmp_path / "l"
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "going\n"
    process.send_signal(signal.SIGINT)
    output, said = process.communicate()
    assert (process.returncode, output, said) == (130, "", "sayso: stopped\n")
    with reading_from(path, verify=True) as ledger:
        assert list(faults(ledger)) == []
        assert 10 < len(list(readings(ledger))) < 20
    assert [one.name for one in tmp_path.iterdir()] == ["l"]
