"""Entries that a tablet kept while it had no connection, and sends afterwards."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from mes.core.events import Event
from mes.core.plant import plant, production_day
from mes.lots.models import Lot, Movement
from mes.orders.models import Job, JobState, Report
from mes.people.models import Person
from mes.station.late_models import EntryState, LateEntry
from mes.station.late_rules import NotThisPerson, NotWaiting, Times, is_flagged, moment_of
from mes.station.late_service import give_up
from tests.conftest import Shop
from tests.station.floor import Floor, words
from tests.station.keeper import Keeper

D = Decimal
EIGHT = datetime(2026, 1, 5, 8, tzinfo=UTC)


def one(shop: Shop, query: Any) -> Any:
    """The only row that a query finds."""
    with shop.read() as read:
        return read.scalars(query).one()


def test_what_was_entered_in_a_gap_is_recorded_in_its_order_as_of_then(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    [flour] = floor.receive(floor.flour, 200)
    began = shop.now
    shop.later(hours=4)
    assert keeper.late(f"/station/jobs/{job.code}/start", began + timedelta(minutes=5)).json == {"recorded": True}
    taken = keeper.late("/station/scan", began + timedelta(minutes=6), text=flour.code, job=job.code)
    assert taken.json == {"recorded": True}
    keeper.late(f"/station/jobs/{job.code}/report", began + timedelta(minutes=40), good="20")
    with shop.read() as read:
        made = read.scalars(select(Report)).one()
        assert (made.good, made.at) == (D(20), began + timedelta(minutes=40))
        assert made.person_id == floor.kim.id
        found = read.get_one(Job, job.id)
        assert (found.state, found.started_at) == (JobState.RUNNING, began + timedelta(minutes=5))
        kept = read.scalars(select(LateEntry).order_by(LateEntry.id)).all()
        assert [entry.sequence for entry in kept] == [1, 2, 3]
        assert {entry.state for entry in kept} == {EntryState.RECORDED}
        assert kept[0].received_at == shop.now
        assert kept[0].made_at == began + timedelta(minutes=5)


def test_an_entry_whose_answer_was_lost_is_recorded_once(shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> None:
    made = shop.now
    [flour] = floor.receive(floor.flour, 200)
    floor.start(job)
    keeper.press("/station/scan", once="the-same-key-1", text=flour.code, job=job.code)
    shop.later(minutes=5)
    for _again in range(3):
        answer = keeper.late("/station/scan", made, "the-same-key-1", text=flour.code, job=job.code)
        assert answer.json == {"recorded": True}
    with shop.read() as read:
        assert read.scalar(select(func.count()).select_from(Movement).where(Movement.job_id == job.id)) == 1


def test_a_night_shifts_entry_that_arrives_in_the_morning_counts_to_its_day(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    [flour] = floor.receive(floor.flour, 200)
    floor.start(job)
    floor.scan(job, flour)
    shop.later(hours=20)  # half past five in the morning
    keeper.badge(floor.kim)
    keeper.hear()
    night = shop.now
    shop.later(hours=4)
    assert (
        keeper.late(
            f"/station/jobs/{job.code}/report", night + timedelta(minutes=30), good="10", confirmed="1"
        ).status_code
        == 200
    )
    with shop.read() as read:
        settings, report = plant(read), read.scalars(select(Report)).one()
        assert production_day(settings, report.at) < production_day(settings, shop.now)


def test_the_undo_of_a_late_entry_is_judged_as_of_then(shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> None:
    [flour] = floor.receive(floor.flour, 200)
    floor.start(job)
    floor.scan(job, flour)
    keeper.press(f"/station/jobs/{job.code}/report", good="10")
    report = one(shop, select(Report))
    within = shop.now + timedelta(minutes=5)
    shop.later(hours=3)
    answer = keeper.late(f"/station/jobs/{job.code}/reports/{report.id}/undo", within)
    assert answer.json == {"recorded": True}


def test_the_entry_belongs_to_who_made_it_whoever_is_signed_in_now(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    made = shop.now
    shop.later(hours=1)
    keeper.badge(floor.park)
    keeper.late(f"/station/jobs/{job.code}/start", made + timedelta(minutes=1))
    assert one(shop, select(Event).where(Event.verb == "orders.start_job")).actor == floor.kim.name


def test_a_badge_proves_who_came_while_there_was_no_connection(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    made = shop.now
    shop.later(hours=1)
    keeper.headers["X-Entry-Badge"] = floor.nguyen.badge
    keeper.late(f"/station/jobs/{job.code}/start", made + timedelta(minutes=1))
    assert one(shop, select(Event).where(Event.verb == "orders.start_job")).actor == floor.nguyen.name


def test_a_refused_entry_waits_for_a_person_with_its_reason(shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> None:
    [flour] = floor.receive(floor.flour, 200)
    made = shop.now
    shop.later(hours=1)
    answer = keeper.late("/station/scan", made, text=flour.code, job=job.code)
    assert answer.status_code == 409
    assert answer.json is not None
    assert (answer.json["code"], answer.json["asks"]) == ("JobNotStarted", False)
    assert answer.headers["X-Entry-Answer"] == "person"
    entry = one(shop, select(LateEntry))
    assert (entry.state, entry.refusal) == (EntryState.REFUSED, "JobNotStarted")
    contact = keeper.client.get("/station/contact").json
    assert contact == {"station": "T1", "id": entry.station_id, "refused": [entry.key], "elsewhere": {}}
    assert answer.json["message"] in words(keeper.open("/station/entries"))


def test_a_refused_entry_that_is_tried_again_needs_nobody_any_more(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    [flour] = floor.receive(floor.flour, 200)
    made = shop.now
    shop.later(hours=1)
    keeper.late("/station/scan", made, "first-refused", text=flour.code, job=job.code)
    floor.start(job)
    keeper.late("/station/scan", made, "first-refused", text=flour.code, job=job.code)
    entry = one(shop, select(LateEntry))
    assert (entry.state, entry.at) == (EntryState.RECORDED, made)


def test_a_question_of_a_late_entry_is_answered_with_yes(shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> None:
    [flour] = floor.receive(floor.flour, 500)
    floor.start(job)
    floor.scan(job, flour)
    made = shop.now
    shop.later(hours=1)
    asked = keeper.late(f"/station/jobs/{job.code}/report", made, "too-many-1", good="101")
    assert asked.json is not None
    assert asked.json["asks"] is True
    keeper.late(f"/station/jobs/{job.code}/report", made, "too-many-1", good="101", confirmed="1")
    assert one(shop, select(Report)).good == D(101)


def test_a_leader_gives_a_refused_entry_up_with_a_reason(shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> None:
    made = shop.now
    shop.later(hours=1)
    keeper.late(f"/station/jobs/{job.code}/pause", made)
    entry = one(shop, select(LateEntry))
    keeper.badge(floor.park)
    keeper.press(f"/station/entries/{entry.id}/give-up", reason="직접 입력함")
    settled = one(shop, select(LateEntry))
    assert (settled.state, settled.settled_by, settled.reason) == (EntryState.GIVEN_UP, floor.park.name, "직접 입력함")
    assert keeper.client.get("/station/contact").get_json()["refused"] == []


def test_an_entry_is_given_up_once(shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> None:
    keeper.late(f"/station/jobs/{job.code}/pause", shop.now)
    entry = one(shop, select(LateEntry))
    shop.do(lambda work: give_up(work, entry.id, "두 번 입력"))
    with pytest.raises(NotWaiting):
        shop.do(lambda work: give_up(work, entry.id, "두 번 입력"))


def test_two_tablets_without_a_connection_take_the_same_lot_and_one_of_them_needs_a_person(
    app: Flask, shop: Shop, floor: Floor, keeper: Keeper
) -> None:
    floor.receive(floor.film, 5000)
    [flour] = floor.receive(floor.flour, 50)
    first, second = floor.order().jobs[0], floor.order().jobs[0]
    for job in (first, second):
        floor.start(job)
    other = Keeper(app, floor, "T2")
    other.badge(floor.nguyen)
    other.hear()
    made = shop.now
    shop.later(hours=1)
    assert keeper.late("/station/scan", made, "tablet-one-1", text=flour.code, job=first.code).status_code == 200
    refused = other.late("/station/scan", made, "tablet-two-1", text=flour.code, job=second.code)
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (409, "LotEmpty")
    assert one(shop, select(LateEntry).where(LateEntry.state == EntryState.REFUSED)).key == "tablet-two-1"
    assert one(shop, select(Lot).where(Lot.code == flour.code)).on_hand == 0


def test_what_a_person_entered_who_left_meanwhile_needs_a_person(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    shop.do(lambda work: setattr(work.session.get_one(Person, floor.kim.id), "active", False))
    answer = keeper.late(f"/station/jobs/{job.code}/start", shop.now)
    assert answer.status_code == 401
    entry = one(shop, select(LateEntry))
    assert (entry.state, entry.refusal) == (EntryState.REFUSED, NotThisPerson.__name__)


def test_a_ticket_is_worth_nothing_at_another_station_or_after_a_week(
    app: Flask, shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    other = Keeper(app, floor, "T2")
    other.headers = keeper.headers
    assert other.late(f"/station/jobs/{job.code}/start", shop.now).status_code == 401
    shop.later(days=8)
    assert keeper.late(f"/station/jobs/{job.code}/start", shop.now).status_code == 401


def test_a_device_that_is_no_station_any_more_keeps_its_entries(
    app: Flask, shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    keeper.client.delete_cookie("mes_station")
    answer = keeper.late(f"/station/jobs/{job.code}/start", shop.now)
    assert answer.json is not None
    assert answer.json["code"] == "NotAStation"
    with shop.read() as read:
        assert read.scalars(select(LateEntry)).all() == []


def test_an_entry_from_elsewhere_needs_the_forms_token(app: Flask, floor: Floor, keeper: Keeper, job: Job) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        plain = keeper.client.post(f"/station/jobs/{job.code}/start", data={"once": "no-token-1"})
        ours = keeper.client.post(
            f"/station/jobs/{job.code}/start", data={"once": "no-token-2"}, headers={"X-Entry": "no-token-2"}
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert plain.status_code == 400
    assert (ours.status_code, ours.headers["X-Entry-Go"]) == (200, f"/station/jobs/{job.code}")


@pytest.mark.parametrize("ahead", [-30.0, 5.0, 600.0])
def test_a_tablets_wrong_clock_is_put_right_and_flagged(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job, ahead: float
) -> None:
    keeper.ahead = ahead
    made = shop.now + timedelta(minutes=10)
    shop.later(hours=1)
    keeper.late(f"/station/jobs/{job.code}/start", made)
    entry = one(shop, select(LateEntry))
    assert entry.at == made
    assert entry.made_at == made + timedelta(minutes=ahead)
    assert entry.skew == -ahead * 60
    assert is_flagged(entry.skew)


def test_a_clock_that_is_nearly_right_is_not_flagged() -> None:
    assert not is_flagged(119)
    assert is_flagged(-121)


def at(minutes: float) -> datetime:
    """A moment after eight."""
    return EIGHT + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("times", "moment"),
    [
        (Times(at(10), at(60), at(60), at(0), None), 10),
        (Times(at(15), at(65), at(60), at(0), None), 10),  # the tablet is five minutes ahead
        (Times(at(-99), at(60), at(60), at(0), None), 0),  # set back meanwhile: not before the two last spoke
        (Times(at(99), at(60), at(60), at(0), None), 60),  # set forward meanwhile: not after it came
        (Times(at(10), at(60), at(60), at(0), at(20)), 20),  # nor before the entry before it
        (Times(at(10), at(60), at(60), None, None), 10),
    ],
)
def test_the_moment_of_a_late_entry_lies_between_what_is_certain(times: Times, moment: float) -> None:
    assert moment_of(times) == at(moment)


def test_the_desk_lists_what_waits_for_a_person(app: Flask, shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> None:
    keeper.ahead = 30
    keeper.late(f"/station/jobs/{job.code}/pause", shop.now)
    desk = app.test_client()
    desk.post("/login", data={"once": "log-in-at-desk", "login": "park", "password": "try-the-factory"})
    listed = desk.get("/late-entries").text
    assert job.code in listed
    assert "김미숙" in listed
    entry = one(shop, select(LateEntry))
    assert desk.get(f"/late-entries/{entry.id}/give-up").status_code == 200
    done = desk.post(f"/late-entries/{entry.id}/give-up", data={"once": "give-up-desk", "reason": "사실이 아님"})
    assert done.status_code == 303
    assert job.code in desk.get("/late-entries?state=given_up").text
    assert desk.get("/late-entries/999999999/give-up").status_code == 404


def test_somebody_who_came_in_a_gap_is_signed_in_when_it_is_over(shop: Shop, floor: Floor, keeper: Keeper) -> None:
    head = {"X-Entry": "resume-1", "Idempotency-Key": "resume-key-1", "X-Entry-Badge": floor.nguyen.badge}
    assert keeper.client.post("/station/resume", headers=head).json == {"signed_in": floor.nguyen.id}
    assert "Nguyễn Văn An" in keeper.open("/station/queue")
    head = {"X-Entry": "resume-2", "Idempotency-Key": "resume-key-2"}
    assert keeper.client.post("/station/resume", headers=head).json == {"signed_in": None}
    assert keeper.client.get("/station/queue").status_code == 302


def test_the_snapshot_holds_the_queue_its_lots_and_people_and_costs_nothing_unchanged(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    [flour] = floor.receive(floor.flour, 200)
    answer = keeper.client.get("/station/snapshot")
    known = answer.json
    assert known is not None
    assert [one["code"] for one in known["jobs"]] == [job.code]
    assert flour.code in {lot["code"] for lot in known["lots"]}
    assert floor.kim.badge not in answer.text
    again = keeper.client.get("/station/snapshot", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")
    for address in known["pages"][job.code]:
        assert keeper.client.get(address).status_code == 200, address


def test_the_worker_covers_the_station_and_nothing_else(floor: Floor, keeper: Keeper) -> None:
    worker = keeper.client.get("/station/worker.js")
    assert worker.content_type.startswith("text/javascript")
    assert worker.headers["Service-Worker-Allowed"] == "/station"
    manifest = keeper.client.get("/station/manifest.webmanifest")
    assert manifest.get_json(force=True)["start_url"] == "/station"
    assert str(floor.nguyen.name_en) in keeper.open("/station?names=1")  # kept while somebody is signed in


def test_a_wrong_pin_is_never_late_so_that_counting_it_cannot_be_dodged(floor: Floor, keeper: Keeper) -> None:
    long_ago = datetime(1999, 1, 1, tzinfo=UTC)
    answers = [
        keeper.late(f"/station/people/{floor.kim.code}", long_ago + timedelta(days=n), pin="111111").status_code
        for n in range(8)
    ]
    assert answers[0] == 401
    assert answers[-1] == 429


def test_what_a_leader_gave_up_is_not_recorded_when_it_comes_once_more(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    made = shop.now
    refused = keeper.late(f"/station/jobs/{job.code}/pause", made, "pause-in-gap-1")
    assert refused.status_code == 409
    entry = one(shop, select(LateEntry))
    shop.do(lambda work: give_up(work, entry.id, "손으로 입력함"))
    floor.start(job)
    again = keeper.late(f"/station/jobs/{job.code}/pause", made, "pause-in-gap-1")
    assert again.status_code == 200
    assert one(shop, select(LateEntry)).state is EntryState.GIVEN_UP
    assert one(shop, select(Job).where(Job.id == job.id)).state is JobState.RUNNING


def test_the_badge_of_a_late_entry_signs_nobody_in_and_is_kept_nowhere(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    assert keeper.late("/station/scan", shop.now, text=floor.lee.badge).json == {"recorded": False}
    assert keeper.client.get("/station/queue").headers["X-Station-Person"] == str(floor.kim.id)
    assert floor.lee.badge not in one(shop, select(LateEntry)).fields


def test_an_entry_keeps_its_key_and_its_address(shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> None:
    keeper.late(f"/station/jobs/{job.code}/pause", shop.now, "pause-in-gap-1")
    other = keeper.late(f"/station/jobs/{job.code}/start", shop.now, "pause-in-gap-1")
    assert other.status_code == 422
    assert one(shop, select(LateEntry)).state is EntryState.REFUSED


def test_a_tablet_cannot_say_that_it_was_another_year(shop: Shop, floor: Floor, keeper: Keeper, job: Job) -> None:
    now = shop.now
    del keeper.headers["X-Entry-Contact"]
    for number, made in enumerate((datetime(1975, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))):
        keeper.late(f"/station/jobs/{job.code}/{('start', 'pause')[number]}", made)
    with shop.read() as read:
        assert [entry.at for entry in read.scalars(select(LateEntry)).all()] == [now, now]
