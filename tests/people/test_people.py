"""Who works here, how they sign in, and that nobody can be locked out by a slip."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from mes.core.access import Actor, Role
from mes.core.coded import SimilarCode
from mes.core.dresses import Reading
from mes.core.errors import AlreadyExists, NotFound, StaleEdit
from mes.core.events import Event
from mes.core.work import Work
from mes.people import hashing, history, plant, queries, service
from mes.people.models import Person, UnknownLogin
from mes.people.rules import (
    AlreadySetUp,
    BadPin,
    LastAdministrator,
    LoginTaken,
    NoRole,
    SignInBlocked,
    UnknownZone,
    WeakPassword,
    WrongSignIn,
)
from mes.scan.queries import look_up
from tests.conftest import MORNING, Shop
from tests.factories import make_person, make_skill, make_station, make_token
from tests.statements import statements

GOOD = "rice-cake-2026"


def change(work: Work, person: Person, **values: object) -> Person:
    given = {"name": person.name, "roles": person.role_set, "language": "ko", "login": person.login, "active": True}
    return service.change_person(work, person.code, **(given | values))  # type: ignore[arg-type]


def test_a_person_signs_in_by_password_pin_or_badge(shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, password=GOOD, pin="135790", login="Kim"))
    station = shop.do(make_station)
    tokens = [
        shop.do(lambda work: service.sign_in_with_password(work, "KIM", GOOD)),
        shop.do(lambda work: service.sign_in_with_pin(work, person.code, "135790", station.id)),
        shop.do(lambda work: service.sign_in_with_badge(work, person.badge.lower(), station.id)),
    ]
    with shop.read() as read:
        found = [queries.find_signed_in(read, service.token_hash(str(token)), shop.now) for token in tokens]
    assert [one.person_id for one in found if one] == [person.id] * 3


def test_what_a_plant_keeps_is_slow_to_guess(plant_hasher: PasswordHasher) -> None:
    assert plant_hasher.verify(plant_hasher.hash(GOOD), GOOD)
    assert plant_hasher.memory_cost >= 64 * 1024
    assert plant_hasher.time_cost * plant_hasher.parallelism >= 4


def test_wrong_tries_make_one_wait_and_a_leader_unlocks(shop: Shop) -> None:
    shop.do(lambda work: make_person(work, code="P1", password=GOOD, login="kim"))
    for _ in range(4):
        assert shop.do(lambda work: service.sign_in_with_password(work, "kim", "wrong")) is None
    with pytest.raises(SignInBlocked):
        shop.do(lambda work: service.sign_in_with_password(work, "kim", GOOD))
    shop.do(lambda work: service.unlock_person(work, "P1"))
    assert shop.do(lambda work: service.sign_in_with_password(work, "kim", GOOD))


def test_an_unknown_badge_opens_nothing(shop: Shop) -> None:
    station = shop.do(make_station)
    with pytest.raises(WrongSignIn):
        shop.do(lambda work: service.sign_in_with_badge(work, "B0000000000000", station.id))


def test_a_new_badge_ends_the_old_one(shop: Shop) -> None:
    person = shop.do(make_person)
    station = shop.do(make_station)
    fresh = shop.do(lambda work: service.new_badge(work, person.code)).badge
    assert fresh != person.badge
    with pytest.raises(WrongSignIn):
        shop.do(lambda work: service.sign_in_with_badge(work, person.badge, station.id))


def test_new_roles_end_the_open_sign_ins(shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, password=GOOD, login="kim"))
    token = shop.do(lambda work: service.sign_in_with_password(work, "kim", GOOD))
    shop.do(lambda work: change(work, person, roles=[Role.LEADER]))
    with shop.read() as read:
        assert queries.find_signed_in(read, service.token_hash(str(token)), shop.now) is None


@pytest.mark.parametrize("password", ["short", "1234567890", "aaaaaaaaaaaa"])
def test_a_password_that_is_guessed_quickly_is_refused(shop: Shop, password: str) -> None:
    with pytest.raises(WeakPassword):
        shop.do(lambda work: make_person(work, password=password))


@pytest.mark.parametrize("pin", ["111111", "123456", "12345", "abcdef", "１２３４５６"])
def test_a_pin_that_is_guessed_quickly_is_refused(shop: Shop, pin: str) -> None:
    with pytest.raises(BadPin):
        shop.do(lambda work: make_person(work, pin=pin))


def test_two_people_never_share_a_login_or_nearly_a_number(shop: Shop) -> None:
    shop.do(lambda work: make_person(work, code="A1", login="kim"))
    with pytest.raises(LoginTaken):
        shop.do(lambda work: make_person(work, code="A2", login="KIM"))
    with pytest.raises(AlreadyExists):
        shop.do(lambda work: make_person(work, code="A1", login="lee"))
    for near in ("a1", "Ａ１"):
        with pytest.raises(SimilarCode):
            shop.do(partial(make_person, code=near, login="lee"))


def test_a_person_has_a_role(shop: Shop) -> None:
    with pytest.raises(NoRole):
        shop.do(lambda work: service.add_person(work, code="A1", name="김", roles=[]))


def test_the_last_administrator_stays_one(shop: Shop) -> None:
    boss = shop.do(lambda work: make_person(work, Role.ADMIN, password=GOOD))
    refused: list[dict[str, Any]] = [{"roles": [Role.LEADER]}, {"active": False}, {"login": None}]
    for values in refused:
        with pytest.raises(LastAdministrator):
            shop.do(partial(change, person=boss, **values))
    shop.do(lambda work: make_person(work, Role.ADMIN, password=GOOD))
    assert shop.do(lambda work: change(work, boss, roles=[Role.LEADER])).roles == {"leader"}


def test_a_stale_save_names_who_was_first(shop: Shop) -> None:
    person = shop.do(make_person)
    shop.do(lambda work: change(work, person, name="이영희"))
    with pytest.raises(StaleEdit, match="김대표"):
        shop.do(lambda work: change(work, person, name="박", version=person.version))


def test_skills_are_kept_with_the_day_they_end(shop: Shop) -> None:
    skill = shop.do(lambda work: make_skill(work, name="지게차", until=date(2027, 6, 30)))
    with shop.read() as read:
        person = read.get_one(Person, skill.person_id)
    shop.do(lambda work: change(work, person, skills=[("용접", None)]))
    with shop.read() as read:
        assert [(one.name, one.until) for one in queries.list_skills(read, person.id)] == [("용접", None)]


def test_one_changes_ones_own_password_and_stays_signed_in_here_only(shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, password=GOOD, login="kim"))
    here, there = (shop.do(lambda work: service.sign_in_with_password(work, "kim", GOOD)) for _ in range(2))
    me = Actor(person.name, person.role_set, person.id)

    def attempt(now: str) -> bool:
        return shop.do(
            lambda work: service.change_own_secrets(work, password_now=now, password=GOOD + "!", token=str(here)),
            actor=me,
        )

    assert not attempt("wrong")
    assert attempt(GOOD)
    with shop.read() as read:
        assert queries.find_signed_in(read, service.token_hash(str(here)), shop.now)
        assert not queries.find_signed_in(read, service.token_hash(str(there)), shop.now)


def test_the_log_never_shows_what_opens_a_door(shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, password=GOOD, pin="135790"))
    shop.do(lambda work: service.new_badge(work, person.code))
    with shop.read() as read:
        events = read.query(Event).all()
        assert {"people.add", "people.badge"} <= {event.verb for event in events}
        for event in events:
            text = f"{event.before} {event.after}"
            assert person.badge not in text
            assert "argon2" not in text


def set_up(work: Work, zone: str = "Asia/Seoul") -> str:
    return plant.set_up_first(work, name="떡집", language="ko", time_zone=zone, person="김", login="kim", password=GOOD)


def test_the_first_run_works_once(shop: Shop) -> None:
    assert shop.do(set_up)
    with pytest.raises(AlreadySetUp):
        shop.do(set_up)


def test_a_time_zone_exists(shop: Shop) -> None:
    with pytest.raises(UnknownZone):
        shop.do(lambda work: set_up(work, "Mars/Base"))


def test_a_token_ends(shop: Shop) -> None:
    token = shop.do(lambda work: make_token(work, name="저울"))
    shop.do(lambda work: plant.end_token(work, "저울"))
    with shop.read() as read:
        assert queries.find_token(read, token.token_hash) is None
    with pytest.raises(NotFound):
        shop.do(lambda work: plant.end_token(work, "저울"))


def test_the_log_is_found_by_thing_person_and_day(shop: Shop) -> None:
    shop.do(lambda work: make_person(work, code="A1"))
    shop.later(days=1)
    shop.do(lambda work: make_person(work, code="A2"))
    with shop.read() as read:
        days = [history.list_events(read, thing="persons", day=day).rows for day in (MORNING.date(), date(2026, 1, 6))]
        assert [[event.thing_code for event in rows] for rows in days] == [["A1"], ["A2"]]
        assert history.list_events(read, actor="대표").rows
        assert not history.list_events(read, actor="nobody").rows
        words = history.changes(days[0][0])
    assert tuple(sorted({change.name for change in words} & {"Name", "Roles"})) == ("Name", "Roles")
    assert history.deed(days[0][0]) == "Person added"


def tried(shop: Shop, login: str, times: int) -> list[str]:
    """What a visitor is told who tries a wrong password again and again."""
    told = []
    for _ in range(times):
        try:
            told.append(str(shop.do(lambda work: service.sign_in_with_password(work, login, "wrong"))))
        except SignInBlocked as blocked:
            told.append(str(blocked))
    return told


def test_no_answer_and_no_delay_tells_who_works_here(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.do(lambda work: make_person(work, login="kim", name="김미숙", password=GOOD))
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  the library's name
            checked.append(str(password))
            raise VerificationError

    monkeypatch.setattr(hashing, "hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    known, work_known = tried(shop, "Kim", 7), len(checked)
    unknown, work_unknown = tried(shop, "Nobody", 7), len(checked) - work_known
    assert known == unknown
    assert known[:4] == ["None"] * 4
    assert "Too many wrong tries" in known[4]
    assert "김미숙" not in known[4]
    assert (work_known, work_unknown) == (4, 4)
    shop.later(seconds=16)
    assert tried(shop, "kim", 2) == tried(shop, "NOBODY", 2)


def test_tries_with_an_unknown_login_are_forgotten_after_a_week(shop: Shop) -> None:
    tried(shop, "nobody", 4)
    shop.later(days=8)
    assert tried(shop, "somebody", 1) == ["None"]
    with shop.read() as read:
        assert read.query(UnknownLogin).count() == 1


def test_who_signed_in_stands_in_the_log(shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, login="kim", name="김미숙", password=GOOD, pin="135790"))
    station = shop.do(make_station)
    visitor = Actor("Visitor", frozenset())
    shop.do(lambda work: service.sign_in_with_password(work, "kim", GOOD), actor=visitor)
    at_station = replace(visitor, station_id=station.id, station=station.name)
    shop.do(lambda work: service.sign_in_with_pin(work, person.code, "135790", station.id), actor=at_station)
    shop.do(lambda work: service.sign_in_with_password(work, "kim", "wrong"), actor=visitor)
    with shop.read() as read:
        events = read.query(Event).filter(Event.verb.in_(["people.sign_in", "people.wrong_sign_in"])).order_by(Event.id)
        told = [(event.verb, event.actor, event.actor_id, event.station) for event in events]
    assert told == [
        ("people.sign_in", "김미숙", person.id, None),
        ("people.sign_in", "김미숙", person.id, station.name),
        ("people.wrong_sign_in", "Visitor", None, None),
    ]


def test_a_day_of_the_log_and_a_bar_code_number_are_found_by_their_index(shop: Shop) -> None:
    with shop.read() as read, statements(shop.database) as sent:
        history.list_events(read, day=date(2026, 1, 5))
        look_up(read, [Reading(gtin="08801234567893")])
    if shop.database.is_sqlite:
        with shop.database.engine.connect() as connection:
            plans = [
                str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", (1,) * one.count("?")).all())
                for one in sent
            ]
        assert "ix_events_at" in plans[0]
        assert "ix_items_gtin" in plans[1]
