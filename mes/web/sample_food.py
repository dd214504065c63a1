"""A month and a morning of the rice-cake and noodle plant: at first only rice cake is made, then everything."""

from decimal import Decimal

from mes.core.work import Work
from mes.inspection.models import InspectionKind
from mes.inspection.service import decide_failed_lot
from mes.items.queries import get_item
from mes.items.service import change_item
from mes.lots.models import Hold
from mes.lots.queries import first_out, get_lot
from mes.lots.return_models import ReturnCondition
from mes.lots.service import hold_lot, lift_hold, return_lot, ship_lots
from mes.orders.lists import page_of_orders
from mes.orders.models import OrderState
from mes.orders.service import close_order
from mes.partners.queries import get_partner
from mes.quality.service import undo_report
from mes.web import sample_food_quality as quality_story
from mes.web.sample_floor import Floor
from mes.web.sample_food_quality import (
    BAKING,
    CHOI,
    HOA,
    KIM,
    LEE,
    MANAGER,
    MATERIAL,
    PARK,
    POUCHES,
    QUALITY,
    SITA,
    packing,
    slicing,
)
from mes.web.sample_food_today import POUCH_DELIVERIES, late_order, pouches, this_morning
from mes.web.sample_papers import certified, newest_shipment
from mes.web.sample_recalls import practised
from mes.web.sample_returns import brought_back, looked_at
from mes.web.sample_stage import DAYS, EARLIER, Story
from mes.web.sample_troubles import Claim, claimed, costs, failed

CLAIM = Claim(
    quality=QUALITY,
    leader=KIM,
    manager=MANAGER,
    what="고객 매장에서 진공 포장 풀림 2봉 발견. 가장자리 실링이 벌어져 공기가 들어감.",
    whys=("실링이 벌어졌다", "실링 강도가 낮았다", "실링 히터 출력이 떨어졌다", "히터 교체 주기가 없다"),
    steps=(
        "품질, 포장반장, 생산관리",
        "같은 날 포장분 2봉에서 실링 풀림.",
        "같은 품목 재고 보류, 거래처 매대 확인 요청",
        "실링 히터 표면 온도 확인이 일상점검에 빠져 있음",
    ),
    repair="실링 온도 재설정, 보류 재고 진공 확인",
    prevention="일상점검표에 실링 온도와 예열 시간 추가",
)


def tell(floor: Floor) -> None:
    """Let all stories of the plant begin at their time."""
    floor.courses, floor.tools = quality_story.courses(), quality_story.TOOLS
    quality_story.tell(floor)
    floor.tell(-EARLIER, -20, _prepare(floor))
    for day in BAKING:
        floor.tell(day, 10, _rice_cake(floor, day))
    for day in (1, 5, 9):
        floor.tell(day, 10, _tteokbokki(floor, day))
    for day in (0, 8):
        floor.tell(day, 20, _sauce(floor, day))
    for day in (3, 7):
        floor.tell(day, 30, _noodles(floor, day))
    for day in range(1, DAYS, 2):
        floor.tell(day, 15, _delivery(floor, day))
    for number, (day, torn) in enumerate(POUCH_DELIVERIES):
        floor.tell(day, 130, pouches(floor, number, torn))
    for day in range(2 - EARLIER, DAYS):
        floor.tell(day, 480, _shipping(floor, day))
    floor.tell(3, 100, _doubtful_paste(floor))
    floor.tell(6, 60, _damp_pepper(floor))
    for day, minute, centre, machine, reason, minutes in STOPS:
        floor.tell(day, minute, floor.stop(PARK, centre, machine, reason, minutes))
    floor.tell(8, 400, late_order(floor))
    floor.tell(-EARLIER, -15, costs(floor, MANAGER, BOXES))
    floor.tell(
        6, 200, failed(floor, QUALITY, "고춧가루 수분 기준 초과", "공급처에 건조 공정 개선과 성적서 요구", (9, 300))
    )
    floor.tell(9, 485, _certificates(floor))
    floor.tell(9, 300, practised(floor, QUALITY, "RM-RICE-01"))
    floor.tell(8, 420, _torn_boxes(floor))
    floor.tell(9, 500, claimed(floor, CLAIM))
    floor.tell(9, 560, _close_done(floor))
    floor.tell(DAYS, 5, this_morning(floor))
    floor.tell(DAYS, 395, floor.stop(PARK, "WC-STEAM", "M-STM-2", "S-STEAM", 120))


