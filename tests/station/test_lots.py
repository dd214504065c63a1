"""An inspector with a tablet and the lots that wait: the list, the sample and its plan, the gauge, what comes after."""

import re
from decimal import Decimal

from flask import Flask

from mes.inspection.models import InspectionKind, Reading, SampleRule
from mes.inspection.service import CharacteristicData, StandardData
from mes.items.service import change_item
from mes.lots.models import Lot, LotStatus
from mes.nonconformance.models import Nonconformance, Origin
from mes.nonconformance.service import open_nonconformance
from mes.orders.models import Job
from mes.orders.rules import FirstPieceMissing
from tests.conftest import Shop
from tests.factories import make_gauge, make_released_standard
from tests.station.floor import Floor, Tablet, says, words

D = Decimal
MOISTURE = CharacteristicData(name="수분", unit="%", upper=D(14), gauge_type="수분계", reaction="격리 후 통보")
WEIGHT = CharacteristicData(name="중량", unit="kg", lower=D(19), gauge_type="저울")


def delivered(floor: Floor, *rows: CharacteristicData, **how: object) -> Lot:
    """Flour that came and waits for its incoming inspection."""
    given = StandardData(**{"act_by": "품질 1팀", **how})  # type: ignore[arg-type]
    floor.flour = floor.shop.do(lambda work: change_item(work, "RF", inspect_incoming=True))
    floor.shop.do(
        lambda work: make_released_standard(
            work, floor.flour, *(rows or (MOISTURE,)), kind=InspectionKind.INCOMING, data=given
        )
    )
    return floor.receive(floor.flour, 500)[0]


def begun(floor: Floor, tablet: Tablet, lot: Lot) -> str:
    """The inspection that the inspector begins on a lot; its address."""
    tablet.badge(floor.lee)
    return tablet.press(f"/station/lots/{lot.code}/inspect/incoming").request.path


def slots(page: str) -> list[str]:
    """The reading that is asked for now, as its form names it."""
    return re.findall(r'name="at" value="([\d-]+)"', page)


def measure(tablet: Tablet, address: str, *values: str, **more: str) -> str:
    """Readings in their order; the page after the last one."""
    page = tablet.open(address)
    for value in values:
        page = tablet.press(f"{address}/readings", at=slots(page)[0], value=value, **more).text
    return page


def test_lots_that_wait_are_listed_for_inspectors_with_how_they_stand(floor: Floor, tablet: Tablet) -> None:
    lot = delivered(floor)
    tablet.badge(floor.kim)
    assert "검사할 로트" not in words(tablet.open("/station/queue"))
    assert tablet.client.get("/station/lots").status_code == 403
    tablet.badge(floor.lee)
    assert "/station/lots" in tablet.open("/station/queue")
    assert f"검사 대기 {lot.code}" in words(tablet.open("/station/lots"))
    address = begun(floor, tablet, lot)
    assert f"진행 중 {lot.code}" in words(tablet.open("/station/lots"))
    assert "수입검사 계속" in words(tablet.open(f"/station/lots/{lot.code}"))
    measure(tablet, address, "15")
    tablet.press(f"{address}/close")
    assert f"불합격 · 처리 대기 {lot.code}" in words(tablet.open("/station/lots"))


def test_the_sample_and_how_hard_it_is_looked_at_are_in_view_while_measuring(floor: Floor, tablet: Tablet) -> None:
    lot = delivered(floor, sample_rule=SampleRule.AQL, aql="1.0", level="II")
    tablet.badge(floor.lee)
    shown = words(tablet.open(f"/station/lots/{lot.code}"))
    for word in ("50개", "(로트 500)", "AQL 1.0 · Ac 1 · Re 2", "보통 검사", "수분"):
        assert word in shown
    page = measure(tablet, begun(floor, tablet, lot), "12", "15")
    assert "부적합품 수 1" in words(page)
    assert "3번째 / 50개" in words(page)


def test_a_lot_that_passed_says_that_it_may_be_used(floor: Floor, tablet: Tablet) -> None:
    lot = delivered(floor)
    address = begun(floor, tablet, lot)
    measure(tablet, address, "12")
    after = tablet.press(f"{address}/close")
    assert f"수입검사: 합격. 로트 {lot.code}" in words(after.text)
    assert "사용할 수 있습니다" in words(after.text)
    assert after.request.path == "/station/lots"
    assert floor.lot(lot).status is LotStatus.AVAILABLE


def test_a_lot_that_failed_names_who_must_act_what_to_do_and_the_way_on(floor: Floor, tablet: Tablet) -> None:
    lot = delivered(floor)
    address = begun(floor, tablet, lot)
    measure(tablet, address, "15")
    failed = tablet.press(f"{address}/close").text
    for word in (f"불합격. 로트 {lot.code}", "보류했습니다", "조치 담당: 품질 1팀", "격리 후 통보"):
        assert word in words(failed)
    code = address.rpartition("/")[2]
    assert f"/nonconformances/new?inspection={code}" in failed
    shown = tablet.open(f"/station/lots/{lot.code}")
    assert f"/quality/lots/{lot.code}/decide" in shown
    assert f"검사 {code} 불합격" in words(shown)
    floor.shop.do(lambda work: open_nonconformance(work, origin=Origin.INSPECTION, what="수분 초과", inspection=code))
    with floor.shop.read() as read:
        made = read.query(Nonconformance).one().code
    assert f"부적합 {made}" in words(tablet.open(address))
    tablet.press(f"/quality/lots/{lot.code}/decide", accept="no", reason="반품한다")
    assert f"로트 {lot.code} 불합격 처리했습니다" in words(tablet.open(f"/station/lots/{lot.code}"))


