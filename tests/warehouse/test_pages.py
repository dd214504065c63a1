"""The material handler's pages: what each scan does, and what is said when it does nothing."""

import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mes.core.access import Role
from mes.core.errors import Refused
from mes.core.i18n import speaking
from mes.core.plant import Strictness
from mes.items.models import ItemKind, Tracking
from mes.items.service import add_item
from mes.lots.models import Lot
from mes.lots.piece_rules import PieceIsElsewhere
from mes.lots.rules import LotEmpty, NotFirstOut
from mes.lots.service import receive_lots, scrap_lot, ship_lots
from mes.orders.override_rules import NotAnOverride
from mes.orders.rules import NotNeededHere
from mes.people.plant import change_plant
from mes.scan.relabelling import label_anew
from mes.warehouse import count_queries, queries
from mes.warehouse.count_models import CountLine, CountScope, StockCount
from mes.warehouse.count_rules import BlindCount, LotCounted, PlaceNotCounted, ScanPlaceFirst
from mes.warehouse.counting import begin_count, open_place, record_count
from mes.warehouse.loading import begin_loading, load, load_for_order
from mes.warehouse.rules import NoLotScanned, NotForThis, TooManyLots, UnknownCustomer
from tests.desk import Desk
from tests.factories import make_partner
from tests.station.floor import Tablet, words
from tests.warehouse.storeroom import Storeroom, who

D = Decimal


class Scanner(Desk):
    """A person with a scanner."""

    def scan(self, address: str, text: str, **values: Any) -> str:
        """One scan; gives the page that answers in the end."""
        self.presses += 1
        data = {"once": f"scan-{self.presses:05d}-{id(self)}", "text": text, **values}
        answer = self.client.post(address, data=data, follow_redirects=True)
        self.status = answer.status_code
        self.path = answer.request.full_path.rstrip("?")
        return words(answer.text)


@pytest.fixture
def song(app: Flask, store: Storeroom) -> Scanner:
    """A material handler."""
    return Scanner(app, store.shop, Role.MATERIAL)


@pytest.fixture
def park(app: Flask, store: Storeroom) -> Scanner:
    """A leader."""
    return Scanner(app, store.shop, Role.LEADER)


def said(page: str, refused: Refused) -> bool:
    """Whether a page tells this refusal."""
    with speaking("en", "Asia/Seoul"):
        return refused.sentence in page


def flour(store: Storeroom, *quantities: int | str, days: int = 100) -> list[Lot]:
    """Flour on the first shelf."""
    return store.receive(store.flour, *quantities, at=store.shelf, days=days)


def test_before_nine_in_seoul_the_list_has_the_plants_day_and_not_that_of_london(app: Flask, store: Storeroom) -> None:
    [lot] = flour(store, 40, days=1)
    address = f"/warehouse/picking/{store.order(100).code}"
    assert lot.code in Scanner(app, store.shop, Role.MATERIAL).see(address)
    store.shop.later(hours=45)  # 06:30 of the day after its last, which in London is still the last
    assert lot.code not in Scanner(app, store.shop, Role.MATERIAL).see(address), "the gate would refuse it"


def test_operators_and_quality_do_not_move_material(app: Flask, store: Storeroom) -> None:
    for role in (Role.OPERATOR, Role.QUALITY):
        Desk(app, store.shop, role).see("/warehouse", 403)
    assert "/warehouse/scan" in Desk(app, store.shop, Role.MATERIAL).see("/warehouse")


def test_from_the_first_page_a_scan_leads_on(store: Storeroom, song: Scanner) -> None:
    [lot] = flour(store, 40)
    order = store.order(100)
    song.scan("/warehouse/scan", lot.code)
    assert song.path == f"/warehouse/put-away?lots={lot.code}"
    song.scan("/warehouse/scan", order.code)
    assert song.path == f"/warehouse/picking/{order.code}"
    song.scan("/warehouse/scan", order.jobs[0].code)
    assert song.path == f"/warehouse/picking/{order.code}"
    song.scan("/warehouse/scan", "RF")
    assert song.path == "/warehouse/receive/RF"
    assert said(song.scan("/warehouse/scan", store.machine.tag), NotForThis(kind="Machine", code="KT-2"))
    assert song.status == 409


