"""What became of a late entry is what the books say: nothing is called recorded that is not, and nothing waits for a
person that is."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from mes.core.commands import COMMANDS, Command
from mes.equipment.models import Downtime
from mes.lots.models import Lot, LotStatus
from mes.orders.models import Job
from mes.station.late_models import EntryState, LateEntry
from mes.station.late_rules import InTheBooks, NotWaiting
from mes.station.late_service import give_up
from tests.conftest import Shop
from tests.factories import make_downtime
from tests.station.floor import Floor, says
from tests.station.keeper import Keeper

CODES = {command: code for code, command in COMMANDS.items()}
KEY = "the-same-entry-1"


def stops(shop: Shop) -> list[Downtime]:
    """All stops, in the order in which they were recorded."""
    with shop.read() as read:
        return list(read.scalars(select(Downtime).order_by(Downtime.id)))


def states(shop: Shop) -> list[EntryState]:
    """What became of the entries that came late."""
    with shop.read() as read:
        return list(read.scalars(select(LateEntry.state).order_by(LateEntry.id)))


def test_a_stop_that_names_no_machine_and_comes_late_is_kept_for_the_work_centre(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    made = shop.now
    shop.later(hours=4)
    assert keeper.late("/station/stop", made + timedelta(minutes=5)).json == {"recorded": True}
    [stop] = stops(shop)
    assert (stop.work_centre_id, stop.machine_id) == (floor.kettle.id, None)
    assert stop.started_at == made + timedelta(minutes=5)


def test_running_again_ends_the_stop_that_came_late_and_not_that_of_another_machine(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    broken = shop.do(lambda work: make_downtime(work, floor.machine))
    made = shop.now
    shop.later(hours=1)
    keeper.late("/station/stop", made + timedelta(minutes=5))
    keeper.late("/station/scan", made + timedelta(minutes=9), text=CODES[Command.RESUME])
    before, late = stops(shop)
    assert (before.id, before.ended_at) == (broken.id, None)
    assert late.ended_at == made + timedelta(minutes=9)


def test_a_second_stop_that_names_no_machine_needs_a_person(shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> None:
    made = shop.now
    shop.later(hours=1)
    keeper.late("/station/stop", made + timedelta(minutes=5))
    assert keeper.late("/station/stop", made + timedelta(minutes=6)).status_code == 409
    assert states(shop) == [EntryState.RECORDED, EntryState.REFUSED]


@pytest.mark.parametrize("command", [Command.STOP, Command.CALL, Command.REPORT, Command.UNDO, Command.DIGIT_4])
def test_a_late_command_that_would_only_open_a_page_needs_a_person(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job, command: Command
) -> None:
    [flour] = floor.receive(floor.flour, 200)
    floor.start(job)
    keeper.press("/station/scan", text=flour.code, job=job.code)
    made = shop.now
    answer = keeper.late("/station/scan", made, text=CODES[command], job=job.code)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["code"] == "NothingToAnswer"
    assert states(shop) == [EntryState.REFUSED]


def test_a_late_command_that_leads_back_or_does_something_needs_nobody(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    floor.start(job)
    for command in (Command.BACK, Command.PAUSE, Command.START):
        answer = keeper.late("/station/scan", shop.now, text=CODES[command], job=job.code)
        assert answer.json == {"recorded": True}
    assert states(shop) == [EntryState.RECORDED] * 3


@pytest.mark.parametrize("what", ["job", "order", "job elsewhere", "badge", "type of defect", "lot to inspect"])
def test_a_late_scan_that_only_opens_a_page_is_told_to_have_recorded_nothing(
    app: Flask, shop: Shop, floor: Floor, keeper: Keeper, job: Job, what: str
) -> None:
    floor.start(job)
    [lot] = floor.receive(floor.flour, 20)
    if what == "lot to inspect":
        shop.do(lambda work: setattr(work.session.get_one(Lot, lot.id), "status", LotStatus.INSPECTION))
        keeper.badge(floor.lee)
        keeper.hear()
    order = floor.order()
    text = {
        "job": job.code,
        "order": order.code,
        "job elsewhere": order.jobs[1].code,
        "badge": floor.park.badge,
        "type of defect": "TORN",
        "lot to inspect": lot.code,
    }[what]
    for _sending in range(2):  # and once more, where the first answer was lost
        assert keeper.late("/station/scan", shop.now, KEY, text=text).json == {"recorded": False}
    assert states(shop) == [EntryState.OPENED]
    desk = app.test_client()
    desk.post("/login", data={"once": "log-in-at-desk", "login": "park", "password": "try-the-factory"})
    assert "기록된 것 없음</span>" in desk.get("/late-entries?state=opened").text
    assert "기록된 것 없음</span>" not in desk.get("/late-entries").text + desk.get("/late-entries?state=recorded").text


def test_a_scan_that_a_slow_server_answered_too_late_is_told_to_have_recorded_nothing_when_it_did_not(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    [flour] = floor.receive(floor.flour, 200)
    floor.start(job)
    for text, recorded in ((job.code, False), (flour.code, True)):
        key = f"sent-twice-{text}"
        keeper.client.post("/station/scan", data={"once": key, "text": text}, headers={"X-Entry": key})
        assert keeper.late("/station/scan", shop.now, key, text=text).json == {"recorded": recorded}


def refused_report(shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> datetime:
    """Five good pieces of a job that was not started: refused when they come late. Then it is started."""
    made = shop.now
    shop.later(minutes=5)
    assert keeper.late(f"/station/jobs/{job.code}/report", made, KEY, good="5").status_code == 409
    [flour] = floor.receive(floor.flour, 200)
    floor.start(job)
    floor.scan(job, flour)
    return made


def directly(keeper: Keeper, job: Job) -> TestResponse:
    """The same form, sent at once."""
    return keeper.client.post(
        f"/station/jobs/{job.code}/report", data={"once": KEY, "good": "5"}, headers={"X-Entry": KEY}
    )


def waiting_again(shop: Shop) -> int:
    """The entry waits for a person as if its other sending had been recorded in the same instant."""
    with shop.read() as read:
        ident = read.scalars(select(LateEntry.id)).one()
    shop.do(lambda work: setattr(work.session.get_one(LateEntry, ident), "state", EntryState.REFUSED))
    return ident


def test_an_entry_that_is_sent_directly_after_it_was_refused_late_needs_nobody_any_more(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    refused_report(shop, floor, keeper, job)
    assert directly(keeper, job).status_code == 200
    assert floor.see_job(job).good == 5
    assert states(shop) == [EntryState.RECORDED]
    assert keeper.client.get("/station/contact").get_json()["refused"] == []


def test_an_entry_that_comes_late_once_more_and_is_in_the_books_needs_nobody_any_more(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    made = refused_report(shop, floor, keeper, job)
    directly(keeper, job)
    waiting_again(shop)
    again = keeper.late(f"/station/jobs/{job.code}/report", made, KEY, good="5")
    assert again.json == {"recorded": True}
    assert floor.see_job(job).good == 5
    assert states(shop) == [EntryState.RECORDED]


def test_what_is_in_the_books_needs_nobody_though_nothing_proves_any_more_who_sent_it(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    [flour] = floor.receive(floor.flour, 200)
    floor.start(job)
    floor.scan(job, flour)
    made = shop.now
    directly(keeper, job)
    del keeper.headers["X-Entry-Ticket"]
    answer = keeper.late(f"/station/jobs/{job.code}/report", made, KEY, good="5")
    assert (answer.status_code, answer.json) == (200, {"recorded": True})
    assert states(shop) == []


def test_what_is_in_the_books_cannot_be_given_up(shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> None:
    refused_report(shop, floor, keeper, job)
    directly(keeper, job)
    ident = waiting_again(shop)
    with pytest.raises(InTheBooks):
        shop.do(lambda work: give_up(work, ident, "두 번 입력"))
    keeper.badge(floor.park)
    assert says(keeper.press(f"/station/entries/{ident}/give-up", reason="두 번 입력"), InTheBooks())
    assert states(shop) == [EntryState.RECORDED]


def test_what_a_leader_gave_up_is_not_recorded_directly_either(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    refused_report(shop, floor, keeper, job)
    with shop.read() as read:
        ident = read.scalars(select(LateEntry.id)).one()
    shop.do(lambda work: give_up(work, ident, "손으로 입력함"))
    assert says(directly(keeper, job), NotWaiting())
    assert floor.see_job(job).good == 0
    assert states(shop) == [EntryState.GIVEN_UP]