#: What a box of twenty costs, in won.
BOXES = {
    "FG-GARAE-1K-BX20": 71200, "FG-TTEOKGUK-500-BX20": 44800, "FG-TTEOKBOKKI-KIT-BX20": 52600,
    "FG-KALGUKSU-500-BX20": 43100,
}  # fmt: skip
STOPS = (
    (0, 150, "WC-STEAM", "M-STM-1", "S-CHECK", 15),
    (1, 210, "WC-CUT", "M-CUT-1", "S-FAULT", 40),
    (3, 260, "WC-PACK", "M-VAC-1", "S-CHANGE", 25),
    (4, 90, "WC-KETTLE", "M-KTL-1", "S-CLEAN", 35),
    (5, 300, "WC-PACK", "M-MET-1", "S-FAULT", 55),
    (6, 120, "WC-STEAM", "M-EXT-1", "S-STEAM", 30),
    (7, 240, "WC-BOX", None, "S-PEOPLE", 45),
    (9, 180, "WC-PACK", "M-VAC-1", "S-MAT", 20),
)


def _prepare(floor: Floor) -> Story:
    """What is taken by itself stands where it is used; pouches are inspected from now on when they come."""
    floor.do(MANAGER, lambda work: change_item(work, POUCHES, inspect_incoming=True))
    for item, place, quantity in (
        ("PK-POUCH-500", "L-PACK", 6000), ("PK-OXY-01", "L-PACK", 8000), ("PK-LABEL-01", "L-PACK", 12000),
        ("PK-SPOUCH-120", "L-PACK", 5000), ("PK-TRAY-01", "L-PACK", 3500), ("PK-LID-01", "L-PACK", 3500),
        ("PK-POUCH-1K", "L-PACK", 1000), ("PK-BOX-20", "L-BOX", 700), ("RM-ALC-01", "L-CUT", 40),
        ("RM-ALC-01", "L-NOODLE", 15),
    ):  # fmt: skip
        floor.bring(MATERIAL, item, place, quantity)
        yield 1


def _rice_cake(floor: Floor, day: int) -> Story:
    """쌀가루 -> 떡반죽 -> 가래떡 -> 떡국떡 -> 500 g -> 박스. While the steamers were rebuilt the rope was bought."""
    slices = floor.order(MANAGER, "SF-SLICE-01", 240, day)
    packs = floor.order(MANAGER, "FG-TTEOKGUK-500", 440, day, customer="C-2001")
    if day < 0:
        floor.receive(MATERIAL, "SF-GARAE-01", [250], "C-2003", f"GR-{floor.date(day):%m%d}", "L-CUT", 0)
    else:
        yield from _rope(floor, day)
    yield from floor.make(slices, [PARK], QUALITY, machines=["M-CUT-1"], runs={0: slicing(day, 240)})
    machines = ["M-VAC-1", "M-MET-1"]
    yield from floor.make(packs, [LEE, HOA], QUALITY, minutes=30, machines=machines, runs={0: packing(day, 440)})
    boxes = floor.order(MANAGER, "FG-TTEOKGUK-500-BX20", 20, day + 1, customer="C-2001")
    made = yield from floor.make(boxes, [HOA], QUALITY, minutes=30, machines=["M-BOX-1"])
    if day == 8:
        floor.do(QUALITY, lambda work: hold_lot(work, get_lot(work.session, made[0]).id, "진공 풀림 의심, 재검사 대기"))


def _rope(floor: Floor, day: int) -> Story:
    """쌀가루 -> 떡반죽 -> 가래떡."""
    dough = floor.order(MANAGER, "SF-DOUGH-01", 268, day, priority=3)
    rope = floor.order(MANAGER, "SF-GARAE-01", 260, day)
    machines, found = ["M-MIX-1", "M-STM-1"], {0: ("D-SIZE", 2 + day % 3)}
    yield from floor.make(dough, [KIM, KIM], QUALITY, minutes=45, machines=machines)
    yield from floor.make(rope, [PARK, PARK], QUALITY, minutes=40, machines=["M-EXT-1"], defects=found)


