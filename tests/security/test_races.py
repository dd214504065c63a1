"""What somebody tries twice at the same moment, in two browsers, or at two of several processes."""

from pathlib import Path

from flask import Flask

from mes.core.access import Role
from mes.core.config import Settings
from mes.people.guessing import ADDRESS
from mes.people.models import Person
from mes.people.plant import set_up_first
from mes.people.rules import AlreadySetUp
from mes.people.second_factor import WrongCode, check_code
from mes.web.app import create_app
from tests.conftest import Shop
from tests.factories import make_person
from tests.people.phones import phone_of
from tests.racing import race

PASSWORD = "blue-kettle-49"
OUTSIDE = {"REMOTE_ADDR": "198.51.100.7"}


def test_of_two_who_set_the_plant_up_at_the_same_moment_one_is_its_administrator(shop: Shop) -> None:
    def administrator(login: str) -> object:
        return lambda work: set_up_first(
            work, name=f"Plant of {login}", language="en", time_zone="Asia/Seoul", person=login, login=login,
            password=PASSWORD,
        )  # fmt: skip

    first, second = race(shop, administrator("owner"), administrator("thief"))  # type: ignore[arg-type]
    assert isinstance(first, str)
    assert isinstance(second, AlreadySetUp)
    with shop.read() as read:
        assert [one.login for one in read.query(Person)] == ["owner"]


def test_a_code_of_the_second_factor_that_comes_twice_at_the_same_moment_is_good_once(shop: Shop) -> None:
    boss = shop.do(lambda work: make_person(work, Role.ADMIN, login="boss", password=PASSWORD))
    code = phone_of(shop, boss, "key")
    shop.later(seconds=60)
    came = race(
        shop, lambda work: check_code(work, boss, "key", code()), lambda work: check_code(work, boss, "key", code())
    )
    assert came[0] is None
    assert isinstance(came[1], WrongCode)


def test_several_processes_count_guesses_together_and_requests_apart(app: Flask, shop: Shop, tmp_path: Path) -> None:
    another = create_app(Settings(data_dir=tmp_path, secret_key="only for tests"), shop.database)
    another.extensions["mes"].clock = lambda: shop.now
    another.config["WTF_CSRF_ENABLED"] = False
    assert app.extensions["callers"] is not another.extensions["callers"]
    processes = [app.test_client(), another.test_client()]
    came = [
        processes[turn % 2]
        .post(
            "/login",
            data={"login": f"nobody{turn}", "password": "x", "once": f"guess-{turn:04}"},
            environ_base=OUTSIDE,
        )
        .status_code
        for turn in range(ADDRESS.tries + 4)
    ]
    assert came == [401] * ADDRESS.tries + [429] * 4, "as many as at one process"
