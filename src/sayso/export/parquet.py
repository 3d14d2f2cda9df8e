"""Readings as Parquet, for pandas, DuckDB and Spark: the tables of the CSV export, typed, with lists and objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path
from typing import Any, BinaryIO

from sayso.export.fields import ALL
from sayso.export.format import Entities, Folder, Format, Part, Stream, importable, new_folder
from sayso.export.tables import (
    ONE_TABLE,
    ONE_TABLE_CARRIES,
    TABLES,
    Ahead,
    Row,
    one_table_of,
    part_of_one_table,
    reading_of,
    tables_of,
)
from sayso.model import Reading

EXTRA = "tables"
BATCH = 500  # Readings held at once, which make a row group


def write(readings: Iterable[Reading], out: BinaryIO, entities: Entities | None = None) -> None:
    """Writes a row an attribution. Raises SaysoError where pyarrow is not installed."""
    pq = importable("pyarrow.parquet", EXTRA)
    schema = _schema({name: kind for name, (kind, _) in ONE_TABLE.items()})
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for some in _batches(readings):
            _write(writer, schema, [row for reading in some for row in one_table_of(reading, entities)])


def read(stream: BinaryIO) -> Iterator[Part]:
    """What the table carries of each document in it."""
    for _, group in groupby(_rows(stream), key=lambda row: row["document"]):
        yield part_of_one_table(list(group))


def write_folder(readings: Iterable[Reading], folder: Path, entities: Entities | None = None) -> None:
    """Writes documents.parquet, attributions.parquet, statements.parquet and sources.parquet.

    Raises SaysoError where pyarrow is not installed, and InputError where the folder is not empty.
    """
    pq = importable("pyarrow.parquet", EXTRA)
    new_folder(folder)
    schemas = {name: _schema(columns) for name, columns in TABLES.items()}
    with ExitStack() as open_files:
        writers = {
            name: open_files.enter_context(pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd"))
            for name, schema in schemas.items()
        }
        for some in _batches(readings):
            tables = [tables_of(reading, entities) for reading in some]
            for name, writer in writers.items():
                _write(writer, schemas[name], [row for rows in tables for row in rows[name]])


def read_folder(folder: Path) -> Iterator[Part]:
    """The JSON of each Reading in a folder that `write_folder` wrote."""
    others = {name: Ahead(_rows(folder / f"{name}.parquet")) for name in TABLES if name != "documents"}
    for document in _rows(folder / "documents.parquet"):
        yield reading_of(document, {name: rows.take(document=document["id"]) for name, rows in others.items()})


def _batches(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    readings = iter(readings)
    while some := list(islice(readings, BATCH)):
        yield some


def _schema(columns: dict[str, Any]) -> Any:
    pa = importable("pyarrow", EXTRA)
    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}

    def of(kind: Any) -> Any:
        if isinstance(kind, list):
            return pa.list_(of(kind[0]))
        if isinstance(kind, dict):
            return pa.struct([(name, of(below)) for name, below in kind.items()])
        return types[kind]

    return pa.schema([(name, of(kind)) for name, kind in columns.items()])


def _write(writer: Any, schema: Any, rows: list[Row]) -> None:
    if rows:
        writer.write_table(importable("pyarrow", EXTRA).Table.from_pylist(rows, schema=schema))


def _rows(source: Path | BinaryIO) -> Iterator[Row]:
    with importable("pyarrow.parquet", EXTRA).ParquetFile(source) as file:
        for batch in file.iter_batches():
            yield from batch.to_pylist()


FORMAT = Format(
    name="parquet",
    description="the tables of csv, typed, for pandas, DuckDB and Spark",
    suffix=".parquet",
    stream=Stream(write, read, ONE_TABLE_CARRIES),
    folder=Folder(write_folder, read_folder, ALL),
    needs=EXTRA,
    is_text=False,
    leaves_out="The one table has no row for a document without attributions, and of the sources those who speak.",
)