def test_a_receipt_puts_all_its_lots_into_the_hand(store: Storeroom, song: Scanner) -> None:
    lots = flour(store, 10, 20, 30)
    with store.shop.read() as read:
        code = read.connection().exec_driver_sql("SELECT code FROM receipts").scalar()
    song.scan("/warehouse/scan", str(code))
    assert all(lot.code in song.path for lot in lots)


def test_lots_are_carried_dropped_and_put_down(store: Storeroom, song: Scanner) -> None:
    first, second = flour(store, 10, 20)
    assert said(song.scan("/warehouse/put-away/scan", store.high.tag), NoLotScanned())
    song.scan("/warehouse/put-away/scan", second.code, lots=first.code)
    page = song.press("/warehouse/put-away/drop", lots=f"{first.code},{second.code}")
    assert page.endswith(first.code)
    song.press("/warehouse/put-away/drop", 409)
    assert "선반 2" in song.scan("/warehouse/put-away/scan", store.high.tag, lots=first.code)
    assert store.lot(first).location_id == store.high.id
    assert store.lot(second).location_id == store.shelf.id


def test_whoever_looks_for_a_lot_is_told_what_its_label_may_still_say(store: Storeroom, song: Scanner) -> None:
    [lot] = flour(store, 40)
    order = store.order(100)
    store.shop.do(lambda work: label_anew(work, lot.code, "FL-NEW", "찢김"))
    assert lot.code in song.scan("/warehouse/put-away/scan", "FL-NEW")
    assert lot.code in song.scan("/warehouse/scan", order.code)


def test_an_empty_lot_and_too_many_are_not_carried(store: Storeroom, song: Scanner) -> None:
    [gone, more] = flour(store, 10, 10)
    store.shop.do(lambda work: scrap_lot(work, gone.code, D(10), "쏟음"))
    assert said(song.scan("/warehouse/put-away/scan", gone.code), LotEmpty(lot=gone.code, who=None))
    hundred = ",".join(f"L{number}" for number in range(100))
    assert said(song.scan("/warehouse/put-away/scan", more.code, lots=hundred), TooManyLots(most=100))


def test_a_part_of_a_big_lot_is_brought_and_its_label_is_offered(store: Storeroom, song: Scanner) -> None:
    [big] = flour(store, 300)
    order = store.order(100)
    page = song.scan(f"/warehouse/picking/{order.code}/scan", big.code)
    assert song.path == f"/warehouse/picking/{order.code}/lots/{big.code}?need=50"
    assert "300" in page
    answer = song.press(f"/warehouse/picking/{order.code}/lots/{big.code}", quantity="50")
    assert "made=" in answer
    assert "Print label" in song.see(answer)
    assert store.lot(big).on_hand == 250


def test_where_the_plant_warns_the_lot_that_goes_first_is_named_before_the_other_is_carried(
    store: Storeroom, song: Scanner
) -> None:
    [first], [later] = flour(store, 300, days=10), flour(store, 300, days=50)
    store.shop.do(lambda work: change_plant(work, first_out=Strictness.WARN))
    order = store.order(100)
    page = words(song.scan(f"/warehouse/picking/{order.code}/scan", later.code))
    assert f"{first.code} goes before {later.code}" in page
    song.scan(f"/warehouse/picking/{order.code}/scan", first.code)
    assert song.path == f"/warehouse/picking/{order.code}/lots/{first.code}?need=50"


def test_lots_are_put_away_by_touch_too(store: Storeroom, song: Scanner) -> None:
    flour(store, 40)
    [lot] = store.shop.do(lambda work: receive_lots(work, item=store.flour, quantities=[D(40)], confirmed=True))
    page = song.see("/warehouse/put-away")
    assert f"/warehouse/put-away?lots={lot.code}" in page
    page = song.see(f"/warehouse/put-away?lots={lot.code}")
    assert f'name="text" value="{store.shelf.code}"' in page
    song.scan("/warehouse/put-away/scan", store.shelf.code, lots=lot.code)
    assert store.lot(lot).location_id == store.shelf.id


def test_the_leave_stands_where_the_refusal_stands(store: Storeroom, song: Scanner, park: Scanner) -> None:
    [soon] = flour(store, 30, days=10)
    [late] = flour(store, 40, days=90)
    order = store.order(100)
    address = f"/warehouse/picking/{order.code}/scan"
    page = song.scan(address, late.code)
    assert said(page, NotFirstOut(first=soon.code, lot=late.code, why=soon.expires_on))
    assert "scan the leader's badge" in page
    reason = {"refused": late.code, "reason": "The other lot is damaged"}
    assert said(song.scan(address, store.kim.badge, **reason), NotAnOverride())
    assert "brought to" in song.scan(address, store.park.badge, **reason)
    with store.shop.read() as read:
        [pick] = queries.pick_list(read, order.code, store.shop.now.date()).last
    assert (pick.approved_by, pick.reason) == ("박정호", "The other lot is damaged")


