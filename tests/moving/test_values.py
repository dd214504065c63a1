"""A row is written down in the same letters, whichever database holds it, and comes back as it was."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Double,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
)

from mes.core.types import BigId, ExactDecimal, UtcTime, WordSet
from mes.moving import readable, values
from mes.moving.doors import opened
from mes.moving.sides import Side
from mes.moving.values import Block, Kind, kind_of, shape_of, shapes
from mes.web.tables import metadata
from tests.moving.factory import empty_server
from tests.needs import needs

TRIAL = Table(
    "trial", MetaData(),
    Column("code", String(60), primary_key=True), Column("id", BigId, primary_key=True),
    Column("count", Integer), Column("quantity", ExactDecimal), Column("text", Text), Column("words", WordSet),
    Column("at", UtcTime), Column("day", Date), Column("yes", Boolean), Column("value", Double),
    Column("raw", LargeBinary),
)  # fmt: skip
SHAPE = shape_of(TRIAL)
ENGINES: dict[str, Engine] = {}
letters = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
whole = st.integers(-(2**63), 2**63 - 1)
moments = st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year >= 1000)
rows = st.fixed_dictionaries({
    "code": letters, "id": whole, "count": st.none() | st.integers(-(2**31), 2**31 - 1),
    "quantity": st.none() | st.decimals(-(10**12), 10**12, places=6), "text": st.none() | letters,
    "words": st.none() | st.just(frozenset({"quality", "leader"})), "at": st.none() | moments,
    "day": st.none() | st.dates(date(1000, 1, 1)), "yes": st.none() | st.booleans(),
    "value": st.none() | st.floats(allow_nan=False, allow_subnormal=False), "raw": st.none() | st.binary(max_size=20),
})  # fmt: skip
ODD = {
    "code": "\\N", "id": 0, "count": 0, "quantity": Decimal("-0.000001"), "text": 'a\\\t"b",\r\n\\N=1+2\x7f\v\b\f가',
    "words": None, "at": datetime(2026, 1, 5, 0, 30, tzinfo=UTC), "day": date(2026, 2, 28), "yes": False,
    "value": -0.0, "raw": b"",
}  # fmt: skip


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Side, Side]]:
    """Both databases, each with the table of trial."""
    needs("postgresql")
    file = tmp_path_factory.mktemp("values") / "trial.db"
    urls = f"sqlite:///{file}", empty_server("values")
    for url in urls:
        engine = create_engine(url)
        TRIAL.metadata.create_all(engine)
        engine.dispose()
    with opened(urls[0], to_write=True) as one, opened(urls[1], to_write=True) as other:
        yield one, other
    for engine in ENGINES.values():
        engine.dispose()


def fill(side: Side, written: list[dict[str, Any]]) -> list[bytes]:
    """Write rows as the plant does; gives the lines."""
    side.run("DELETE FROM trial")
    if written:
        if side.url not in ENGINES:
            ENGINES[side.url] = create_engine(side.url)
        with ENGINES[side.url].begin() as connection:
            connection.execute(TRIAL.insert(), written)
    return list(side.lines(SHAPE))


@settings(max_examples=30)
@given(st.lists(rows, max_size=5, unique_by=lambda row: (row["code"], row["id"])))
@example([ODD])
@example([ODD | {"code": "", "value": 1.942992471300459e16}])
def test_both_databases_tell_a_row_in_the_same_letters_and_keep_it_as_the_other_told_it(
    sides: tuple[Side, Side], written: list[dict[str, Any]]
) -> None:
    one, other = sides
    told = fill(one, written)
    assert fill(other, written) == told
    for side in sides:
        side.run("DELETE FROM trial")
        if told:
            side.put(SHAPE, Block(told))
        assert list(side.lines(SHAPE)) == told
        for line in told[:1]:
            assert list(side.lines(SHAPE, SHAPE.key_of(line))) == told[1:], "goes on behind a row"


@settings(max_examples=30)
@given(st.lists(rows, max_size=5, unique_by=lambda row: (row["code"], row["id"])))
@example([ODD])
def test_what_is_written_for_people_is_read_back_to_the_letter(
    sides: tuple[Side, Side], written: list[dict[str, Any]]
) -> None:
    told, kept = fill(sides[0], written), dict[str, bytes]()

    def keep(key: bytes, content: bytes) -> str:
        kept[f"files/{len(kept)}.bin"] = content
        return f"files/{len(kept) - 1}.bin"

    text = readable.heading(SHAPE) + b"".join(readable.record(line, SHAPE, keep) for line in told)
    assert list(readable.records(io.BytesIO(text), SHAPE, "trial.csv", kept.__getitem__)) == told


@given(st.floats(allow_nan=False))
@example(1.942992471300459e16)
@example(5e-324)
def test_a_measured_value_comes_back_to_the_last_bit(value: float) -> None:
    assert values.measured((values.bits(value) or "").encode()) == value
    assert values.bits(None) is None


def test_a_row_that_somebody_tore_is_named() -> None:
    text = readable.heading(SHAPE) + b'"A",1,,,,,,,,,\n"B",2,,x,,,,,,,\n'
    with pytest.raises(readable.RowUnreadable, match=r"Row 3 of trial\.csv"):
        list(readable.records(io.BytesIO(text), SHAPE, "trial.csv", lambda _name: b""))
    with pytest.raises(readable.RowUnreadable, match=r"Row 2 of trial\.csv"):
        list(readable.records(io.BytesIO(text[:-22]), SHAPE, "trial.csv", lambda _name: b""))
    with pytest.raises(readable.RowUnreadable, match=r"Row 1 of trial\.csv"):
        list(readable.records(io.BytesIO(b"id,code\n"), SHAPE, "trial.csv", lambda _name: b""))


def test_a_long_text_is_read_over_the_end_of_what_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readable, "CHUNK", 7)
    text = readable.heading(SHAPE) + b'"A",1,,,"' + b'""x\n' * 20 + b'",,,,,,\n'
    [line] = readable.records(io.BytesIO(text), SHAPE, "trial.csv", lambda _name: b"")
    assert values.unescaped(line.split(b"\t")[4]) == b'"x\n' * 20


def test_blocks_are_the_same_however_the_rows_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "ROWS", 3)
    monkeypatch.setattr(values, "BYTES", 8)
    lines = [b"a\n", b"b\n", b"c\n", b"much longer\n", b"d\n"]
    assert [len(block.lines) for block in values.blocks(lines)] == [3, 1, 1]
    whole_ = values.prove(SHAPE, lines)
    half = values.begun(SHAPE).and_then(Block(lines[:3]))
    for block in values.blocks(lines[3:]):
        half = half.and_then(block)
    assert half == whole_


def test_every_column_of_the_plant_can_be_written_down() -> None:
    known = shapes(metadata)
    assert len(known) == len(metadata.tables)
    assert all(shape.key for shape in known), "a table without a key has no order"
    keys = {shape.kinds[at] for shape in known for at in shape.key}
    assert keys <= {Kind.WHOLE, Kind.TEXT}
    with pytest.raises(TypeError, match=r"say in moving/values\.py"):
        kind_of(Table("other", MetaData(), Column("speed", Float(24))).columns["speed"])


def test_times_that_older_versions_wrote_without_fractions_are_the_same_moment(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'trial.db'}"
    engine = create_engine(url)
    TRIAL.metadata.create_all(engine)
    engine.dispose()
    with opened(url, to_write=True) as side:
        for code, at in (("A", "2026-01-05 00:30:00"), ("B", "2026-01-05 00:30:00.000000")):
            side.run("INSERT INTO trial (code, id, at) VALUES (?, 1, ?)", code, at)
        told = [line.split(b"\t")[6] for line in side.lines(SHAPE)]
    assert told == [b"2026-01-05 00:30:00+00"] * 2


def test_how_far_a_move_is_can_be_written_down_and_gone_on_from() -> None:
    assert SHAPE.key_of(b"L\\\\1\t7\t" + b"\\N\t" * 8 + b"\\N\n") == ("L\\1", 7)
