"""Ten working days and a morning of the rice-cake and noodle plant."""

from decimal import Decimal

from mes.core.work import Work
from mes.inspection.service import decide_failed_lot
from mes.items.queries import get_item
from mes.lots.models import Hold
from mes.lots.queries import first_out, get_lot
from mes.lots.service import adjust_lot, hold_lot, lift_hold, return_lot, ship_lots
from mes.orders.lists import page_of_orders
from mes.orders.models import OrderState
from mes.orders.service import close_order, release_order
from mes.partners.queries import get_partner
from mes.quality.service import undo_report
from mes.web.sample_floor import Floor
from mes.web.sample_stage import DAYS, Story
from mes.web.sample_troubles import Claim, claimed, costs, failed

KIM, PARK, LEE, CHOI, HOA, SITA = "F001", "F002", "F003", "F004", "F005", "F006"
QUALITY, MATERIAL, MANAGER = "F007", "F008", "F009"
CLAIM = Claim(
    quality=QUALITY,
    leader=KIM,
    manager=MANAGER,
    what="고객 매장에서 진공 포장 풀림 2봉 발견. 가장자리 실링이 벌어져 공기가 들어감.",
    whys=("실링이 벌어졌다", "실링 온도가 낮았다", "히터 예열 전에 시작했다", "예열 확인 항목이 없다"),
    steps=(
        "품질, 포장반장, 생산관리",
        "같은 날 포장분 2봉에서 실링 풀림.",
        "같은 품목 재고 보류, 거래처 매대 확인 요청",
        "실링 히터 예열 확인이 일상점검에 빠져 있음",
    ),
    repair="실링 온도 재설정, 보류 재고 진공 확인",
    prevention="일상점검표에 실링 온도와 예열 시간 추가",
)


def tell(floor: Floor) -> None:
    """Let all stories of the plant begin at their time."""
    floor.tell(0, -20, _prepare(floor))
    for day in (0, 2, 4, 6, 8):
        floor.tell(day, 10, _rice_cake(floor, day))
    for day in (1, 5, 9):
        floor.tell(day, 10, _tteokbokki(floor, day))
    for day in (0, 8):
        floor.tell(day, 20, _sauce(floor, day))
    for day in (3, 7):
        floor.tell(day, 30, _noodles(floor, day))
    for day in (1, 3, 5, 7, 9):
        floor.tell(day, 15, _delivery(floor, day))
    for day in range(2, DAYS):
        floor.tell(day, 480, _shipping(floor, day))
    floor.tell(3, 100, _doubtful_paste(floor))
    floor.tell(6, 60, _damp_pepper(floor))
    floor.tell(7, 200, _stock_count(floor))
    for day, minute, centre, machine, reason, minutes in STOPS:
        floor.tell(day, minute, floor.stop(PARK, centre, machine, reason, minutes))
    floor.tell(8, 400, _late_order(floor))
    floor.tell(0, -15, costs(floor, MANAGER))
    floor.tell(
        6, 200, failed(floor, QUALITY, "고춧가루 수분 기준 초과", "공급처에 건조 공정 개선과 성적서 요구", (9, 300))
    )
    floor.tell(9, 500, claimed(floor, CLAIM))
    floor.tell(9, 560, _close_done(floor))
    floor.tell(DAYS, 5, _this_morning(floor))
    floor.tell(DAYS, 395, floor.stop(PARK, "WC-STEAM", "M-STM-2", "S-STEAM", 120))


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
    """What is taken by itself stands where it is used."""
    for item, place, quantity in (
        ("PK-POUCH-500", "L-PACK", 4500), ("PK-OXY-01", "L-PACK", 5000), ("PK-LABEL-01", "L-PACK", 8000),
        ("PK-SPOUCH-120", "L-PACK", 5000), ("PK-TRAY-01", "L-PACK", 3500), ("PK-LID-01", "L-PACK", 3500),
        ("PK-POUCH-1K", "L-PACK", 1000), ("PK-BOX-20", "L-BOX", 500), ("RM-ALC-01", "L-CUT", 30),
        ("RM-ALC-01", "L-NOODLE", 15),
    ):  # fmt: skip
        floor.bring(MATERIAL, item, place, quantity)
        yield 1