def test_a_gauge_is_chosen_by_its_label_and_never_carried_along_to_what_it_does_not_measure(
    floor: Floor, tablet: Tablet
) -> None:
    meter = floor.shop.do(lambda work: make_gauge(work, code="MM-1", kind="수분계"))
    scale = floor.shop.do(lambda work: make_gauge(work, code="SC-1", kind="저울"))
    lot = delivered(floor, MOISTURE, WEIGHT, sample_size=2)
    address = begun(floor, tablet, lot)
    code = address.rpartition("/")[2]
    page = tablet.scan(meter.tag, inspection=code)
    assert chosen(page.text) == "MM-1"
    page = tablet.press(f"{address}/readings", at=slots(page.text)[0], value="12", gauge="MM-1")
    assert chosen(page.text) is None
    page = tablet.scan(scale.tag, inspection=code)
    page = tablet.press(f"{address}/readings", at=slots(page.text)[0], value="20", gauge="SC-1")
    assert chosen(page.text) == "MM-1"
    with floor.shop.read() as read:
        assert [one.gauge_id for one in read.query(Reading).order_by(Reading.id)] == [meter.id, scale.id]


def chosen(page: str) -> str | None:
    """The gauge that is chosen on the page."""
    found = re.search(r'<option value="([^"]+)" selected>', page[page.index('name="gauge"') :])
    return found.group(1) if found else None


def test_an_inspection_that_cannot_begin_is_refused_on_the_lots_own_page(floor: Floor, tablet: Tablet) -> None:
    lot = delivered(floor)
    tablet.badge(floor.lee)
    answer = tablet.client.post(f"/station/lots/{lot.code}/inspect/outgoing", data={"once": "no-standard"})
    assert 400 <= answer.status_code < 500
    assert lot.code in answer.text


def test_a_scan_that_leads_nowhere_leaves_the_inspection_open(floor: Floor, tablet: Tablet) -> None:
    address = begun(floor, tablet, delivered(floor))
    answer = tablet.scan("NOTHING-1", inspection=address.rpartition("/")[2])
    assert answer.status_code == 404
    assert slots(answer.text)


def test_another_inspector_takes_over_by_a_badge_and_goes_on_where_the_first_one_was(
    floor: Floor, tablet: Tablet
) -> None:
    address = begun(floor, tablet, delivered(floor))
    code = address.rpartition("/")[2]
    taken = tablet.scan(floor.park.badge, inspection=code)
    assert taken.request.path == address
    assert slots(taken.text)
    seen = tablet.scan(floor.kim.badge, inspection=code).text
    assert not slots(seen)
    assert 'href="/station/queue"' in seen


def failing(app: Flask, floor: Floor) -> tuple[Job, Tablet]:
    """A job whose first piece has failed, and the tablet of the operator who made it."""
    job = floor.order().jobs[0]
    floor.inspect_first_pieces(job)
    floor.start(job)
    tablet = Tablet(app, floor)
    tablet.badge(floor.lee)
    address = tablet.press(f"/station/jobs/{job.code}/inspect/first", trigger="start").request.path
    measure(tablet, address, "80", "30", "40")
    tablet.press(f"{address}/close")
    tablet.badge(floor.kim)
    return job, tablet


def test_a_first_piece_that_failed_stands_once_on_the_job_with_who_must_act_and_the_way_on(
    app: Flask, floor: Floor
) -> None:
    job, tablet = failing(app, floor)
    page = tablet.open(f"/station/jobs/{job.code}")
    assert words(page).count("지난 검사가 불합격입니다") == 1
    assert "초물이 불합격했습니다" in words(page)
    assert "품질 호출" in words(page)
    assert "초물이 불합격했습니다" in words(tablet.open(f"/station/jobs/{job.code}/report"))
    called = words(tablet.press("/station/call", kind="quality", job=job.code).text)
    assert "품질 호출됨" in called
    assert "품질 호출 " not in called


def test_the_first_piece_that_failed_is_written_down_as_a_defect_and_good_ones_wait(
    app: Flask, floor: Floor, shop: Shop
) -> None:
    job, tablet = failing(app, floor)
    assert says(tablet.press(f"/station/jobs/{job.code}/report", good="5"), FirstPieceMissing(job="증숙"))
    [flour] = floor.receive(floor.flour, 60)
    floor.scan(job, flour)
    tablet.press(f"/station/jobs/{job.code}/defect", code="TORN", quantity="1")
    assert (floor.see_job(job).good, floor.see_job(job).defective) == (D(0), D(1))
