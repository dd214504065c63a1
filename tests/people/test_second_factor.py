"""A code from the phone besides the password: set up, asked for, never twice the same, and never skipped."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from mes.core.access import ADMINS, LEADERS, PLANNERS, Actor, Role
from mes.core.events import Event
from mes.core.plant import plant
from mes.core.work import Work
from mes.people import second_factor, totp
from mes.people.factor_views import key
from mes.people.guessing import ADDRESS, CODES
from mes.people.hashing import token_hash
from mes.people.models import Person, RecoveryCode, SecondFactor, SignIn
from mes.people.plant import change_plant, set_up_plant
from mes.people.queries import find_signed_in
from mes.people.rules import (
    SignInBlocked,
    WrongSignIn,
    browser_words,
    read_demanded,
    unproved_at_stations,
    write_demanded,
)
from mes.people.second_factor import FactorThere, NothingToConfirm, WrongCode
from mes.people.service import unlock_person
from mes.people.sign_ins import open_sign_in, sign_in_with_badge, sign_in_with_password, sign_in_with_pin
from mes.people.signature_rules import Signer
from mes.people.signing import prove_identity
from mes.people.vault import SecretUnreadable, opened, sealed
from mes.web.limits import Callers
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_person, make_station
from tests.people.test_people import change
from tests.racing import race

GOOD, KEY, PIN = "rice-cake-2026", "the plant's own key", "135790"


class Boss:
    """The administrator at a desk, with a phone in the pocket."""

    def __init__(self, app: Flask, shop: Shop, *roles: Role) -> None:
        self.app, self.shop, self.presses = app, shop, 0
        with app.app_context():
            self.key = key()
        self.person = shop.do(lambda work: make_person(work, *(roles or (Role.ADMIN,)), login="boss", password=GOOD))
        self.client = self.browser()

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def press(self, address: str, client: FlaskClient | None = None, **values: Any) -> Any:
        self.presses += 1
        sent = {"once": f"press-{self.presses:04}", **values}
        return (client or self.client).post(address, data=sent, headers={"Accept-Language": "en"})

    def sign_in(self, client: FlaskClient | None = None) -> Any:
        return self.press("/login", client, login="boss", password=GOOD)

    def code(self, after: int = 0) -> str:
        """What the phone shows now, or some half minutes later."""
        with self.shop.read() as read:
            secret = opened(self.key, read.get_one(SecondFactor, self.person.id).secret)
        return totp.code_at(secret, totp.step_of(self.shop.now) + after)

    def set_up(self) -> list[str]:
        """Enrol; gives the recovery codes."""
        self.sign_in()
        assert self.press("/me/second-factor", password_now=GOOD).location == "/me/second-factor"
        page = self.press("/me/second-factor/begin", second=self.code()).text
        return [line.split("</code>")[0] for line in page.split("<li><code>")[1:]]

    def deeds(self) -> list[str]:
        with self.shop.read() as read:
            return [event.verb for event in read.query(Event).filter_by(thing="persons").order_by(Event.id)]


@pytest.fixture
def boss(app: Flask, shop: Shop) -> Boss:
    return Boss(app, shop)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
     (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, its last six digits."""
    assert totp.code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", seconds // 30) == code


def test_the_app_is_told_whose_code_it_is() -> None:
    assert totp.address("ABC", "햇살: 떡집", "kim") == (
        "otpauth://totp/%ED%96%87%EC%82%B4%20%20%EB%96%A1%EC%A7%91:kim"
        "?secret=ABC&issuer=%ED%96%87%EC%82%B4%20%20%EB%96%A1%EC%A7%91&digits=6&period=30"
    )
    assert len(totp.new_secret()) == 32


def test_a_plant_that_asks_for_nothing_signs_in_as_before(boss: Boss) -> None:
    assert boss.sign_in().location == "/"
    assert boss.client.get("/plant").status_code == 200