def _rice_cake(floor: Floor, day: int) -> Story:
    """쌀가루 -> 떡반죽 -> 가래떡 -> 떡국떡 -> 500 g -> 박스."""
    dough = floor.order(MANAGER, "SF-DOUGH-01", 268, day, priority=3)
    rope = floor.order(MANAGER, "SF-GARAE-01", 260, day)
    slices = floor.order(MANAGER, "SF-SLICE-01", 240, day)
    packs = floor.order(MANAGER, "FG-TTEOKGUK-500", 440, day, customer="C-2001")
    yield from floor.make(dough, [KIM, KIM], QUALITY, minutes=45, machines=["M-MIX-1", "M-STM-1"])
    yield from floor.make(
        rope, [PARK, PARK], QUALITY, minutes=40, machines=["M-EXT-1"], defects={0: ("D-SIZE", 4 + day)}
    )
    yield from floor.make(slices, [PARK], QUALITY, minutes=40, machines=["M-CUT-1"], defects={0: ("D-CRACK", 6)})
    if day == 4:
        yield from _undone(floor, packs)
    else:
        pieces = {0: ("D-SEAL", 3 + day % 3), 1: ("D-WEIGHT", 2)}
        yield from floor.make(packs, [LEE, HOA], QUALITY, minutes=40, machines=["M-VAC-1", "M-MET-1"], defects=pieces)
    boxes = floor.order(MANAGER, "FG-TTEOKGUK-500-BX20", 20, day + 1, customer="C-2001")
    made = yield from floor.make(boxes, [HOA], QUALITY, minutes=30, machines=["M-BOX-1"])
    if day == 8:
        floor.do(QUALITY, lambda work: hold_lot(work, get_lot(work.session, made[0]).id, "진공 풀림 의심, 재검사 대기"))


def _undone(floor: Floor, order: str) -> Story:
    """A wrong number is typed, taken back at once, and reported again."""
    [(pack, centre), (metal, _)] = floor.jobs(order)
    floor.start(LEE, pack, centre, "M-VAC-1")
    yield 5
    floor.first_piece(QUALITY, pack)
    yield 40
    wrong = floor.report(LEE, pack, centre, Decimal(344))
    yield 3
    floor.do(LEE, lambda work: undo_report(work, wrong), at=centre)
    yield 2
    floor.report(LEE, pack, centre, Decimal(434), [("D-SEAL", Decimal(6))], last=True)
    yield 10
    floor.start(HOA, metal, centre, "M-MET-1")
    yield 5
    floor.first_piece(QUALITY, metal)
    yield 30
    floor.report(HOA, metal, centre, Decimal(432), [("D-METAL", Decimal(2))], last=True)


def _tteokbokki(floor: Floor, day: int) -> Story:
    """떡반죽 -> 떡볶이떡 + 소스 -> 밀키트 -> 박스."""
    dough = floor.order(MANAGER, "SF-DOUGH-01", 176, day, priority=3)
    sticks = floor.order(MANAGER, "SF-STICK-01", 170, day)
    kits = floor.order(MANAGER, "FG-TTEOKBOKKI-KIT", 400, day, customer="C-2002")
    yield from floor.make(dough, [KIM, KIM], QUALITY, minutes=40, machines=["M-MIX-2", "M-STM-2"])
    yield from floor.make(sticks, [PARK, PARK], QUALITY, minutes=45, machines=["M-EXT-1"], defects={0: ("D-STICK", 3)})
    found = {0: ("D-SEAL", 5), 1: ("D-LABEL", 1 + day % 4)}
    yield from floor.make(
        kits, [LEE, HOA], QUALITY, minutes=60, machines=["M-VAC-1", "M-MET-1"], defects=found, parts=2
    )
    boxes = floor.order(MANAGER, "FG-TTEOKBOKKI-KIT-BX20", 18, day + 1, customer="C-2002")
    yield from floor.make(boxes, [HOA], QUALITY, minutes=30, machines=["M-BOX-1"])


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
        floor.receive(MATERIAL, "PK-LABEL-01", [5000], "V-1004", f"LB-{77 + day}", "S-PKG", 10)
        floor.bring(MATERIAL, "PK-LABEL-01", "L-PACK", 4000)


