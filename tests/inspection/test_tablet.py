"""Inspections on the tablet: begun, measured piece by piece, corrected, closed with a computed verdict."""

from datetime import timedelta
from decimal import Decimal

import pytest

from mes.core.errors import NotFound, ReasonNeeded
from mes.core.work import Work
from mes.gauges.models import Result
from mes.gauges.rules import GaugeOverdue
from mes.gauges.service import add_gauge, record_calibration
from mes.inspection import open_queries, rules, service, tablet_rules
from mes.inspection.models import Inspection, InspectionKind, Nature, SampleRule, Verdict
from mes.inspection.service import CharacteristicData, ChoiceData, StandardData
from mes.inspection.tablet_rules import Slot
from mes.inspection.typed import ColumnUnreadable, NoReading, OtherUnit, ReadingNotANumber, ReadingOfTwoMinds
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import open_holds
from mes.orders.models import Job
from mes.orders.rules import FirstPieceMissing
from mes.quality.service import report_production
from tests.factories import make_released_standard
from tests.quality.workshop import Workshop

D = Decimal
DIAMETER = CharacteristicData(name="외경", name_en="Diameter", unit="mm", lower=D("9.9"), upper=D("10.1"))
LOOKS = CharacteristicData(
    name="겉모습", name_en="Looks", nature=Nature.ATTRIBUTE,
    choices=(ChoiceData(name="양호", name_en="Good", good=True), ChoiceData(name="긁힘", good=False)),
)  # fmt: skip


class Bench:
    """An inspector with a tablet at the press shop."""

    def __init__(self, workshop: Workshop, kind: InspectionKind, **data: object) -> None:
        self.shop, self.workshop, self.kind = workshop.shop, workshop, kind
        item = workshop.sheet if kind is InspectionKind.INCOMING else workshop.plate
        how = StandardData(**{"sample_size": 3, **data})  # type: ignore[arg-type]
        self.standard = self.shop.do(
            lambda work: make_released_standard(work, item, DIAMETER, LOOKS, kind=kind, data=how)
        )

    def begin(self, *, lot: Lot | None = None, job: Job | None = None, trigger: str | None = None) -> Inspection:
        """Somebody begins, or goes on."""
        return self.shop.do(
            lambda work: service.open_inspection(
                work, kind=self.kind, lot_code=lot.code if lot else None, job_code=job.code if job else None,
                trigger=trigger,
            )
        )  # fmt: skip

    def slots(self, inspection: Inspection) -> list[Slot]:
        """What is wanted, and what was taken."""
        with self.shop.read() as read:
            return open_queries.sheet(read, inspection.code).slots

    def answer(self, inspection: Inspection, slot: Slot, *, text: str = "10", good: bool = True) -> None:
        """One reading: a number, or a choice."""
        one = slot.characteristic
        measured = one.nature is Nature.VARIABLE
        self.shop.do(
            lambda work: service.take_reading(
                work, inspection.code, characteristic=one.id, piece=slot.piece, text=text if measured else None,
                choice=None if measured else next(each.id for each in one.choices if each.good is good),
            )
        )  # fmt: skip

    def measure(self, inspection: Inspection, *values: str, good: bool = True) -> None:
        """The missing readings in their order; the numbers one after the other, 10 when they run out."""
        numbers = iter(values)
        for slot in self.slots(inspection):
            if slot.reading is None:
                text = next(numbers, "10") if slot.characteristic.nature is Nature.VARIABLE else "-"
                self.answer(inspection, slot, text=text, good=good)

    def close(self, inspection: Inspection) -> Inspection:
        """Close it."""
        return self.shop.do(lambda work: service.close_inspection(work, inspection.code))


@pytest.fixture
def incoming(workshop: Workshop) -> Bench:
    """Three sheets of each lot are looked at."""
    return Bench(workshop, InspectionKind.INCOMING)


def test_readings_come_piece_by_piece_and_the_lot_is_released(incoming: Bench) -> None:
    lot = incoming.workshop.receive_sheets()
    begun = incoming.begin(lot=lot)
    wanted = [(slot.piece, slot.characteristic.name) for slot in incoming.slots(begun)]
    assert wanted == [(piece, name) for piece in (1, 2, 3) for name in ("외경", "겉모습")]
    incoming.measure(begun, "9.9", "10.1", "10")
    done = incoming.close(begun)
    assert (done.verdict, done.found) == (Verdict.PASS, 0)
    assert incoming.workshop.see_lot(lot).status is LotStatus.AVAILABLE


