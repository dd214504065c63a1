"""The quality room as a new inspector meets it: from a delivery to its release, and from a failed first piece to the
customer's certificate, by touches and scans on the real pages."""

from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal

import pytest
from playwright.sync_api import Browser

from mes.core.access import Role
from mes.equipment.models import Tool
from mes.inspection.models import InspectionKind, Nature, SampleRule
from mes.inspection.sampling_models import SamplingState
from mes.inspection.service import CharacteristicData, ChoiceData, StandardData
from mes.items.service import change_item
from mes.lots.models import Lot, LotStatus
from mes.orders.models import WorkOrder
from mes.orders.service import start_job
from tests.browser.conftest import Live
from tests.browser.tapping import Hand
from tests.certificates.reading import pdf_text, read_qr
from tests.factories import make_gauge, make_person, make_released_standard, make_tool

pytestmark = pytest.mark.browser
D = Decimal
GOOD = "rice-cake-2026"
PIN = "246802"


class Hands:
    """Everybody who takes part, each with a tablet or a desk of their own."""

    def __init__(self, chromium: Browser, live: Live, stack: ExitStack) -> None:
        self.chromium, self.live, self.stack = chromium, live, stack
        self.tablet = self.hand("T1", "tablet")

    def hand(self, station: str | None, size: str) -> Hand:
        """One more browser."""
        made = Hand(self.chromium, self.live, station, size)
        self.stack.callback(made.leave)
        return made

    def desk(self, login: str, *roles: Role) -> Hand:
        """Somebody at a desk, signed in with a password."""
        self.live.shop.do(lambda work: make_person(work, *roles, login=login, name=login, password=GOOD, pin=PIN))
        seat = self.hand(None, "desk")
        seat.log_in(login, GOOD)
        return seat


@pytest.fixture
def hands(chromium: Browser, live: Live) -> Iterator[Hands]:
    """The tablet at the kettle, and desks as they are needed."""
    with ExitStack() as stack:
        yield Hands(chromium, live, stack)


def lots(live: Live) -> list[Lot]:
    """All lots, oldest first."""
    with live.shop.read() as read:
        return list(read.query(Lot).order_by(Lot.id))


# From a delivery to its release


def test_a_delivery_is_inspected_held_decided_about_and_released(live: Live, hands: Hands) -> None:
    flour_is_inspected(live)
    meter = live.shop.do(lambda work: make_gauge(work, code="MM-1", name="수분계 1호", kind="수분계"))
    store, tablet = hands.desk("jajae", Role.MATERIAL), hands.tablet

    first, second = received(live, store, "A-100")
    tablet.sign_in(live.floor.lee)
    tablet.scan(first.code)
    assert "보통 검사" in tablet.text
    tablet.key("수입검사")
    tablet.scan(meter.tag)  # the gauge's label: no touch
    tablet.type("15")
    assert tablet.page.is_visible(".reading.out")
    tablet.tap("[data-op=send]")
    measured(tablet, "12")
    tablet.key("판정")
    assert "보류했습니다" in tablet.text
    assert "격리 후 통보" in tablet.text
    assert tablet.taps == 4  # begin, one for each of two readings, close

    quality = hands.desk("pumjil", Role.QUALITY)
    quality.tap("text=검사할 로트")
    assert "불합격 · 처리 대기" in quality.text
    quality.tap(f"main table a:has-text('{first.code}')")
    quality.press("처리하기")
    quality.write(accept="no", reason="수분 초과, 반품한다")
    quality.press("처리하기")
    assert f"로트 {first.code}" in quality.page.inner_text("h1")
    assert "불합격" in quality.text
    store.open(f"/lots/{first.code}")
    returned(store)

    tablet.key("뒤로")
    tablet.scan(second.code)
    tablet.key("수입검사")
    measured(tablet, "12", "14.5")
    tablet.key("판정")
    tablet.key("뒤로")
    tablet.key("처리하기")  # quality decides on the tablet just as well
    tablet.write(accept="yes", reason="건조 후 사용")
    tablet.press("처리하기")
    assert lots(live)[1].status is LotStatus.AVAILABLE

    third, _fourth = received(live, store, "A-101")
    tablet.tap("a:has-text('단말')")
    tablet.key("검사할 로트")
    tablet.tap(f".queue a:has-text('{third.code}')")
    assert "까다로운 검사" in tablet.text
    assert "3개" in tablet.text
    tablet.key("수입검사")
    measured(tablet, "12", "12.5", "13")
    tablet.key("판정")
    assert f"합격. 로트 {third.code}" in tablet.text
    assert tough(live)

    job = live.floor.order().jobs[0]
    live.floor.start(job)
    tablet.scan(live.floor.kim.badge)
    tablet.open(f"/station/jobs/{job.code}")
    tablet.scan(third.code)
    assert live.floor.lot(third).on_hand == 0


