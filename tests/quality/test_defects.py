"""The defect log: recording, photos, decisions, codes and the Pareto."""

import io
import struct
import zlib
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from PIL import Image
from sqlalchemy import select

from mes.core.coded import SimilarCode
from mes.core.drawings import DrawingTooLarge, clean_drawing
from mes.core.errors import AlreadyExists, NotFound, ReasonNeeded, StaleEdit
from mes.core.files import NotAPicture, PictureTooLarge, SentFile, find_file
from mes.core.i18n import own_name, speaking
from mes.core.work import Work
from mes.lots.models import Movement
from mes.lots.rules import NotEnough
from mes.lots.service import scrap_lot
from mes.orders.undo import return_material
from mes.quality import catalogue, finding, queries, rules, service
from mes.quality.finding import Finding
from mes.quality.models import Defect, Disposition
from mes.quality.pareto import Grouping, Measure, Pareto, pareto
from mes.quality.queries import DefectFilter
from tests.conftest import Shop
from tests.factories import make_defect, make_defect_code
from tests.orders.bakery import Bakery
from tests.quality.workshop import Workshop, snapshot

D = Decimal


def found_on_a_lot(workshop: Workshop, quantity: int = 3, **values: object) -> Defect:
    """Somebody finds defective sheets."""
    lot = workshop.receive_sheets()
    return workshop.shop.do(lambda work: make_defect(work, lot.code, quantity, code="BURR", **values))


def decide(workshop: Workshop, defect: Defect, decision: Disposition, *, take_out: bool = False) -> Defect:
    """Quality decides."""
    return workshop.shop.do(
        lambda work: service.dispose_defect(work, defect.id, decision, "외관 불량", take_out=take_out),
        actor=workshop.inspector,
    )


def test_a_defect_found_on_a_lot_leaves_the_stock_as_it_is(workshop: Workshop) -> None:
    lot = workshop.receive_sheets(100)
    row = workshop.shop.do(lambda work: make_defect(work, lot.code, 3, code="BURR", cause="운반 중 찍힘"))
    assert (row.lot_id, row.item_id, row.cause) == (lot.id, workshop.sheet.id, "운반 중 찍힘")
    assert workshop.see_lot(lot).on_hand == 100


def test_a_scanned_code_is_a_lot_or_a_job(workshop: Workshop) -> None:
    job, lot = workshop.pressing(), workshop.receive_sheets()
    at_job = workshop.shop.do(lambda work: service.record_defect(work, code="burr", quantity=D(1), of=job.code.lower()))
    on_lot = workshop.shop.do(lambda work: service.record_defect(work, code="BURR", quantity=D(1), of=lot.code))
    assert (at_job.job_id, at_job.item_id, at_job.machine_id) == (job.id, workshop.plate.id, workshop.machine.id)
    assert (on_lot.lot_id, on_lot.job_id) == (lot.id, None)


def test_a_defect_of_neither_lot_nor_job_is_refused(workshop: Workshop) -> None:
    with pytest.raises(rules.DefectOfNothing):
        workshop.shop.do(lambda work: service.record_defect(work, code="BURR", quantity=D(1)))
    with pytest.raises(NotFound, match="L000"):
        workshop.shop.do(lambda work: service.record_defect(work, code="BURR", quantity=D(1), of="L000"))


def test_no_more_of_a_lot_is_defective_than_ever_came_into_it(workshop: Workshop) -> None:
    lot = workshop.receive_sheets(100)
    workshop.shop.do(lambda work: scrap_lot(work, lot.code, D(60), "녹"))
    with pytest.raises(rules.MoreThanTheLot, match="100"):
        workshop.shop.do(lambda work: make_defect(work, lot.code, D("100.5"), code="BURR"))
    workshop.shop.do(lambda work: make_defect(work, lot.code, 100, code="BURR"))