def test_one_piece_out_of_limits_fails_and_holds_the_lot(incoming: Bench) -> None:
    lot = incoming.workshop.receive_sheets()
    begun = incoming.begin(lot=lot)
    incoming.measure(begun, "10", "10.101")
    assert incoming.close(begun).verdict is Verdict.FAIL
    with incoming.shop.read() as read:
        [hold] = open_holds(read, [lot.id])
    assert "외경" in hold.reason


def test_a_bad_choice_fails_too(incoming: Bench) -> None:
    begun = incoming.begin(lot=incoming.workshop.receive_sheets())
    incoming.measure(begun, good=False)
    assert incoming.close(begun).verdict is Verdict.FAIL


def test_what_is_missing_is_missing_and_never_good(incoming: Bench) -> None:
    begun = incoming.begin(lot=incoming.workshop.receive_sheets())
    for slot in incoming.slots(begun)[:-1]:
        incoming.answer(begun, slot)
    with pytest.raises(tablet_rules.ReadingsMissing, match="1 readings are missing"):
        incoming.close(begun)


def test_what_has_failed_already_can_be_closed_before_everything_is_measured(incoming: Bench) -> None:
    begun = incoming.begin(lot=incoming.workshop.receive_sheets())
    incoming.answer(begun, incoming.slots(begun)[0], text="11")
    assert incoming.close(begun).verdict is Verdict.FAIL


def test_several_pieces_are_not_recorded_as_one(incoming: Bench) -> None:
    lot = incoming.workshop.receive_sheets()
    readings = {one.characteristic.id: D(0) for one in incoming.slots(incoming.begin(lot=lot))}
    with pytest.raises(tablet_rules.ReadingsMissing):
        incoming.shop.do(
            lambda work: service.record_inspection(work, kind=incoming.kind, lot_code=lot.code, readings=readings)
        )


def test_two_people_share_one_inspection_and_nobody_overwrites_the_other(incoming: Bench) -> None:
    lot = incoming.workshop.receive_sheets()
    begun, joined = incoming.begin(lot=lot), incoming.begin(lot=lot)
    assert begun.id == joined.id
    slot = incoming.slots(begun)[0]
    incoming.answer(begun, slot, text="10.05")
    with pytest.raises(tablet_rules.ReadingTaken, match=r"10\.05 mm"):
        incoming.answer(joined, slot, text="9.95")


def test_a_wrong_reading_is_corrected_by_a_new_one_and_both_stay(incoming: Bench) -> None:
    begun = incoming.begin(lot=incoming.workshop.receive_sheets())
    incoming.measure(begun, "100")
    wrong = incoming.slots(begun)[0].reading
    assert wrong is not None

    def correct(reason: str) -> None:
        incoming.shop.do(lambda work: service.correct_reading(work, begun.code, wrong.id, text="10.0", reason=reason))

    with pytest.raises(ReasonNeeded):
        correct(" ")
    correct("소수점 빠짐")
    with pytest.raises(tablet_rules.ReadingReplaced):
        correct("다시")
    with incoming.shop.read() as read:
        first = [(one.value, one.reason) for one in open_queries.readings_of(read, begun.id) if one.piece == 1]
    assert first == [(D(100), None), (D(0), None), (D(10), "소수점 빠짐")]
    assert incoming.close(begun).verdict is Verdict.PASS


def test_a_closed_inspection_takes_nothing_more(incoming: Bench) -> None:
    begun = incoming.begin(lot=incoming.workshop.receive_sheets())
    incoming.measure(begun)
    slot = incoming.slots(begun)[0]
    incoming.close(begun)
    with pytest.raises(tablet_rules.InspectionClosed):
        incoming.answer(begun, slot)
    with pytest.raises(tablet_rules.InspectionClosed):
        incoming.close(begun)


def test_an_inspection_that_was_given_up_opens_nothing(incoming: Bench) -> None:
    lot = incoming.workshop.receive_sheets()
    begun = incoming.begin(lot=lot)
    incoming.shop.do(lambda work: service.give_up_inspection(work, begun.code, "잘못 시작"))
    assert incoming.workshop.see_lot(lot).status is LotStatus.INSPECTION
    assert incoming.begin(lot=lot).id != begun.id


def test_an_open_inspection_keeps_its_revision_of_the_standard(incoming: Bench) -> None:
    lot = incoming.workshop.receive_sheets()
    begun = incoming.begin(lot=lot)

    def tighten(work: Work) -> None:
        draft = service.revise_standard(work, incoming.standard.id)
        service.change_standard(work, draft.id, StandardData(sample_size=5))
        service.approve_standard(work, draft.id, confirmed=True)

    incoming.shop.do(tighten)
    assert len(incoming.slots(begun)) == 6
    incoming.measure(begun)
    assert incoming.close(begun).standard_id == incoming.standard.id


