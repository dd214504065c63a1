"""Late entries whose proof, place or size is not what it was: who may still write, and what a person has to decide."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mes.core.access import Role
from mes.core.events import Event
from mes.core.work import Work
from mes.equipment.service import pair_station
from mes.equipment.views import COOKIE
from mes.orders.models import Job, JobState
from mes.people.service import change_person, new_badge
from mes.shifts.check_models import AnswerKind, Check, Every, OnFailure
from mes.shifts.checks import add_sheet, set_line
from mes.shifts.hand_models import HandOver
from mes.station.late_models import EntryState, LateEntry
from mes.station.late_rules import NotThisPerson, PhotosTooLarge, unfit_for
from mes.station.late_service import give_up
from tests.conftest import Shop
from tests.station.floor import Floor
from tests.station.keeper import Keeper


def entries(shop: Shop) -> list[LateEntry]:
    """What came late, in its order."""
    with shop.read() as read:
        return list(read.scalars(select(LateEntry).order_by(LateEntry.id)))


def ended(shop: Shop, floor: Floor, how: str) -> None:
    """Kim's sign-ins end: another role, a new badge, or another PIN."""
    if how == "badge":
        shop.do(lambda work: new_badge(work, "KIM"))
        return
    roles = [Role.OPERATOR, Role.QUALITY] if how == "roles" else [Role.OPERATOR]
    pin = "135790" if how == "pin" else None
    shop.do(
        lambda work: change_person(
            work, "KIM", name=floor.kim.name, roles=roles, language="ko", login="kim", active=True, pin=pin
        )
    )


@pytest.mark.parametrize("how", ["roles", "badge", "pin"])
def test_what_was_entered_before_the_sign_ins_ended_counts_and_what_came_after_needs_a_person(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job, how: str
) -> None:
    before = shop.now + timedelta(minutes=5)
    shop.later(minutes=10)
    ended(shop, floor, how)
    after = shop.now + timedelta(minutes=5)
    shop.later(hours=1)
    assert keeper.late(f"/station/jobs/{job.code}/start", before).status_code == 200
    assert keeper.late(f"/station/jobs/{job.code}/pause", after).status_code == 401
    first, second = entries(shop)
    assert (first.state, first.person_id) == (EntryState.RECORDED, floor.kim.id)
    assert (second.state, second.refusal, second.person_id) == (
        EntryState.REFUSED, NotThisPerson.__name__, floor.kim.id,
    )  # fmt: skip
    with shop.read() as read:
        assert read.get_one(Job, job.id).state is JobState.RUNNING


