"""A month and a morning of the farm-machine plant: spare parts first, then from forgings to machines with numbers."""

from decimal import Decimal

from mes.core.work import Work
from mes.inspection.service import decide_failed_lot
from mes.lots.queries import get_lot
from mes.lots.service import hold_lot, lift_hold, return_lot
from mes.orders.lists import page_of_orders
from mes.orders.models import OrderState
from mes.orders.service import close_order
from mes.quality.service import undo_report
from mes.web import sample_machinery_quality as quality_story
from mes.web.sample_floor import Floor
from mes.web.sample_machinery_quality import BIKAS, DUNG, HONG, KANG, MADE, MANAGER, MATERIAL, QUALITY, SONG, YU
from mes.web.sample_machinery_today import DELIVERIES, forgings, this_morning
from mes.web.sample_papers import certified
from mes.web.sample_recalls import practised
from mes.web.sample_returns import leaking_tiller, ship_on_a_pallet
from mes.web.sample_stage import DAYS, EARLIER, Story
from mes.web.sample_troubles import Claim, claimed, costs, failed

#: Stops that are over: day, minute, work centre, machine, reason, minutes.
STOPS = (
    (0, 140, "WC-MC", "MC-01", "S-TOOL", 20),
    (1, 90, "WC-PRESS", "PR-01", "S-CHANGE", 45),
    (2, 200, "WC-MC", "MC-03", "S-PROG", 30),
    (4, 150, "WC-WELD", "WD-02", "S-FAULT", 80),
    (6, 240, "WC-SUB", None, "S-MAT", 35),
    (8, 100, "WC-ASM", "AS-01", "S-CHECK", 15),
    (9, 220, "WC-TEST", "TS-01", "S-QC", 40),
)

CLAIM = Claim(
    quality=QUALITY,
    leader=KANG,
    manager=MANAGER,
    what="고객 시운전에서 기어박스 누유 2대 발견. 30분 가동 후 출력축 씰 주변에 오일이 맺힘.",
    whys=("출력축 씰에서 오일이 샌다", "씰 입술이 긁혔다", "축 끝 모따기에 버가 있었다", "버 제거가 작업표준에 없다"),
    steps=(
        "품질, 가공반장, 조립반장",
        "출하 기계 2대에서 누유. 같은 날 조립분에서 발생.",
        "같은 품목 재고 보류, 고객사 재고 확인 요청",
        "축 끝 버 제거 공정이 작업표준에 빠져 있음",
    ),
    repair="축 끝 모따기 버 제거 공정 추가, 재고 축 전수 확인",
    prevention="작업표준과 초물 검사항목에 모따기 상태 추가",
)


def tell(floor: Floor) -> None:
    """Let all stories of the plant begin at their time."""
    floor.courses, floor.tools = quality_story.courses(), quality_story.TOOLS
    quality_story.tell(floor)
    for first in (-12, -6, 0, 5):
        floor.tell(first, 70, _spare_gears(floor, first))
        floor.tell(first, 5, quality_story.claws(floor, first))
    for number, (day, cracked) in enumerate(DELIVERIES):
        floor.tell(day, 25, forgings(floor, number, cracked))
    floor.tell(0, -20, _prepare(floor))
    floor.tell(0, 10, _shafts(floor))
    floor.tell(0, 15, _gears(floor))
    floor.tell(0, 20, _cases(floor))
    floor.tell(1, 10, _claws(floor))
    floor.tell(1, 15, _brackets(floor))
    floor.tell(1, 20, _frames(floor))
    floor.tell(4, 30, _gearboxes(floor))
    floor.tell(4, 40, _engines(floor))
    floor.tell(5, 20, _planting_units(floor))
    floor.tell(5, 30, _floats_trays_handles(floor))
    floor.tell(7, 20, _transplanters(floor))
    floor.tell(8, 20, _tillers(floor))
    floor.tell(2, 60, _forgings_arrive(floor))
    floor.tell(6, 60, _thin_castings(floor))
    for day, minute, centre, machine, reason, minutes in STOPS:
        floor.tell(day, minute, floor.stop(SONG, centre, machine, reason, minutes))
    floor.tell(8, 60, _late_gears(floor))
    floor.tell(-EARLIER, -15, costs(floor, MANAGER, MADE))
    floor.tell(
        6,
        200,
        failed(floor, QUALITY, "기어박스 주물 벽 두께 규격 초과", "공급처에 금형 점검과 시정조치 요구", (9, 300)),
    )
    floor.tell(9, 300, practised(floor, QUALITY, "FRG-GR20"))
    floor.tell(9, 500, claimed(floor, CLAIM))
    floor.tell(9, 540, leaking_tiller(floor, MATERIAL, SONG))
    floor.tell(9, 560, _close_done(floor))
    floor.tell(DAYS, 5, this_morning(floor))
    floor.tell(DAYS, 390, floor.stop(SONG, "WC-MC", "MC-05", "S-FAULT", 120))