def test_a_pasted_column_fills_the_missing_pieces_or_none(incoming: Bench) -> None:
    begun = incoming.begin(lot=incoming.workshop.receive_sheets())
    diameter = incoming.slots(begun)[0].characteristic

    def paste(text: str) -> int:
        taken = incoming.shop.do(
            lambda work: service.take_column(work, begun.code, characteristic=diameter.id, text=text)
        )
        return len(taken)

    with pytest.raises(ColumnUnreadable, match="Line 2"):
        paste("10.01\n1O.5\n10.02")
    with pytest.raises(tablet_rules.TooManyValues):
        paste("1\n2\n3\n4")
    assert all(slot.reading is None for slot in incoming.slots(begun))
    assert paste("10.01\r\n\r\n+0010.020 mm\n") == 2
    assert [slot.reading.value for slot in incoming.slots(begun) if slot.reading] == [D("10.01"), D("10.02")]


def test_the_rest_is_said_to_be_good_by_name(incoming: Bench) -> None:
    begun = incoming.begin(lot=incoming.workshop.receive_sheets())
    looks = incoming.slots(begun)[1].characteristic
    good = next(each.id for each in looks.choices if each.good)
    done = incoming.shop.do(lambda work: service.take_rest(work, begun.code, characteristic=looks.id, choice=good))
    assert {one.person for one in done} == {incoming.shop.actor.name}
    assert len(done) == 3


