"""A trace begins with whatever somebody knows, and says how exact its quantities are."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from mes.core.access import Role
from mes.core.errors import NotFound
from mes.core.work import Work
from mes.lots.packing import put_on
from mes.lots.queries import get_lot
from mes.lots.service import merge_lots, receive_lots, split_lot
from mes.lots.unit_models import UnitKind
from mes.people.models import Person
from mes.printing.beginnings import Printed
from mes.printing.models import LabelPrint, PrintJob
from mes.scan.relabelling import label_anew
from mes.trace.beginnings import (
    Choice,
    CodeNeeded,
    How,
    NothingBehind,
    TimesNeeded,
    begin_trace,
    beginning_of,
    rules_for,
)
from mes.trace.exactness import Sure
from mes.trace.handles import find_handles, get_handle
from mes.trace.story import tell, tell_of
from mes.trace.telling import traced
from tests.certificates.reading import pdf_text
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_pallet
from tests.orders.bakery import D
from tests.trace.day import Day, bakery_day


@pytest.fixture
def day(shop: Shop) -> Day:
    """An evening at the bakery."""
    return bakery_day(shop)


@pytest.fixture
def desk(app: Flask, day: Day, shop: Shop) -> Desk:
    """Quality staff at a desk."""
    return Desk(app, shop, Role.QUALITY)


def window(shop: Shop) -> tuple[datetime, datetime]:
    """All of the day."""
    return shop.now - timedelta(days=1), shop.now


def test_everything_made_on_a_machine_is_traced_from_its_lots(shop: Shop, day: Day) -> None:
    with shop.read() as read:
        handle = begin_trace(read, Choice(How.MACHINE, "KT-1", *window(shop)))
        story = tell_of(read, handle)
    assert day.cakes.id in handle.lot_ids
    assert day.flour.id in story.lots
    assert "마트" in story.customers or "Market" in " ".join(story.customers)


def test_what_a_customer_got_begins_a_trace_and_of_one_item_only_that(shop: Shop, day: Day) -> None:
    market = day.bakery.market.code
    with shop.read() as read:
        assert beginning_of(read, Choice(How.CUSTOMER, market, *window(shop))).lots == (day.box.id,)
        same = Choice(How.CUSTOMER, market, *window(shop), item=day.bakery.cake.code)
        assert beginning_of(read, same).lots == (day.box.id,)
        with pytest.raises(NothingBehind):
            beginning_of(read, Choice(How.CUSTOMER, market, *window(shop), item=day.bakery.flour.code))


def test_several_codes_are_one_beginning(shop: Shop, day: Day) -> None:
    with shop.read() as read:
        handle = begin_trace(read, Choice(How.CODES, f"{day.flour.code}\n{day.film.code}"))
    assert set(handle.lot_ids) == {day.flour.id, day.film.id}


def test_a_beginning_without_a_code_or_without_times_says_so(shop: Shop, day: Day) -> None:
    with shop.read() as read:
        with pytest.raises(CodeNeeded):
            beginning_of(read, Choice(How.CODES, " "))
        with pytest.raises(TimesNeeded):
            beginning_of(read, Choice(How.MACHINE, "KT-1"))


def test_a_pallet_is_traced_by_its_number_with_the_lots_in_its_boxes(shop: Shop, day: Day) -> None:
    loose = shop.do(lambda work: split_lot(work, day.cakes.code, D(5)))
    boxed = shop.do(lambda work: split_lot(work, day.cakes.code, D(6)))
    box = shop.do(lambda work: make_pallet(work, boxed.code, kind=UnitKind.BOX))
    pallet = shop.do(lambda work: make_pallet(work, loose.code))
    shop.do(lambda work: put_on(work, pallet.code, [box.code]))
    with shop.read() as read:
        handle = get_handle(read, pallet.code)
    assert handle.kind == "unit"
    assert set(handle.lot_ids) == {loose.id, boxed.id}


def test_a_scanned_machine_is_known_as_the_beginning_of_a_rule(shop: Shop, day: Day) -> None:
    with shop.read() as read:
        assert rules_for(read, "KT-1") == [(How.MACHINE, "KT-1")]
        assert rules_for(read, day.bakery.market.code)[0][0] is How.CUSTOMER
        assert rules_for(read, "NO-SUCH") == []


def test_the_trace_number_of_food_finds_its_lots_and_stays_with_its_parts(shop: Shop, day: Day) -> None:
    [beef] = shop.do(
        lambda work: receive_lots(work, item=day.bakery.flour, quantities=[D(30)], trace_number="002123456789")
    )
    part = shop.do(lambda work: split_lot(work, beef.code, D(10)))
    with shop.read() as read:
        [handle] = find_handles(read, "002123456789")
        assert handle.kind == "trace_number"
        assert set(handle.lot_ids) == {beef.id, part.id}
        assert {one.trace_number for one in traced(read, tell(read, part.code)).lots} == {"002123456789"}


def test_lots_with_different_trace_numbers_poured_together_bear_none(shop: Shop, day: Day) -> None:
    first, second = (
        shop.do(lambda work, n=n: receive_lots(work, item=day.bakery.flour, quantities=[D(3)], trace_number=n)[0])  # type: ignore[misc]
        for n in ("111", "222")
    )
    merged = shop.do(lambda work: merge_lots(work, [first.code, second.code]))
    with shop.read() as read:
        assert get_lot(read, merged.code).trace_number is None
        story = tell(read, merged.code)
    assert story.sure[first.id, merged.id] is Sure.POURED
    assert story.mixed == {merged.id}


def test_each_edge_says_how_exact_it_is(shop: Shop, day: Day) -> None:
    with shop.read() as read:
        story = tell(read, day.box.code)
    assert story.sure[day.flour.id, day.cakes.id] is Sure.SCANNED
    assert story.sure[day.film.id, day.cakes.id] is Sure.PROPOSED
    assert story.sure[day.cakes.id, day.box.id] is Sure.PART
    with shop.read() as read:
        told = {(edge.parent, edge.child): edge.exactness for edge in traced(read, tell(read, day.box.code)).edges}
    assert told[day.film.code, day.cakes.code] is Sure.PROPOSED


def test_quality_staff_choose_a_machine_from_a_list_and_see_its_trace(desk: Desk, shop: Shop, day: Day) -> None:
    seen = desk.see("/trace/begin?kind=machine")
    assert '<option value="KT-1"' in seen
    since, until = (
        f"{moment:%Y-%m-%dT%H:%M}" for moment in (shop.now - timedelta(days=2), shop.now + timedelta(days=1))
    )
    seen = desk.see(f"/trace?how=machine&of=KT-1&since={since}&until={until}")
    assert day.cakes.code in seen
    assert "Say from when until when." in desk.see("/trace?how=machine&of=KT-1", status=422)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("lot", "cakes"),
        ("supplier_lot", "A-77"),
        ("order", "order"),
        ("shipment", "shipment"),
        ("receipt", "R2"),
        ("unit", "Nothing of that kind yet"),
    ],
)
def test_what_has_a_code_is_picked_from_the_newest(desk: Desk, day: Day, kind: str, found: str) -> None:
    thing = getattr(day, found, None)
    assert (thing.code if thing else found) in desk.see(f"/trace/begin?kind={kind}")


def test_a_part_of_a_name_finds_a_shipment(desk: Desk, day: Day) -> None:
    assert day.shipment.code in desk.see("/trace/begin?kind=shipment&q=마트")
    assert day.shipment.code not in desk.see("/trace/begin?kind=shipment&q=nobody")


def test_what_a_person_made_is_told_to_the_office_alone(app: Flask, shop: Shop, desk: Desk, day: Day) -> None:
    operator = Desk(app, shop, Role.OPERATOR)
    operator.see("/trace/begin?kind=person", status=403)
    operator.see("/trace?how=person&of=P1", status=403)
    with shop.read() as read:
        everybody = read.scalars(select(Person.code)).all()
    assert any(f'<option value="{code}"' in desk.see("/trace/begin?kind=person") for code in everybody)


@pytest.mark.parametrize("view", ["tree", "table", "graph", "time"])
def test_every_view_names_the_lot_asked_for(desk: Desk, day: Day, view: str) -> None:
    assert day.cakes.code in desk.see(f"/trace?of={day.cakes.code}&view={view}")


def test_the_line_of_time_goes_from_the_delivery_to_the_shipment(desk: Desk, day: Day) -> None:
    seen = desk.see(f"/trace?of={day.box.code}&view=time")
    assert 0 < seen.index(day.flour.code) < seen.rindex(day.shipment.code)


def test_the_table_is_sorted_by_what_was_asked(desk: Desk, day: Day) -> None:
    up = desk.see(f"/trace?of={day.box.code}&view=table&sort=lot")
    down = desk.see(f"/trace?of={day.box.code}&view=table&sort=-lot")
    first, last = sorted([day.flour.code, day.box.code])
    table = up[up.index("<tbody>") : up.index("</tbody>")]
    turned = down[down.index("<tbody>") : down.index("</tbody>")]
    assert table.index(first) < table.index(last)
    assert turned.index(first) > turned.index(last)


def test_a_trace_goes_out_as_a_file(desk: Desk, day: Day) -> None:
    csv = desk.see(f"/trace/lots.csv?of={day.box.code}")
    assert day.flour.code in csv
    assert "back-flush: proposed by the BOM" in csv
    book = desk.client.get(f"/trace/lots.xlsx?of={day.box.code}")
    assert book.data[:2] == b"PK"


def test_the_birth_certificate_is_one_or_two_pages(desk: Desk, day: Day) -> None:
    for language in ("ko", "en", "both"):
        paper = desk.client.get(f"/lots/{day.cakes.code}/birth-certificate-{language}.pdf")
        assert paper.data[:5] == b"%PDF-"
        assert paper.data.count(b"/Type /Page\n") <= 2


def test_the_birth_certificate_names_the_numbers_that_still_stand_on_the_goods(
    desk: Desk, shop: Shop, day: Day
) -> None:
    for code in (day.flour.code, day.cakes.code):
        shop.do(lambda work, code=code: label_anew(work, code, None, "고객 번호"))  # type: ignore[misc]
    for language, word in (("ko", "이전 코드"), ("en", "formerly")):
        paper = desk.client.get(f"/lots/{day.cakes.code}/birth-certificate-{language}.pdf")
        words = pdf_text(paper.data)
        assert day.cakes.code in words
        assert day.flour.code in words
        assert word in words


def test_a_print_job_begins_with_the_lots_it_labelled(shop: Shop, day: Day) -> None:
    def print_one(work: Work) -> int:
        by = {"at": work.now, "person": "한상철", "layout": "lot-60x40", "subject": "lot"}
        job = PrintJob(language="pdf", labels=1, **by)
        work.session.add(job)
        work.session.flush()
        work.session.add(LabelPrint(code=day.flour.code, copies=1, job_id=job.id, **by))
        return job.id

    number = shop.do(print_one)
    assert Printed(number, str(number)).code == str(number)
    with shop.read() as read:
        assert beginning_of(read, Choice(How.LABELS, str(number))).lots == (day.flour.id,)
        with pytest.raises(NotFound):
            beginning_of(read, Choice(How.LABELS, "no number"))
