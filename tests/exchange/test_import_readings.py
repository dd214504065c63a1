"""Readings from Excel: judged row by row, taken like those of a tablet, closed with a computed verdict."""

from decimal import Decimal as D

import pytest
from flask import Flask
from xlsxwriter import Workbook as Book
from xlsxwriter.worksheet import Worksheet

from mes.core.access import Role
from mes.exchange.errors import TooManyReadings
from mes.exchange.models import Verdict as RowVerdict
from mes.exchange.readings import MOST_READINGS
from mes.exchange.service import import_file, prepare, preview
from mes.gauges.service import add_gauge
from mes.inspection.models import Inspection, InspectionKind, Nature, Reading, SampleRule, Verdict
from mes.inspection.service import CharacteristicData, ChoiceData, StandardData
from mes.lots.models import Lot, LotStatus
from mes.lots.service import reject_lot
from tests.conftest import Shop
from tests.desk import Desk
from tests.exchange.files import workbook
from tests.exchange.importing import csv
from tests.factories import make_released_standard
from tests.quality.workshop import Workshop

THICK = CharacteristicData(name="두께", name_en="Thickness", unit="mm", lower=D("1.9"), upper=D("2.1"))
LOOKS = CharacteristicData(
    name="겉모습", nature=Nature.ATTRIBUTE, sample_size=1,
    choices=(ChoiceData(name="양호", name_en="OK", good=True), ChoiceData(name="긁힘", good=False)),
)  # fmt: skip


