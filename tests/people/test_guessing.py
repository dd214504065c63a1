"""Nobody gets in by guessing PINs, and no lock stops the line."""

from datetime import datetime, timedelta

import pytest

from mes.core.errors import Refused
from mes.core.events import Event
from mes.core.work import Work
from mes.equipment.service import unlock_station
from mes.people import service
from mes.people.guessing import ADDRESS, TABLET, AddressBlocked, TabletBlocked, closed_tablets, of_address
from mes.people.models import WrongTries
from mes.people.rules import BadPin, GuessedPin, SignInBlocked, check_pin, is_guessed_first
from tests.conftest import MORNING, Shop
from tests.factories import make_person, make_station

RIGHT, WRONG = "135790", "864209"
OUTSIDE = "192.0.2.7"


def tries_in(shop: Shop, hours: float, codes: list[str], *stations: int, address: str | None = None) -> int:
    """How many PINs a thief has tested after so long, who takes each next chance at once: at whichever tablet and
    with whichever person it comes first. Trying more often changes nothing: what comes too early is not looked at."""
    end, tested = shop.now + timedelta(hours=hours), 0
    while shop.now < end:
        opens = []
        for code in codes:
            for station in stations:
                try:
                    token = shop.do(lambda work: service.sign_in_with_pin(work, code, WRONG, station, address=address))  # noqa: B023
                    assert token is None
                    tested += 1
                    opens.append(shop.now)
                except (SignInBlocked, TabletBlocked, AddressBlocked) as refused:
                    opens.append(opening(refused))
        shop.now = max(shop.now, min(opens))
    return tested


def opening(refused: Refused) -> datetime:
    """When the next try is taken."""
    until = refused.values["until"]
    assert isinstance(until, datetime)
    return until


def hire(shop: Shop, count: int) -> list[str]:
    def deed(work: Work) -> list[str]:
        return [make_person(work, code=f"P{number:03}", pin=RIGHT).code for number in range(count)]

    return shop.do(deed)


def left_for_a_thief() -> int:
    """How many PINs people may have: the rule, asked of every hundredth."""
    return 100 * sum(not is_guessed_first(f"{number:06}") for number in range(17, 1_000_000, 100))


def test_an_hour_of_guessing_one_persons_pin_succeeds_less_than_once_in_a_thousand(shop: Shop) -> None:
    station = shop.do(make_station).id
    tested = tries_in(shop, 1, hire(shop, 1), station)
    assert tested <= 12
    assert tested / left_for_a_thief() < 0.001 / 50


def test_an_hour_of_guessing_everybodys_pin_at_one_tablet_succeeds_less_than_once_in_a_thousand(shop: Shop) -> None:
    station = shop.do(make_station).id
    tested = tries_in(shop, 1, hire(shop, 30), station)
    assert tested <= TABLET.tries + 60 * 60 // TABLET.each.seconds == 22
    assert tested / left_for_a_thief() < 0.001 / 25


def test_two_stolen_tablets_at_one_address_wait_for_each_other(shop: Shop) -> None:
    stations = [shop.do(make_station).id for _ in range(2)]
    tested = tries_in(shop, 0.5, hire(shop, 20), *stations, address=OUTSIDE)
    assert tested <= min(2 * (TABLET.tries + 6), ADDRESS.tries + 30)
    assert tested / left_for_a_thief() < 0.001


def test_ten_thousand_tries_in_an_hour_are_twenty_one() -> None:
    """The tablet's bucket alone, asked ten thousand times: the moment of each try is what counts."""
    empty, now, tested = MORNING, MORNING, 0
    for _ in range(10_000):
        if empty - (TABLET.tries - 1) * TABLET.each <= now:
            empty, tested = max(empty, now) + TABLET.each, tested + 1
        now += timedelta(seconds=0.36)
    assert tested == 21


def test_a_full_tablet_takes_badges_and_opens_by_itself_in_minutes(shop: Shop) -> None:
    station = shop.do(make_station).id
    codes = hire(shop, 11)
    badge = shop.do(lambda work: make_person(work)).badge
    for code in codes[:10]:
        shop.do(lambda work: service.sign_in_with_pin(work, code, WRONG, station))  # noqa: B023
    with pytest.raises(TabletBlocked) as refused:
        shop.do(lambda work: service.sign_in_with_pin(work, codes[10], RIGHT, station))
    assert opening(refused.value) <= shop.now + TABLET.each
    assert shop.do(lambda work: service.sign_in_with_badge(work, badge, station))
    shop.now = opening(refused.value)
    assert shop.do(lambda work: service.sign_in_with_pin(work, codes[10], RIGHT, station))