def test_a_leader_needs_no_badge_but_a_reason(store: Storeroom, park: Scanner) -> None:
    flour(store, 30, days=10)
    [late] = flour(store, 40, days=90)
    order = store.order(100)
    address = f"/warehouse/picking/{order.code}/scan"
    assert "A reason is needed" in park.scan(address, "", refused=late.code, reason="whatever")
    assert "brought to" in park.scan(address, "", refused=late.code, reason="The other lot is damaged")


def test_a_place_is_checked_once_it_was_scanned(store: Storeroom, song: Scanner) -> None:
    [lot] = flour(store, 40)
    order = store.order(100)
    song.scan(f"/warehouse/picking/{order.code}/scan", store.high.tag)
    assert song.path == f"/warehouse/picking/{order.code}?at=A-02"
    assert "not here" in song.scan(f"/warehouse/picking/{order.code}/scan", lot.code, at="A-02")
    song.scan(f"/warehouse/picking/{order.code}/scan", lot.code, at="A-01")
    assert store.lot(lot).location_id == store.floor.id
    assert "taken back" in words(song.see(song.press(f"/warehouse/picking/{order.code}/undo")))


def test_a_wrong_item_is_named_with_what_is_wanted(store: Storeroom, song: Scanner) -> None:
    [cake] = store.receive(store.cake, 5)
    order = store.order(100)
    page = song.scan(f"/warehouse/picking/{order.code}/scan", cake.code)
    assert said(page, NotNeededHere(lot=cake.code, item="가래떡", wanted="쌀가루, 포장필름"))
    song.scan("/warehouse/picking/scan", cake.code)
    assert song.status == 409
    song.scan("/warehouse/picking/scan", order.code)
    assert song.path == f"/warehouse/picking/{order.code}"


def test_a_shipment_is_loaded_changed_and_posted(store: Storeroom, song: Scanner) -> None:
    first, second = store.receive(store.cake, 30, 40, at=store.dock, days=20)
    assert said(song.scan("/warehouse/shipping/scan", "MILL"), UnknownCustomer(code="MILL"))
    song.scan("/warehouse/shipping/scan", "mart")
    ident = song.path.rsplit("/", 1)[1]
    song.scan(f"/warehouse/shipping/{ident}/scan", first.code)
    song.scan(f"/warehouse/shipping/{ident}/scan", second.code)
    with store.shop.read() as read:
        line = queries.loaded(read, int(ident))[1]
    assert "Ship" in song.see(f"/warehouse/shipping/{ident}/lines/{line.id}")
    song.press(f"/warehouse/shipping/{ident}/lines/{line.id}", quantity="15")
    song.press(f"/warehouse/shipping/{ident}/undo")
    song.scan(f"/warehouse/shipping/{ident}/scan", second.code)
    with store.shop.read() as read:
        line = queries.loaded(read, int(ident))[0]
    song.press(f"/warehouse/shipping/{ident}/lines/{line.id}/remove")
    song.press(f"/warehouse/shipping/{ident}/post")
    assert "has left" in song.see(f"/warehouse/shipping/{ident}")
    assert (store.lot(first).on_hand, store.lot(second).on_hand) == (D(30), D(0))
    song.press(f"/warehouse/shipping/{ident}/post", 409)


def test_after_a_shipment_has_left_the_next_scan_begins_another(store: Storeroom, song: Scanner) -> None:
    [lot] = store.receive(store.cake, 10, at=store.dock)
    song.scan("/warehouse/shipping/scan", "MART")
    first = song.path
    song.scan(f"{first}/scan", lot.code)
    song.press(f"{first}/post")
    assert 'action="/warehouse/shipping/scan"' in song.see(first)


def test_a_shipment_begins_from_the_list_and_is_given_up(store: Storeroom, song: Scanner) -> None:
    where = song.press("/warehouse/shipping", customer="MART", reference="PO-9")
    assert "PO-9" in song.see(where)
    assert "PO-9" in song.see("/warehouse/shipping")
    song.press(f"{where}/drop")
    assert "given up" in song.see(where)


