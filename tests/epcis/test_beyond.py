"""The trace goes on beyond the gate: upwards into what suppliers tell, downwards into what customers tell."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sql_event

from mes.epcis.beyond import Beyond, beyond
from mes.lots.service import ship_lots
from mes.partners.service import change_partner
from tests.conftest import Shop
from tests.epcis.plant import week
from tests.epcis.program import CAKE, FLOUR, WHEAT, Partner, amount, document, event, in_address, milled, sent
from tests.orders.bakery import D

FLOUR_LOT = f"https://id.gs1.org/01/{FLOUR}/10/A-77"
SOUP = "https://id.gs1.org/01/09501101530010/10/S-1"
FIELD = "https://id.gs1.org/01/09501101530027/10/F-1"


@pytest.fixture
def partner(app: Flask, shop: Shop) -> Partner:
    return Partner(app, shop)


def seen(shop: Shop, *lots: int) -> Beyond:
    with shop.read() as read:
        return beyond(read, lots)


def of_a77(one: dict[str, Any]) -> dict[str, Any]:
    """The mill's event about the lot that the bakery got."""
    lists = {name: [part | {"epcClass": part["epcClass"].replace("M-77", "A-77")} for part in parts]
             for name, parts in one.items() if isinstance(parts, list)}  # fmt: skip
    return one | lists


def test_what_the_mill_tells_stands_before_our_gate(shop: Shop, partner: Partner) -> None:
    made = week(shop)
    grown = event(epcList=None, quantityList=[amount(WHEAT, 120)], bizStep="shipping", eventTime="2026-01-02T08:00:00Z")
    partner.send(document(of_a77(milled()), of_a77(sent()), grown))
    found = seen(shop, made.day.flour.id)
    assert [(step.what, step.steps) for step in found.before] == [
        ("shipping", 1),
        ("creating_class_instance", 0),
        ("shipping", 0),
    ]
    assert found.before[0].things == [WHEAT]
    assert {lot for step in found.before for lot in step.lots} == {made.day.flour.code}
    assert found.after == []


def test_what_the_customer_tells_stands_after_our_gate(shop: Shop, partner: Partner) -> None:
    made = week(shop)
    ours = f"https://id.gs1.org/01/{CAKE}/10/{made.day.box.code}"
    cakes = [{"epcClass": ours, "quantity": 24}]
    got = event(quantityList=cakes, bizStep="receiving", eventTime="2026-01-05T00:40:00Z")
    cooked = event(
        "TransformationEvent", inputQuantityList=cakes, outputQuantityList=[amount(SOUP)],
        bizStep="creating_class_instance", eventTime="2026-01-05T05:00:00Z",
    )  # fmt: skip
    sold = event(quantityList=[amount(SOUP)], bizStep="shipping", eventTime="2026-01-05T06:00:00Z")
    partner.send(document(got, cooked, sold))
    found = seen(shop, made.day.box.id)
    assert [(step.what, step.steps) for step in found.after] == [
        ("receiving", 0),
        ("creating_class_instance", 0),
        ("shipping", 1),
    ]
    assert seen(shop, made.day.flour.id) == Beyond()


@pytest.mark.parametrize("uri", ["https://id.gs1.org/417/8800000000107", "urn:epc:id:pgln:8800000.00010"])
def test_who_tells_it_is_called_as_we_call_the_partner_with_that_gln(shop: Shop, partner: Partner, uri: str) -> None:
    made = week(shop)
    told = of_a77(sent()) | {"sourceList": [{"type": "owning_party", "source": uri}]}
    partner.send(document(told))
    [step] = seen(shop, made.day.flour.id).before
    assert (step.who, step.partner) == (uri, None)
    shop.do(lambda work: change_partner(work, "MILL", gln="8800000000107"))
    [step] = seen(shop, made.day.flour.id).before
    assert (step.who, step.who_said) == (uri, "제분소")


def test_a_pallet_that_the_customer_scans_leads_to_its_lots(shop: Shop, partner: Partner) -> None:
    made = week(shop)
    partner.send(document(event(epcList=[f"urn:epc:id:sscc:8800000.0{made.pallet[8:17]}"], bizStep="receiving")))
    [step] = seen(shop, made.shipped.id).after
    assert (step.what, step.lots) == ("receiving", [made.shipped.code])