def test_what_was_taken_and_given_back_did_not_arrive_twice(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    job = bakery.order(100).jobs[0]
    bakery.start(job)
    bakery.scan(job, flour, 50)
    with shop.read() as read:
        taken = read.scalars(select(Movement.id).where(Movement.job_id == job.id)).one()
    shop.do(lambda work: return_material(work, taken, "잘못 스캔"))
    with shop.read() as read:
        assert queries.most_ever(read, flour.id) == D(80)


def test_an_unknown_code_is_named(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    with pytest.raises(NotFound, match="NOPE"):
        workshop.shop.do(lambda work: make_defect(work, lot.code, 1, code="NOPE"))


# Photos


def photo_of(workshop: Workshop, defect: Defect) -> Image.Image:
    with workshop.shop.read() as read:
        kept = catalogue.get_photo(read, defect.id)
        assert kept.kind == "image/jpeg"
        return Image.open(io.BytesIO(kept.content))


def test_a_photo_is_kept_small_upright_and_without_its_metadata(workshop: Workshop) -> None:
    defect = found_on_a_lot(workshop, photos=[SentFile("IMG_1.JPG", snapshot((2400, 1200), orientation=6))])
    picture = photo_of(workshop, defect)
    assert picture.size == (800, 1600)
    assert not picture.getexif()
    assert b"SecretPhone" not in picture.tobytes()
    top, bottom = picture.convert("RGB").getpixel((400, 200)), picture.convert("RGB").getpixel((400, 1400))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[2] < 60 < bottom[2], "the red half is above after turning"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_pictures_become_jpeg(workshop: Workshop, kind: str) -> None:
    defect = found_on_a_lot(workshop, photos=[SentFile("a", snapshot((300, 200), kind))])
    assert photo_of(workshop, defect).format == "JPEG"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a\x01\x00\x01\x00",
        snapshot((300, 200))[:200],
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
    ],
    ids=["nothing", "a web page", "a drawing with a script", "an animation", "half a photo", "a broken header"],
)
def test_what_is_no_photo_is_refused_in_a_sentence(workshop: Workshop, raw: bytes) -> None:
    with pytest.raises(NotAPicture, match=r"bad\.png"):
        found_on_a_lot(workshop, photos=[SentFile("bad.png", raw)])
    assert workshop.defects() == []


def test_a_photo_beyond_30_mb_is_refused(workshop: Workshop) -> None:
    with pytest.raises(PictureTooLarge):
        found_on_a_lot(workshop, photos=[SentFile("huge.jpg", b"\xff" * (30 * 1024 * 1024 + 1))])


def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused(workshop: Workshop) -> None:
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(30_001))), (b"IEND", b""))
    packed = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    bomb = b"\x89PNG\r\n\x1a\n" + packed
    with pytest.raises(PictureTooLarge):
        found_on_a_lot(workshop, photos=[SentFile("bomb.png", bomb)])
    with pytest.raises(DrawingTooLarge):
        clean_drawing("bomb.png", bomb)


