"""Boards on the wall, people's own phones, and which devices were heard of: paired, sent away, refused."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from mes.core.access import Actor, Role
from mes.core.errors import NotFound, StaleEdit
from mes.equipment import devices
from mes.equipment.device_models import Board, Contact
from mes.equipment.device_queries import list_devices, phone_of
from mes.equipment.device_rules import BoardGone, DeviceRevoked, NoSuchScreen, NotYourPhone, ScreenClaimed, claim_of
from mes.equipment.service import unpair_station
from mes.people.service import token_hash
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_board, make_person, make_phone, make_work_centre
from tests.racing import race
from tests.station.floor import PIN, Floor, Tablet, says, words


@pytest.fixture
def floor(shop: Shop) -> Floor:
    """The bakery with two stations."""
    return Floor(shop)


@pytest.fixture
def leader(app: Flask, shop: Shop, floor: Floor) -> Desk:
    """The leader's own browser."""
    return Desk(app, shop, Role.LEADER)


class Screen:
    """A television: a browser without anybody."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def code(self) -> str:
        """What it shows before it is a board."""
        page = self.client.get("/board").text
        return re.search(r'class="claim"[^>]*>([A-Z0-9]{4}-[A-Z0-9]{4})<', page)[1]  # type: ignore[index]


def test_two_phones_that_become_a_station_at_once_are_one_station(shop: Shop) -> None:
    centre, person = shop.do(make_work_centre), shop.do(make_person)
    shop.actor = replace(shop.actor, person_id=person.id)
    race(shop, *[lambda work: devices.use_own_phone(work, centre.id)] * 2)
    with shop.read() as read:
        assert len(phone_of(read, person.id)) == 1


def test_a_screen_shows_a_code_and_becomes_the_board_that_a_leader_makes_of_it(
    app: Flask, leader: Desk, floor: Floor
) -> None:
    screen = Screen(app)
    code = screen.code()
    assert screen.code() == code
    assert screen.client.post("/board/claim").status_code == 204
    leader.press("/devices/boards/new", name="1동 입구", claim=code.lower(), centre="")
    told = screen.client.post("/board/claim")
    assert (told.status_code, told.headers["HX-Refresh"]) == (200, "true")
    page = screen.client.get("/board").text
    assert "증숙" in page
    assert "포장" in page
    assert "1동 입구" in leader.see("/devices")


def test_a_board_of_one_line_shows_only_that(app: Flask, leader: Desk, floor: Floor) -> None:
    job = floor.order().jobs[0]
    floor.start(job)
    screen = Screen(app)
    leader.press("/devices/boards/new", name="증숙", claim=screen.code(), centre=str(floor.kettle.id))
    screen.client.post("/board/claim")
    page = screen.client.get("/board?line=PK").text
    assert 'class="wall of-line"' in page
    assert "가래떡" in page
    assert "포장필름" not in page
    part = screen.client.get("/board/now")
    assert part.status_code == 200
    again = screen.client.get("/board/now", headers={"If-None-Match": part.headers["ETag"]})
    assert again.status_code == 304


def test_a_board_that_is_sent_away_shows_nothing_at_its_next_request(
    app: Flask, leader: Desk, shop: Shop, floor: Floor
) -> None:
    screen = Screen(app)
    leader.press("/devices/boards/new", name="TV", claim=screen.code(), centre="")
    screen.client.post("/board/claim")
    with shop.read() as read:
        board = read.query(Board).one()
    leader.press(f"/devices/boards/{board.id}/revoke")
    assert screen.client.get("/board/now").status_code == 401
    assert 'class="claim"' in screen.client.get("/board").text
    with pytest.raises(BoardGone):
        shop.do(lambda work: devices.change_board(work, board.id, name="TV", work_centre_id=None))
    with pytest.raises(NotFound):
        shop.do(lambda work: devices.revoke_board(work, 99999))
    leader.see(f"/devices/boards/{board.id}", 404)


def test_who_saves_a_board_that_somebody_changed_meanwhile_is_told(app: Flask, leader: Desk, shop: Shop) -> None:
    board = shop.do(make_board)
    shop.do(lambda work: devices.change_board(work, board.id, name="1동", work_centre_id=None, version=board.version))
    with pytest.raises(StaleEdit):
        shop.do(lambda work: devices.change_board(work, board.id, name="2", work_centre_id=None, version=board.version))
    seen = str(board.version)
    leader.press(f"/devices/boards/{board.id}", 409, name="2동", centre="", version=seen)
    with shop.read() as read:
        assert read.get_one(Board, board.id).name == "1동"


def test_a_screen_sees_no_other_page_and_writes_nothing(app: Flask, leader: Desk, floor: Floor) -> None:
    screen = Screen(app)
    leader.press("/devices/boards/new", name="TV", claim=screen.code(), centre="")
    screen.client.post("/board/claim")
    assert screen.client.get("/orders").status_code in (302, 303, 401)
    assert screen.client.get("/floor").status_code in (302, 303, 401)
    assert screen.client.get("/station/queue").status_code in (302, 303, 401, 409)


def test_a_code_that_no_screen_shows_is_refused(leader: Desk, shop: Shop) -> None:
    with pytest.raises(NoSuchScreen):
        shop.do(lambda work: devices.add_board(work, name="TV", claim="12345"))
    assert "is not the code of a screen" in leader.press(
        "/devices/boards/new", name="TV", claim="OOOO-1111", centre="", status=422
    )


def test_one_screen_is_set_up_once_and_its_code_does_not_wait_for_ever(shop: Shop) -> None:
    code = claim_of("a screen")
    shop.do(lambda work: devices.add_board(work, name="A", claim=code))
    with pytest.raises(ScreenClaimed):
        shop.do(lambda work: devices.add_board(work, name="B", claim=code))
    shop.later(minutes=16)
    assert shop.do(lambda work: devices.claim_board(work, "a screen")) is None
    shop.do(lambda work: devices.add_board(work, name="B", claim=code))
    board = shop.do(lambda work: devices.claim_board(work, "a screen"))
    assert board is not None
    assert board.name == "B"


def test_a_board_that_is_taken_away_while_its_screen_asks_for_it_stays_away(shop: Shop) -> None:
    made = shop.do(lambda work: devices.add_board(work, name="A", claim=claim_of("a screen")))
    _revoked, fetched = race(
        shop, lambda work: devices.revoke_board(work, made.id), lambda work: devices.claim_board(work, "a screen")
    )
    assert fetched is None
    with shop.read() as read:
        board = read.get_one(Board, made.id)
        assert (board.active, board.device_hash, board.paired_at) == (False, None, None)


def test_a_board_gets_another_name_and_line(leader: Desk, shop: Shop, floor: Floor) -> None:
    board = shop.do(lambda work: make_board(work))
    leader.press(f"/devices/boards/{board.id}", name="2동", centre=str(floor.packing.id))
    with shop.read() as read:
        changed = read.get_one(Board, board.id)
        assert (changed.name, changed.work_centre_id) == ("2동", floor.packing.id)


def test_every_device_is_listed_with_when_it_was_heard_of(app: Flask, leader: Desk, floor: Floor, shop: Shop) -> None:
    tablet = Tablet(app, floor)
    tablet.badge(floor.kim)
    tablet.client.post("/pulse", data={"app": "9.9", "skew": "-300"})
    with shop.read() as read:
        [first, second] = list_devices(read)
        assert first.contact is not None
        assert (first.contact.app, first.contact.skew, first.is_skewed) == ("9.9", -300, True)
        assert not first.is_silent(shop.now)
        assert second.contact is None
    page = words(leader.see("/devices"))
    assert "9.9" in page
    assert "-300 s wrong" in page
    shop.later(minutes=3)
    assert "silent" in words(leader.see("/devices"))


def test_no_news_is_not_written_again(shop: Shop) -> None:
    assert shop.do(lambda work: devices.heard(work, "x" * 64, app="1"))
    assert not shop.do(lambda work: devices.heard(work, "x" * 64, app="1"))
    assert shop.do(lambda work: devices.heard(work, "x" * 64, waiting=3))
    shop.later(minutes=1)
    assert shop.do(lambda work: devices.heard(work, "x" * 64))
    with shop.read() as read:
        [known] = read.query(Contact)
        assert (known.app, known.waiting, known.at) == ("1", 3, shop.now)


def test_a_revoked_tablet_is_refused_with_a_sentence(app: Flask, leader: Desk, floor: Floor) -> None:
    tablet = Tablet(app, floor)
    tablet.badge(floor.kim)
    leader.press("/devices/stations/T1/revoke")
    refused = tablet.press("/station/call", kind="leader")
    assert says(refused, DeviceRevoked())
    assert "이 기기는 더 이상 사용할 수 없습니다" in words(tablet.open("/station"))


def test_an_unpaired_station_forgets_when_it_was_heard_of(app: Flask, floor: Floor, shop: Shop) -> None:
    tablet = Tablet(app, floor)
    tablet.client.post("/pulse", data={})
    shop.do(lambda work: devices.revoke_station(work, "T1"))
    with shop.read() as read:
        assert read.query(Contact).count() == 0
    shop.do(lambda work: unpair_station(work, "T2"))


def test_somebody_works_on_an_own_phone_and_it_is_recorded_under_that_name(
    app: Flask, shop: Shop, floor: Floor
) -> None:
    own = Desk(app, shop, Role.OPERATOR)
    assert "증숙" in own.see("/my-phone")
    assert own.press("/my-phone/KT") == "/station/queue"
    job = floor.order().jobs[0]
    assert "가래떡" in own.see("/station/queue")
    own.press(f"/station/jobs/{job.code}/start")
    with shop.read() as read:
        [phone] = [one for one in list_devices(read) if one.kind == "phone"]
        assert phone.owner is not None
        assert floor.see_job(job).person_id == phone.owner.id
    own.press("/my-phone/PK")
    with shop.read() as read:
        [moved] = [one for one in list_devices(read) if one.kind == "phone"]
        assert moved.place is not None
        assert (moved.place.code, moved.code) == ("PK", phone.code)


def test_nobody_else_signs_in_on_an_own_phone(app: Flask, shop: Shop, floor: Floor) -> None:
    kim = Actor(floor.kim.name, floor.kim.role_set, floor.kim.id)
    _station, token = shop.do(lambda work: make_phone(work, floor.kettle), actor=kim)
    phone = Tablet(app, floor, station=None)
    phone.client.set_cookie("mes_station", token)
    page = words(phone.open("/station"))
    assert "김미숙" in page
    assert "박정호" not in page
    assert says(phone.badge(floor.park), NotYourPhone(name="김미숙"))
    assert says(phone.press("/station/people/PARK", pin=PIN), NotYourPhone(name="김미숙"))
    assert phone.badge(floor.kim).status_code == 200
    assert token_hash(token) not in page


def test_a_work_centre_out_of_use_takes_no_phone(shop: Shop, floor: Floor) -> None:
    kim = Actor(floor.kim.name, floor.kim.role_set, floor.kim.id)
    with pytest.raises(NotFound):
        shop.do(lambda work: devices.use_own_phone(work, 99999), actor=kim)


def test_phones_are_not_in_the_list_of_stations(app: Flask, leader: Desk, shop: Shop, floor: Floor) -> None:
    kim = Actor(floor.kim.name, floor.kim.role_set, floor.kim.id)
    shop.do(lambda work: make_phone(work, floor.kettle), actor=kim)
    assert "김미숙" not in words(leader.see("/stations"))
    assert "김미숙" in words(leader.see("/devices"))
