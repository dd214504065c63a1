"""Pairing a tablet, and who stands at it."""

import re

import pytest
from flask import Flask

from mes.core.access import DeskOnly, Role
from mes.core.errors import NotAllowed
from mes.core.events import Event
from mes.equipment.device_rules import DeviceRevoked
from mes.people.guessing import TabletBlocked
from mes.people.rules import FREE_TRIES, WrongSignIn
from mes.station.rules import NotAStation, SignInHere, UnknownBadge
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_person
from tests.station.floor import PIN, Floor, Tablet, says, words


def test_a_device_that_is_no_station_says_how_it_becomes_one(app: Flask, floor: Floor) -> None:
    stranger = Tablet(app, floor, station=None)
    assert "A leader signs in once" in words(stranger.client.get("/station?", headers={"Accept-Language": "en"}).text)
    assert says(stranger.scan(floor.kim.badge), NotAStation())


def test_a_leader_makes_the_device_a_station_and_leaves_no_sign_in_behind(app: Flask, floor: Floor) -> None:
    device = Tablet(app, floor, station=None)
    seen = device.press("/station/leader", login="park", password="try-the-factory")
    assert "T1" in words(seen.text)
    seen = device.press("/station/pair/T1")
    assert seen.status_code == 200
    assert "김미숙" in words(seen.text)
    assert device.client.get("/station/queue").status_code == 302
    device.badge(floor.kim)
    assert device.client.get("/station/queue").status_code == 200


def test_the_tablet_before_is_no_station_any_more(app: Flask, floor: Floor, tablet: Tablet) -> None:
    device = Tablet(app, floor, station=None)
    device.press("/station/leader", login="park", password="try-the-factory")
    device.press("/station/pair/T1")
    assert tablet.badge(floor.kim).status_code == DeviceRevoked.status


def test_a_wrong_password_pairs_nothing(app: Flask, floor: Floor) -> None:
    device = Tablet(app, floor, station=None)
    assert device.press("/station/leader", login="park", password="a wrong guess").status_code == 401
    assert device.client.post("/station/pair/T1", data={"once": "pair-without-1"}).status_code == 401


def test_an_operator_makes_no_station(app: Flask, floor: Floor, tablet: Tablet) -> None:
    tablet.badge(floor.kim)
    assert tablet.press("/station/pair/T2").status_code == 403


def test_the_names_of_those_who_were_here_last_come_first(floor: Floor, tablet: Tablet) -> None:
    tablet.badge(floor.lee)
    tablet.press("/station/sign-out")
    seen = words(tablet.open("/station"))
    assert seen.index("이수진") < seen.index("김미숙")
    assert "Nguyễn Văn An" in seen


def test_a_name_of_any_length_is_a_tile_with_the_whole_name_as_its_title(floor: Floor, tablet: Tablet) -> None:
    name = "Nguyễn " * 28
    floor.shop.do(lambda work: make_person(work, code="LONG", name=name.strip(), language="ko"))
    assert f'title="{name.strip()}"' in tablet.open("/station")


@pytest.mark.parametrize("text", ["B0000000000000", "NONSENSE", "L260105-00001"])
def test_what_is_no_badge_says_only_what_helps_to_sign_in(floor: Floor, tablet: Tablet, text: str) -> None:
    answer = tablet.scan(text)
    assert says(answer, UnknownBadge(code=text))
    assert "작업지시" not in words(answer.text)
    assert "로트" not in words(answer.text)
    tablet.badge(floor.kim)
    assert "사원증" in words(tablet.scan("nonsense").text)


def test_a_name_tile_and_a_pin_sign_in(floor: Floor, tablet: Tablet) -> None:
    assert "data-digit" in tablet.open("/station/people/KIM")
    seen = tablet.press("/station/people/KIM", pin=PIN)
    assert seen.request.path == "/station/queue"