def _prepare(floor: Floor) -> Story:
    """What is taken by itself stands where it is used."""
    for item, place, quantity in (
        ("BRG-6204", "L-SUB", 300),
        ("SEAL-25", "L-SUB", 120),
        ("BLT-FAN", "L-SUB", 30),
        ("10240", "L-SUB", 900),
        ("10240", "L-ASM", 900),
        ("00235", "L-SUB", 3500),
        ("00236", "L-SUB", 2000),
        ("OIL-80W", "L-SUB", 60),
        ("GRP-01", "L-SUB", 60),
        ("CBL-CLU", "L-SUB", 50),
        ("TINE-01", "L-SUB", 80),
        ("WHL-600", "L-ASM", 30),
        ("BOX-TP4", "L-SHIP", 12),
    ):
        floor.bring(MATERIAL, item, place, quantity)
        yield 1


def _spare_gears(floor: Floor, first: int) -> Story:
    """A week's gears leave as spare parts; the newest go with a certificate."""
    made = yield from quality_story.gears(floor, first)
    yield (first + 8, 200)
    shipment = ship_on_a_pallet(floor, MATERIAL, made, "C-2002", f"PO-GR-{floor.date(first):%m%d}")
    if first == 0:
        yield 30
        yield from certified(floor, shipment, QUALITY, MANAGER)


def _shafts(floor: Floor) -> Story:
    """Turned here, hardened at the subcontractor's, ground here."""
    order = floor.order(MANAGER, "SHF-MAIN", 16, 4, priority=3)
    yield from floor.make(
        order, [KANG, MATERIAL, KANG], QUALITY, minutes=150, machines=["MC-01", None, "MC-06"],
        defects={0: ("D-DIM", 1), 1: ("D-DISTORT", 1)}, until={1: (2, 90)},
    )  # fmt: skip


def _gears(floor: Floor) -> Story:
    """Two sizes of gears, hardened at the subcontractor's; a doubtful hardness is looked at again."""
    small = floor.order(MANAGER, "GR-20T", 32, 4, priority=3)
    large = floor.order(MANAGER, "GR-40T", 16, 4)
    crew = [KANG, KANG, MATERIAL]
    machines = ["MC-02", "MC-05", None]
    made = yield from floor.make(
        small, crew, QUALITY, minutes=140, machines=machines, defects={1: ("D-BURR", 2)}, until={2: (2, 100)}
    )
    ident: int = floor.do(
        QUALITY, lambda work: hold_lot(work, get_lot(work.session, made[0]).id, "경도 성적서 확인 필요").id
    )
    yield (3, 60)
    floor.do(QUALITY, lambda work: lift_hold(work, ident, "재측정 HRC 60, 성적서 확인함"))
    yield from floor.make(
        large, crew, QUALITY, minutes=100, machines=machines, defects={2: ("D-HARD", 1)}, until={2: (4, 10)}
    )


def _cases(floor: Floor) -> Story:
    """Gear cases; a wrong number is typed, taken back at once, and reported again."""
    order = floor.order(MANAGER, "CASE-GB", 14, 3)
    [(job, centre)] = floor.jobs(order)
    floor.start(SONG, job, centre, "MC-03")
    yield 5
    floor.first_piece(QUALITY, job)
    yield 200
    wrong = floor.report(SONG, job, centre, Decimal(4))
    yield 4
    floor.do(SONG, lambda work: undo_report(work, wrong), at=centre)
    yield 2
    floor.report(SONG, job, centre, Decimal(13), [("D-MAT", Decimal(1))], last=True)


def _claws(floor: Floor) -> Story:
    """Planting claws: blanked, formed, hardened at the subcontractor's."""
    order = floor.order(MANAGER, "CLAW-01", 110, 5)
    yield from floor.make(
        order, [DUNG, DUNG, MATERIAL], QUALITY, minutes=80, machines=["PR-01", "PR-01", None],
        defects={1: ("D-DIM", 4), 2: ("D-DISTORT", 2)}, until={2: (4, 60)},
    )  # fmt: skip


def _brackets(floor: Floor) -> Story:
    """Brackets: cut by laser, welded."""
    order = floor.order(MANAGER, "BRK-ARM", 48, 3)
    found = {1: ("D-SPATTER", 2)}
    yield from floor.make(order, [DUNG, YU], QUALITY, minutes=120, machines=["PR-02", "WD-01"], defects=found, parts=2)


def _frames(floor: Floor) -> Story:
    """Frames are welded here and powder-coated outside."""
    welded = floor.order(MANAGER, "FRM-WLD", 12, 3)
    painted = floor.order(MANAGER, "ASM-FRM", 11, 5)
    yield from floor.make(
        welded, [YU, YU], QUALITY, minutes=180, machines=["WD-03", "WD-02"], defects={1: ("D-WELD", 1)}
    )
    yield (2, 60)
    yield from floor.make(painted, [MATERIAL], QUALITY, defects={0: ("D-PAINT", 1)}, until={0: (5, 40)})


def _gearboxes(floor: Floor) -> Story:
    """Gearboxes, each with its serial number; one leaks."""
    order = floor.order(MANAGER, "ASM-GBX", 10, 6)
    yield from floor.make(order, [HONG, HONG], QUALITY, minutes=240, defects={1: ("D-LEAK", 1)})