@pytest.mark.parametrize(
    ("text", "refusal"),
    [("--", NoReading), ("", NoReading), ("1O.5", ReadingNotANumber), ("10,5", ReadingOfTwoMinds),
     ("10.5 inch", OtherUnit), ("10.5.1", ReadingNotANumber), ("1e5", ReadingNotANumber), ("10 10", ReadingNotANumber)],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_a_sentence_and_not_recorded(
    incoming: Bench, text: str, refusal: type[Exception]
) -> None:
    begun = incoming.begin(lot=incoming.workshop.receive_sheets())
    slot = incoming.slots(begun)[0]
    with pytest.raises(refusal):
        incoming.answer(begun, slot, text=text)
    assert incoming.slots(begun)[0].reading is None


@pytest.mark.parametrize("text", ["+0010.050 mm", "10.05", "10.05mm", " 10.05 MM\r", "10.05ㅡㅡ", "１０.０５"])
def test_what_a_gauge_types_is_read_rightly(incoming: Bench, text: str) -> None:
    begun = incoming.begin(lot=incoming.workshop.receive_sheets())
    incoming.answer(begun, incoming.slots(begun)[0], text=text)
    reading = incoming.slots(begun)[0].reading
    assert reading is not None
    assert reading.value == D("10.05")


def test_a_number_is_no_choice_and_a_choice_no_number(incoming: Bench) -> None:
    begun = incoming.begin(lot=incoming.workshop.receive_sheets())
    diameter, looks = (slot.characteristic for slot in incoming.slots(begun)[:2])
    take = service.take_reading
    with pytest.raises(tablet_rules.NotMeasured):
        incoming.shop.do(lambda work: take(work, begun.code, characteristic=diameter.id, piece=1, choice=1))
    with pytest.raises(tablet_rules.NotMeasured):
        incoming.shop.do(lambda work: take(work, begun.code, characteristic=looks.id, piece=1, text="1"))
    with pytest.raises(tablet_rules.NotMeasured):
        incoming.shop.do(lambda work: service.take_column(work, begun.code, characteristic=looks.id, text="1"))
    with pytest.raises(tablet_rules.PieceBeyond):
        incoming.shop.do(lambda work: take(work, begun.code, characteristic=diameter.id, piece=4, text="1"))
    with pytest.raises(rules.ReadingUnknown):
        incoming.shop.do(lambda work: take(work, begun.code, characteristic=999999999, piece=1, text="1"))
    with pytest.raises(NotFound):
        incoming.shop.do(lambda work: take(work, "I-NONE", characteristic=1, piece=1, text="1"))


# By AQL


def test_by_aql_nonconforming_pieces_are_counted_against_the_plan(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.INCOMING, sample_rule=SampleRule.AQL, aql="6.5", level="S-1")
    lot = workshop.receive_sheets(500)
    begun = bench.begin(lot=lot)
    assert begun.lot_size == 500
    size = begun.pieces
    plan_accepts_one = [str(D(11)) if piece == 0 else "10" for piece in range(size)]
    bench.measure(begun, *plan_accepts_one)
    done = bench.close(begun)
    assert done.found == 1
    assert done.verdict in (Verdict.PASS, Verdict.FAIL)


def test_a_double_plan_draws_its_second_sample_when_the_first_says_neither(workshop: Workshop) -> None:
    bench = Bench(
        workshop, InspectionKind.INCOMING, sample_rule=SampleRule.AQL, aql="6.5", level="II", double_plan=True
    )
    begun = bench.begin(lot=workshop.receive_sheets(60))
    diameter, looks = (slot.characteristic for slot in bench.slots(begun)[:2])
    good = next(each.id for each in looks.choices if each.good)
    first = begun.pieces

    def fill(many: int, bad: int) -> None:
        text = "\n".join(["11"] * bad + ["10"] * (many - bad))
        bench.shop.do(lambda work: service.take_column(work, begun.code, characteristic=diameter.id, text=text))
        bench.shop.do(lambda work: service.take_rest(work, begun.code, characteristic=looks.id, choice=good))

    fill(first, 1)
    drawn = bench.close(begun)
    assert drawn.verdict is None
    assert drawn.more_pieces == first
    with pytest.raises(tablet_rules.ReadingsMissing):
        bench.close(begun)
    fill(first, 0)
    done = bench.close(begun)
    assert (done.verdict, done.found, done.found_in_both) == (Verdict.PASS, 1, 1)


# At a job


def test_a_first_piece_blocks_reporting_until_it_has_passed(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.FIRST, gate=True, act_by="품질 1팀")
    job = workshop.pressing()

    def report() -> None:
        workshop.shop.do(lambda work: report_production(work, job.code, good=D(5)))

    with pytest.raises(FirstPieceMissing):
        report()
    begun = bench.begin(job=job, trigger="start")
    bench.measure(begun, "11")
    assert bench.close(begun).verdict is Verdict.FAIL
    with pytest.raises(FirstPieceMissing):
        report()
    again = bench.begin(job=job)
    bench.measure(again)
    bench.close(again)
    report()
    assert workshop.see_job(job).good == D(5)


def test_another_mould_closes_the_job_until_its_first_piece_has_passed(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.FIRST, gate=True, triggers=frozenset({"start", "mould"}))
    job = workshop.pressing()
    begun = bench.begin(job=job)
    bench.measure(begun)
    bench.close(begun)
    bench.begin(job=job, trigger="mould")
    with pytest.raises(FirstPieceMissing):
        workshop.shop.do(lambda work: report_production(work, job.code, good=D(5)))


def test_an_overdue_gauge_is_refused_for_readings(incoming: Bench) -> None:
    long_ago = incoming.shop.now.date() - timedelta(days=800)

    def calibrate(work: Work) -> None:
        add_gauge(work, code="G-1", name="버니어", interval_months=12)
        record_calibration(work, "G-1", done_on=long_ago, lab="한국교정", result=Result.PASS)

    incoming.shop.do(calibrate)
    begun = incoming.begin(lot=incoming.workshop.receive_sheets())
    diameter = incoming.slots(begun)[0].characteristic
    with pytest.raises(GaugeOverdue):
        incoming.shop.do(
            lambda work: service.take_reading(
                work, begun.code, characteristic=diameter.id, piece=1, text="10", gauge="G-1"
            )
        )


def test_a_failed_first_piece_stays_failed_when_standards_are_approved_afterwards(workshop: Workshop) -> None:
    bench = Bench(workshop, InspectionKind.FIRST)
    job = workshop.pressing()

    def report() -> None:
        workshop.shop.do(lambda work: report_production(work, job.code, good=D(5)))

    begun = bench.begin(job=job)
    bench.measure(begun, "11")
    bench.close(begun)
    with pytest.raises(FirstPieceMissing):
        report()
    bench.shop.do(lambda work: revise_note(work, bench.standard.id))
    with pytest.raises(FirstPieceMissing):
        report()
    bench.shop.do(lambda work: make_released_standard(work, workshop.plate, kind=InspectionKind.FIRST, operation=10))
    with pytest.raises(FirstPieceMissing):
        report()
    again = bench.shop.do(lambda work: service.open_inspection(work, kind=InspectionKind.FIRST, job_code=job.code))
    [slot] = bench.slots(again)
    bench.answer(again, slot)
    bench.close(again)
    report()


def revise_note(work: Work, ident: int) -> None:
    draft = service.revise_standard(work, ident)
    service.change_standard(work, draft.id, StandardData(sample_size=3, reaction="세우고 부른다"))
    service.approve_standard(work, draft.id, confirmed=True)