def test_a_right_pin_does_not_make_the_wrong_ones_free(shop: Shop) -> None:
    station = shop.do(make_station).id
    own, *others = hire(shop, 12)
    with pytest.raises(TabletBlocked):
        for code in others:
            shop.do(lambda work: service.sign_in_with_pin(work, code, WRONG, station))  # noqa: B023
            assert shop.do(lambda work: service.sign_in_with_pin(work, own, RIGHT, station))


def test_a_leader_unlocks_a_tablet_and_it_is_on_record(shop: Shop) -> None:
    station = shop.do(make_station)
    codes = hire(shop, 11)
    for code in codes[:10]:
        shop.do(lambda work: service.sign_in_with_pin(work, code, WRONG, station.id))  # noqa: B023
    with shop.read() as read:
        assert list(closed_tablets(read, [station.id], shop.now)) == [station.id]
    shop.do(lambda work: unlock_station(work, station.code))
    shop.do(lambda work: unlock_station(work, station.code))
    assert shop.do(lambda work: service.sign_in_with_pin(work, codes[10], RIGHT, station.id))
    with shop.read() as read:
        assert closed_tablets(read, [], shop.now) == {}
        assert read.query(Event).filter_by(verb="equipment.unlock_station").count() == 1


def test_wrong_passwords_from_one_address_wait_whosever_they_are(shop: Shop) -> None:
    def guess(login: str, address: str | None) -> str | None:
        return shop.do(lambda work: service.sign_in_with_password(work, login, "wrong", address=address))

    for number in range(ADDRESS.tries):
        assert guess(f"nobody{number}", OUTSIDE) is None
    with pytest.raises(AddressBlocked):
        guess("another", OUTSIDE)
    assert guess("another", "192.0.2.8") is None, "other addresses do not wait"
    assert guess("one more", "127.0.0.1") is None, "nor does the machine itself"
    shop.later(minutes=1)
    assert guess("another", OUTSIDE) is None


def test_who_has_a_whole_network_of_addresses_has_one_bucket() -> None:
    assert of_address("2001:db8:1:2:aaaa::1") == of_address("2001:db8:1:2:bbbb::9") != of_address("2001:db8:1:3::1")
    for network in ("fe80::", "fd00::", "2001:db8::"):  # however short they are written
        assert of_address(f"{network}1:2:3:4") == of_address(f"{network}9:9:3:4"), network
    assert of_address("fe80::1%eth0") == of_address("fe80::2%eth1")
    assert of_address("::ffff:192.0.2.7") == of_address("192.0.2.7") != of_address("192.0.2.8")
    assert of_address("unknown") != of_address("hidden")
    assert of_address("::ffff:127.0.0.1") is None, "a proxy on the machine itself, met over IPv6"
    assert of_address(None) is of_address("::1") is None
    assert "192" not in str(of_address("192.0.2.7")), "an address may be somebody's own"


def test_empty_buckets_are_forgotten(shop: Shop) -> None:
    shop.do(lambda work: service.sign_in_with_password(work, "nobody", "wrong", address=OUTSIDE))
    shop.later(days=2)
    shop.do(lambda work: service.sign_in_with_password(work, "nobody", "wrong"))
    with shop.read() as read:
        assert read.query(WrongTries).count() == 0


@pytest.mark.parametrize(
    ("pin", "refusal"),
    [
        ("123456", BadPin), ("000000", BadPin), ("987654", BadPin), ("12345", BadPin),
        ("900512", GuessedPin), ("120590", GuessedPin), ("051290", GuessedPin), ("199005", GuessedPin),
        ("051990", GuessedPin), ("112112", GuessedPin), ("123321", GuessedPin), ("454545", GuessedPin),
        ("147258", GuessedPin), ("004711", GuessedPin), ("471188", GuessedPin),
    ],
)  # fmt: skip
def test_a_pin_that_a_thief_tries_first_is_refused(pin: str, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        check_pin(pin, "E-4711")


@pytest.mark.parametrize("pin", ["246802", RIGHT, WRONG, "470382", "918273"])
def test_an_ordinary_pin_is_taken(pin: str) -> None:
    check_pin(pin, "E-4711")
    check_pin(pin, "KIM")


def test_most_pins_are_left() -> None:
    assert left_for_a_thief() > 800_000