def _engines(floor: Floor) -> Story:
    """Engines get their belt; the bought engine's serial number is scanned for each."""
    order = floor.order(MANAGER, "ASM-ENG", 9, 6)
    yield from floor.make(order, [BIKAS], QUALITY, minutes=150)


def _planting_units(floor: Floor) -> Story:
    """Planting arms, four of them to a planting unit."""
    arms = floor.order(MANAGER, "ASM-ARM", 36, 6)
    units = floor.order(MANAGER, "ASM-PLT", 8, 7)
    yield from floor.make(arms, [HONG], QUALITY, minutes=200, parts=2, defects={0: ("D-TORQUE", 2)})
    yield (6, 30)
    yield from floor.make(units, [HONG], QUALITY, minutes=180)


def _floats_trays_handles(floor: Floor) -> Story:
    """Floats, seedling trays, handles, and the tiller's rotor."""
    floats = floor.order(MANAGER, "ASM-FLT", 8, 6)
    trays = floor.order(MANAGER, "ASM-TRY", 8, 7)
    handles = floor.order(MANAGER, "ASM-HDL", 11, 7)
    rotors = floor.order(MANAGER, "ASM-ROT", 4, 8)
    yield from floor.make(floats, [BIKAS], QUALITY, minutes=60)
    yield from floor.make(trays, [DUNG, BIKAS], QUALITY, minutes=70, machines=["PR-01"], defects={0: ("D-BURR", 1)})
    yield (6, 40)
    yield from floor.make(handles, [YU, BIKAS], QUALITY, minutes=60, machines=["WD-03"])
    yield from floor.make(rotors, [HONG], QUALITY, minutes=60)


def _transplanters(floor: Floor) -> Story:
    """Five transplanters are assembled, run, crated; three leave the next day, one is put aside."""
    order = floor.order(MANAGER, "TP-4R", 5, 9, customer="C-2001", priority=1, note="이앙철 선주문")
    made = yield from floor.make(
        order, [BIKAS, HONG, SONG, MATERIAL], QUALITY, minutes=110, machines=["AS-01", "AS-01", "TS-01"]
    )
    yield (8, 300)
    reason = "시운전 후 누유 흔적, 재확인"
    floor.do(QUALITY, lambda work: hold_lot(work, get_lot(work.session, made[4]).id, reason))
    yield (9, 300)
    ship_on_a_pallet(floor, MATERIAL, made[:3], "C-2001", "PO-TP-0117")


def _tillers(floor: Floor) -> Story:
    """Three tillers; two leave."""
    order = floor.order(MANAGER, "TL-7", 3, 9, customer="C-2002")
    made = yield from floor.make(order, [BIKAS, HONG, SONG], QUALITY, minutes=90, machines=["AS-01", "AS-01", "TS-01"])
    yield (9, 320)
    ship_on_a_pallet(floor, MATERIAL, made[:2], "C-2002", "PO-TL-0042")


def _forgings_arrive(floor: Floor) -> Story:
    """Forgings and steel arrive and pass; later three more engines, each with its own number."""
    forgings = floor.receive(MATERIAL, "FRG-SHF", [40], "V-1002", "F-2611-02", "S-STL", 6)
    yield 50
    floor.inspect_lots(QUALITY, forgings)
    yield (5, 80)
    steel = floor.receive(MATERIAL, "STL-SS45", [320, 320], "V-1003", "H50912", "S-STL", 9)
    yield 40
    floor.inspect_lots(QUALITY, steel)
    yield (7, 90)
    engines = floor.receive(MATERIAL, "ENG-BASE", [1, 1, 1], "V-1001", "AE26-7188", "S-PART", 4)
    yield 60
    floor.inspect_lots(QUALITY, engines[:2])


def _thin_castings(floor: Floor) -> Story:
    """Castings with thin walls fail their inspection, are rejected and go back."""
    lots = floor.receive(MATERIAL, "CST-GB", [30], "V-1002", "DC-121", "S-PART", 5)
    yield 70
    floor.inspect_lots(QUALITY, lots, fails=True)
    yield (7, 60)
    floor.do(QUALITY, lambda work: decide_failed_lot(work, lots[0], accept=False, reason="벽 두께 초과, 사용 불가"))
    yield 120
    floor.do(MATERIAL, lambda work: return_lot(work, lots[0], Decimal(30), "벽 두께 부적합으로 반품"))


def _late_gears(floor: Floor) -> Story:
    """Gears that should be back from hardening and are not."""
    order = floor.order(MANAGER, "GR-20T", 24, 9, priority=1)
    yield from floor.make(
        order, [KANG, KANG, MATERIAL], QUALITY, minutes=120, machines=["MC-02", "MC-05"], until={2: (DAYS, 900)}
    )


def _close_done(floor: Floor) -> Story:
    """The manager closes what was completed in the first week."""

    def deed(work: Work) -> None:
        for order in page_of_orders(work.session, states=[OrderState.COMPLETED], size=200).rows:
            if order.due_on <= floor.date(5):
                close_order(work, order.code)

    floor.do(MANAGER, deed)
    yield 1