def test_a_photo_is_worked_on_before_anybody_is_locked_out(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []

    def deed(work: Work) -> Defect:
        def clean(name: str, raw: bytes, field: str) -> bytes:
            begun.append(work._session is not None)
            return snapshot((10, 10))

        monkeypatch.setattr(finding, "clean_photo", clean)
        return service.record_defect(work, code="BURR", quantity=D(1), lot_code=lot.code, finding=told)

    lot, told = workshop.receive_sheets(), Finding(photos=[SentFile("IMG_1.jpg", b"photo")])
    workshop.shop.do(deed)
    assert begun == [False]


def test_the_same_photo_is_kept_once(workshop: Workshop) -> None:
    photos = [SentFile("IMG_1.jpg", snapshot())]
    first, second = found_on_a_lot(workshop, photos=photos), found_on_a_lot(workshop, photos=photos)
    assert first.photo_id == second.photo_id
    with workshop.shop.read() as read:
        assert find_file(read, catalogue.get_photo(read, first.id).sha256) is not None


def test_a_defect_without_a_photo_has_none_to_show(workshop: Workshop) -> None:
    defect = found_on_a_lot(workshop)
    with workshop.shop.read() as read, pytest.raises(NotFound):
        catalogue.get_photo(read, defect.id)


# Decisions


def test_a_decision_names_who_when_and_why(workshop: Workshop) -> None:
    defect = found_on_a_lot(workshop)
    workshop.shop.later(hours=1)
    decided = decide(workshop, defect, Disposition.REWORK)
    assert (decided.disposition, decided.disposed_by) == (Disposition.REWORK, "박품질")
    assert (decided.disposed_at, decided.disposition_reason) == (workshop.shop.now, "외관 불량")


def test_a_decision_without_a_reason_is_refused(workshop: Workshop) -> None:
    defect = found_on_a_lot(workshop)
    with pytest.raises(ReasonNeeded):
        workshop.shop.do(lambda work: service.dispose_defect(work, defect.id, Disposition.SCRAP, " "))


def test_a_second_decision_is_refused_unless_the_first_was_to_sort(workshop: Workshop) -> None:
    defect = found_on_a_lot(workshop)
    decide(workshop, defect, Disposition.SORT)
    workshop.shop.do(lambda work: service.record_sorting(work, defect.id, D(1)))
    decide(workshop, defect, Disposition.REWORK)
    with pytest.raises(rules.AlreadyDecided):
        decide(workshop, defect, Disposition.SCRAP)
    with workshop.shop.read() as read:
        told = [one.disposition for one in queries.decisions(read, defect.id)]
    assert told == [Disposition.SORT, Disposition.REWORK]


@pytest.mark.parametrize("decision", [Disposition.SCRAP, Disposition.RETURN])
def test_scrapped_or_returned_pieces_leave_the_lot_when_asked_to(workshop: Workshop, decision: Disposition) -> None:
    lot = workshop.receive_sheets(100)
    defect = workshop.shop.do(lambda work: make_defect(work, lot.code, 3, code="BURR"))
    decide(workshop, defect, decision, take_out=True)
    assert workshop.see_lot(lot).on_hand == 97


def test_without_being_asked_a_decision_moves_nothing(workshop: Workshop) -> None:
    lot = workshop.receive_sheets(100)
    defect = workshop.shop.do(lambda work: make_defect(work, lot.code, 3, code="BURR"))
    decide(workshop, defect, Disposition.SCRAP)
    assert workshop.see_lot(lot).on_hand == 100


def test_a_decision_whose_pieces_are_gone_is_refused_as_a_whole(workshop: Workshop) -> None:
    lot = workshop.receive_sheets(100)
    defect = workshop.shop.do(lambda work: make_defect(work, lot.code, 30, code="BURR"))
    workshop.shop.do(lambda work: scrap_lot(work, lot.code, D(80), "녹"))
    with pytest.raises(NotEnough):
        decide(workshop, defect, Disposition.SCRAP, take_out=True)
    assert workshop.defects()[0].disposition is Disposition.OPEN


def test_pieces_that_never_entered_a_lot_are_not_taken_out_of_one(workshop: Workshop) -> None:
    job = workshop.pressing()
    workshop.shop.do(
        lambda work: service.report_production(work, job.code, good=D(5), defects=[("BURR", D(1))]),
        actor=workshop.operator,
    )
    with pytest.raises(rules.NothingInTheLot):
        decide(workshop, workshop.defects()[0], Disposition.SCRAP, take_out=True)


# Codes


def test_a_defect_code_is_entered_once_whatever_its_case(workshop: Workshop) -> None:
    with pytest.raises(AlreadyExists):
        workshop.shop.do(lambda work: make_defect_code(work, code="BURR"))
    with pytest.raises(SimilarCode):
        workshop.shop.do(lambda work: make_defect_code(work, code="burr"))


def test_a_code_that_was_changed_meanwhile_names_who_changed_it(workshop: Workshop) -> None:
    with workshop.shop.read() as read:
        version = catalogue.get_defect_code(read, "BURR").version
    workshop.shop.do(lambda work: service.change_defect_code(work, "BURR", version=version, name="거스러미"))
    with pytest.raises(StaleEdit, match="김대표"):
        workshop.shop.do(lambda work: service.change_defect_code(work, "BURR", version=version, name="버"))


# The list and the Pareto


def log(workshop: Workshop) -> None:
    """Three days: burrs at the press, a crack on another day, and something on the sheets in kg."""
    job, lot = workshop.pressing(), workshop.receive_sheets()

    def record(work: Work, days: int, code: str, quantity: int, of: str) -> None:
        work.now = workshop.shop.now + timedelta(days=days)
        service.record_defect(work, code=code, quantity=D(quantity), of=of)

    workshop.shop.do(partial(record, days=0, code="BURR", quantity=5, of=job.code))
    workshop.shop.do(partial(record, days=1, code="BURR", quantity=2, of=job.code))
    workshop.shop.do(partial(record, days=1, code="CRACK", quantity=4, of=job.code))
    workshop.shop.do(partial(record, days=2, code="DIM", quantity=9, of=lot.code))


def rows(workshop: Workshop, **chosen: object) -> list[tuple[str, int]]:
    with workshop.shop.read() as read:
        found = queries.page_of_defects(read, DefectFilter(**chosen)).rows  # type: ignore[arg-type]
        return [(row.defect.type.code, int(row.defect.quantity)) for row in found]


def test_the_list_shows_the_newest_first_and_keeps_to_its_filter(workshop: Workshop) -> None:
    log(workshop)
    day = workshop.shop.now.date()
    assert rows(workshop) == [("DIM", 9), ("CRACK", 4), ("BURR", 2), ("BURR", 5)]
    assert rows(workshop, since=day + timedelta(days=1), until=day + timedelta(days=1)) == [("CRACK", 4), ("BURR", 2)]
    assert rows(workshop, code="BURR", item="PL") == [("BURR", 2), ("BURR", 5)]
    assert rows(workshop, machine="PR-1", code="CRACK") == [("CRACK", 4)]
    assert rows(workshop, machine="-") == rows(workshop, unit="kg") == [("DIM", 9)]
    assert rows(workshop, disposition=Disposition.SCRAP) == []


def test_paging_through_the_list_shows_every_row_once(workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    workshop.shop.do(lambda work: [make_defect(work, lot.code, 1, code="BURR") for _ in range(35)])
    with workshop.shop.read() as read:
        first = queries.page_of_defects(read, DefectFilter())
        second = queries.page_of_defects(read, DefectFilter(), first.next)
    seen = [row.defect.id for row in (*first.rows, *second.rows)]
    assert len(seen) == len(set(seen)) == 35
    assert second.next is None


def by(workshop: Workshop, grouping: Grouping, measure: Measure = Measure.QUANTITY, **chosen: object) -> Pareto:
    with workshop.shop.read() as read:
        return pareto(read, DefectFilter(**chosen), grouping, measure)  # type: ignore[arg-type]


def test_the_pareto_ranks_codes_by_quantity_in_one_unit_at_a_time(workshop: Workshop) -> None:
    log(workshop)
    found = by(workshop, Grouping.CODE)
    assert (found.unit, found.total) == ("EA", D(11))
    assert [(bar.address, int(bar.value), int(bar.running)) for bar in found.bars] == [("BURR", 7, 7), ("CRACK", 4, 11)]
    assert [(one.unit, one.records) for one in found.units] == [("EA", 3), ("kg", 1)]
    assert [bar.address for bar in by(workshop, Grouping.CODE, unit="kg").bars] == ["DIM"]


def test_the_pareto_counts_records_whatever_their_unit(workshop: Workshop) -> None:
    log(workshop)
    found = by(workshop, Grouping.CODE, Measure.COUNT)
    assert [(bar.address, int(bar.value)) for bar in found.bars] == [("BURR", 2), ("CRACK", 1), ("DIM", 1)]
    assert found.unit is None


def test_the_pareto_by_machine_has_a_bar_for_no_machine(workshop: Workshop) -> None:
    log(workshop)
    found = by(workshop, Grouping.MACHINE, Measure.COUNT)
    assert [(bar.address, int(bar.value)) for bar in found.bars] == [("PR-1", 3), ("-", 1)]


def test_every_bar_of_the_pareto_opens_exactly_its_rows(workshop: Workshop) -> None:
    log(workshop)
    for grouping in (Grouping.CODE, Grouping.ITEM, Grouping.MACHINE):
        found = by(workshop, grouping)
        assert found.bars
        for bar in found.bars:
            behind = rows(workshop, unit=found.unit, **{grouping.value: bar.address})
            assert (len(behind), sum(quantity for _code, quantity in behind)) == (bar.records, int(bar.quantity))


def test_defects_that_were_taken_back_do_not_count(workshop: Workshop) -> None:
    job = workshop.pressing()
    made = workshop.shop.do(
        lambda work: service.report_production(work, job.code, good=D(5), defects=[("BURR", D(1))]),
        actor=workshop.operator,
    )
    workshop.shop.do(lambda work: service.undo_report(work, made.id), actor=workshop.operator)
    assert by(workshop, Grouping.CODE).bars == []
    assert rows(workshop) == [("BURR", -1), ("BURR", 1)]
    assert rows(workshop, disposition=Disposition.OPEN) == []


def test_a_defect_rate_needs_something_reported_in_the_same_days(workshop: Workshop) -> None:
    job = workshop.pressing()
    workshop.shop.do(lambda work: service.record_defect(work, code="CRACK", quantity=D(2), of=job.code))
    assert by(workshop, Grouping.ITEM).bars[0].made is None
    workshop.shop.do(
        lambda work: service.report_production(work, job.code, good=D(45), defects=[("BURR", D(5))]),
        actor=workshop.operator,
    )
    for grouping in (Grouping.CODE, Grouping.ITEM, Grouping.MACHINE):
        assert by(workshop, grouping).bars[0].made == 50


def test_an_operator_sees_a_defect_code_in_his_own_language(workshop: Workshop) -> None:
    with workshop.shop.read() as read:
        burr, crack = catalogue.get_defect_code(read, "BURR"), catalogue.get_defect_code(read, "CRACK")
    for language, names in (("ko", ["버", "크랙"]), ("vi", ["Ba via", "Crack"]), ("en", ["Burr", "Crack"])):
        with speaking(language):
            assert [own_name(burr), own_name(crack)] == names