def test_what_arrives_is_scanned_counted_and_labelled(store: Storeroom, song: Scanner) -> None:
    song.scan("/warehouse/receive/scan", "RF")
    assert song.path == "/warehouse/receive/RF"
    where = song.press("/warehouse/receive/RF", quantity="25", containers="3", supplier="MILL", location="A-01")
    page = song.see(where)
    assert page.count("25") >= 3
    assert "Print labels" in page
    page = song.scan("/warehouse/receive/scan", "SUP*77*0025")
    assert "Teach this barcode" in page
    song.press("/warehouse/receive/RF", 422, quantity="25", containers="1.5", supplier="", location="")
    song.scan("/warehouse/receive/scan", store.shelf.tag)
    assert song.status == 409


def begun(store: Storeroom, **more: Any) -> StockCount:
    """A count of both shelves."""
    values = {"name": "Month end", "scope": CountScope.PLACES, "places": [store.shelf, store.high], **more}
    return store.shop.do(lambda work: begin_count(work, **values), actor=store.boss)


def test_a_count_from_its_beginning_to_the_report(store: Storeroom, song: Scanner, park: Scanner) -> None:
    right, less = flour(store, 40, 30)
    assert "No count yet" in park.see("/counts")
    where = park.press("/new/count", name="Month end", scope="places", places="A-01", tolerance="5")
    code = where.rsplit("/", 1)[1]
    song.scan(f"/warehouse/counting/{code}/scan", store.shelf.tag)
    place = song.path
    song.scan(f"{place}/scan", right.code)
    assert song.path == f"{place}/lots/{right.code}"
    song.press(f"{place}/lots/{right.code}/right")
    song.press(f"{place}/lots/{less.code}", quantity="29")
    assert "29" in song.see(place)
    song.press(f"{place}/finish")
    assert "Month end" in song.see("/warehouse/counting")
    page = park.see(f"/counts/{code}")
    assert "-1" in page
    park.press(f"/counts/{code}/post", 422)
    with store.shop.read() as read:
        [row] = count_queries.rows_of(read, count_queries.get_count(read, code), only_different=True)
    given: dict[str, Any] = {f"reason-{row.line.id}": "Loss by weighing or drying"}
    song.press(f"/counts/{code}/reasons", **given)
    park.press(f"/counts/{code}/post")
    assert store.lot(less).on_hand == 29
    assert "Loss by weighing" in song.see(f"/counts/{code}/report")
    assert song.client.get(f"/counts/{code}/report.pdf").data.startswith(b"%PDF")
    assert less.code in song.client.get(f"/counts/{code}/export.csv").data.decode("utf-8-sig")
    assert zipfile.is_zipfile(io.BytesIO(song.client.get(f"/counts/{code}/export.xlsx").data))


def test_a_place_outside_the_count_and_a_lot_before_its_place_are_refused(store: Storeroom, song: Scanner) -> None:
    [lot] = flour(store, 40)
    count = begun(store)
    page = song.scan(f"/warehouse/counting/{count.code}/scan", store.dock.tag)
    assert said(page, PlaceNotCounted(place="출하장"))
    assert said(song.scan(f"/warehouse/counting/{count.code}/scan", lot.code), ScanPlaceFirst(lot=lot.code))


def test_a_lot_scanned_by_two_is_asked_about(store: Storeroom, song: Scanner, app: Flask) -> None:
    [lot] = flour(store, 40)
    count = begun(store)
    song.scan(f"/warehouse/counting/{count.code}/scan", store.shelf.tag)
    place = song.path
    song.press(f"{place}/lots/{lot.code}", quantity="40")
    page = words(song.press(f"{place}/lots/{lot.code}", 409, quantity="41"))
    assert LotCounted.hint is not None
    assert LotCounted.hint in page
    song.press(f"{place}/lots/{lot.code}", quantity="41", confirmed="1")
    other = Scanner(app, store.shop, Role.MATERIAL)
    other.press(f"{place}/open", 409)
    other.press(f"{place}/open", confirmed="1")