def flour_is_inspected(live: Live) -> None:
    """Two pieces of each lot are measured; what the standard says to do when they are too wet."""
    rows = CharacteristicData(name="수분", unit="%", upper=D(14), gauge_type="수분계", reaction="격리 후 통보")
    how = StandardData(sample_rule=SampleRule.AQL, aql="6.5", level="S-1", act_by="품질 1팀")
    live.floor.flour = live.shop.do(lambda work: change_item(work, "RF", inspect_incoming=True))
    live.shop.do(lambda work: make_released_standard(work, live.floor.flour, rows, data=how))


def received(live: Live, store: Hand, number: str) -> list[Lot]:
    """Two sacks arrive and are entered; the page says that they wait for quality."""
    store.open("/lots/receive")
    store.page.fill("#item", "RF")
    store.write(supplier="MILL", supplier_lot=number, quantity="40", containers="2")
    store.press("입고")
    assert store.text.count("검사 대기") == 2
    assert "품질이 검사한 뒤에" in store.text
    return lots(live)[-2:]


def measured(tablet: Hand, *values: str) -> None:
    """One touch for each reading; the next field comes by itself."""
    for value in values:
        tablet.type(value)
        tablet.tap("[data-op=send]")


def returned(store: Hand) -> None:
    """The rejected lot goes back to the supplier."""
    store.page.click("details.menu:has-text('더보기') summary")
    store.page.click("button:has-text('반품')")
    store.page.fill("dialog[open] [name=reason]", "수분 초과")
    store.tap("dialog[open] button[type=submit]")
    assert "반품" in store.text


def tough(live: Live) -> bool:
    """Whether the supplier's lots are looked at hard."""
    with live.shop.read() as read:
        return [one.severity.value for one in read.query(SamplingState)] == ["tightened"]


# From a failed first piece to the certificate


def test_a_failed_first_piece_blocks_the_line_until_it_passes_and_ends_in_a_certificate(
    live: Live, hands: Hands
) -> None:
    earlier = pieces_are_inspected(live)
    nozzle, other = mould(live, "M-7", "노즐 7"), mould(live, "M-8", "노즐 8")
    [flour] = live.floor.receive(live.floor.flour, 50)
    order, tablet = live.floor.order(), hands.tablet
    job = order.jobs[0]

    tablet.sign_in(live.floor.kim)
    for code in (order.code, nozzle.tag, live.floor.machine.tag, flour.code):
        tablet.scan(code)
    assert "노즐 7" in tablet.text
    tablet.key("실적")
    assert "초물검사를 해야 합니다" in tablet.text
    tablet.type("10")
    tablet.key("저장")
    assert "아직 검사에 합격하지 않았습니다" in tablet.page.inner_text(".refusal")
    tablet.key("뒤로")
    tablet.tap(".banner button:has-text('품질 호출')")
    assert "품질 호출됨" in tablet.text
    assert tablet.taps == 4  # nothing but what the story needs: the scans took none

    tablet.scan(live.floor.lee.badge)
    inspected(tablet, "80")
    assert "조치 담당: 반장, 품질" in tablet.text
    tablet.key("부적합")
    assert "중심 온도 80 ℃ (85 ~ 99)" in tablet.page.input_value("[name=what]")
    tablet.press("부적합 등록")
    tablet.press("의심 로트 찾기")
    for lot in (earlier, flour):  # the same flour; what the same machine made today
        assert tablet.page.is_visible(f"main table a:has-text('{lot.code}')")
    tablet.page.check(f"[name=lots][value='{earlier.code}']")
    tablet.press("선택 로트 보류")
    assert live.floor.lot(earlier).holds == 1

    office = hands.desk("office", Role.QUALITY, Role.MATERIAL)  # a small plant: one person does both
    part = reworked(live, office, earlier)
    assert part.code in office.text
    freed(office, tablet.page.url, earlier)
    assert live.floor.lot(earlier).holds == 0

    tablet.tap("a:has-text('단말')")
    tablet.scan(live.floor.kim.badge)
    tablet.scan(job.code)
    tablet.key("불량")  # the piece that failed is written down while good ones wait
    tablet.tap("label:has-text('변색')")
    tablet.key("저장")
    assert live.floor.see_job(job).defective == 1
    tablet.scan(live.floor.lee.badge)
    inspected(tablet, "90")
    tablet.scan(other.tag)  # another nozzle: its first piece must pass too
    assert "초물검사를 해야 합니다" in tablet.text
    inspected(tablet, "91")
    tablet.scan(live.floor.kim.badge)
    tablet.key("실적")
    tablet.type("98")
    tablet.key("저장")
    assert live.floor.see_job(job).good == 98

    made = packed(live, order)
    tablet.scan(live.floor.lee.badge)
    tablet.tap("header .where a")
    tablet.scan(made.code)
    tablet.key("최종검사")
    tablet.tap(".answers .key:has-text('양호')")
    tablet.key("판정")
    assert "합격" in tablet.page.inner_text(".flash")

    office.open("/shipments/new")
    office.write(customer="MART", lines=made.code)
    office.press("출하")
    certified(office, made)


