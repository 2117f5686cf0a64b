"""All rows of a catalog carried over to another one, whichever databases hold the two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rag.catalog.database import Database


@dataclass(frozen=True, slots=True)
class _Table:
    """A table, the columns that tell its rows apart, the others, and how many rows are carried at a time."""

    name: str
    key: tuple[str, ...]
    others: tuple[str, ...]
    at_a_time: int = 1000

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.key, *self.others)


# What refers comes behind what it refers to.
_TABLES = (
    _Table("sources", ("id",), ("root", "whole")),
    _Table("unwanted", ("id",), ("source", "name")),
    _Table(
        "versions",
        ("document_id", "version"),
        ("text", "title", "language", "date", "complete", "length", "author"),
        at_a_time=20,
    ),
    _Table("documents", ("id",), ("source", "name", "version", "size", "modified", "checked")),
    _Table(
        "chunks",
        ("id",),
        ("document_id", "version", "start", "stop", "shard", "sentences", "vector", "sentence_vectors"),
        at_a_time=200,
    ),
    _Table("changes", ("number",), ("document_id", "name", "version", "previous", "at")),
    _Table("places", ("document_id", "version", "start"), ("kind", "number", "name")),
    _Table("files", ("source", "name"), ("size", "modified", "checked", "reason", "hint", "skipped")),
)

NAMES = ("meta", *(table.name for table in _TABLES))
"""The tables of a catalog."""


def copy_rows(source: Database, target: Database) -> None:
    """Carry over all but what a catalog says of itself, within the target's transaction."""
    for table in _TABLES:
        marks = ", ".join("?" for _ in table.columns)
        insert = f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})"
        for rows in _parts(source, table):
            target.many(insert, rows)


def _parts(source: Database, table: _Table) -> Iterator[list[tuple[Any, ...]]]:
    key, marks = ", ".join(table.key), ", ".join("?" for _ in table.key)
    columns, end = ", ".join(table.columns), f"ORDER BY {key} LIMIT {table.at_a_time}"
    rows = source.all(f"SELECT {columns} FROM {table.name} {end}")
    while rows:
        yield rows
        last = rows[-1][: len(table.key)]
        rows = source.all(f"SELECT {columns} FROM {table.name} WHERE ({key}) > ({marks}) {end}", *last)
