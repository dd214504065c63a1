"""What an export says of itself: each table and column in words, and a text for whoever has never seen this program.

The words are those that stand beside the columns in the program itself, so they cannot fall behind it.
"""

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, Enum, MetaData, String

from mes.core.config import bundled
from mes.core.db import Base
from mes.core.types import WordSet
from mes.moving.values import Kind, Shape, kind_of

#: How each kind of value is written.
WRITTEN = {
    Kind.WHOLE: "whole number",
    Kind.QUANTITY: "decimal number with up to six places, exact",
    Kind.TEXT: "text, in quotes",
    Kind.MOMENT: "moment in UTC, ISO 8601 (2026-01-05T00:30:00Z)",
    Kind.DAY: "day (2026-01-05), by the plant's calendar",
    Kind.YES_NO: "true or false",
    Kind.MEASURED: "measured value (binary floating point, shortest digits that bring it back)",
    Kind.BYTES: "name of the file that holds the bytes",
}
#: Units, by how a column's name ends or what it is called.
UNITS = (
    ("_seconds", "seconds"), ("_minutes", "minutes"), ("_hours", "hours"), ("_days", "days"), ("_percent", "percent"),
    ("_mm", "millimetres"), ("_cents", "cents"), ("size", "bytes"), ("day_starts_at", "hour of the day"),
    ("over_production", "percent"),
)  # fmt: skip
#: What opens a door: kept so that people can sign in after an import, and never to be handed on.
SECRET = re.compile(r"_hash$|^badge$")
_MADE = "made by the database, counted up"
_COMMENT = re.compile(r"^\s*#: ?(.*)$")
_COLUMN = re.compile(r"^    (\w+): Mapped\[")


@dataclass(frozen=True)
class Head:
    """Of which plant an export is, by which version, as of when."""

    plant: str
    program: str
    version: str
    at: datetime


def schema(metadata: MetaData, shapes: Sequence[Shape]) -> dict[str, Any]:
    """Every table and column: what it is, how it is written, unit, key, and what it refers to."""
    return {
        "tables": [
            {
                "name": shape.name,
                "file": f"tables/{shape.name}.csv",
                "about": _about(shape.name),
                "key": [shape.columns[at] for at in shape.key],
                "columns": [_column(metadata.tables[shape.name].columns[name]) for name in shape.columns],
            }
            for shape in shapes
        ]
    }


def _about(table: str) -> str:
    model = _models().get(table)
    return " ".join((inspect.getdoc(model) or "").split("\n\n")[0].split()) if model else ""


def _column(column: Column[Any]) -> dict[str, Any]:
    kind, name = kind_of(column), str(column.name)
    reference = next((f"{key.column.table.name}.{key.column.name}" for key in column.foreign_keys), None)
    told: dict[str, Any] = {"name": name, "about": _words(column, reference), "type": WRITTEN[kind]}
    told["may_be_empty"] = bool(column.nullable)
    if isinstance(column.type, Enum):
        told["one_of"] = list(column.type.enums)
    elif isinstance(column.type, WordSet):
        told["about"] += " (words separated by commas)"
    elif isinstance(column.type, String) and column.type.length:
        told["longest"] = column.type.length
    if unit := _unit(name, kind):
        told["unit"] = unit
    if reference:
        told["refers_to"] = reference
    if SECRET.search(name):
        told["secret"] = True
    return told


def _unit(name: str, kind: Kind) -> str | None:
    known = next((unit for ending, unit in UNITS if name.endswith(ending)), None)
    if known is None and kind is Kind.QUANTITY:
        return "of the item (items.unit), where the row is about an item"
    return known


def _words(column: Column[Any], reference: str | None) -> str:
    name = str(column.name)
    if found := _comments(column.table.name).get(name):
        return found
    if column.primary_key and name == "id":
        return f"the row's number, {_MADE}"
    if reference:
        return f"{name.removesuffix('_id').replace('_', ' ')}: which row of {reference.partition('.')[0]}"
    usual = {
        "version": "how often the row was changed, for two people who edit it at once",
        "at": "when it was recorded", "active": "whether it is still in use", "code": "what people call it by",
        "name": "its name", "name_en": "its name in English", "name_vi": "its name in Vietnamese",
    }  # fmt: skip
    return usual.get(name, name.replace("_", " "))


@cache
def _models() -> dict[str, type[Any]]:
    return {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]


@cache
def _comments(table: str) -> dict[str, str]:
    """What stands above a column in its class."""
    model, found, waiting = _models().get(table), dict[str, str](), list[str]()
    try:
        lines = inspect.getsource(model).splitlines() if model else []
    except OSError:  # a program that was packed without its sources still exports
        return {}
    for line in lines:
        if comment := _COMMENT.match(line):
            waiting.append(comment[1].strip())
            continue
        if (column := _COLUMN.match(line)) and waiting:
            found[column[1]] = " ".join(waiting)
        waiting.clear()
    return found


# Pages


def pages(described: dict[str, Any], head: Head) -> Iterator[tuple[str, str]]:
    """The texts beside the tables, with their names."""
    values = {
        "@PLANT@": head.plant or "-", "@PROGRAM@": head.program, "@VERSION@": head.version,
        "@AT@": f"{head.at:%Y-%m-%d %H:%M} UTC", "@TABLES@": str(len(described["tables"])),
    }  # fmt: skip
    for name in ("README.md", "README.ko.md"):
        text = (bundled("templates") / "moving" / name).read_text("utf-8")
        for mark, value in values.items():
            text = text.replace(mark, value)
        yield name, text
    yield "TABLES.md", "".join(_table_page(described))


def _table_page(described: dict[str, Any]) -> Iterator[str]:
    yield "# Tables\n\nEach table is one file in the folder `tables`. Rows stand in the order of the key.\n"
    for table in described["tables"]:
        yield f"\n## {table['name']}\n\n{table['about']} Key: {', '.join(table['key'])}.\n\n"
        yield "| column | what it is | how it is written | refers to |\n|---|---|---|---|\n"
        for column in table["columns"]:
            yield f"| {column['name']} | {_cell(column)} | {column['type']} | {column.get('refers_to', '')} |\n"


def _cell(column: dict[str, Any]) -> str:
    parts = [column["about"]]
    if "unit" in column:
        parts.append(f"in: {column['unit']}")
    if "one_of" in column:
        parts.append(f"one of: {', '.join(column['one_of'])}")
    if column["may_be_empty"]:
        parts.append("may be empty")
    if column.get("secret"):
        parts.append("**secret**")
    return "; ".join(parts).replace("|", "\\|")