def test_a_new_sign_in_after_the_old_ones_ended_counts_again(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    shop.later(minutes=10)
    ended(shop, floor, "pin")
    shop.later(minutes=1)
    keeper.badge(floor.kim)
    keeper.hear()
    shop.later(minutes=5)
    assert keeper.late(f"/station/jobs/{job.code}/start", shop.now).status_code == 200


def test_an_ended_sign_in_opens_no_tablet_after_the_gap(shop: Shop, floor: Floor, keeper: Keeper) -> None:
    shop.later(minutes=10)
    ended(shop, floor, "badge")
    head = {"X-Entry": "resume-1", "Idempotency-Key": "resume-key-1"} | keeper.headers
    assert keeper.client.post("/station/resume", headers=head).json == {"signed_in": None}


def test_an_old_badge_proves_nothing_and_what_it_entered_needs_a_person(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    old = floor.nguyen.badge
    shop.do(lambda work: new_badge(work, "NGU"))
    keeper.headers = {"X-Entry-Badge": old}
    assert keeper.late(f"/station/jobs/{job.code}/start", shop.now).status_code == 401
    assert [one.state for one in entries(shop)] == [EntryState.REFUSED]


def test_what_is_too_large_is_listed_without_its_photos_and_given_up_or_tried_again(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    made, told = shop.now, {"X-Entry-Unfit": "TooLarge", "X-Entry-Photos": "3"}
    answer = keeper.late(f"/station/jobs/{job.code}/start", made, "too-large-1", told)
    assert answer.status_code == 413
    assert answer.headers["X-Entry-Answer"] == "person"
    [entry] = entries(shop)
    assert (entry.state, entry.refusal, entry.photos) == (EntryState.REFUSED, PhotosTooLarge.__name__, 3)
    with shop.read() as read:
        assert read.get_one(Job, job.id).state is JobState.WAITING
    assert keeper.late(f"/station/jobs/{job.code}/start", made, "too-large-1").status_code == 200
    assert entries(shop)[0].state is EntryState.RECORDED
    keeper.late(f"/station/jobs/{job.code}/pause", made, "too-large-2", told)
    shop.do(lambda work: give_up(work, entries(shop)[1].id, "다시 찍어 입력함"))
    assert entries(shop)[1].state is EntryState.GIVEN_UP
    assert keeper.client.get("/station/contact").get_json()["refused"] == []


def test_an_entry_of_a_page_that_is_no_more_waits_for_a_person(shop: Shop, floor: Floor, keeper: Keeper) -> None:
    answer = keeper.late("/station/of-an-earlier-version", shop.now)
    assert (answer.status_code, answer.headers["X-Entry-Answer"]) == (404, "person")
    assert [one.state for one in entries(shop)] == [EntryState.REFUSED]
    assert isinstance(unfit_for("PhotosTooLarge"), PhotosTooLarge)


def paired_again(shop: Shop, floor: Floor, keeper: Keeper, code: str) -> None:
    """The device becomes another station."""
    keeper.client.set_cookie(COOKIE, shop.do(lambda work: pair_station(work, code)))


def test_a_tablet_that_became_another_station_keeps_what_the_old_one_refused(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    answer = keeper.late(f"/station/jobs/{job.code}/pause", shop.now, "refused-at-t1")
    old = answer.headers["X-Entry-Station"]
    paired_again(shop, floor, keeper, "T2")
    told = keeper.client.get(f"/station/contact?of={old}&of=no-number").get_json()
    assert (told["station"], told["refused"], told["elsewhere"]) == ("T2", [], {old: ["refused-at-t1"]})
    shop.do(lambda work: give_up(work, entries(shop)[0].id, "두 번 입력"))
    assert keeper.client.get(f"/station/contact?of={old}").get_json()["elsewhere"] == {old: []}


def test_what_the_old_station_recorded_is_not_entered_by_hand_again(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    made = shop.now
    keeper.press(f"/station/jobs/{job.code}/start", once="answer-lost-1")  # in the books; the answer got lost
    paired_again(shop, floor, keeper, "T2")
    assert keeper.late(f"/station/jobs/{job.code}/start", made, "answer-lost-1").json == {"recorded": True}
    assert keeper.late(f"/station/jobs/{job.code}/pause", made, "never-heard-of").status_code == 401
    assert [one.key for one in entries(shop)] == ["never-heard-of"]


def test_a_check_sheet_and_a_note_of_a_gap_belong_to_their_shift(shop: Shop, floor: Floor, keeper: Keeper) -> None:
    def sheets(work: Work) -> int:
        add_sheet(
            work, code="KT-DAY", name="솥 점검", work_centre_id=floor.kettle.id, every=Every.DAY, within_minutes=60,
            on_failure=OnFailure.CALL,
        )  # fmt: skip
        return set_line(work, "KT-DAY", 1, name="누수 없음", kind=AnswerKind.TICK).id

    line = shop.do(sheets)
    made = shop.now + timedelta(minutes=3)
    shop.later(hours=2)
    assert keeper.late("/station/checks/KT-DAY", made, None, None, **{f"ok-{line}": "yes"}).json == {"recorded": True}
    assert keeper.late("/station/hand-over", made + timedelta(minutes=1), text="2번 솥 뚜껑 헐거움").status_code == 200
    assert keeper.late("/station/call", made + timedelta(minutes=2), kind="material").status_code == 200
    with shop.read() as read:
        check, note = read.scalars(select(Check)).one(), read.scalars(select(HandOver)).one()
        assert (check.at, check.person_id, check.passed) == (made, floor.kim.id, True)
        assert (note.at, note.person_id) == (made + timedelta(minutes=1), floor.kim.id)
        called = read.scalars(select(Event).where(Event.verb == "equipment.call")).one()
        assert (called.at, called.actor) == (made + timedelta(minutes=2), floor.kim.name)
    known = keeper.client.get("/station/snapshot").get_json()
    assert known["checks"]["KT-DAY"] == {"name": "솥 점검", "lines": [[line, "tick", "누수 없음"]]}
    for address in known["pages"][""]:
        assert keeper.client.get(address).status_code == 200, address


def test_a_badge_that_a_slow_server_answered_too_late_is_nothing_that_a_person_has_to_decide(
    shop: Shop, floor: Floor, keeper: Keeper, job: Job
) -> None:
    [lot] = floor.receive(floor.flour, 200)
    keeper.headers = {}
    assert keeper.late("/station/scan", shop.now, text=floor.kim.badge).json == {"recorded": False}
    assert entries(shop) == []
    assert keeper.late("/station/scan", shop.now, text=lot.code).status_code == 401
    assert [(one.state, one.refusal) for one in entries(shop)] == [(EntryState.REFUSED, NotThisPerson.__name__)]