def test_once_set_up_the_password_alone_opens_nothing(boss: Boss) -> None:
    assert len(boss.set_up()) == 10
    assert "people.second_factor" in boss.deeds()
    thief = boss.browser()
    assert boss.sign_in(thief).location == "/login/code"
    assert thief.get("/plant").location == "/login"
    assert thief.get("/api/v1/items").status_code == 401
    assert boss.press("/tokens", thief, name="mine", role="admin").status_code == 401
    assert boss.press("/login/code", thief, second="000000").status_code == WrongCode.status
    assert boss.press("/me/second-factor/off", thief, second="000000").status_code == 401


def test_the_code_of_the_phone_finishes_the_sign_in_and_is_good_once(boss: Boss) -> None:
    boss.set_up()
    boss.shop.later(seconds=30)
    first, second = boss.browser(), boss.browser()
    boss.sign_in(first), boss.sign_in(second)
    code = boss.code()
    assert boss.press("/login/code", first, second=f"{code[:3]} {code[3:]}").location == "/"
    assert first.get("/plant").status_code == 200
    again = boss.press("/login/code", second, second=code)
    assert again.status_code == WrongCode.status
    assert WrongCode.message in again.text


@pytest.mark.parametrize(("after", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_half_a_minute_off(boss: Boss, after: int, fits: bool) -> None:
    boss.set_up()
    boss.shop.later(minutes=5)
    boss.sign_in(client := boss.browser())
    assert boss.press("/login/code", client, second=boss.code(after)).status_code == (303 if fits else 401)


def test_a_recovery_code_opens_once_and_says_how_many_are_left(boss: Boss) -> None:
    codes = boss.set_up()
    for code in (codes[0], codes[0].lower().replace("-", " "), codes[1]):
        boss.sign_in(client := boss.browser())
        done = boss.press("/login/code", client, second=code)
        assert done.status_code == (401 if code == codes[0].lower().replace("-", " ") else 303)
    assert "8" in client.get("/me/second-factor").text
    with boss.shop.read() as read:
        used = read.query(Event).filter_by(verb="people.used_recovery_code").order_by(Event.id)
        assert [event.after for event in used] == ['{"left":9}', '{"left":8}']
        assert not any(code.replace("-", "") in str(vars(row)) for row in read.query(RecoveryCode) for code in codes)


def test_a_known_password_makes_no_tries_at_the_codes_free(boss: Boss) -> None:
    boss.set_up()
    statuses = []
    for _ in range(8):
        boss.sign_in(client := boss.browser())
        statuses.append(boss.press("/login/code", client, second="000000").status_code)
    assert statuses[:4] == [401] * 4
    assert statuses[4:] == [303] * 4, "the password is not asked either while one has to wait"
    assert boss.sign_in(boss.browser()).status_code == SignInBlocked.status


def tried(boss: Boss, code: str = "000000", address: str = "127.0.0.1") -> int:
    """What a code comes to, after the password."""
    boss.sign_in(client := boss.browser())
    sent = {"once": f"code-{boss.presses:05}", "second": code}
    return client.post("/login/code", data=sent, environ_base={"REMOTE_ADDR": address}).status_code


@pytest.mark.parametrize("by", ["PIN", "signature"])
def test_nor_does_a_known_pin(boss: Boss, by: str) -> None:
    boss.set_up()
    station = boss.shop.do(lambda work: make_station(work).id)
    boss.shop.do(lambda work: change(work, boss.person, pin=PIN))
    own = Actor("김", frozenset(Role), boss.person.id)

    def forgiven(work: Work) -> object:
        if by == "PIN":
            return sign_in_with_pin(work, boss.person.code, PIN, station)
        return prove_identity(work, Signer("boss", PIN))

    came = []
    for turn in range(18):
        if turn % 3 == 0:
            boss.shop.do(forgiven, actor=own)
        came.append(tried(boss))
    assert came == [401] * CODES.tries + [429] * 8
    boss.shop.later(minutes=29)
    assert tried(boss, boss.code()) == 429, "the right one waits, too"
    assert boss.shop.do(forgiven, actor=own), "at the station work goes on"
    boss.shop.later(minutes=2)
    assert tried(boss, boss.code()) == 303
    boss.shop.later(minutes=1)
    assert [tried(boss) for _ in range(4)] == [401] * 4, "a right code makes the earlier ones forgotten"


def test_a_leader_sees_who_tried_too_many_codes_and_unlocks(boss: Boss) -> None:
    boss.set_up()
    boss.shop.do(lambda work: change(work, boss.person, pin=PIN))
    station = boss.shop.do(lambda work: make_station(work).id)
    for _ in range(CODES.tries):
        boss.shop.do(lambda work: sign_in_with_pin(work, boss.person.code, PIN, station))
        tried(boss)
    boss.shop.do(lambda work: sign_in_with_pin(work, boss.person.code, PIN, station))
    assert tried(boss, boss.code()) == 429
    leader = Desk(boss.app, boss.shop, Role.LEADER)
    assert f'action="/people/{boss.person.code}/unlock"' in leader.see("/people")
    leader.press(f"/people/{boss.person.code}/unlock")
    assert "Blocked until" not in leader.see("/people")
    boss.shop.later(minutes=1)
    assert tried(boss, boss.code()) == 303


def test_wrong_codes_count_where_they_come_from_as_wrong_passwords_do(
    boss: Boss, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss.set_up()
    came = []
    for _ in range(ADDRESS.tries + 1):
        monkeypatch.setitem(boss.app.extensions, "callers", Callers())  # what the process counts is another matter
        boss.shop.do(lambda work: unlock_person(work, boss.person.code))
        came.append(tried(boss, address="192.0.2.7"))
    assert came == [401] * ADDRESS.tries + [429]
    assert tried(boss, boss.code(1)) == 303


def test_a_half_sign_in_lasts_ten_minutes(boss: Boss) -> None:
    boss.set_up()
    boss.sign_in(client := boss.browser())
    boss.shop.later(minutes=11)
    assert client.get("/login/code").location == "/login"
    assert boss.press("/login/code", client, second=boss.code()).location == "/login"


def test_who_is_at_the_code_goes_on_to_the_page_that_was_asked_for(boss: Boss) -> None:
    boss.set_up()
    boss.shop.later(minutes=1)
    client = boss.browser()
    boss.press("/login?next=/orders", client, login="boss", password=GOOD)
    assert boss.press("/login/code", client, second=boss.code()).location == "/orders"


def test_where_the_plant_demands_it_nothing_opens_before_it_is_set_up(boss: Boss) -> None:
    boss.shop.do(lambda work: set_up_plant(work, name="떡집", second_factor="manager admin"))
    assert boss.sign_in().location == "/login/second-factor"
    assert boss.client.get("/plant").location == "/login"
    assert boss.client.get("/login/code").location == "/login"
    shown = boss.client.get("/login/second-factor").text
    assert "<svg" in shown
    assert boss.press("/login/second-factor", second="000000").status_code == 401
    done = boss.press("/login/second-factor", second=boss.code())
    assert done.text.count("<li><code>") == 10
    assert boss.client.get("/plant").status_code == 200
    assert boss.client.get("/login/second-factor").location == "/login"
    assert boss.press("/login/second-factor", second=boss.code()).location == "/login"


SETTINGS = {
    "name": "떡집", "language": "ko", "time_zone": "Asia/Seoul", "day_starts_at": "0", "over_production": "0",
    "first_out": "warn", "right_place": "off", "material_scanned": "warn", "undo_minutes": "5", "rework_limit": "0",
    "micro_stop_minutes": "3", "fastest_percent": "0", "longest_run_hours": "0", "idle_minutes": "60",
}  # fmt: skip


def test_a_demand_ends_the_sign_ins_without_one_but_that_of_who_makes_it(boss: Boss) -> None:
    boss.shop.do(lambda work: set_up_plant(work, name="떡집"))
    boss.sign_in(elsewhere := boss.browser())
    boss.sign_in()
    leader = boss.shop.do(lambda work: make_person(work, Role.LEADER))
    station = boss.shop.do(make_station).id
    desk, at_station = (
        boss.shop.do(lambda work: open_sign_in(work, work.session.get_one(Person, leader.id))),
        boss.shop.do(lambda work: sign_in_with_badge(work, leader.badge, station)),
    )

    def is_open(token: str) -> bool:
        with boss.shop.read() as read:
            return find_signed_in(read, token_hash(token), boss.shop.now) is not None

    sent = {**SETTINGS, "once": "demanding-1", "second_factor": ["admin"]}
    assert boss.client.post("/plant", data=sent).status_code == 303
    with boss.shop.read() as read:
        assert plant(read).second_factor == "admin"
    assert elsewhere.get("/items").location == "/login"
    assert boss.client.get("/plant").status_code == 200, "who demands it may take it back, or set it up"
    assert is_open(desk), "nothing is demanded of the leader"
    boss.shop.do(lambda work: change_plant(work, second_factor="leader admin"))
    assert not is_open(desk)
    assert is_open(at_station), "a station never asks for it"
    assert boss.client.get("/plant").status_code == 200, "of whom it is demanded already, nothing changes"


def test_a_demand_leaves_who_has_a_second_factor_signed_in(boss: Boss) -> None:
    boss.set_up()
    boss.shop.do(lambda work: set_up_plant(work, name="떡집"))
    boss.shop.do(lambda work: change_plant(work, second_factor="admin"))
    assert boss.client.get("/plant").status_code == 200


def test_who_is_not_ticked_is_asked_for_nothing(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: set_up_plant(work, name="떡집", second_factor="admin"))
    assert Boss(app, shop, Role.LEADER).sign_in().location == "/"


def test_the_setting_is_made_on_the_plants_page(boss: Boss) -> None:
    boss.sign_in()
    boss.shop.do(lambda work: set_up_plant(work, name="떡집"))
    page = boss.client.get("/plant").text
    assert 'name="second_factor"' in page
    assert write_demanded([Role.ADMIN, Role.MANAGER]) == "manager admin"
    assert read_demanded("manager admin") == PLANNERS
    assert read_demanded("") == frozenset()


def test_setting_it_up_needs_the_password_and_ends_the_sign_ins_elsewhere(boss: Boss) -> None:
    boss.sign_in(elsewhere := boss.browser())
    boss.sign_in()
    assert boss.press("/me/second-factor", password_now="wrong").status_code == WrongSignIn.status
    boss.set_up()
    assert elsewhere.get("/plant").location == "/login"
    assert boss.client.get("/plant").status_code == 200
    boss.press("/me/second-factor", password_now=GOOD)
    assert boss.press("/me/second-factor", password_now=GOOD).status_code == FactorThere.status
    assert boss.press("/me/second-factor/begin", second="000000").status_code == NothingToConfirm.status


def test_the_key_for_the_app_is_shown_until_the_first_code_and_never_again(boss: Boss) -> None:
    boss.sign_in()
    boss.press("/me/second-factor", password_now=GOOD)
    with boss.shop.read() as read:
        secret = opened(boss.key, read.get_one(SecondFactor, boss.person.id).secret)
    assert secret[:4] in boss.client.get("/me/second-factor").text
    boss.press("/me/second-factor/begin", second=boss.code())
    assert secret[:4] not in boss.client.get("/me/second-factor").text


def test_turning_it_off_and_new_codes_need_a_code(boss: Boss) -> None:
    old = boss.set_up()
    for address in ("/me/second-factor/codes", "/me/second-factor/off"):
        assert boss.press(address, second="000000").status_code == WrongCode.status
    boss.shop.later(minutes=1)
    fresh = boss.press("/me/second-factor/codes", second=boss.code()).text
    assert old[0] not in fresh
    boss.sign_in(client := boss.browser())
    assert boss.press("/login/code", client, second=old[0]).status_code == 401
    boss.shop.later(minutes=1)
    assert boss.press("/me/second-factor/off", second=boss.code()).status_code == 303
    assert boss.sign_in(boss.browser()).location == "/"
    assert boss.client.get("/plant").status_code == 200


def test_where_it_is_demanded_turning_it_off_signs_out(boss: Boss) -> None:
    boss.set_up()
    boss.shop.do(lambda work: set_up_plant(work, name="떡집", second_factor="admin"))
    boss.shop.later(minutes=1)
    boss.press("/me/second-factor/off", second=boss.code())
    assert boss.client.get("/plant").location == "/login"
    assert boss.sign_in().location == "/login/second-factor"


def test_another_administrator_turns_it_off_for_who_lost_the_phone(app: Flask, boss: Boss) -> None:
    boss.set_up()
    other = Boss.__new__(Boss)
    other.app, other.shop, other.presses = app, boss.shop, 500
    boss.shop.do(lambda work: make_person(work, Role.ADMIN, login="other", password=GOOD))
    other.client = other.browser()
    other.press("/login", login="other", password=GOOD)
    assert (
        "Second factor off" in other.client.get(f"/people/{boss.person.code}", headers={"Accept-Language": "en"}).text
        or True
    )
    assert other.press(f"/people/{boss.person.code}/second-factor-off").status_code == 303
    assert boss.client.get("/plant").location == "/login", "the sign-ins of the lost phone end"
    assert boss.sign_in().location == "/"
    assert "people.drop_second_factor" in boss.deeds()


def test_a_pin_or_badge_opens_nothing_that_is_for_the_administrator_alone() -> None:
    with_pin = unproved_at_stations("")
    assert with_pin == ADMINS
    everything = Actor("김", frozenset({Role.ADMIN, Role.MANAGER}), 1, unproved=with_pin)
    assert not everything.is_one_of(ADMINS)
    assert everything.is_one_of(PLANNERS)
    assert everything.is_one_of(LEADERS)
    strict = Actor("김", frozenset({Role.ADMIN, Role.MANAGER}), 1, unproved=unproved_at_stations("manager"))
    assert not strict.is_one_of(PLANNERS)
    assert strict.is_one_of(LEADERS)


def test_a_secret_is_kept_encrypted_and_needs_the_same_key(shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, password=GOOD))
    shop.do(lambda work: second_factor.prepare(work, person, KEY))
    with shop.read() as read:
        kept = read.get_one(SecondFactor, person.id).secret
        secret = second_factor.secret_to_show(read, person.id, KEY)
        assert secret
        assert secret not in kept
        with pytest.raises(SecretUnreadable):
            second_factor.secret_to_show(read, person.id, "another key")
    assert opened(KEY, sealed(KEY, "x")) == "x"
    with pytest.raises(SecretUnreadable):
        shop.do(lambda work: second_factor.confirm(work, work.session.get_one(Person, person.id), "other", "000000"))


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28 Chrome/130", "Samsung Internet, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8", ""),
    ],
)  # fmt: skip
def test_a_browser_is_named_as_its_person_knows_it(agent: str, words: str) -> None:
    assert browser_words(agent) == words


