"""What a plant knew before its tables changed is still known after the way up, and after the way down."""

from functools import partial

from sqlalchemy import text

from mes.core.access import Role
from mes.core.schema import downgrade, upgrade
from mes.core.work import Work
from mes.equipment.service import start_downtime
from mes.orders import crew
from mes.orders.tools import mount_tool
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
