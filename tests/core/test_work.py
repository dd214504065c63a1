"""The write door: one act is one transaction, once."""

import sqlite3
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from mes.core.chain import walk
from mes.core.db import WriteSession
from mes.core.errors import AlreadyExists, Busy, KeyReused, NotFound, Refused
from mes.core.events import Event
from mes.core.keys import AlreadyDone
from mes.core.work import Work, act
from mes.items.models import Item
from mes.items.queries import get_item
from mes.items.service import change_item
from mes.people.models import Person
from tests.conftest import BOSS, Shop
from tests.factories import make_item, make_person
from tests.racing import race


def test_a_refused_act_leaves_nothing(shop: Shop) -> None:
    def deed(work: Work) -> None:
        make_person(work, name="반쪽")
        raise Refused

    Refused.message = ""
    with pytest.raises(Refused):
        shop.do(deed)
    with shop.read() as read:
        assert read.scalars(select(Person)).all() == []
        assert read.scalars(select(Event)).all() == []


def test_whose_connection_cannot_even_be_closed_lets_the_next_one_in(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = WriteSession.close

    def broken(session: WriteSession, *_key: str) -> None:
        close(session)
        raise ZeroDivisionError

    for moment in ("mes.core.db.WriteSession.close", "mes.core.keys.look_up"):  # at the end of an act, and before it
        with monkeypatch.context() as there:
            there.setattr(WriteSession, "close", broken)
            there.setattr(moment, broken)
            with pytest.raises(ZeroDivisionError):
                shop.do(make_item, key="tablet-key-9")
    shop.do(make_item)


def test_every_change_leaves_an_event_with_its_maker(shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, name="이영희"))
    with shop.read() as read:
        event = read.scalars(select(Event)).one()
    assert (event.actor, event.thing, event.thing_id) == (BOSS.name, "persons", person.id)
    assert "이영희" in (event.after or "")
    assert "password" not in (event.after or "")


def test_what_changes_no_row_but_is_worth_an_event_is_recorded(shop: Shop) -> None:
    person = shop.do(make_person)
    shop.do(lambda work: work.record("people.export", person))
    with shop.read() as read:
        assert read.scalars(select(Event.verb).order_by(Event.id)).all() == ["people.add", "people.export"]


def test_the_same_code_twice_is_refused_in_words(shop: Shop) -> None:
    shop.do(lambda work: make_person(work, code="A1"))
    with pytest.raises(AlreadyExists):
        shop.do(lambda work: make_person(work, code="A1"))


def test_a_write_that_comes_twice_is_recorded_once(shop: Shop) -> None:
    shop.do(lambda work: make_person(work), key="tablet-key-1")
    with pytest.raises(AlreadyDone):
        shop.do(lambda work: make_person(work), key="tablet-key-1")
    with shop.read() as read:
        assert len(read.scalars(select(Person)).all()) == 1


def test_what_fails_after_an_act_does_not_do_the_act_again(shop: Shop) -> None:
    """Something that looks like a lock wait of the act itself, and is one of what comes after it."""
    names = iter(["김미숙", "이영희"])

    def deed(work: Work) -> None:
        make_person(work, name=next(names))
        work.after(locked)

    def locked() -> None:
        raise OperationalError("SELECT 1", None, sqlite3.OperationalError("database is locked"))

    with pytest.raises(OperationalError):
        shop.do(deed)
    with shop.read() as read:
        assert read.scalars(select(Person.name)).all() == ["김미숙"]


def test_a_key_that_comes_with_another_content_is_refused(shop: Shop) -> None:
    shop.do(lambda work: make_person(work), key="tablet-key-1")
    with pytest.raises(KeyReused):
        act(shop.database, BOSS, lambda work: make_person(work), source="desk", key=("tablet-key-1", "other"))


def test_a_recorded_event_cannot_be_changed_by_anybody(shop: Shop) -> None:
    shop.do(lambda work: make_person(work))
    for statement in ("UPDATE events SET actor = 'x'", "DELETE FROM events"):
        with pytest.raises(IntegrityError), shop.database.engine.begin() as connection:
            connection.execute(text(statement))


def test_the_chain_of_events_is_whole(shop: Shop) -> None:
    for _ in range(3):
        shop.do(lambda work: make_person(work))
    with shop.read() as read:
        assert walk(read).breaks == []


def test_the_chain_is_whole_in_whatever_zone_the_clock_is_read(shop: Shop) -> None:
    shop.now = shop.now.astimezone(ZoneInfo("Asia/Seoul"))
    shop.do(make_person)
    with shop.read() as read:
        assert walk(read).breaks == []


def test_a_read_never_writes(shop: Shop) -> None:
    with shop.read() as read, pytest.raises(RuntimeError):
        read.add(Person(code="x", name="x", roles=frozenset(), badge="x"))
        read.flush()


def test_who_waited_for_a_lock_goes_on_with_what_the_other_left(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="RICE", name="쌀"))
    came = race(
        shop,
        lambda work: change_item(work, "RICE", name="찹쌀"),
        lambda work: change_item(work, "RICE", spec="20 kg"),
    )
    assert not [one for one in came if isinstance(one, Refused)]
    with shop.read() as read:
        item = get_item(read, "RICE")
        assert (item.name, item.spec, item.version) == ("찹쌀", "20 kg", 3)


@pytest.mark.parametrize("already", [Refused, None])
def test_the_same_sending_twice_at_once_is_told_that_it_is_recorded(shop: Shop, already: type[Refused] | None) -> None:
    """The second one waits for the first one's lock (PostgreSQL) or turn, and finds what it wants done already."""
    shop.do(lambda work: make_item(work, code="RICE", name="쌀"))

    def deed(work: Work) -> None:
        item = work.lock(Item, get_item(work.session, "RICE").id)
        if item.spec and already:
            raise NotFound(what="item", code="RICE")
        if item.spec:
            make_item(work, code="RICE")
        with work.change(item, "items.change"):
            item.spec = "20 kg"

    came = race(shop, deed, deed, key="tablet-key-1")
    assert [type(one) for one in came] == [type(None), AlreadyDone]


def test_a_row_that_was_changed_meanwhile_is_read_anew_and_a_row_that_never_rests_is_said(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="RICE"))
    tries = []

    def overtaken(work: Work, times: int) -> None:
        item = get_item(work.session, "RICE")
        tries.append(item.name)
        if len(tries) <= times:
            work.session.execute(text("UPDATE items SET version = version + 1"))
        item.spec = f"{times} kg"
        work.session.flush()

    shop.do(lambda work: overtaken(work, 1))
    assert len(tries) == 2
    tries.clear()
    with pytest.raises(Busy):
        shop.do(lambda work: overtaken(work, 2))