def _tteokbokki(floor: Floor, day: int) -> Story:
    """떡반죽 -> 떡볶이떡 + 소스 -> 밀키트 -> 박스."""
    dough = floor.order(MANAGER, "SF-DOUGH-01", 176, day, priority=3)
    sticks = floor.order(MANAGER, "SF-STICK-01", 170, day)
    kits = floor.order(MANAGER, "FG-TTEOKBOKKI-KIT", 400, day, customer="C-2002")
    yield from floor.make(dough, [KIM, KIM], QUALITY, minutes=40, machines=["M-MIX-2", "M-STM-2"])
    yield from floor.make(sticks, [PARK, PARK], QUALITY, minutes=45, machines=["M-EXT-1"], defects={0: ("D-STICK", 3)})
    found = {0: ("D-SEAL", 2), 1: ("D-LABEL", 1 + day % 3)}
    if day == 5:
        yield from _undone(floor, kits)
    else:
        yield from floor.make(
            kits, [LEE, HOA], QUALITY, minutes=60, machines=["M-VAC-1", "M-MET-1"], defects=found, parts=2
        )
    boxes = floor.order(MANAGER, "FG-TTEOKBOKKI-KIT-BX20", 18, day + 1, customer="C-2002")
    yield from floor.make(boxes, [HOA], QUALITY, minutes=30, machines=["M-BOX-1"])


def _undone(floor: Floor, order: str) -> Story:
    """A wrong number is typed, taken back at once, and reported again."""
    [(pack, centre), (metal, _)] = floor.jobs(order)
    floor.start(LEE, pack, centre, "M-VAC-1")
    yield 5
    floor.first_piece(QUALITY, pack)
    yield 50
    wrong = floor.report(LEE, pack, centre, Decimal(349))
    yield 3
    floor.do(LEE, lambda work: undo_report(work, wrong), at=centre)
    yield 2
    floor.report(LEE, pack, centre, Decimal(397), [("D-SEAL", Decimal(3))], last=True)
    yield 10
    floor.start(HOA, metal, centre, "M-MET-1")
    yield 5
    floor.first_piece(QUALITY, metal)
    yield 30
    floor.report(HOA, metal, centre, Decimal(395), [("D-METAL", Decimal(2))], last=True)


def _sauce(floor: Floor, day: int) -> Story:
    """One kettle of sauce, filled into pouches."""
    kettle = floor.order(MANAGER, "SF-SAUCE-01", 200, day, priority=3, note="솥 1배치")
    pouches = floor.order(MANAGER, "SF-SPACK-01", 1400, day)
    yield from floor.make(kettle, [CHOI], QUALITY, minutes=100, machines=["M-KTL-1"], defects={0: ("D-BRIX", 4)})
    yield from floor.make(pouches, [CHOI], QUALITY, minutes=90, machines=["M-FIL-1"], defects={0: ("D-WEIGHT", 12)})


def _noodles(floor: Floor, day: int) -> Story:
    """밀가루 -> 반죽 -> 칼국수면 -> 500 g."""
    dough = floor.order(MANAGER, "SF-NDOUGH-01", 230, day)
    sheets = floor.order(MANAGER, "SF-NOODLE-01", 215, day)
    packs = floor.order(MANAGER, "FG-KALGUKSU-500", 400, day + 1, customer="C-2003")
    yield from floor.make(dough, [SITA], QUALITY, minutes=40, machines=["M-NDL-1"])
    yield from floor.make(sheets, [SITA], QUALITY, minutes=50, machines=["M-NDL-2"], defects={0: ("D-SIZE", 5)})
    yield from floor.make(packs, [SITA, LEE], QUALITY, minutes=50, machines=["M-VAC-1"], defects={0: ("D-SEAL", 4)})


