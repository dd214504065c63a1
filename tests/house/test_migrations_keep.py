"""What a plant knew before its tables changed is still known after the way up, and after the way down."""

from decimal import Decimal as D
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from mes.core.access import Role
from mes.core.schema import downgrade, upgrade
from mes.core.work import Work
from mes.equipment.service import start_downtime
from mes.orders import crew
from mes.orders.models import LotRule
from mes.orders.reporting import record_report
from mes.orders.tools import mount_tool
from mes.orders.undo import take_back_report
from mes.people.models import Person, SecondFactor
from mes.people.service import sign_in_with_password
from tests.conftest import Shop
from tests.factories import make_machine, make_person, make_tool
from tests.orders.bakery import Bakery


def rows(shop: Shop, query: str) -> list[tuple[object, ...]]:
    with shop.read() as read:
        return [tuple(row) for row in read.execute(text(query))]


def operator(work: Work, bakery: Bakery) -> str:
    return work.session.get_one(Person, bakery.operator.person_id).code


def test_a_job_that_ran_before_crews_and_moulds_were_kept_has_its_starter_and_its_mould(shop: Shop) -> None:
    bakery = Bakery(shop)
    tool = shop.do(make_tool)
    running, waiting = bakery.order().jobs[0], bakery.order().jobs[0]
    for job in (running, waiting):
        shop.do(lambda work, code=job.code: mount_tool(work, code, tool.code))  # type: ignore[misc]
    bakery.start(running)
    workers = "SELECT job_id, person_id, joined_at, left_at FROM job_workers"
    before = rows(shop, workers)
    assert [row[:2] for row in before] == [(running.id, bakery.operator.person_id)]
    downgrade(shop.database, "0037")
    upgrade(shop.database)
    assert rows(shop, workers) == before
    mounted = rows(shop, "SELECT job_id, tool_id, removed_at FROM job_tools ORDER BY job_id")
    assert mounted == [(running.id, tool.id, None), (waiting.id, tool.id, None)]


def test_who_left_a_running_job_is_not_put_back_on_it(shop: Shop) -> None:
    bakery = Bakery(shop)
    job = bakery.order().jobs[0]
    bakery.start(job)
    shop.do(lambda work: crew.toggle_on_job(work, job.code, operator(work, bakery)))
    before = rows(shop, "SELECT job_id, person_id, left_at FROM job_workers ORDER BY id")
    downgrade(shop.database, "0039")
    upgrade(shop.database)
    assert rows(shop, "SELECT job_id, person_id, left_at FROM job_workers ORDER BY id") == before


def test_a_stop_that_nobody_explained_is_kept_on_the_way_down(shop: Shop) -> None:
    machine = shop.do(make_machine)
    shop.do(
        lambda work: start_downtime(work, work_centre_id=machine.work_centre_id, machine_id=machine.id, reason_id=None)
    )
    downgrade(shop.database, "0027")
    reasons = "SELECT reason.code FROM downtimes JOIN stop_reasons AS reason ON reason.id = downtimes.reason_id"
    assert rows(shop, reasons) == [("UNKNOWN",)]
    upgrade(shop.database)
    assert rows(shop, reasons) == [("UNKNOWN",)]


def test_what_was_taken_back_stays_so_and_is_taken_back_no_second_time(shop: Shop) -> None:
    bakery = Bakery(shop)
    _kettle, packing = bakery.at_packing(bakery.order(100, lot_rule=LotRule.REPORT))
    wrong = shop.do(lambda work: record_report(work, packing.code, good=D(20)))
    shop.do(lambda work: take_back_report(work, wrong.id, reason="잘못 셈"))
    told = ("SELECT * FROM movements ORDER BY id", "SELECT * FROM production_reports ORDER BY id")
    before, kept = [rows(shop, one) for one in told], described(shop)
    assert any(row[0] == wrong.id for row in rows(shop, "SELECT reverses_id FROM production_reports"))
    downgrade(shop.database, "0058")
    assert [rows(shop, one) for one in told] == before
    with pytest.raises(IntegrityError):
        twice(shop)
    upgrade(shop.database)
    assert [rows(shop, one) for one in told] == before
    assert described(shop) == kept
    with pytest.raises(IntegrityError):
        twice(shop)
    with pytest.raises(DBAPIError, match="append-only"), shop.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM movements"))


def described(shop: Shop) -> list[tuple[object, ...]]:
    """Each table of an embedded database, its indexes and what guards it; nothing where no table is made anew."""
    if not shop.database.is_sqlite:
        return []
    # a table that was renamed stands there in quotes, and how words are laid out means nothing
    as_written = rows(shop, "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY 2")
    return [(*row[:3], " ".join(str(row[3]).replace('"', "").split())) for row in as_written]


def twice(shop: Shop) -> None:
    """What was taken back, once more."""
    with shop.database.engine.begin() as connection:
        columns = "lot_id, kind, quantity, at, reverses_id"
        again = f"INSERT INTO movements (id, {columns}) SELECT 999999999, {columns} FROM movements"
        connection.execute(text(f"{again} WHERE reverses_id IS NOT NULL LIMIT 1"))


def test_an_older_program_lets_nobody_in_who_still_waits_for_a_code(shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, Role.ADMIN, login="boss", password="rice-cake-2026"))
    sign_in = partial(sign_in_with_password, login="boss", password="rice-cake-2026")
    shop.do(sign_in)
    shop.do(lambda work: work.session.add(SecondFactor(person_id=person.id, secret="x", at=work.now,
                                                       confirmed_at=work.now)))  # fmt: skip
    shop.do(sign_in)
    open_ones = "SELECT id FROM sign_ins WHERE ended_at IS NULL ORDER BY id"
    assert len(rows(shop, open_ones)) == 2
    downgrade(shop.database, "0054")
    assert len(rows(shop, open_ones)) == 1
    upgrade(shop.database)
    assert rows(shop, "SELECT second_factor FROM plant") == []
