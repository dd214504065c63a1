"""The connection to the database is lost: nothing is lost with it, nothing is in twice, and people are told."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from mes.core import keys, losses
from mes.core.db import Database
from mes.core.errors import DatabaseAway, NotFound, OutcomeUnknown, OutcomeUnseen
from mes.core.keys import AlreadyDone
from mes.core.work import Work
from mes.people.models import Person
from tests.conftest import Shop
from tests.factories import make_item, make_person

#: An embedded database has no connection to lose, and belongs to one computer.
pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
#: Nobody listens there.
NOWHERE = "postgresql+psycopg://plant@127.0.0.1:1/plant?connect_timeout=2"


@pytest.fixture
def plant(shop: Shop) -> Shop:
    return shop


def cut_off(shop: Shop, session: Session) -> None:
    """The server ends the connection of a session."""
    pid = session.scalar(text("SELECT pg_backend_pid()"))
    with shop.read() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def persons(shop: Shop) -> int:
    with shop.read() as read:
        return read.query(Person).count()


def test_an_act_that_is_cut_off_is_done_once_more_in_silence(plant: Shop) -> None:
    tries = []

    def deed(work: Work) -> None:
        make_person(work)
        tries.append(work)
        if len(tries) == 1:
            cut_off(plant, work.session)

    plant.do(deed)
    assert (len(tries), persons(plant)) == (2, 1)


def test_one_that_is_cut_off_again_was_not_recorded_and_that_is_said(plant: Shop) -> None:
    def deed(work: Work) -> None:
        make_person(work)
        cut_off(plant, work.session)

    with pytest.raises(DatabaseAway):
        plant.do(deed)
    assert persons(plant) == 0


@pytest.fixture
def answer_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first commit is done, and its answer does not come."""
    real = losses.commit
    lost: list[bool] = []

    def commit(session: Session) -> None:
        real(session)
        if not lost:
            lost.append(True)
            raise losses.CommitLost

    monkeypatch.setattr(losses, "commit", commit)


@pytest.mark.usefixtures("answer_lost")
def test_a_commit_without_an_answer_is_looked_up_by_its_key(plant: Shop) -> None:
    with pytest.raises(AlreadyDone) as told:
        plant.do(make_person, key="tablet-key-1")
    assert told.value.just_now
    assert persons(plant) == 1


@pytest.mark.usefixtures("answer_lost")
def test_without_a_key_nobody_pretends_to_know(plant: Shop) -> None:
    with pytest.raises(OutcomeUnseen):
        plant.do(make_person)
    assert persons(plant) == 1


@pytest.mark.usefixtures("answer_lost")
def test_who_has_a_key_and_finds_no_database_to_look_it_up_may_send_it_again(
    plant: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, looks = keys.look_up, []

    def look_up(session: Session, key: str, content: str) -> None:
        looks.append(key)
        if len(looks) == 2:
            cut_off(plant, session)
        real(session, key, content)

    monkeypatch.setattr(keys, "look_up", look_up)
    with pytest.raises(OutcomeUnknown, match="Send the same entry again"):
        plant.do(make_person, key="tablet-key-3")
    with pytest.raises(AlreadyDone):
        plant.do(make_person, key="tablet-key-3")
    assert persons(plant) == 1


@pytest.mark.usefixtures("answer_lost")
def test_a_commit_that_comes_through_while_it_is_looked_up_is_found_all_the_same(
    plant: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second try finds no key yet; when the first commit is through, its own rows refuse it."""
    real, looks = keys.look_up, []

    def look_up(session: Session, key: str, content: str) -> None:
        looks.append(key)
        if len(looks) != 2:
            real(session, key, content)

    monkeypatch.setattr(keys, "look_up", look_up)
    with pytest.raises(AlreadyDone) as told:
        plant.do(lambda work: make_item(work, code="00123"), key="tablet-key-1")
    assert told.value.just_now
    assert len(looks) == 3


def test_what_was_not_recorded_and_is_refused_now_is_refused_in_its_own_words(
    plant: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[None] = []

    def lost(_session: Session) -> None:
        raise losses.CommitLost

    def deed(work: Work) -> None:
        make_person(work)
        tries.append(None)
        if len(tries) > 1:
            raise NotFound(what="lot", code="L1")

    monkeypatch.setattr(losses, "commit", lost)
    with pytest.raises(NotFound):
        plant.do(deed, key="tablet-key-2")
    assert (len(tries), persons(plant)) == (3, 0)


def test_while_no_database_answers_everybody_is_told_in_a_sentence(app: Flask, plant: Shop) -> None:
    app.extensions["mes"].database = Database(NOWHERE)
    browser = app.test_client()
    for language, sentence in (("en", "The database does not answer just now."), ("ko", "데이터베이스가 응답하지")):
        shown = browser.get("/", headers={"Accept-Language": language})
        assert (shown.status_code, sentence in shown.text) == (503, True)
        assert "Sign in" not in shown.text
    sent = browser.post("/login", data={"once": "12345678", "login": "a", "password": "b"})
    assert sent.status_code == 503
    asked = browser.get("/api/v1/lots", headers={"Authorization": "Bearer any"})
    assert (asked.status_code, asked.json and asked.json["code"]) == (503, "DatabaseAway")
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/readyz").status_code == 503
