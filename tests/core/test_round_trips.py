"""What PostgreSQL is asked: few statements, few round trips, plans kept only where they stay good."""

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import String, bindparam, event, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from mes.core import events, round_trips, rows
from mes.core.db import Database
from mes.core.errors import AlreadyExists
from mes.core.fetch import ask, fetch
from mes.core.keys import BY_NAME, AlreadyDone, OneTimeKey, look_up
from mes.core.sending import BY_KEY
from mes.core.work import Work
from mes.lots.models import Lot
from mes.lots.service import receive_lots
from mes.partners.models import Partner
from tests.benchmarks._workshop import Workshop
from tests.conftest import MORNING, Shop
from tests.factories import make_item
from tests.statements import statements

PLANS = "SELECT current_setting('plan_cache_mode') || ' ' || current_setting('enable_seqscan')"


@pytest.fixture
def plant(postgresql: Database) -> Iterator[Shop]:
    """A plant on PostgreSQL, whose tables are left as they were.

    It begins without a connection: of several that others left, each would be asked now and then, and none would be
    asked often enough for the driver to prepare anything.
    """
    postgresql.engine.dispose()
    yield Shop(postgresql)
    with postgresql.engine.begin() as connection:
        connection.execute(OneTimeKey.__table__.delete())  # type: ignore[attr-defined]
    postgresql.engine.dispose()


def used(name: str) -> OneTimeKey:
    return OneTimeKey(key=name, fingerprint="same", at=MORNING, answer="{}")


def test_a_report_of_three_lots_and_a_defect_asks_no_more_than_this(shop: Shop) -> None:
    workshop = Workshop(shop)
    job = workshop.running_job()
    workshop.report(job)
    with statements(shop.database) as sent:
        workshop.report(job)
    assert len(sent) <= (22 if shop.database.is_sqlite else 23), "\n".join(sent)


def test_numbers_reserved_for_what_comes_later_are_given_without_asking_again(shop: Shop) -> None:
    def make(work: Work, code: str) -> Lot:
        return Lot(code=code, item_id=item.id, made_on=work.today, made_at=work.now)

    def receive(work: Work) -> list[Lot]:
        rows.reserve(work.session, Lot, 1)
        lots = [make(work, "FIRST"), make(work, "SECOND"), make(work, "THIRD")]
        for number, lot in enumerate(lots[:2]):
            work.session.add(lot)
            with statements(shop.database) as sent:
                rows.number(work.session)
            assert len(sent) == 1 - number, sent
        work.session.flush()
        work.session.add(lots[2])
        return lots

    item = shop.do(make_item)
    lots = shop.do(receive)
    assert [lot.id for lot in lots] == sorted({lot.id for lot in lots})


def test_a_number_that_is_spoken_for_goes_to_nobody_else(shop: Shop) -> None:
    def receive(work: Work) -> None:
        rows.reserve(work.session, Lot, 1)
        for code in ("NUMBERED", "UNNUMBERED", "LAST"):
            work.session.add(Lot(code=code, item_id=item.id, made_on=work.today, made_at=work.now))
            if code == "NUMBERED":
                rows.number(work.session)
            work.session.flush()

    item = shop.do(make_item)
    shop.do(receive)
    with shop.read() as read:
        assert list(read.scalars(select(Lot.code).order_by(Lot.id))) == ["NUMBERED", "UNNUMBERED", "LAST"]


def test_what_goes_wrong_with_a_statement_that_nobody_waits_for_is_told_with_the_next_answer(plant: Shop) -> None:
    plant.do(lambda work: work.session.add(used("once")))
    with plant.database.write() as write:
        write.add(used("once"))
        write.flush()
        with pytest.raises(IntegrityError, match="one_time_keys"):
            write.execute(text("SELECT 1"))


def test_or_with_the_commit_and_nothing_of_the_act_is_kept(plant: Shop) -> None:
    plant.do(lambda work: work.session.add(used("once")))
    with plant.database.write() as write:
        write.add_all([used("another"), used("once")])
        write.flush()
        with pytest.raises(IntegrityError, match="one_time_keys"):
            write.commit()
    with plant.read() as read:
        assert list(read.scalars(select(OneTimeKey.key))) == ["once"]


def test_and_becomes_the_refusal_that_it_always_was(plant: Shop) -> None:
    def twice(work: Work) -> None:
        lot = receive_lots(work, item=make_item(work), quantities=[D(1)])[0]
        values = {"item_id": lot.item_id, "made_on": work.today, "made_at": work.now}
        work.session.add(Lot(code=lot.code, **values))

    with pytest.raises(AlreadyExists):
        plant.do(twice)


