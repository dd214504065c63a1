"""Seals of the event log as the manager sees them."""

import pytest
from flask import Flask
from sqlalchemy import text

from mes.core.access import Role
from mes.core.seals import letters, read_claim
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_person


@pytest.fixture
def manager(app: Flask, shop: Shop) -> Desk:
    return Desk(app, shop, Role.MANAGER)


def test_the_manager_seals_the_log_and_takes_the_seal_away(manager: Desk) -> None:
    assert "Nothing is sealed yet" in manager.see("/seals")
    assert manager.press("/seals/new") == "/seals/1"
    seen = manager.see("/seals/1")
    told = manager.see("/seals/1/seal.txt")
    claim = read_claim(told)
    assert letters(claim.begins) in seen
    assert "mailto:?subject=" in seen
    paper = manager.client.get("/seals/1/seal.pdf")
    assert (paper.content_type, paper.data[:5]) == ("application/pdf", b"%PDF-")
    listed = manager.see("/seals")
    assert letters(claim.begins) in listed
    assert "fits" in listed


def test_nothing_new_is_said_to_whoever_seals_again(manager: Desk) -> None:
    manager.press("/seals/new")
    assert manager.press("/seals/new") == "/seals"
    assert "Nothing was recorded since the last seal" in manager.see("/seals")


def test_a_seal_whose_event_is_another_one_is_red(manager: Desk, shop: Shop) -> None:
    shop.do(make_person)
    manager.press("/seals/new")
    with shop.database.engine.connect() as connection:
        if shop.database.is_sqlite:
            connection.execute(text("DROP TRIGGER events_no_update"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE events SET hash = 'x' WHERE id = (SELECT head_id FROM seals)"))
        connection.commit()
    assert "The log is another one" in manager.see("/seals")
    assert "The event that was sealed is not what it was." in manager.see("/seals/1")
    shop.do(make_person)
    manager.press("/seals/new")
    assert "The log was not whole at that time: seal 1" in manager.see("/seals/2")


def test_a_seal_that_nobody_made_is_not_found(manager: Desk) -> None:
    assert "There is no seal 7" in manager.see("/seals/7", 404)


def test_who_plans_nothing_sees_no_seals(app: Flask, shop: Shop) -> None:
    for role in (Role.OPERATOR, Role.MATERIAL, Role.QUALITY):
        assert Desk(app, shop, role).client.get("/seals").status_code == 403
