"""What a browser keeps of a sign-in is what was recorded: also when the act had to be done again, or was not done."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import exc
from sqlalchemy.orm import Session

from mes.core import keys, losses
from mes.core.access import Role
from mes.core.errors import DatabaseAway
from mes.people import queries
from mes.people.hashing import token_hash
from mes.people.plant import set_up_plant
from tests.conftest import Shop
from tests.factories import make_person
from tests.people.test_second_factor import GOOD, Boss
from tests.station.floor import Floor, Tablet


class Deadlock(Exception):
    """What PostgreSQL says to the one of two whose act it ends."""

    sqlstate = "40P01"


class Commits:
    """How the next commit goes: a "deadlock" (nothing was recorded), "unanswered" (it was recorded), "overtaken" (the
    same, but the next try does not see it yet), or "away"."""

    def __init__(self) -> None:
        self.real, self.next = losses.commit, ""
        self.real_look_up, self.is_blind = keys.look_up, False

    def __call__(self, session: Session) -> None:
        came, self.next = self.next, self.next if self.next == "away" else ""
        if came in ("deadlock", "away"):
            session.rollback()
            raise DatabaseAway if came == "away" else exc.OperationalError("COMMIT", {}, Deadlock())
        self.real(session)
        if came in ("unanswered", "overtaken"):
            self.is_blind = came == "overtaken"
            raise losses.CommitLost

    def look_up(self, *asked: Any) -> None:
        was_blind, self.is_blind = self.is_blind, False
        if not was_blind:
            self.real_look_up(*asked)


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> Commits:
    made = Commits()
    monkeypatch.setattr(losses, "commit", made)
    monkeypatch.setattr(keys, "look_up", made.look_up)
    return made


@pytest.fixture
def boss(app: Flask, shop: Shop) -> Boss:
    return Boss(app, shop)


TROUBLES = pytest.mark.parametrize("trouble", ["deadlock", "unanswered", "overtaken"])


@TROUBLES
def test_a_sign_in_is_good_though_its_act_was_done_again(boss: Boss, commits: Commits, trouble: str) -> None:
    commits.next = trouble
    assert boss.sign_in().location == "/"
    assert boss.client.get("/plant").status_code == 200


@TROUBLES
def test_a_right_code_signs_in_though_its_act_was_done_again(boss: Boss, commits: Commits, trouble: str) -> None:
    boss.set_up()
    boss.shop.later(minutes=1)
    boss.sign_in(client := boss.browser())
    commits.next = trouble
    assert boss.press("/login/code", client, second=boss.code()).location == "/"
    assert client.get("/plant").status_code == 200


def test_so_does_the_first_code_where_the_plant_demands_one(boss: Boss, commits: Commits) -> None:
    boss.shop.do(lambda work: set_up_plant(work, name="떡집", second_factor="admin"))
    commits.next = "deadlock"
    assert boss.sign_in().location == "/login/second-factor"
    commits.next = "deadlock"
    done = boss.press("/login/second-factor", second=boss.code())
    assert done.text.count("<li><code>") == 10
    assert boss.client.get("/plant").status_code == 200


@TROUBLES
def test_who_gives_the_password_again_stays_signed_in(boss: Boss, commits: Commits, trouble: str) -> None:
    boss.sign_in()
    boss.shop.later(minutes=61)
    commits.next = trouble
    assert boss.press("/login/again", password=GOOD).status_code == 303
    assert boss.client.get("/items").status_code == 200


def test_a_refused_sign_out_is_not_forgotten_by_the_browser(boss: Boss, commits: Commits) -> None:
    boss.sign_in()
    with boss.client.session_transaction() as kept:
        token = token_hash(kept["sign_in"])
    commits.next = "away"
    assert boss.press("/logout").status_code == DatabaseAway.status
    commits.next = ""
    with boss.shop.read() as read:
        assert queries.find_signed_in(read, token, boss.shop.now), "it is open still"
    assert boss.client.get("/plant").status_code == 200, "and may be ended"
    assert boss.press("/logout").status_code == 303
    assert boss.client.get("/plant").location == "/login"


@TROUBLES
def test_a_station_is_taken_over_though_the_act_was_done_again(
    app: Flask, shop: Shop, commits: Commits, trouble: str
) -> None:
    floor = Floor(shop)
    tablet = Tablet(app, floor)
    tablet.badge(floor.kim)
    with tablet.client.session_transaction() as kept:
        before = token_hash(kept["sign_in"])
    commits.next = trouble
    tablet.badge(floor.lee)
    with tablet.client.session_transaction() as kept:
        after = token_hash(kept["sign_in"])
    with shop.read() as read:
        assert queries.find_signed_in(read, before, shop.now) is None
        found = queries.find_signed_in(read, after, shop.now)
    assert found
    assert found.person_id == floor.lee.id


def test_who_may_not_pair_a_tablet_is_not_signed_in_at_it(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, Role.OPERATOR, login="op", password=GOOD))
    client = app.test_client()
    sent = {"once": "no-leader-1", "login": "op", "password": GOOD}
    assert client.post("/station/leader", data=sent).status_code == 403
    with client.session_transaction() as kept:
        assert "sign_in" not in kept