def test_a_key_that_two_requests_bring_at_once_is_recorded_once(plant: Shop) -> None:
    def act(work: Work) -> None:
        assert work.session.is_active  # its key is not known yet
        with suppress(AlreadyDone), plant.database.write() as other:
            look_up(other, "both", "same")
            other.add(used("both"))
            other.commit()

    with pytest.raises(AlreadyDone):
        plant.do(act, key="both")
    with plant.read() as read:
        assert list(read.scalars(select(OneTimeKey.key))) == ["both"]


def test_what_is_asked_at_once_is_read_once_and_forgotten_when_something_is_written(plant: Shop) -> None:
    for _ in range(7):
        plant.do(lambda work: work.session.add(used(f"{len(_keys(plant))}")))
    with plant.database.write() as write, statements(plant.database) as sent:
        BY_NAME.ask(write, name="1")  # its columns are not known yet
        for name in ("0", "1"):
            BY_NAME.ask(write, name=name)
        assert len(sent) == 3
        assert [one.key for one in BY_NAME.all(write, name="1")] == ["1"]
        assert len(sent) == 3
        assert [one.key for one in BY_NAME.all(write, name="1")] == ["1"]
        assert len(sent) == 4
        BY_NAME.ask(write, name="2")
        assert [one.key for one in BY_NAME.all(write, name="3")] == ["3"]
        BY_NAME.ask(write, name="new")
        write.add(used("new"))
        assert [one.key for one in BY_NAME.all(write, name="new")] == ["new"]


def _keys(plant: Shop) -> list[str]:
    with plant.read() as read:
        return list(read.scalars(select(OneTimeKey.key)))


def test_what_goes_wrong_with_a_question_is_told_when_it_is_read(plant: Shop) -> None:
    wrong = select(1 / func.length(bindparam("word", type_=String)))
    with plant.database.write() as write:
        for word in ("known", "columns"):
            ask(write, wrong, word=word)
            assert fetch(write, wrong, word=word) != []
        ask(write, wrong, word="")
        with pytest.raises(DBAPIError, match="division by zero"):
            fetch(write, wrong, word="")


def test_plans_are_kept_for_what_is_found_by_key_and_for_nothing_else(plant: Shop) -> None:
    with plant.database.write() as write:
        assert _plans(write) == "force_custom_plan on"
        assert _plans(write, **BY_KEY) == "force_generic_plan off"
        assert _plans(write) == "force_custom_plan on"
        _plans(write, **BY_KEY)
        write.commit()
    with plant.database.write() as write:
        assert write.execute(text(PLANS)).scalar() == "force_custom_plan on"


def _plans(session: Session, **options: Any) -> object:
    return session.execute(text(PLANS).execution_options(**options)).scalar()


def test_kept_plans_are_dropped_when_they_are_old(plant: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(round_trips, "OLD_PLAN", -1)
    for _ in range(7):
        with plant.database.write() as write:
            assert BY_NAME.all(write, name="none") == []
            assert _plans(write, **BY_KEY) == "force_generic_plan off"


def test_a_connection_that_lay_idle_for_long_is_asked_whether_it_lives(
    plant: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "SELECT pg_backend_pid()"
    with plant.read() as read:
        before = read.execute(text(asked)).scalar()
    monkeypatch.setattr(round_trips, "IDLE", -1)
    with plant.read() as read:
        assert read.execute(text(asked)).scalar() == before


def test_reading_does_not_make_the_driver_forget_what_it_has_prepared(plant: Shop) -> None:
    for _ in range(7):
        with plant.read() as read:
            read.scalars(select(Partner.name)).all()
    with plant.read() as read:
        prepared = read.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    assert any("partners" in statement for statement in prepared)


def test_a_connection_that_died_in_the_pool_is_replaced_unnoticed(plant: Shop) -> None:
    with plant.read() as read, plant.database.engine.connect() as other:
        asked = text("SELECT pg_terminate_backend(:pid, 1000)")
        pid = read.execute(text("SELECT pg_backend_pid()")).scalar()
        read.close()
        other.execute(asked, {"pid": pid})
    with plant.read() as read:
        assert read.execute(text("SELECT 1")).scalar() == 1


def test_the_answers_of_an_act_are_waited_for_seldom(plant: Shop) -> None:
    waits = 0

    def answered(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        nonlocal waits
        waits += "unanswered" not in context.execution_options

    def note(work: Work) -> None:
        work.session.connection()
        for name in ("one", "two"):
            work.session.add(used(name))
            work.session.flush()

    event.listen(plant.database.engine, "after_cursor_execute", answered)
    try:
        plant.do(note)
    finally:
        event.remove(plant.database.engine, "after_cursor_execute", answered)
    assert waits == 0
    assert events.TAKE_CHAIN.get_execution_options()["unanswered"]