def test_a_blind_count_hides_what_is_expected_from_those_who_count(
    store: Storeroom, song: Scanner, park: Scanner
) -> None:
    [lot] = flour(store, "47.125")
    count = begun(store, blind=True)
    song.scan(f"/warehouse/counting/{count.code}/scan", store.shelf.tag)
    place = song.path
    assert "47.125" not in words(song.see(place))
    assert "47.125" not in words(song.scan(f"{place}/scan", lot.code)).replace(lot.code, "")
    assert song.press(f"{place}/lots/{lot.code}/right").endswith(f"/lots/{lot.code}")
    song.press(f"{place}/lots/{lot.code}", quantity="40")
    assert "47.125" not in words(song.see(f"/counts/{count.code}")).replace(lot.code, "")
    assert said(words(song.see(f"/counts/{count.code}/report", 403)), BlindCount(count=count.code))
    assert "47.125" in park.see(f"/counts/{count.code}")
    park.press(f"/counts/{count.code}/cancel")
    assert "47.125" in song.see(f"/counts/{count.code}/report")


def test_a_serial_is_counted_by_its_scan(app: Flask, store: Storeroom, song: Scanner) -> None:
    pump = store.shop.do(
        lambda work: add_item(work, code="PUMP", name="펌프", kind=ItemKind.RAW, unit="EA", tracking=Tracking.SERIAL)
    )
    [piece] = store.receive(pump, 1, at=store.shelf)
    count = begun(store)
    with store.shop.read() as read:
        place = count_queries.find_place(read, count.id, store.shelf.id)
    assert place is not None
    store.shop.do(lambda work: open_place(work, count.code, place.id), actor=who(store.yoon))
    song.press(f"/warehouse/counting/{count.code}/places/{place.id}/open", confirmed="1")
    song.scan(f"/warehouse/counting/{count.code}/places/{place.id}/scan", piece.code)
    with store.shop.read() as read:
        [row] = count_queries.rows_of(read, count)
    assert row.state == "equal"


def test_a_piece_that_was_shipped_is_not_counted_as_found(store: Storeroom) -> None:
    pump = store.shop.do(
        lambda work: add_item(work, code="PUMP", name="펌프", kind=ItemKind.RAW, unit="EA", tracking=Tracking.SERIAL)
    )
    [piece] = store.receive(pump, 1, at=store.shelf)
    buyer = store.shop.do(make_partner)
    store.shop.do(lambda work: ship_lots(work, customer=buyer, lines=[(piece.code, None)]))
    count = begun(store)
    with store.shop.read() as read:
        place = count_queries.find_place(read, count.id, store.shelf.id)
    assert place is not None
    store.shop.do(lambda work: open_place(work, count.code, place.id), actor=who(store.song))
    with pytest.raises(PieceIsElsewhere):
        store.shop.do(lambda work: record_count(work, count.code, place.id, piece.code), actor=who(store.song))


def test_a_handlers_badge_opens_the_warehouse_at_a_station(app: Flask, store: Storeroom) -> None:
    tablet = Tablet(app, store)
    assert tablet.badge(store.song).request.path == "/warehouse"
    assert "창고" in words(tablet.open("/warehouse"))


def test_a_line_of_a_count_that_cannot_be_is_let_be(store: Storeroom, park: Scanner) -> None:
    flour(store, 40)
    code = park.press("/new/count", name="Month end", scope="plant", tolerance="5").rsplit("/", 1)[1]
    for odd in ("9" * 5000, "²", "٣", "-1", "9" * 18):
        park.press(f"/counts/{code}/reasons", 303, **{f"reason-{odd}": "Cause unknown"})
    with store.shop.read() as read:
        assert set(read.scalars(select(CountLine.reason))) == {None}


def test_a_changed_line_with_more_than_ordered_is_asked_about_on_its_page(store: Storeroom, song: Scanner) -> None:
    made = store.order(50)
    begun = store.shop.do(lambda work: begin_loading(work, store.market))
    store.shop.do(lambda work: load_for_order(work, begun.id, made.code))
    [lot] = store.receive(store.cake, 60, at=store.shelf, days=20)
    store.shop.do(lambda work: load(work, begun.id, lot.code, D(50)))
    with store.shop.read() as read:
        [line] = queries.loaded(read, begun.id)
    place = f"/warehouse/shipping/{begun.id}/lines/{line.id}"
    asked = song.press(place, 409, quantity="60")
    assert "Load it all the same" in asked
    assert 'value="60"' in asked
    song.press(place, quantity="60", confirmed="1")
    with store.shop.read() as read:
        assert queries.loaded(read, begun.id)[0].quantity == 60