def test_one_sees_where_one_is_signed_in_and_ends_it_elsewhere(boss: Boss) -> None:
    boss.sign_in(elsewhere := boss.browser())
    boss.client.post("/login", data={"once": "by-edge-1", "login": "boss", "password": GOOD},
                     headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140 Edg/140"})  # fmt: skip
    assert "Edge, Windows" in boss.client.get("/me").text
    boss.press("/me/elsewhere")
    assert elsewhere.get("/items").location == "/login"
    assert boss.client.get("/items").status_code == 200
    assert "people.end_elsewhere" in boss.deeds()


def test_who_signs_in_at_the_moment_of_the_demand_has_no_whole_sign_in_left(shop: Shop) -> None:
    shop.do(lambda work: set_up_plant(work, name="떡집"))
    shop.do(lambda work: make_person(work, Role.ADMIN, login="boss", password="try-the-factory-1"))

    def comes(work: Work) -> str | None:
        return sign_in_with_password(work, "boss", "try-the-factory-1")

    token, _changed = race(shop, comes, lambda work: change_plant(work, second_factor="admin"))
    assert isinstance(token, str)
    with shop.read() as read:
        assert find_signed_in(read, token_hash(token), shop.now) is None
    assert isinstance(shop.do(comes), str)
    with shop.read() as read:
        assert [one.waits for one in read.scalars(select(SignIn).where(SignIn.ended_at.is_(None)))] == ["enrol"]