def _delivery(floor: Floor, day: int) -> Story:
    """Rice every second day, other things in turn."""
    arrived = floor.receive(MATERIAL, "RM-RICE-01", [300, 300], "V-1002", f"NR-{floor.date(day):%y%m%d}", "S-COLD")
    yield 45
    floor.inspect_lots(QUALITY, arrived)
    yield 20
    if day == 5:
        wheat = floor.receive(MATERIAL, "RM-WHEAT-01", [400], "V-1001", f"W{floor.date(day):%y-%m%d}", "S-RAW", 20)
        yield 30
        floor.inspect_lots(QUALITY, wheat)
    if day in (3, 7):
        [labels] = floor.receive(MATERIAL, "PK-LABEL-01", [5000], "V-1004", f"LB-{77 + day}", "S-PKG", 10)
        if day == 7:
            floor.found_later(HOA, labels, "D-LABEL", 24, "소비기한 인쇄 번짐")
        floor.bring(MATERIAL, "PK-LABEL-01", "L-PACK", 4000)


def _shipping(floor: Floor, day: int) -> Story:
    """What was packed leaves in the afternoon, each to its customer; lately boxes of rice cake are inspected first."""
    item, customer = ("FG-TTEOKGUK-500-BX20", "C-2001") if day % 2 else ("FG-TTEOKBOKKI-KIT-BX20", "C-2002")
    if day in (4, 8):
        item, customer = "FG-KALGUKSU-500", "C-2003"
    with floor.database.read() as read:
        lots = first_out(read, [get_item(read, item).id], floor.date(day))[:2]
        lines = [(lot.code, None if lot.on_hand < 20 else lot.on_hand - 4) for lot in lots]
    if day >= 7 and item == "FG-TTEOKGUK-500-BX20":
        for code, _quantity in lines:
            floor.inspect(QUALITY, InspectionKind.OUTGOING, lot=code)
        yield 3

    def deed(work: Work) -> None:
        to, reference = get_partner(work.session, customer), f"PO-{customer[-1]}-{floor.date(day):%m%d}"
        ship_lots(work, customer=to, lines=lines, reference=reference)

    if lines:
        floor.do(MATERIAL, deed)
    yield 1


def _torn_boxes(floor: Floor) -> Story:
    """A mart sends three torn boxes of rice cake back: one is thrown away, two are whole after all."""
    torn = (ReturnCondition.DAMAGED, "R-0117")
    code = yield from brought_back(floor, MATERIAL, "FG-TTEOKGUK-500-BX20", 3, "운송 중 박스 파손", *torn)
    yield 90
    if code:
        yield from looked_at(floor, QUALITY, code, bad=1, words="속포장 확인: 1박스 파손 폐기, 2박스 이상 없음")


def _certificates(floor: Floor) -> Story:
    """The customer of the newest boxes of rice cake gets a certificate, signed by two."""
    shipment = newest_shipment(floor, "PO-1-")
    if shipment:
        yield from certified(floor, shipment, QUALITY, MANAGER)


def _doubtful_paste(floor: Floor) -> Story:
    """A lot of chilli paste is put aside, looked at, and let go the next day."""

    def put_aside(work: Work) -> int:
        lot = first_out(work.session, [get_item(work.session, "RM-GOCHU-01").id], work.today)[-1]
        return hold_lot(work, lot.id, "포장 훼손 의심, 품질 확인 요청").id

    ident: int = floor.do(MATERIAL, put_aside)
    yield (4, 45)
    hold: Hold = floor.do(QUALITY, lambda work: lift_hold(work, ident, "외관·수분 확인 결과 이상 없음"))
    assert hold.lifted_at


def _damp_pepper(floor: Floor) -> Story:
    """Chilli powder that is too damp fails its inspection, is rejected and goes back."""
    lots = floor.receive(MATERIAL, "RM-PEPPER-01", [30], "V-1003", f"GC-{floor.date(6):%m%d}", "S-RAW", 12)
    yield 40
    floor.inspect_lots(QUALITY, lots, fails=True)
    yield (7, 60)
    floor.do(QUALITY, lambda work: decide_failed_lot(work, lots[0], accept=False, reason="수분 기준 초과"))
    yield 90
    floor.do(MATERIAL, lambda work: return_lot(work, lots[0], Decimal(20), "수분 초과로 반품"))


def _close_done(floor: Floor) -> Story:
    """The manager closes what was completed in the first week."""

    def deed(work: Work) -> None:
        found = page_of_orders(work.session, states=[OrderState.COMPLETED], size=200)
        for order in found.rows:
            if order.due_on <= floor.date(4):
                close_order(work, order.code)

    floor.do(MANAGER, deed)
    yield 1