def test_the_pallet_on_which_the_mill_sent_it_is_followed_and_its_neighbours_are_not(
    shop: Shop, partner: Partner
) -> None:
    made = week(shop)
    pallet = "https://id.gs1.org/00/106141412345678908"
    packed = event(
        "AggregationEvent", action="ADD", parentID=pallet,
        childQuantityList=[amount(FLOUR_LOT), amount(SOUP)], bizStep="packing",
    )  # fmt: skip
    left = event(epcList=[pallet], bizStep="shipping", eventTime="2026-01-03T11:00:00+09:00")
    neighbour = event(quantityList=[amount(SOUP)], bizStep="inspecting")
    partner.send(document(packed, left, neighbour))
    assert [step.what for step in seen(shop, made.day.flour.id).before] == ["packing", "shipping"]


def test_a_circle_ends(shop: Shop, partner: Partner) -> None:
    made = week(shop)
    round_about = event(
        "TransformationEvent", inputQuantityList=[amount(FLOUR_LOT)], outputQuantityList=[amount(WHEAT)],
        bizStep="creating_class_instance", eventTime="2026-01-02T09:00:00Z",
    )  # fmt: skip
    partner.send(document(of_a77(milled()), round_about))
    assert len(seen(shop, made.day.flour.id).before) == 2


def test_goods_that_are_only_passed_on_are_told_on_both_sides(shop: Shop, partner: Partner) -> None:
    made = week(shop)
    shop.do(lambda work: ship_lots(work, customer=made.day.bakery.market, lines=[(made.day.flour.code, D(1))]))
    got = of_a77(sent()) | {"bizStep": "receiving", "eventTime": "2026-01-05T22:00:00Z"}
    partner.send(document(of_a77(sent()), got))
    found = seen(shop, made.day.flour.id)
    assert ([step.what for step in found.before], [step.what for step in found.after]) == (["shipping"], ["receiving"])


def test_an_event_that_was_declared_wrong_says_so(shop: Shop, partner: Partner) -> None:
    made = week(shop)
    wrong = of_a77(sent()) | {"errorDeclaration": {"declarationTime": "2026-01-04T12:00:00Z"}}
    partner.send(document(of_a77(sent()), wrong))
    [step] = seen(shop, made.day.flour.id).before
    assert step.wrong
    assert partner.get(f"/events/{in_address(step.event)}").get_json()["errorDeclaration"]


def test_very_long_stories_are_cut_and_said_so(shop: Shop, partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    made = week(shop)
    many = [of_a77(sent()) | {"eventTime": f"2026-01-03T00:{minute:02d}:00Z"} for minute in range(30)]
    partner.send(document(*many))
    monkeypatch.setattr("mes.epcis.beyond.MOST_STEPS", 10)
    found = seen(shop, made.day.flour.id)
    assert len(found.before) == 10
    assert not found.whole


def test_nothing_is_looked_for_where_no_partner_ever_told_anything(shop: Shop) -> None:
    made = week(shop)
    assert counted(shop, lambda: seen(shop, made.day.flour.id)) <= 1


def test_a_long_chain_takes_as_many_statements_as_it_has_levels(shop: Shop, partner: Partner) -> None:
    made = week(shop)
    names = [FLOUR_LOT, *(f"{FIELD}{level}" for level in range(5))]
    chain = [
        event("TransformationEvent", inputQuantityList=[amount(names[n + 1])], outputQuantityList=[amount(names[n])],
              eventTime=f"2026-01-02T0{9 - n}:00:00Z")
        for n in range(5)
    ]  # fmt: skip
    partner.send(document(*chain))
    assert [step.steps for step in seen(shop, made.day.flour.id).before] == [4, 3, 2, 1, 0]
    assert counted(shop, lambda: seen(shop, made.day.flour.id)) <= 20


def counted(shop: Shop, deed: Callable[[], object]) -> int:
    """How many statements something takes."""
    statements: list[str] = []

    def note(*args: Any) -> None:
        statements.append(str(args[2]))

    sql_event.listen(shop.database.reads, "before_cursor_execute", note)
    try:
        deed()
    finally:
        sql_event.remove(shop.database.reads, "before_cursor_execute", note)
    return len([one for one in statements if one.startswith(("SELECT", "WITH"))])
