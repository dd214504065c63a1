"""Many stations and several people at once: no reading is lost, and none overwrites another."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal as D
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from mes.core.errors import Refused
from mes.inspection import open_queries, opening, service
from mes.inspection.models import InspectionKind, Reading
from mes.inspection.tablet_rules import ReadingReplaced, ReadingTaken
from mes.lots.models import Lot
from mes.lots.queries import get_lot
from mes.lots.rules import LotRejected
from mes.lots.service import reject_lot
from mes.spc import taking
from tests.inspection.test_tablet import Bench
from tests.quality.workshop import Workshop
from tests.racing import Deed, race

STATIONS = 10


def test_ten_stations_save_readings_at_once_and_none_is_lost(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.INCOMING, sample_size=5)
    opened = [bench.begin(lot=workshop.receive_sheets()) for _station in range(STATIONS)]
    diameter = bench.slots(opened[0])[0].characteristic.id
    together = Barrier(STATIONS)

    def station(number: int) -> None:
        together.wait()
        for piece in range(1, 6):
            bench.shop.do(
                lambda work, piece=piece: service.take_reading(  # type: ignore[misc]
                    work, opened[number].code, characteristic=diameter, piece=piece, text=f"10.0{piece}"
                )
            )

    with ThreadPoolExecutor(STATIONS) as stations:
        list(stations.map(station, range(STATIONS)))
    with bench.shop.read() as read:
        saved = [(one.inspection_id, one.piece, one.value) for one in read.query(Reading).all()]
    assert len(saved) == 5 * STATIONS
    assert sorted(value for _inspection, _piece, value in saved) == sorted(
        D(f"10.0{piece}") for piece in range(1, 6) for _station in range(STATIONS)
    )


def test_two_people_in_one_inspection_record_each_piece_once(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.INCOMING, sample_size=8)
    begun = bench.begin(lot=workshop.receive_sheets())
    diameter = bench.slots(begun)[0].characteristic.id
    together = Barrier(2)

    def person(hand: int) -> list[Refused]:
        together.wait()
        refused: list[Refused] = []
        for piece in range(1, 9):
            try:
                bench.shop.do(
                    lambda work, piece=piece: service.take_reading(  # type: ignore[misc]
                        work, begun.code, characteristic=diameter, piece=piece, text=f"10.0{hand}"
                    )
                )
            except Refused as error:
                refused.append(error)
        return refused

    with ThreadPoolExecutor(2) as people:
        refused = [error for found in people.map(person, (1, 2)) for error in found]
    assert {type(error) for error in refused} == {ReadingTaken}
    assert len(refused) == 8
    with bench.shop.read() as read:
        taken = [one for one in open_queries.sheet(read, begun.code).slots if one.reading]
    assert len(taken) == 8


def test_two_who_begin_at_once_begin_one_inspection(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.INCOMING)
    lot = workshop.receive_sheets()
    with ThreadPoolExecutor(4) as people:
        opened = list(people.map(lambda _person: bench.begin(lot=lot).id, range(8)))
    assert len(set(opened)) == 1


def test_two_who_correct_one_reading_at_once_do_it_once(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.INCOMING)
    begun = bench.begin(lot=workshop.receive_sheets())
    bench.answer(begun, bench.slots(begun)[0], text="11")
    [wrong] = [slot.reading.id for slot in bench.slots(begun) if slot.reading]

    def correct(text: str) -> Deed:
        return lambda work: taking.correct_reading(work, begun.code, wrong, text=text, reason="오타")

    first, second = race(bench.shop, correct("10"), correct("9.95"))
    assert isinstance(first, taking.Taken)
    assert isinstance(second, ReadingReplaced)


def test_a_lot_that_is_rejected_while_somebody_begins_is_not_inspected_any_more(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking for the lot and locking it another act may decide about it; an embedded plant writes in turn."""
    bench = Bench(workshop, InspectionKind.INCOMING, sample_size=5)
    lot = workshop.receive_sheets()
    looked: list[str] = []
    if bench.shop.database.engine.dialect.name == "sqlite":
        bench.shop.do(lambda work: reject_lot(work, lot.id))
        looked.append(lot.code)

    def look(session: Session, code: str) -> Lot:
        found = get_lot(session, code)
        if not looked:
            looked.append(code)
            with ThreadPoolExecutor(1) as other:
                other.submit(bench.shop.do, lambda work: reject_lot(work, lot.id)).result()
        return found

    monkeypatch.setattr(opening, "get_lot", look)
    with pytest.raises(LotRejected):
        bench.begin(lot=lot)
