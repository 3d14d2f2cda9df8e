"""Opening a ledger: is it one, of which schema, and may it be written to."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

from sayso.errors import SaysoError

APPLICATION = 0x5A750001  # PRAGMA application_id: says in the file's header that it is a ledger
PATIENCE = 10  # seconds to wait for a reader that holds the file
CACHE = 64 << 10  # kilobytes of the file kept in memory


class LedgerError(SaysoError):
    """A ledger that cannot be used as asked: the file, what was found, what to do."""

    def __init__(self, path: Path | str, message: str) -> None:
        super().__init__(f"{path}: {message}")


class LedgerHeld(LedgerError):
    """A ledger that another sayso writes to: it can be used as asked when that has ended."""


@cache
def migrations() -> tuple[str, ...]:
    """The steps from an empty file to the newest schema, in their order: one file each, never rewritten."""
    steps = [one for one in (files("sayso") / "ledger" / "migrations").iterdir() if one.name.endswith(".sql")]
    return tuple(one.read_text("utf8") for one in sorted(steps, key=lambda one: one.name))


@contextmanager
def reading_from(path: Path, *, verify: bool = False, any_thread: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection that only reads. Raises LedgerError where the file is no ledger of a schema known here.

    `verify` opens the file for writing where that is allowed: SQLite lets nobody else ask its search index
    whether it is whole, which changes nothing. `any_thread` lets threads use the connection one after another.
    """
    if not path.is_file():
        raise LedgerError(path, "no such ledger; make one with: sayso add LEDGER FILE…")
    with _guarded(path):
        connection = _connect(path, "rw" if verify and os.access(path, os.W_OK) else "ro", any_thread)
        try:
            version = _version(connection, path)
            if version < len(migrations()):
                raise LedgerError(path, "an older ledger; bring it up to date with: sayso add LEDGER")
            yield connection
        finally:
            connection.close()


@contextmanager
def writing_to(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that may write, the only one at a time; makes the ledger, or brings it up to date.

    Raises LedgerError where the file is no ledger, is of a newer schema, cannot be written to, or has a writer.
    """
    from filelock import FileLock, Timeout  # reading needs none, and asks often

    if path.exists() and not path.is_file():
        raise LedgerError(path, "this is no file; name the ledger's file")
    if not path.absolute().parent.is_dir():
        raise LedgerError(path, f"there is no folder {path.absolute().parent}; make it first")
    with _guarded(path):
        if path.exists():  # before anything is written beside it
            connection = _connect(path, "ro")
            try:
                _version(connection, path)
            finally:
                connection.close()
        lock = FileLock(f"{path}-lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise LedgerHeld(path, "another sayso is writing to this ledger; wait until it has ended") from None
        except PermissionError:
            raise
        except OSError as error:  # a file system that is full or read-only
            raise LedgerError(path, f"{error.strerror}; put the ledger where you may write") from error
        try:
            connection = _connect(path, "rwc")
            try:
                _bring_up_to_date(connection, path)
                yield connection
                _leave_one_file(connection)
            finally:
                connection.close()
        finally:
            Path(lock.lock_file).unlink(missing_ok=True)
            lock.release()


def is_outdated(path: Path) -> bool:
    """Whether a file is an older ledger, or an empty file that may become one. Raises LedgerError as reading does."""
    if not path.is_file():
        return False
    with _guarded(path):
        connection = _connect(path, "ro")
        try:
            return _version(connection, path) < len(migrations())
        finally:
            connection.close()


@contextmanager
def transaction(ledger: sqlite3.Connection) -> Iterator[None]:
    """All that is written inside, or nothing of it."""
    ledger.execute("BEGIN IMMEDIATE")
    try:
        yield
        ledger.execute("COMMIT")
    except BaseException:
        if ledger.in_transaction:
            ledger.execute("ROLLBACK")
        raise


def _connect(path: Path, mode: str, any_thread: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=not any_thread,
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE}")
    return connection


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The schema's number, 0 for an empty file. Raises LedgerError for what is no ledger or a newer one."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables == 0 and application == 0:
        return 0
    if application != APPLICATION:
        raise LedgerError(path, "a SQLite database, but not a ledger of sayso; name another file")
    if version > len(migrations()):
        raise LedgerError(
            path, f"a ledger of a newer sayso (schema {version}; known here: {len(migrations())}); update sayso"
        )
    return int(version)


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """Make what is missing of the schema, each step wholly or not at all."""
    version = _version(connection, path)
    if version == 0:
        connection.execute("PRAGMA page_size = 4096")  # a larger page holds one text and stays half empty
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    for number, step in enumerate(migrations()[version:], version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION};\n{step}\nPRAGMA user_version = {number}; COMMIT;"
        )


def _leave_one_file(connection: sqlite3.Connection) -> None:
    """Fold the write-ahead log into the file, so that it can be copied and read alone; not while others read it."""
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """What goes wrong in the file or on the disk, as a LedgerError with a remedy."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise LedgerError(path, _why(error)) from error
    except PermissionError as error:
        raise LedgerError(path, "its folder cannot be written to; put the ledger where you may write") from error


def _why(error: sqlite3.DatabaseError) -> str:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return "the disk is full or failing; what was added up to here is kept: make room, and run the command again"
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return "the ledger or its folder cannot be written to; check the rights, or copy it where you may write"
    if name.startswith("SQLITE_NOTADB"):
        return "not a ledger: no SQLite database; name another file"
    if name.startswith("SQLITE_CORRUPT"):
        return "the file is damaged; restore it from a copy (sayso check says what can be read)"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "another program holds this ledger; wait until it has ended"
    return f"{error}; run sayso check"
