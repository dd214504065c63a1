"""Figures of quality over a period, checked by counting by hand."""

import re
from datetime import timedelta
from decimal import Decimal as D
from math import sqrt

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.plant import DEFAULT, day_span
from mes.core.work import Work
from mes.equipment.service import hold_machine
from mes.lots.service import hold_lot, merge_lots, receive_lots, split_lot
from mes.nonconformance.service import change_nonconformance
from mes.orders.reporting import record_report
from mes.partners.models import Partner
from mes.quality.pareto import Grouping, Measure, pareto
from mes.quality.queries import DefectFilter, amounts
from mes.quality.service import record_defect, report_production
from mes.reports.quality_figures import ChartKind, ReportFilter, Trend, reports_behind, trend, yields
from mes.reports.suppliers import Score, deliveries, scorecard
from mes.reports.watch import watch
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_partner
from tests.nonconformance.trouble import Trouble, press_trouble
from tests.orders.bakery import TODAY, Bakery
from tests.quality.workshop import Workshop
from tests.reports.test_line_board import dough
from tests.statements import statements

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def trouble(shop: Shop) -> Trouble:
    """The press shop on its second day: three orders of 100 on the first day, one on the second."""
    return press_trouble(shop)


def rate(trouble: Trouble, kind: ChartKind = ChartKind.P, until: int = 2) -> Trend:
    with trouble.shop.read() as read:
        return trend(read, TODAY, TODAY + timedelta(days=until), kind=kind)


def press(workshop: Workshop, good: int, bad: int, scrap: int = 0, rework: int = 0) -> None:
    job = workshop.pressing(good + bad + scrap + rework)
    defects = [("BURR", D(bad))] if bad else []
    workshop.shop.do(
        lambda work: report_production(work, job.code, good=D(good), defects=defects, scrap=D(scrap), rework=D(rework)),
        actor=workshop.operator,
    )


def test_each_day_has_limits_of_its_own_number_made(trouble: Trouble) -> None:
    press(trouble.workshop, 160, 40)
    found = rate(trouble)
    assert [(point.found, point.made) for point in found.points] == [(D(0), D(600)), (D(40), D(400)), (D(0), D(0))]
    mean = 40 / 1000
    first, second, third = found.points
    assert found.centre == pytest.approx(mean)
    assert first.upper == pytest.approx(mean + 3 * sqrt(mean * (1 - mean) / 600))
    assert second.upper == pytest.approx(mean + 3 * sqrt(mean * (1 - mean) / 400))
    assert (first.beyond, second.beyond) == (True, True)
    assert (second.rate, third.rate, third.upper) == (D("0.1"), None, None)


def test_the_u_chart_counts_records_for_each_unit_made(trouble: Trouble) -> None:
    found = rate(trouble, ChartKind.U)
    assert [(point.found, point.made) for point in found.points[:2]] == [(D(0), D(600)), (D(1), D(200))]
    assert found.centre == pytest.approx(1 / 800)


def test_the_unit_with_the_most_results_of_all_days_is_shown_not_that_of_the_busiest_day(shop: Shop) -> None:
    bakery = Bakery(shop)
    packing = bakery.at_packing(bakery.order(300))[1]
    kneading = dough(bakery)
    for job, good in ((kneading, 2), (kneading, 2), (kneading, 2), (packing, 40)):
        shop.do(lambda work, job=job, good=good: record_report(work, job.code, good=D(good)))  # type: ignore[misc]
    for _day in range(2):
        shop.later(hours=24)
        shop.do(lambda work: record_report(work, packing.code, good=D(10), confirmed=True))
    with shop.read() as read:
        found = trend(read, TODAY, TODAY + timedelta(days=5))
    assert (found.unit, found.units, found.made) == ("EA", ["EA", "kg"], D(160))


def test_a_long_period_goes_week_by_week(trouble: Trouble) -> None:
    found = rate(trouble, until=60)
    assert found.weekly
    assert (found.points[0].made, len(found.points), found.points[-1].last) == (D(800), 9, TODAY + timedelta(days=60))


def test_without_anything_made_there_is_no_rate_and_no_limit(shop: Shop) -> None:
    with shop.read() as read:
        found = trend(read, TODAY, TOMORROW)
    assert (found.unit, found.centre, [point.rate for point in found.points]) == (None, None, [None, None])
    assert found.top == 0