def pieces_are_inspected(live: Live) -> Lot:
    """First pieces of steaming, again with each mould, and finished lots; gives a lot that was made this morning."""
    live.floor.receive(live.floor.film, 5000)
    [flour] = live.floor.receive(live.floor.flour, 60)
    order = live.floor.order()
    live.shop.do(lambda work: start_job(work, order.jobs[0].code, live.floor.machine.code))
    live.floor.scan(order.jobs[0], flour)
    live.floor.report(order.jobs[0], 100)
    hot = CharacteristicData(name="중심 온도", unit="℃", lower=D(85), upper=D(99))
    how = StandardData(gate=True, triggers=frozenset({"start", "mould"}), act_by="반장, 품질")
    answers = (ChoiceData(name="양호", good=True), ChoiceData(name="이물", good=False))
    looks = CharacteristicData(name="외관", nature=Nature.ATTRIBUTE, choices=answers)
    live.shop.do(lambda work: make_released_standard(work, live.floor.cake, hot, kind=InspectionKind.FIRST, data=how,
                                                     operation=10))  # fmt: skip
    live.shop.do(lambda work: make_released_standard(work, live.floor.cake, looks, kind=InspectionKind.FINAL))
    return packed(live, order)


def mould(live: Live, code: str, name: str) -> Tool:
    """A nozzle with a label of its own."""
    return live.shop.do(lambda work: make_tool(work, code=code, name=name))


def packed(live: Live, order: WorkOrder) -> Lot:
    """What the kettle passed on is packed: a lot of cakes."""
    live.floor.start(order.jobs[1])
    live.floor.report(order.jobs[1], int(live.floor.see_job(order.jobs[0]).good))
    return lots(live)[-1]


def inspected(tablet: Hand, value: str) -> None:
    """The first piece: begin, one reading, close."""
    tablet.tap(".banner button:has-text('검사')")
    measured(tablet, value)
    tablet.key("판정")


def reworked(live: Live, quality: Hand, lot: Lot) -> Lot:
    """Three pieces of the held lot are torn and reworked: a child lot of their own, told by the trace."""
    quality.open("/quality/defects/new")
    quality.write(of=lot.code, code="TORN", quantity="3")
    quality.press("저장")
    quality.press("처리하기")
    quality.write(decision="rework", reason="다시 뽑는다")
    quality.press("처리하기")
    part = lots(live)[-1]
    assert part.on_hand == 3
    quality.open(f"/trace?of={lot.code}")
    return part


def freed(quality: Hand, address: str, lot: Lot) -> None:
    """What was looked through is free again, decided in the nonconformance."""
    quality.page.goto(address)
    quality.tap(f"#lots a[href*='/lots/{lot.code}']:has-text('처리')")
    quality.write(decision="release", reason="전수 확인")
    quality.press("처리하기")


def certified(quality: Hand, made: Lot) -> None:
    """Drafted from the stored readings, signed with a PIN, printed; its code leads back to it."""
    quality.press("성적서")
    quality.press("성적서 작성")
    quality.press("초안")
    assert made.code in quality.text
    quality.press("서명")
    quality.write(meaning="approved", signer="office", secret=PIN)
    quality.press("서명")
    assert "한 글자도 다르지 않습니다" in quality.text
    code = quality.page.url.rpartition("/")[2]
    printed = quality.context.request.get(f"{quality.live.address}/certificates/{code}/certificate.pdf").body()
    assert read_qr(printed) == [f"{quality.live.address}/c/{code}"]
    words = pdf_text(printed)
    for word in ("검사성적서", made.code, "중심 온도", "외관"):
        assert word in words
