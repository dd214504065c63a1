"""When a sign-in ends, everywhere it was opened; and that a new one is a new one."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.work import Work
from mes.people import hashing, queries, second_factor, service
from mes.people.models import Person
from mes.people.rules import DESK_HOURS, STATION_HOURS
from tests.conftest import Shop
from tests.factories import make_person, make_station
from tests.people.test_people import change

GOOD, PIN = "rice-cake-2026", "135790"
Deed = Callable[[Work, Person, str], object]

#: What somebody does, and whether the sign-ins at the desk, at another desk and at a station are over then.
ENDS: list[tuple[str, Deed, tuple[bool, bool, bool]]] = [
    ("sign-out", lambda work, _person, token: service.sign_out(work, token), (True, False, False)),
    ("disabling", lambda work, person, _token: change(work, person, active=False), (True, True, True)),
    ("other roles", lambda work, person, _token: change(work, person, roles=[Role.LEADER]), (True, True, True)),
    ("a new password", lambda work, person, _token: change(work, person, password=GOOD + "!"), (True, True, True)),
    ("a new PIN", lambda work, person, _token: change(work, person, pin="864209"), (False, False, True)),
    ("a new badge", lambda work, person, _token: service.new_badge(work, person.code), (False, False, True)),
    ("another name", lambda work, person, _token: change(work, person, name="박"), (False, False, False)),
    ("a lost phone", lambda work, person, _token: second_factor.reset(work, person), (True, True, True)),
    ("sign out elsewhere", lambda work, person, token: service.end_sign_ins(work, person, keep=token),
     (False, True, True)),
]  # fmt: skip


def is_over(shop: Shop, token: str) -> bool:
    with shop.read() as read:
        return queries.find_signed_in(read, service.token_hash(token), shop.now) is None


def opened(shop: Shop) -> tuple[Person, list[str]]:
    """Somebody who is signed in at two desks and at a station."""
    person = shop.do(lambda work: make_person(work, login="kim", password=GOOD, pin=PIN))
    station = shop.do(make_station)
    desk = partial(service.sign_in_with_password, login="kim", password=GOOD)
    tokens = [
        shop.do(desk),
        shop.do(desk),
        shop.do(lambda w: service.sign_in_with_pin(w, person.code, PIN, station.id)),
    ]
    return person, [str(token) for token in tokens]


@pytest.mark.parametrize(("what", "deed", "over"), ENDS, ids=[what for what, _deed, _over in ENDS])
def test_sign_ins_end_with_what_made_them_good(
    shop: Shop, what: str, deed: Deed, over: tuple[bool, bool, bool]
) -> None:
    person, tokens = opened(shop)
    assert not any(is_over(shop, token) for token in tokens)
    shop.do(lambda work: deed(work, work.session.get_one(Person, person.id), tokens[0]))
    assert tuple(is_over(shop, token) for token in tokens) == over, what


@pytest.mark.parametrize(("new", "over"), [({"password": GOOD + "!"}, [False, True, True]),
                                           ({"pin": "864209"}, [False, False, True])])  # fmt: skip
def test_ones_own_change_keeps_the_sign_in_at_which_it_is_made(
    shop: Shop, new: dict[str, str], over: list[bool]
) -> None:
    person, tokens = opened(shop)
    with shop.read() as read:
        own = queries.find_signed_in(read, service.token_hash(tokens[0]), shop.now)
    assert own
    assert shop.do(
        lambda work: service.change_own_secrets(work, password_now=GOOD, token=tokens[0], **new), actor=own.actor()
    )
    assert [is_over(shop, token) for token in tokens] == over
    assert person.id == own.person_id


def test_every_sign_in_ends_after_a_shift_whatever_is_done(shop: Shop) -> None:
    _person, tokens = opened(shop)
    shop.later(hours=max(DESK_HOURS, STATION_HOURS), seconds=1)
    assert all(is_over(shop, token) for token in tokens)


def test_what_a_browser_held_before_the_sign_in_is_worth_nothing_after_it(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, login="kim", password=GOOD))
    client = app.test_client()
    with client.session_transaction() as held:
        held.update(sign_in="given by somebody else", half="as well", other="thing")
    client.post("/login", data={"once": "sign-in-01", "login": "kim", "password": GOOD})
    with client.session_transaction() as held:
        assert held["sign_in"] != "given by somebody else"
        assert "half" not in held
        assert "other" not in held
    first = client.get_cookie("session")
    client.post("/login", data={"once": "sign-in-02", "login": "kim", "password": GOOD})
    assert client.get_cookie("session") != first


def test_only_so_many_passwords_are_worked_out_at_one_time() -> None:
    """Each takes 64 MB: a hundred sign-ins at once must not take the machine's memory."""
    assert hashing._room._initial_value == hashing.MOST_AT_ONCE <= 4  # type: ignore[attr-defined]