class Gate:
    """Sheets arrive; three pieces of each lot are measured and one is looked at."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.workshop = shop, Workshop(shop)
        how = StandardData(sample_rule=SampleRule.FIXED, sample_size=3)
        shop.do(
            lambda work: make_released_standard(
                work, self.workshop.sheet, THICK, LOOKS, kind=InspectionKind.INCOMING, data=how
            )
        )
        self.lot = self.workshop.receive_sheets()

    def bring(self, *rows: str) -> None:
        """Import a file."""
        self.shop.do(lambda work: import_file(work, "readings", "측정값.csv", csv(*rows), confirmed=True))

    def why(self, *rows: str) -> list[tuple[str, str]]:
        """The cell and the reason of each row that is refused."""
        with self.shop.read() as read:
            found = preview(read, prepare("readings", "측정값.csv", csv(*rows)), self.shop.now.date())
        return [(one.cell, type(one.reason).__name__) for one in found.rows if one.verdict is RowVerdict.REFUSED]

    def inspection(self) -> Inspection:
        """The newest inspection."""
        with self.shop.read() as read:
            return read.query(Inspection).order_by(Inspection.id.desc()).first() or Inspection()

    def values(self) -> list[tuple[int, D]]:
        """What is recorded: piece and value."""
        with self.shop.read() as read:
            return [(one.piece, one.value) for one in read.query(Reading).order_by(Reading.id)]


@pytest.fixture
def gate(shop: Shop) -> Gate:
    """The gate where sheets arrive."""
    return Gate(shop)


def test_a_reading_over_several_rows_is_a_reading_of_none_but_the_first(gate: Gate) -> None:
    """Merged with the cell above it might be read for each piece: what was not measured is not good."""
    lot = gate.lot.code

    def merge(_book: Book, sheet: Worksheet) -> None:
        sheet.merge_range(1, 4, 3, 4, 2.0)
        sheet.merge_range(4, 5, 5, 5, "1.95")

    rows = [(lot, "수입", "두께", piece, "", "") for piece in (1, 2, 3)] + [(lot, "수입", "두께", "", "", "")] * 2
    data = workbook([("로트번호", "검사구분", "검사항목", "시료번호", "측정값", "x1"), *rows], merge)
    with gate.shop.read() as read:
        found = preview(read, prepare("readings", "측정값.xlsx", data), gate.shop.now.date())
    assert [(one.cell, type(one.reason).__name__) for one in found.refused if one.number in (3, 4, 6)] == [
        ("E3", "CellIsMerged"), ("E4", "CellIsMerged"), ("F6", "CellIsMerged"),
    ]  # fmt: skip


HEAD = "로트번호|검사구분|검사항목|x1|x2|x3|측정값|시료번호|계측기"


def test_a_row_for_each_characteristic_makes_one_inspection_with_its_verdict(gate: Gate) -> None:
    gate.bring(HEAD, f"{gate.lot.code}|수입|두께|1.95|2.0|2.05 mm", f"{gate.lot.code}|수입|겉모습|||| 양호")
    assert gate.inspection().verdict is Verdict.PASS
    assert gate.values() == [(1, D("1.95")), (2, D("2.0")), (3, D("2.05")), (1, D(0))]
    assert gate.workshop.see_lot(gate.lot).status is LotStatus.AVAILABLE


def test_a_row_for_each_piece_and_a_bad_one_holds_the_lot(gate: Gate) -> None:
    rows = [f"{gate.lot.code}|수입|Thickness||||{value}" for value in ("2.0", "2.2", "2.0")]
    gate.bring(HEAD, *rows, f"{gate.lot.code}|수입|겉모습||||OK|1")
    assert gate.inspection().verdict is Verdict.FAIL
    assert gate.workshop.see_lot(gate.lot).holds == 1


def test_what_is_missing_stays_missing_and_another_file_goes_on(gate: Gate) -> None:
    gate.bring(HEAD, f"{gate.lot.code}|수입|두께|1.95|2.0")
    assert gate.inspection().verdict is None
    assert gate.why(HEAD, f"{gate.lot.code}|수입|두께||||2.0|2") == [("H2", "AlreadyMeasured")]
    gate.bring(HEAD, f"{gate.lot.code}|수입|두께||||2.0", f"{gate.lot.code}|수입|겉모습||||양호")
    assert gate.inspection().verdict is Verdict.PASS
    assert len(gate.values()) == 4


def test_a_lot_may_be_named_by_its_suppliers_number_when_it_is_the_only_one(gate: Gate) -> None:
    gate.shop.do(lambda work: setattr(work.session.get_one(Lot, gate.lot.id), "supplier_lot", "Heat-77a"))
    other = gate.workshop.receive_sheets()
    gate.bring(HEAD, "Heat-77a|수입|두께|2.0|2.0|2.0", f"{gate.lot.code.lower()}|수입|겉모습||||양호")
    assert gate.inspection().lot_id == gate.lot.id
    assert gate.inspection().verdict is Verdict.PASS
    gate.shop.do(lambda work: setattr(work.session.get_one(Lot, other.id), "supplier_lot", "Heat-77a"))
    assert gate.why(HEAD, "Heat-77a|수입|두께|2.0") == [("A2", "SeveralLotsOfNumber")]


@pytest.mark.parametrize(
    ("row", "cell", "reason"),
    [
        ("NOWHERE|수입|두께|2.0", "A2", "NotKnown"),
        ("|수입|두께|2.0", "", "CellIsMissing"),
        ("{lot}|수입|무게|2.0", "C2", "NotKnown"),
        ("{lot}|출하|두께|2.0", "B2", "NothingToMeasure"),
        ("{lot}|초물|두께|2.0", "B2", "InspectionNeedsJob"),
        ("{lot}|수입|두께|1O.5", "D2", "ReadingNotANumber"),
        ("{lot}|수입|두께|10,5", "D2", "ReadingOfTwoMinds"),
        ("{lot}|수입|두께|--", "D2", "NoReading"),
        ("{lot}|수입|두께|0.08 in", "D2", "OtherUnit"),
        ("{lot}|수입|두께", "G2", "CellIsMissing"),
        ("{lot}|수입|두께||||2.0|9", "H2", "PieceBeyond"),
        ("{lot}|수입|겉모습||||그저 그럼", "G2", "NotKnown"),
        ("{lot}|수입|두께|2.0|||||G-0", "I2", "NotFound"),
        ("{lot}|수입|두께|2.0|||||G-1", "I2", "GaugeNeverCalibrated"),
    ],
)
def test_what_cannot_be_taken_is_refused_at_its_cell(gate: Gate, row: str, cell: str, reason: str) -> None:
    gate.shop.do(lambda work: add_gauge(work, code="G-1", name="마이크로미터", interval_months=12))
    assert gate.why(HEAD, row.format(lot=gate.lot.code)) == [(cell, reason)]
    assert gate.values() == []


def test_readings_of_a_rejected_lot_are_refused_before_anybody_presses_import(gate: Gate) -> None:
    gate.shop.do(lambda work: reject_lot(work, gate.lot.id))
    assert gate.why(HEAD, f"{gate.lot.code}|수입|두께|2.0") == [("A2", "LotRejected")]


def test_a_file_with_more_readings_than_stations_can_wait_for_is_refused(gate: Gate) -> None:
    pieces = [f"{gate.lot.code}|수입|두께|1.95|2.0|2.05||||" for _row in range(MOST_READINGS // 3 + 1)]
    with pytest.raises(TooManyReadings, match=r"측정값\.csv brings 2,001 readings"):
        gate.bring(HEAD, *pieces)
    assert gate.values() == []


def test_the_same_piece_twice_in_a_file_is_named(gate: Gate) -> None:
    rows = [f"{gate.lot.code}|수입|두께||||2.0|2"] * 2
    assert gate.why(HEAD, *rows) == [("H3", "RowTwice")]


def test_what_was_measured_goes_out_with_its_limits_and_without_what_was_corrected(gate: Gate, app: Flask) -> None:
    gate.bring(HEAD, f"{gate.lot.code}|수입|두께|1.95|2.2|2.0", f"{gate.lot.code}|수입|겉모습||||긁힘")
    out = Desk(app, gate.shop, Role.QUALITY).client.get("/export/inspections.csv").data.decode("utf-8-sig")
    head, *rows = [line.split(",") for line in out.splitlines()]
    said = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(one["Characteristic"], one["Value"], one["Answer"]) for one in said] == [
        ("두께", "1.95", ""), ("두께", "2.2", ""), ("두께", "2", ""), ("겉모습", "1", "긁힘"),
    ]  # fmt: skip
    assert {one["Verdict of the inspection"] for one in said} == {said[1]["Verdict"]} != {said[0]["Verdict"]}
    assert (said[0]["Lower limit"], said[0]["Upper limit"], said[0]["Lot"]) == ("1.9", "2.1", gate.lot.code)


def test_readings_of_a_job_come_by_its_number(shop: Shop) -> None:
    workshop = Workshop(shop, first_piece=True)
    job = workshop.pressing()
    text = csv("작업번호|검사구분|검사항목|측정값", f"{job.code}|초물|구멍 지름|10.01")
    shop.do(lambda work: import_file(work, "readings", "a.csv", text))
    assert workshop.see_job(job).first_piece_passed