def test_wrong_pins_are_counted_until_one_has_to_wait(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    for _ in range(FREE_TRIES):
        assert tablet.press("/station/people/KIM", pin="135791").status_code == 401
    answer = tablet.press("/station/people/KIM", pin=PIN)
    assert answer.status_code == 429
    assert "김미숙" in words(answer.text)
    shop.later(minutes=1)
    assert tablet.press("/station/people/KIM", pin=PIN).status_code == 200


def key_on(page: str) -> str:
    """The one-time key of the form that a page shows."""
    form = page[page.rindex('<form id="pin"') if '<form id="pin"' in page else page.rindex('<form class="form"') :]
    found = re.search(r'name="once"[^>]*value="(\w+)"', form)
    assert found
    return found[1]


def test_a_wrong_pin_and_then_the_right_one_on_the_same_page_sign_in(floor: Floor, tablet: Tablet) -> None:
    wrong = tablet.press("/station/people/KIM", key_on(tablet.open("/station/people/KIM")), pin="135791")
    assert says(wrong, WrongSignIn())
    right = tablet.press("/station/people/KIM", key_on(wrong.text), pin=PIN)
    assert right.request.path == "/station/queue"


def test_a_wrong_pin_that_arrives_twice_shows_the_page_twice(floor: Floor, tablet: Tablet) -> None:
    for _ in range(2):
        answer = tablet.press("/station/people/KIM", "pressed-twice", pin="135791")
        assert says(answer, WrongSignIn())
        assert "data-digit" in answer.text


def test_a_leader_whose_password_was_wrong_tries_again_on_the_same_page(app: Flask, floor: Floor) -> None:
    device = Tablet(app, floor, station=None)
    typed = {"login": "park", "password": "a wrong guess"}
    wrong = device.press("/station/leader", key_on(device.open("/station")), **typed)
    assert wrong.status_code == WrongSignIn.status
    right = device.press("/station/leader", key_on(wrong.text), login="park", password="try-the-factory")
    assert "T1" in words(right.text)


def test_a_pin_page_without_a_pin_stays_where_it_is(floor: Floor, tablet: Tablet) -> None:
    assert tablet.press("/station/people/KIM", pin="").status_code == 422
    assert tablet.client.get("/station/people/NOBODY").status_code == 404


def test_another_badge_takes_over_and_the_job_stays_open(floor: Floor, tablet: Tablet) -> None:
    job = floor.order().jobs[0]
    tablet.badge(floor.kim)
    seen = tablet.badge(floor.park, job.code)
    assert seen.request.path == f"/station/jobs/{job.code}"
    assert "박정호" in words(seen.text)


def test_what_is_scanned_before_anybody_signs_in_is_not_recorded(floor: Floor, tablet: Tablet) -> None:
    [flour] = floor.receive(floor.flour, 60)
    job = floor.order().jobs[0]
    floor.start(job)
    assert says(tablet.scan(flour.code, job.code), SignInHere())
    assert floor.lot(flour).on_hand == 60


def test_signing_out_leaves_the_name_tiles(floor: Floor, tablet: Tablet) -> None:
    tablet.badge(floor.kim)
    assert tablet.press("/station/sign-out").request.path == "/station"
    assert tablet.client.get("/station/queue").status_code == 302


def test_a_sign_in_at_a_desk_does_not_count_at_the_station(app: Flask, floor: Floor, tablet: Tablet) -> None:
    tablet.press("/login", login="park", password="try-the-factory")
    assert tablet.client.get("/station/queue").status_code == 302


def test_everybody_reads_the_station_in_their_own_language(floor: Floor, tablet: Tablet) -> None:
    floor.order()
    assert "남은 수량" in words(tablet.badge(floor.kim).text)
    seen = words(tablet.badge(floor.nguyen).text)
    assert "Remaining" in seen
    assert "Rice cake sticks" in seen


def test_what_is_done_at_a_tablet_is_recorded_with_its_station(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    job = floor.order().jobs[0]
    tablet.badge(floor.kim)
    tablet.press(f"/station/jobs/{job.code}/start", machine="KT-1")
    with shop.read() as read:
        events = read.query(Event).filter(Event.verb.in_(["people.sign_in", "orders.start_job"])).all()
    assert {(event.station, event.source) for event in events} == {("증숙 단말", "tablet")}
    assert events[-1].actor == "김미숙"


def block(tablet: Tablet) -> str:
    """Type wrong PINs until the tablet takes none of Kim's."""
    for _ in range(FREE_TRIES):
        tablet.press("/station/people/KIM", pin="135791")
    return tablet.open("/station/people/KIM")


def test_a_leaders_badge_at_the_blocked_pin_page_unlocks_it_at_once(floor: Floor, tablet: Tablet) -> None:
    assert 'name="unlock" value="KIM"' in block(tablet)
    unlocked = tablet.press("/station/scan", text=floor.park.badge, unlock="KIM")
    assert unlocked.request.path == "/station/people/KIM"
    assert tablet.press("/station/people/KIM", pin=PIN).request.path == "/station/queue"
    with floor.shop.read() as read:
        event = read.query(Event).filter_by(verb="people.unlock").one()
        assert (event.actor, event.station, event.source) == ("박정호", "증숙 단말", "tablet")


def test_anybody_elses_badge_there_signs_in_as_everywhere(floor: Floor, tablet: Tablet) -> None:
    block(tablet)
    assert tablet.press("/station/scan", text=floor.lee.badge, unlock="KIM").request.path == "/station/queue"
    tablet.press("/station/sign-out")
    assert tablet.press("/station/scan", text=floor.kim.badge, unlock="KIM").request.path == "/station/queue"


def test_a_leader_without_the_badge_unlocks_by_login_and_password_and_is_not_signed_in(
    floor: Floor, tablet: Tablet, shop: Shop
) -> None:
    block(tablet)
    address = "/station/people/KIM/unlock"
    assert "김미숙" in words(tablet.open(address))
    assert tablet.press(address, login="park", password="a wrong guess").status_code == 401
    done = tablet.press(address, login="park", password="try-the-factory")
    assert done.request.path == "/station/people/KIM"
    assert tablet.client.get("/station/queue").status_code == 302
    assert tablet.press("/station/people/KIM", pin=PIN).request.path == "/station/queue"


def test_who_is_no_leader_unlocks_nothing(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, login="worker", password="try-the-factory"))
    block(tablet)
    refused = tablet.press("/station/people/KIM/unlock", login="worker", password="try-the-factory")
    assert says(refused, NotAllowed())
    assert tablet.press("/station/people/KIM", pin=PIN).status_code == 429


def test_a_tablet_full_of_wrong_pins_says_so_and_is_unlocked_at_the_desk(
    app: Flask, floor: Floor, tablet: Tablet, shop: Shop
) -> None:
    codes = [shop.do(lambda work: make_person(work, pin="918273")).code for _ in range(4)]
    for code in codes:
        for _ in range(FREE_TRIES - 1):
            answer = tablet.press(f"/station/people/{code}", pin="135791")
    assert answer.status_code == TabletBlocked.status
    assert int(answer.headers["Retry-After"]) == 300
    assert tablet.press("/station/people/KIM", pin=PIN).status_code == TabletBlocked.status
    desk = Desk(app, shop, Role.LEADER)
    assert "Blocked until" in desk.see("/stations")
    desk.press("/stations/T1/unlock")
    assert "Blocked until" not in desk.see("/stations")
    assert tablet.press("/station/people/KIM", pin=PIN).status_code == 200


def test_an_administrator_with_a_pin_at_a_tablet_opens_no_page_of_the_administrator(
    app: Flask, floor: Floor, tablet: Tablet, shop: Shop
) -> None:
    admin = shop.do(lambda work: make_person(work, Role.ADMIN, Role.LEADER, pin=PIN, code="ADMIN"))
    tablet.press("/station/people/ADMIN", pin=PIN)
    refused = tablet.client.get("/plant")
    assert says(refused, DeskOnly())
    assert tablet.client.get("/people").status_code == 200, "what leaders may, they may"
    assert tablet.press(f"/people/{admin.code}/badge").status_code == 403
    assert tablet.press("/me/second-factor", password_now="anything").status_code == 403
