"""Whoever changes the log with the guards asleep is found, and the row is named."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mes.core.access import Actor
from mes.core.chain import Begin, Break, Kind, walk
from mes.core.events import CONTENT, Event, link
from tests.conftest import Shop
from tests.factories import make_person
from tests.racing import race
from tests.web.tampering import unguarded

ALL = ", ".join(["id", *CONTENT, "previous", "hash"])


@pytest.fixture
def forger(shop: Shop) -> Iterator[Session]:
    """A log of twelve events, numbered from 1, and somebody with the database's password."""
    for number in range(1, 13):
        shop.later(minutes=1)
        shop.do(lambda work, number=number: make_person(work, code=f"P{number}", name=f"사람 {number}"))  # type: ignore[misc]
    with unguarded(shop.database) as session:
        first = session.scalar(text("SELECT min(id) FROM events"))
        for ident in range(first, first + 12):  # the other database goes on counting from the test before
            session.execute(text(f"UPDATE events SET id = {ident - first + 1} WHERE id = {ident}"))
        yield session


def found(session: Session) -> list[tuple[Kind, str, str | None]]:
    return [(one.kind, one.row.code, one.other.code if one.other else None) for one in walk(session).breaks]


def rewrite(session: Session, ident: int, **values: Any) -> None:
    """Change a row and make its hash anew, so that it fits its content."""
    row = session.execute(select(Event.__table__).where(Event.id == ident)).mappings().one()
    again = dict(row) | values
    again["hash"] = link(again["previous"], again)
    session.execute(Event.__table__.update().where(Event.id == ident).values(**again))  # type: ignore[attr-defined]


def test_a_log_that_nobody_touched_is_whole(forger: Session) -> None:
    done = walk(forger)
    assert done.breaks == []
    assert (done.count, done.last and done.last.code) == (12, "P12")


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'x'",
        "after = NULL",
        "thing_id = 7",
        "reason = ''",
        "verb = 'people.change'",
        "actor_id = 99",
        "hash = '" + "0" * 64 + "'",
        "previous = '" + "f" * 64 + "'",
        "at = '2020-01-01 00:00:00+00:00'",
    ],
)
def test_a_row_of_which_anything_was_changed_is_named_and_no_other(forger: Session, change: str) -> None:
    forger.execute(text(f"UPDATE events SET {change} WHERE id = 5"))
    assert found(forger) == [(Kind.CHANGED, "P5", None)]


def test_a_time_that_is_none_is_a_change_like_any_other(shop: Shop, forger: Session) -> None:
    if shop.database.is_sqlite:
        forger.execute(text("UPDATE events SET at = 'yesterday' WHERE id = 5"))
        assert found(forger) == [(Kind.CHANGED, "P5", None)]


@pytest.mark.parametrize("gone", [1, 5, 11])
def test_behind_a_row_that_was_removed_the_next_one_is_named(forger: Session, gone: int) -> None:
    forger.execute(text(f"DELETE FROM events WHERE id = {gone}"))
    assert found(forger) == [(Kind.REMOVED, f"P{gone + 1}", f"P{gone - 1}" if gone > 1 else None)]


def swap(session: Session, one: int, other: int) -> None:
    for statement in (f"SET id = -1 WHERE id = {one}", f"SET id = {one} WHERE id = {other}"):
        session.execute(text(f"UPDATE events {statement}"))
    session.execute(text(f"UPDATE events SET id = {other} WHERE id = -1"))


@pytest.mark.parametrize(("one", "other"), [(4, 5), (4, 6), (4, 9), (1, 2), (1, 12), (11, 12)])
def test_two_rows_that_were_swapped_are_both_named(forger: Session, one: int, other: int) -> None:
    swap(forger, one, other)
    assert found(forger) == [(Kind.SWAPPED, f"P{other}", f"P{one}")]


def test_a_row_that_was_moved_to_the_end_is_named(forger: Session) -> None:
    forger.execute(text("UPDATE events SET id = 100 WHERE id = 4"))
    assert found(forger) == [(Kind.MOVED, "P4", "P5")]


def test_a_row_that_was_put_in_is_named(forger: Session) -> None:
    row = dict(forger.execute(text("SELECT * FROM events WHERE id = 5")).mappings().one())
    forger.execute(text("UPDATE events SET id = id + 100 WHERE id > 5"))
    invented = dict(forger.execute(select(Event.__table__).where(Event.id == 5)).mappings().one())
    invented |= {"id": 6, "thing_code": "P5b", "previous": row["hash"]}
    invented["hash"] = link(invented["previous"], invented)
    forger.execute(Event.__table__.insert().values(**invented))  # type: ignore[attr-defined]
    assert found(forger) == [(Kind.INSERTED, "P5b", "P6")]


def test_a_row_that_was_moved_up_is_named(forger: Session) -> None:
    forger.execute(text("UPDATE events SET id = id + 100 WHERE id > 3"))
    forger.execute(text("UPDATE events SET id = 4 WHERE id = 109"))
    assert found(forger) == [(Kind.MOVED, "P9", "P4")]


@pytest.mark.parametrize("number", [0, -5])
def test_a_row_with_a_number_before_all_others_is_seen(forger: Session, number: int) -> None:
    row = dict(forger.execute(select(Event.__table__).where(Event.id == 7)).mappings().one())
    forger.execute(Event.__table__.insert().values(**row | {"id": number}))  # type: ignore[attr-defined]
    assert found(forger) == [(Kind.INSERTED, "P7", "P1")]
    assert walk(forger).breaks[0].row.id == number


def test_a_row_that_was_written_anew_with_its_hash_is_named(forger: Session) -> None:
    rewrite(forger, 5, actor="아무개")
    assert found(forger) == [(Kind.REWRITTEN, "P5", "P6")]


def test_of_two_places_the_earlier_is_named_first(forger: Session) -> None:
    forger.execute(text("UPDATE events SET actor = 'x' WHERE id = 9"))
    forger.execute(text("DELETE FROM events WHERE id = 3"))
    assert found(forger) == [(Kind.REMOVED, "P4", "P2"), (Kind.CHANGED, "P9", None)]


def test_a_log_whose_every_row_was_spoilt_is_told_without_end(forger: Session) -> None:
    forger.execute(text("UPDATE events SET hash = 'x', previous = 'y'"))
    assert len(found(forger)) == 12


def test_the_newest_part_is_proved_from_an_event_on(forger: Session) -> None:
    ident, kept = forger.execute(text("SELECT id, hash FROM events WHERE id = 8")).one()
    begin = Begin(ident, kept, 8)
    assert walk(forger, after=begin).count == 12
    assert walk(forger, after=begin).breaks == []
    forger.execute(text("DELETE FROM events WHERE id = 9"))
    [found] = walk(forger, after=begin).breaks
    assert isinstance(found, Break)
    assert (found.kind, found.row.code) == (Kind.REMOVED, "P10")


def test_two_who_write_at_once_leave_one_chain(shop: Shop) -> None:
    race(shop, make_person, make_person)
    with shop.read() as read:
        assert walk(read).breaks == []
        assert walk(read).count == 2


def test_a_clock_that_was_set_back_breaks_no_chain(shop: Shop) -> None:
    shop.do(make_person)
    shop.now = datetime(2001, 1, 1, tzinfo=UTC)
    shop.do(make_person, actor=Actor("늦은 사람", shop.actor.roles))
    with shop.read() as read:
        assert walk(read).breaks == []
