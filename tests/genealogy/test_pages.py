"""The page of genealogy health, its forms and its line on the first page, as people use them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from mes.core.access import Role
from mes.genealogy.models import Gap
from mes.lots.models import Lot
from mes.orders.crew_models import ReportWorker
from mes.orders.models import Report
from mes.people.models import Person
from tests.conftest import Shop
from tests.desk import Desk
from tests.genealogy.test_health import Slips


@pytest.fixture
def slips(shop: Shop) -> Slips:
    return Slips(shop)


@pytest.fixture
def quality(app: Flask, shop: Shop) -> Desk:
    return Desk(app, shop, Role.QUALITY)


def said(page: str) -> str:
    """The page's words alone."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def clock(slips: Slips, minutes: int = 0) -> str:
    """A minute on the plant's clock, as a form sends it."""
    return (slips.shop.now + timedelta(hours=9, minutes=minutes)).strftime("%Y-%m-%dT%H:%M")


def gaps_of(slips: Slips) -> Lot:
    """Flour that a count found, used; and an order for which nobody scanned any."""
    flour = slips.opened(100)
    slips.make(10, flour=flour)
    slips.make(10)
    return flour


def test_a_plant_without_results_has_no_score(quality: Desk, slips: Slips) -> None:
    assert "Nothing was made in this period." in said(quality.see("/genealogy"))


def test_the_list_leads_to_lots_and_orders_and_to_the_forms_that_mend(quality: Desk, slips: Slips) -> None:
    flour = gaps_of(slips)
    page = quality.see("/genealogy")
    [order] = slips.gaps(Gap.CONSUMPTION)
    for address in (f"/lots/{flour.code}", f"/orders/{order.order}", f"/genealogy/receipts/{flour.code}"):
        assert f'href="{address}' in page
    assert f"/genealogy/consumption?order={order.order}" in page
    quality.see(f"/genealogy/consumption?order={order.order}&day=2026-01-05")
    slips.shop.later(minutes=10)
    typed: dict[str, Any] = {"order": str(order.order), "lot": flour.code, "quantity": "5", "reason": "잊음"}
    wrong = quality.press("/genealogy/consumption", 409, happened_at=clock(slips, -2000), **typed)
    assert "was not there yet" in said(wrong)
    quality.press("/genealogy/consumption?day=2026-01-05", happened_at=clock(slips, -5), **typed)
    quality.press(
        f"/genealogy/receipts/{flour.code}",
        happened_at=clock(slips, -600),
        reason="전표",
        supplier="MILL",
        supplier_lot="A",
    )
    assert "No gaps" in said(quality.see("/genealogy"))
    assert slips.lot(flour).supplier_id == slips.mill.id


def test_a_gap_is_explained_with_a_reason_and_unknown_kinds_are_not_found(quality: Desk, slips: Slips) -> None:
    flour = gaps_of(slips)
    address = f"/genealogy/explanations/receipt/{flour.id}"
    quality.see(address)
    quality.press(address, 422)
    quality.press(address, reason="기초재고")
    assert slips.gaps(Gap.RECEIPT) == []
    assert "nothing to explain here any more" in said(quality.press(address, 409, reason="다시"))
    quality.press("/genealogy/explanations/moon/1", 404, reason="달")


def test_whoever_worked_is_named_from_the_list(quality: Desk, slips: Slips) -> None:
    slips.make(10)
    with slips.shop.read() as read:
        person = read.get_one(Person, slips.leader.person_id)
        address = f"/genealogy/workers/{read.scalar(select(func.min(Report.id)))}"
    quality.see(address)
    quality.see(address)
    quality.press(address, person=person.code, reason="함께 일함")
    with slips.shop.read() as read:
        assert person.id in read.scalars(select(ReportWorker.person_id)).all()
    refused = quality.press(address, 409, person=person.code, reason="함께 일함")
    assert f"{person.name} is named for this result already" in said(refused)


def test_only_those_who_answer_for_quality_mend_and_all_in_the_office_look(
    app: Flask, shop: Shop, slips: Slips
) -> None:
    gaps_of(slips)
    handler = Desk(app, shop, Role.MATERIAL)
    assert "/genealogy/explanations" not in handler.see("/genealogy?days=7&day=2026-01-05")
    handler.see("/genealogy/consumption", 403)
    Desk(app, shop, Role.OPERATOR).see("/genealogy", 403)


def test_quality_and_the_owner_read_on_the_first_page_when_something_lacks(quality: Desk, slips: Slips) -> None:
    assert "Gaps in the genealogy" not in said(quality.see("/"))
    gaps_of(slips)
    assert "Gaps in the genealogy" in said(quality.see("/"))
