"""Programs read how a stock count stands."""

from decimal import Decimal

from flask import Flask

from mes.core.access import Role
from mes.warehouse import count_queries
from mes.warehouse.count_models import CountScope
from mes.warehouse.counting import begin_count, record_count
from mes.warehouse.posting import cancel_count
from tests.api.test_api import Program
from tests.warehouse.storeroom import Storeroom


def test_a_count_and_its_lots_are_read(app: Flask, store: Storeroom) -> None:
    lot, other = store.receive(store.flour, 40, 30, at=store.shelf)
    count = store.shop.do(
        lambda work: begin_count(work, name="Month end", scope=CountScope.PLACES, places=[store.shelf])
    )
    with store.shop.read() as read:
        place = count_queries.find_place(read, count.id, store.shelf.id)
    assert place is not None
    store.shop.do(lambda work: record_count(work, count.code, place.id, lot.code, Decimal(39)), actor=store.handler)
    program = Program(app, store.shop)
    [row] = program.get("/stock-counts").get_json()["rows"]
    assert (row["code"], row["lots"], row["lots_counted"], row["places_finished"]) == (count.code, 2, 1, 0)
    found = program.get(f"/stock-counts/{count.code}").get_json()
    assert [(one["lot"], one["result"], one["difference"]) for one in found["lots"]] == [
        (lot.code, "different", "-1"),
        (other.code, "open", None),
    ]
    assert program.get("/stock-counts/K1").status_code == 404
    assert Program(app, store.shop, Role.OPERATOR).get("/stock-counts").status_code == 403


def test_a_program_does_not_tell_those_who_count_blind_what_is_expected(app: Flask, store: Storeroom) -> None:
    store.receive(store.flour, 40, at=store.shelf)
    count = store.shop.do(lambda work: begin_count(work, name="Blind", scope=CountScope.PLANT, blind=True))
    counters = Program(app, store.shop, Role.MATERIAL)
    assert counters.get("/stock-counts").status_code == 200
    refused = counters.get(f"/stock-counts/{count.code}")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "BlindCount")
    assert Program(app, store.shop, Role.LEADER).get(f"/stock-counts/{count.code}").status_code == 200
    store.shop.do(lambda work: cancel_count(work, count.code), actor=store.boss)
    assert counters.get(f"/stock-counts/{count.code}").status_code == 200
