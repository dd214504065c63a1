"""Whatever the database or the machine says no to becomes one sentence."""

import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, update

from mes.core import db
from mes.core.access import Role
from mes.core.db import Database
from mes.core.errors import Busy, ImpossibleValue, StillInUse, StorageFailed, TooMuchInAll
from mes.core.work import act
from mes.lots.models import Lot
from mes.orders.service import release_order
from mes.people.models import Person, Skill
from mes.people.service import sign_in_with_password
from tests.conftest import BOSS, Shop
from tests.desk import Desk
from tests.factories import make_person
from tests.orders.bakery import Bakery


def test_a_quantity_below_zero_is_refused_by_the_database_itself(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 10)
    with pytest.raises(ImpossibleValue):
        shop.do(lambda work: work.session.execute(update(Lot).where(Lot.id == flour.id).values(on_hand=Decimal(-1))))


def test_what_nobody_can_add_up_is_said_and_the_lot_can_be_put_right(app: Flask, shop: Shop) -> None:
    bakery = Bakery(shop)
    lots = bakery.receive(bakery.flour, *["999999999999"] * 10)
    order = bakery.order(10, release=False)
    desk = Desk(app, shop, Role.MANAGER, Role.MATERIAL)
    if shop.database.is_sqlite:
        assert TooMuchInAll.message in desk.see("/stock", status=422)
        with pytest.raises(TooMuchInAll):
            shop.do(lambda work: release_order(work, order.code))
    desk.see("/lots")
    for lot in lots:
        desk.press(f"/lots/{lot.code}/adjust", counted="10", reason="잘못 입력")
    assert "RF" in desk.see("/stock")


def test_what_others_refer_to_is_not_removed(shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, skills=[("용접", None)]))
    assert person.id
    with pytest.raises(StillInUse):
        shop.do(lambda work: work.session.execute(delete(Person).where(Person.id == person.id)))
    with shop.read() as read:
        assert read.query(Skill).count() == 1


def test_a_lock_that_does_not_come_is_said_and_nothing_is_lost(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    if not shop.database.is_sqlite:
        return  # there rows are locked, not the file; see the tests of two tablets
    monkeypatch.setattr(db, "WAIT_SECONDS", 0.2)
    impatient = Database(shop.database.url)
    with sqlite3.connect(shop.database.url.removeprefix("sqlite:///"), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            act(impatient, BOSS, lambda work: make_person(work), source="desk")
        other.execute("ROLLBACK")
    act(impatient, BOSS, lambda work: make_person(work), source="desk")
    impatient.engine.dispose()


def test_a_storage_that_accepts_nothing_is_said(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'no such folder' / 'mes.db'}")
    with pytest.raises(StorageFailed):
        act(database, BOSS, lambda work: make_person(work), source="desk")
    database.engine.dispose()


def signed_in(app: Flask, shop: Shop, role: Role) -> Any:
    shop.do(lambda work: make_person(work, role, login="somebody", password="long enough to pass"))
    token = shop.do(lambda work: sign_in_with_password(work, "somebody", "long enough to pass"))
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["sign_in"] = token
    return browser


def test_a_fault_of_the_software_shows_a_code_and_never_its_inside(
    app: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(app, shop, Role.MANAGER)

    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr("mes.lots.views.page_of_lots", broken)
    answer = browser.get("/lots")
    assert answer.status_code == 500, "Fault"
    assert "swordfish" not in answer.text
    assert "RuntimeError" not in answer.text


def test_what_is_too_large_or_too_old_or_not_understood_is_said(app: Flask, shop: Shop) -> None:
    browser = signed_in(app, shop, Role.MANAGER)
    large = browser.post("/lots/receive", data=b"x" * (51 * 1024 * 1024), content_type="text/plain")
    assert large.status_code == 413, "TooLarge"
    assert browser.put("/lots").status_code == 400, "NotUnderstood"
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        old = browser.post("/lots/receive", data={"item": "RF"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert old.status_code == 400, "PageTooOld"


def test_a_missing_font_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from mes.core import fonts

    monkeypatch.setattr(fonts, "asset", lambda name: tmp_path / name)
    with pytest.raises(fonts.FontMissing):
        fonts.load.__wrapped__("Khmer", "bold")