def _shipping(floor: Floor, day: int) -> Story:
    """What was packed leaves in the afternoon: rice cake, kits and noodles, each to its customer."""
    item, customer = ("FG-TTEOKGUK-500-BX20", "C-2001") if day % 2 else ("FG-TTEOKBOKKI-KIT-BX20", "C-2002")
    if day in (4, 8):
        item, customer = "FG-KALGUKSU-500", "C-2003"

    def deed(work: Work) -> None:
        lots = first_out(work.session, [get_item(work.session, item).id], work.today)
        lines = [(lot.code, None if lot.on_hand < 20 else lot.on_hand - 4) for lot in lots[:2]]
        if lines:
            ship_lots(
                work, customer=get_partner(work.session, customer), lines=lines,
                reference=f"PO-{floor.date(day):%m%d}",
            )  # fmt: skip

    floor.do(MATERIAL, deed)
    yield 1


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


def _stock_count(floor: Floor) -> Story:
    """The yearly count finds a little less salt."""

    def deed(work: Work) -> None:
        [lot, *_] = first_out(work.session, [get_item(work.session, "RM-SALT-01").id], work.today)
        adjust_lot(work, lot.code, lot.on_hand - Decimal("1.2"), "재고실사: 계량 손실")

    floor.do(MATERIAL, deed)
    yield 1


def _late_order(floor: Floor) -> Story:
    """Rice cake by the kilogram that should have been ready the day before yesterday."""
    order = floor.order(MANAGER, "FG-GARAE-1K", 60, 9, customer="C-2003", priority=1, note="급식 납품분")
    rope = floor.order(MANAGER, "SF-GARAE-01", 40, 9)
    dough = floor.order(MANAGER, "SF-DOUGH-01", 45, 9)
    yield (9, 200)
    yield from floor.make(dough, [KIM, KIM], QUALITY, minutes=30, machines=["M-MIX-2", "M-STM-1"])
    yield from floor.make(rope, [PARK, PARK], QUALITY, minutes=30, machines=["M-EXT-1"])
    [(pack, centre), _rest] = floor.jobs(order)
    floor.start(LEE, pack, centre, "M-VAC-1")
    yield 5
    floor.first_piece(QUALITY, pack)
    yield 40
    floor.report(LEE, pack, centre, Decimal(34), [("D-VACUUM", Decimal(4))])


def _close_done(floor: Floor) -> Story:
    """The manager closes what was completed in the first week."""

    def deed(work: Work) -> None:
        found = page_of_orders(work.session, states=[OrderState.COMPLETED], size=200)
        for order in found.rows:
            if order.due_on <= floor.date(4):
                close_order(work, order.code)

    floor.do(MANAGER, deed)
    yield 1


def _this_morning(floor: Floor) -> Story:
    """The week's plan is released; the steamer, the kettle and the packing room are at work."""

    def orders(work: Work) -> dict[str, str]:
        found = page_of_orders(work.session, states=[OrderState.DRAFT], size=200).rows
        plan = {order.item.code: order.code for order in found}
        for item in ("SF-DOUGH-01", "SF-GARAE-01", "SF-SLICE-01", "SF-SAUCE-01", "SF-SPACK-01", "FG-TTEOKGUK-500"):
            release_order(work, plan[item], confirmed=True)
        return plan

    plan: dict[str, str] = floor.do(MANAGER, orders)
    arrived = floor.receive(MATERIAL, "RM-RICE-01", [300, 300], "V-1002", f"NR-{floor.today:%y%m%d}", "S-COLD")
    floor.tell(DAYS, 20, floor.make(plan["SF-SAUCE-01"], [CHOI], QUALITY, minutes=480, machines=["M-KTL-1"], parts=4))
    yield 15
    floor.inspect_lots(QUALITY, arrived[:1])
    found = {0: ("D-TEMP", 8)}
    yield from floor.make(
        plan["SF-DOUGH-01"], [KIM, KIM], QUALITY, minutes=70, machines=["M-MIX-1", "M-STM-1"], defects=found, parts=2
    )
    yield from floor.make(
        plan["SF-GARAE-01"], [PARK, PARK], QUALITY, minutes=60, machines=["M-EXT-1"], defects={0: ("D-SIZE", 6)}
    )
    yield from floor.make(
        plan["SF-SLICE-01"], [PARK], QUALITY, minutes=160, machines=["M-CUT-1"], defects={0: ("D-CRACK", 5)}, parts=4
    )