def test_parts_of_a_piece_have_a_rate_but_no_limits(trouble: Trouble, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [(TODAY, "kg", D("99.5"), D("0.5"), 1)]
    monkeypatch.setattr("mes.reports.quality_figures._made_by_day", lambda *_given: made)
    found = rate(trouble)
    assert (found.points[0].rate, found.points[0].upper, found.centre) == (D("0.005"), None, None)


def test_first_pass_yield_is_good_without_rework_of_what_was_started(trouble: Trouble) -> None:
    press(trouble.workshop, 80, 10, scrap=4, rework=6)
    with trouble.shop.read() as read:
        found = yields(read, TOMORROW, TOMORROW)
    pressing = next(one for one in found if one.sequence == 10)
    assert (pressing.good, pressing.rework, pressing.started) == (D(180), D(6), D(200))
    assert found[0] is pressing
    assert found[0].operation == "프레스"


def test_a_figure_opens_the_reports_it_was_counted_from(trouble: Trouble) -> None:
    with trouble.shop.read() as read:
        rows = reports_behind(read, ReportFilter(since=TODAY, until=TODAY, item="PL", operation=10, unit="EA")).rows
        none = reports_behind(read, ReportFilter(unit="kg")).rows
    assert [row.report.good for row in rows] == [D(100)] * 3
    assert none == []


def score(trouble: Trouble) -> list[Score]:
    with trouble.shop.read() as read:
        return scorecard(read, day_span(DEFAULT, TODAY)[0], day_span(DEFAULT, TOMORROW)[1])


def deliver(trouble: Trouble, supplier: Partner, *quantities: int) -> list[str]:
    def deed(work: Work) -> list[str]:
        lots = receive_lots(
            work, item=trouble.workshop.bolt, quantities=[D(one) for one in quantities], supplier=supplier
        )
        return [lot.code for lot in lots]

    return trouble.shop.do(deed)


def test_a_supplier_is_scored_by_what_came_and_what_was_found_later(trouble: Trouble) -> None:
    good, bad = trouble.shop.do(lambda work: (make_partner(work, name="가나"), make_partner(work, name="다라")))
    deliver(trouble, good, 1000)
    first, _second = deliver(trouble, bad, 4000, 1000)
    trouble.shop.do(lambda work: record_defect(work, code="DIM", quantity=D(12), lot_code=first))
    worst, best = score(trouble)
    assert (worst.code, worst.lots, worst.quantity, worst.records, worst.ppm) == (bad.code, 2, D(5000), 1, D(2400))
    assert (best.code, best.lots, best.inspected, best.rejected, best.ppm) == (good.code, 1, 0, 0, D(0))
    with trouble.shop.read() as read:
        rows = deliveries(read, day_span(DEFAULT, TODAY)[0], day_span(DEFAULT, TOMORROW)[1], bad.code, "EA")
        assert deliveries(read, day_span(DEFAULT, TODAY)[0], day_span(DEFAULT, TOMORROW)[1], bad.code, "kg") == []
    assert {(row.lot.code, row.defective) for row in rows} == {(first, D(12)), (_second, D(0))}


def test_what_is_found_on_a_part_of_a_delivery_counts_once_and_to_its_supplier(trouble: Trouble) -> None:
    one, other = trouble.shop.do(lambda work: (make_partner(work, name="가나"), make_partner(work, name="다라")))
    first, second, third = deliver(trouble, one, 1000, 1000, 1000)
    [mixed] = deliver(trouble, other, 500)

    def found_on(lot: str, quantity: int) -> None:
        trouble.shop.do(lambda work: record_defect(work, code="DIM", quantity=D(quantity), lot_code=lot))

    part = trouble.shop.do(lambda work: split_lot(work, first, D(400))).code
    found_on(part, 3)
    found_on(trouble.shop.do(lambda work: split_lot(work, part, D(100))).code, 4)
    poured = trouble.shop.do(lambda work: merge_lots(work, [first, second])).code
    found_on(poured, 5)
    found_on(trouble.shop.do(lambda work: merge_lots(work, [poured, mixed])).code, 6)  # of two suppliers: nobody's
    scores = {line.code: (line.lots, line.records, line.defective) for line in score(trouble)}
    assert scores == {one.code: (3, 3, D(12)), other.code: (1, 0, D(0))}
    with trouble.shop.read() as read:
        rows = deliveries(read, day_span(DEFAULT, TODAY)[0], day_span(DEFAULT, TOMORROW)[1], one.code, None)
        bars = pareto(read, DefectFilter(), Grouping.SUPPLIER, Measure.QUANTITY).bars
        behind = {lot: amounts(read, DefectFilter(delivery=lot.lower())) for lot in (first, second, third)}
    assert {row.lot.code: row.defective for row in rows} == {first: D(12), second: D(0), third: D(0)}
    assert behind == {first: [("EA", 3, D(12))], second: [], third: []}
    assert {bar.address: bar.quantity for bar in bars if bar.thing} == {one.code: D(12)}


def test_what_is_held_and_what_is_late_stands_together(trouble: Trouble) -> None:
    found = trouble.open()
    trouble.act_of(found, days=1)
    trouble.shop.do(lambda work: change_nonconformance(work, found.code, check_due_on=work.today))
    trouble.shop.do(lambda work: hold_lot(work, trouble.bad.id, "버"))
    trouble.shop.do(lambda work: hold_machine(work, trouble.workshop.machine.code, "마모"))
    with trouble.shop.read() as read:
        today = watch(read, TOMORROW)
        later = watch(read, TOMORROW + timedelta(days=3))
    assert ([one.lot.code for one in today.lots], len(today.machines)) == ([trouble.bad.code], 1)
    assert (today.actions, list(today.checks)) == ([], [])
    assert ([one.code for one in later.actions], [one.code for one in later.checks]) == ([found.code], [found.code])


# Pages

PAGES = ("", "/yield", "/suppliers", "/waiting", "/reports")


def test_the_pages_guide_while_there_is_nothing(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.MATERIAL)
    for address, sentence in zip(
        PAGES,
        (
            "Nothing was reported",
            "Nothing was reported",
            "Nothing came from a supplier",
            "Nothing is held",
            "No results",
        ),
        strict=True,
    ):
        assert sentence in desk.see(f"/quality/figures{address}")
    operator = Desk(app, shop, Role.OPERATOR)
    for address in PAGES:
        operator.see(f"/quality/figures{address}", 403)


def test_the_pages_show_figures_that_open_their_rows(app: Flask, trouble: Trouble) -> None:
    press(trouble.workshop, 160, 40)
    supplier = trouble.shop.do(lambda work: make_partner(work, name="가나"))
    [lot] = deliver(trouble, supplier, 1000)
    part = trouble.shop.do(lambda work: split_lot(work, lot, D(10))).code
    trouble.shop.do(lambda work: record_defect(work, code="DIM", quantity=D(1), lot_code=part))
    desk = Desk(app, trouble.shop, Role.QUALITY)
    shown = desk.see("/quality/figures?since=2026-01-05")
    assert "10.0 %" in shown
    assert "beyond the limits" in shown
    assert re.search(r'href="/quality/figures/reports\?[^"]*since=2026-01-06[^"]*until=2026-01-06[^"]*"', shown)
    assert "Choose a longer" not in desk.see("/quality/figures?chart=u&since=2026-01-05")
    assert "86.7 %" in desk.see("/quality/figures/yield?since=2026-01-06")
    assert supplier.code in desk.see("/quality/figures/suppliers")
    rows = desk.see(f"/quality/figures/suppliers/{supplier.code}?unit=EA")
    assert lot in rows
    [link] = re.findall(r'href="(/quality/defects\?delivery=[^"]+)"', rows)
    assert part in desk.see(link)
    assert "160" in desk.see("/quality/figures/reports?item=PL&operation=10&since=2026-01-06")


def test_quality_and_the_owner_of_an_action_see_them_on_today(app: Flask, trouble: Trouble) -> None:
    trouble.act_of(trouble.open(), days=1)
    quality, clerk = Desk(app, trouble.shop, Role.QUALITY), Desk(app, trouble.shop, Role.MATERIAL)
    assert "Open nonconformances" in quality.see("/")
    assert "Actions overdue" not in quality.see("/")
    trouble.shop.later(days=3)
    assert "Actions overdue" in quality.see("/")
    assert "Open nonconformances" not in clerk.see("/")


def test_a_page_takes_as_many_statements_with_much_as_with_little(app: Flask, trouble: Trouble) -> None:
    desk = Desk(app, trouble.shop, Role.QUALITY)

    def asked() -> list[int]:
        counts = []
        for address in PAGES:
            with statements(trouble.shop.database) as sent:
                desk.see(f"/quality/figures{address}")
            counts.append(len(sent))
        return counts

    asked()
    before = asked()
    press(trouble.workshop, 80, 20)
    deliver(trouble, trouble.shop.do(make_partner), 5, 6, 7)
    trouble.shop.do(lambda work: hold_lot(work, trouble.bad.id, "버"))
    trouble.shop.do(lambda work: hold_lot(work, trouble.other.id, "버"))
    trouble.act_of(trouble.open(), days=1)
    assert asked() == before
    assert max(before) <= 12


def test_bare_reports_count_too(trouble: Trouble) -> None:
    job = trouble.workshop.pressing(10)
    trouble.shop.do(lambda work: record_report(work, job.code, good=D(10)), actor=trouble.workshop.operator)
    assert rate(trouble).points[1].made == D(210)
