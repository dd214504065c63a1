"""The quality of the farm-machine plant in its month: the jaws of a lathe wear out, a press die is set wrong once."""

from mes.inspection.models import InspectionKind
from mes.nonconformance.models import CostKind
from mes.quality.finding import Mark
from mes.quality.models import Disposition
from mes.spc.models import ChartKind
from mes.web import sample_charts, sample_gauges
from mes.web.sample_charts import Watched
from mes.web.sample_courses import Course, Courses, Move
from mes.web.sample_defects import Fingers, Trouble, decided, found, listed, photo, troubled
from mes.web.sample_floor import Floor, Part
from mes.web.sample_kept import kept, spoilt, tried
from mes.web.sample_papers import Change, change
from mes.web.sample_pictures import gear, scored_bore
from mes.web.sample_stage import DAYS, EARLIER, Story

KANG, SONG, YU, DUNG, BIKAS, HONG = "M001", "M002", "M003", "M004", "M005", "M006"
QUALITY, MATERIAL, MANAGER = "M007", "M008", "M009"
GEAR, CLAW, FORGING = "GR-20T", "CLAW-01", "FRG-GR20"
#: From this day on the worn jaws let the bore grow; on that one the die was put together with the wrong shim.
JAWS, DIE = 5, 6

BORE = Watched(item=GEAR, name="내경", kind=ChartKind.XBAR_R, size=5, reaction="가공 정지, 공구 보정, 반장에게 연락")
ANGLE = Watched(item=CLAW, name="끝단 각도", kind=ChartKind.XBAR_R, size=5, reaction="프레스 정지, 심 두께 확인")
BURR = Watched(item=CLAW, name="버 높이", kind=ChartKind.I_MR, size=1, reaction="펀치 재연마")
CHARTS = (BORE, ANGLE, BURR)

#: What one of what is made here, or bought for much, costs in won.
MADE = {
    "TP-4R": 2450000, "TL-7": 1180000, "ENG-BASE": 338000, "ASM-ENG": 352000, "ASM-GBX": 132000, "ASM-PLT": 186000,
    "ASM-ARM": 21500, "ASM-FLT": 48000, "ASM-FRM": 96000, "ASM-HDL": 34000, "ASM-TRY": 52000, "ASM-ROT": 61000,
    "SHF-MAIN": 23800, "GR-20T": 7800, "GR-40T": 14200, "CASE-GB": 41000, "CLAW-01": 950, "BRK-ARM": 4300,
    "FRM-WLD": 68000, "CST-GB": 17500, "FRG-SHF": 9800,
}  # fmt: skip

#: What is mounted for an operation.
TOOLS = {
    (CLAW, 10): "D-CLAW-1", (CLAW, 20): "D-CLAW-1", ("CASE-GB", 10): "J-CASE-1", ("FRM-WLD", 20): "J-FRM-1",
    ("ASM-HDL", 10): "B-HDL-1", ("ASM-TRY", 10): "D-TRAY-1",
}  # fmt: skip

CAUSES = (
    ("C-JAW", "척 죠 마모", "Worn chuck jaws", "설비"),
    ("C-DIE", "금형 심 두께", "Wrong shim in the die", "설비"),
    ("C-TOOL", "공구 마모", "Worn tool", "설비"),
    ("C-HAND", "취급 부주의", "Careless handling", "사람"),
    ("C-MATERIAL", "소재 편차", "Material varies", "자재"),
    ("C-WELD", "용접 조건", "Welding conditions", "방법"),
)
TROUBLE = Trouble(
    item=GEAR, code="D-DIM", since=JAWS,
    what="기어 20T 내경 상한 초과 증가. CNC 선반 2호기 가공품에서만 발생, 내경 관리도 평균 상승과 같은 시점.",
    place="기계가공반 CNC 선반 2호기 MC-02",
    whys=("내경이 크다", "가공 중 소재가 밀린다", "척 죠의 물림이 고르지 않다", "죠가 마모되었다",
          "죠 교체 주기가 없다"),
    steps=(
        "품질, 가공반장, 설비 담당",
        "내경 평균 20.0105에서 20.0150 mm로 상승. 하루 1~3개가 상한 20.021 mm 초과.",
        "해당 기간 가공품 전수 측정, 재고 로트 보류",
        "척 소프트죠 마모로 물림 흔들림. 죠 접촉 흔적이 한쪽에 몰려 있음.",
        "소프트죠 교체와 재성형, 교체 전까지 전수 측정",
    ),
    containment=("해당 기간 가공품 내경 전수 측정", QUALITY, 7),
    correction=("소프트죠 교체, 재성형 후 런아웃 확인", SONG, 8),
    hold="내경 상한 초과 의심, 전수 측정 전 사용 금지",
    costs=((CostKind.SORTING, "5", "h", 21000, "내경 전수 측정"), (CostKind.SCRAP, "6", "EA", 7800, "내경 초과 폐기")),
)  # fmt: skip
JAW_CHANGE = Change(
    kinds=frozenset({"machine", "method"}),
    title="CNC 선반 2호기 척 소프트죠 교체와 교체 주기 신설",
    before="소프트죠 교체 주기 없음, 육안 확인",
    after="3,000개마다 소프트죠 교체, 교체 후 런아웃 0.01 이하 확인",
    reason="기어 20T 내경 관리도 이탈(평균 상승)과 치수 불량 증가",
    checks="교체 후 첫 30개 내경 전수, 다음 3로트 n=5 관리도 확인",
    affected=(GEAR, "GR-40T"),
    days=8,
)
HEAT_CHANGE = Change(
    kinds=frozenset({"material", "method"}),
    title="침탄열처리 외주처 이원화 검토",
    before="견본열처리 단독",
    after="견본열처리와 신규 업체 병행, 같은 작업표준",
    reason="납기 지연(기어 24개 미입고)",
    checks="신규 업체 첫 3로트 표면 경도·유효경화깊이 전수",
    affected=(GEAR, "SHF-MAIN", CLAW),
    days=21,
    customer_told=True,
)


def courses() -> Courses:
    """How the watched processes run."""
    return {
        (GEAR, BORE.name): Course(20.0105, 0.0025, "bore 31", (Move(JAWS, 0, 1.75),)),
        (CLAW, ANGLE.name): Course(28.0, 0.22, "angle", (Move(DIE, 0, 1.7), Move(DIE + 2, 0, 0.0))),
        (CLAW, BURR.name): Course(0.07, 0.016, "burr 6"),
        (FORGING, "소재 지름"): Course(60.05, 0.12, "forging"),
    }


def tell(floor: Floor) -> None:
    """Let the stories of quality begin at their time."""
    for minute, story in enumerate((
        sample_gauges.calibrated(floor, QUALITY, CALIBRATED),
        sample_charts.set_up(floor, QUALITY, CHARTS),
        listed(floor, QUALITY, CAUSES, {GEAR: gear}),
    )):  # fmt: skip
        floor.tell(-EARLIER, minute - 40, story)
    for minute, story in enumerate(_studies(floor)):
        floor.tell(-7, 300 + minute, story)
    floor.tell(JAWS - 1, 500, sample_charts.freeze(floor, QUALITY, CHARTS))
    floor.tell(JAWS, 500, sample_charts.answer(
        floor, SONG, BORE,
        ("내경 평균이 올라감, 공구 보정 -0.003 후에도 계속됨", "전수 측정으로 전환, 척 상태 점검 요청"),
        ("같은 원인 조사 중", "전수 측정"),
    ))  # fmt: skip
    floor.tell(6, 500, sample_charts.answer(
        floor, SONG, BORE,
        ("척 소프트죠 마모로 물림이 흔들림", "부적합 등록, 4M 변경(소프트죠 교체) 신청"),
        ("같은 원인(척 죠 마모)", "죠 교체 전까지 전수 측정"),
    ))  # fmt: skip
    for day in (7, 8, 9):
        floor.tell(day, 500, sample_charts.answer(
            floor, SONG, BORE, ("같은 원인(척 죠 마모)", "죠 납품 대기, 전수 측정 계속"),
        ))  # fmt: skip
    floor.tell(DIE + 2, 30, sample_charts.answer(
        floor, SONG, ANGLE,
        ("금형 재연마 뒤 0.3 mm 얇은 심을 넣음", "심 교체, 재연마 후 심 두께 기록표 추가"),
        ("같은 원인(금형 심 두께)", "심 교체로 함께 조치"),
    ))  # fmt: skip
    floor.tell(6, 515, troubled(floor, QUALITY, TROUBLE))
    floor.tell(6, 540, change(floor, SONG, JAW_CHANGE, approved_by=MANAGER, wait=(7, 60)))
    floor.tell(9, 330, change(floor, MATERIAL, HEAT_CHANGE, wait=(DAYS, 0)))
    for day, item, code, as_, why in (
        (4, GEAR, "D-BURR", Disposition.REWORK, "버 제거 후 재확인"),
        (7, GEAR, "D-DIM", Disposition.SCRAP, "내경 상한 초과, 폐기"),
        (7, CLAW, "D-DIM", Disposition.SORT, "각도 전수 선별"),
    ):
        floor.tell(day, 520, decided(floor, QUALITY, item=item, code=code, until=day, as_=as_, why=why))
    floor.tell(9, 525, decided(floor, QUALITY, until=5, as_=Disposition.SCRAP, why="규정에 따라 폐기"))
    floor.tell(8, 525, decided(
        floor, QUALITY, item="BRK-ARM", code="D-SPATTER", until=8, as_=Disposition.CONCESSION, why="기능 면이 아님",
        approved_by="백승호",
    ))  # fmt: skip
    floor.tell(2, 160, kept(floor, QUALITY, "FRG-SHF", 1, floor.date(8), "입고 시편(재질 확인 기한까지)"))
    floor.tell(5, 180, tried(
        floor, QUALITY, kept(floor, QUALITY, "STL-SS45", 6, floor.date(DAYS + 180), "강재 시편"), 2,
        "브래킷 균열 문의: 인장시험", ((7, 60), (9, 120)), "인장강도 462 MPa, 연신율 27 %, 규격 이내",
    ))  # fmt: skip
    floor.tell(5, 240, spoilt(floor, MATERIAL, "ASM-FRM", "분체도장 열로 라벨이 타서 읽히지 않음"))


#: Days since the newest calibration: one gauge is overdue, one due soon.
CALIBRATED = {
    "MC-001": 140, "MC-002": 170, "MC-003": 95, "MC-004": 96, "MC-005": 110, "MC-006": 230, "MC-007": 70,
    "MC-008": 205, "MC-009": 346, "MC-010": 180, "MC-011": 300, "MC-012": 100, "MC-013": 120,
}  # fmt: skip


def _studies(floor: Floor) -> tuple[Story, ...]:
    crew = ("강태식", "송병철", "임채원")
    return (
        sample_gauges.repeatability(
            floor, QUALITY, "MC-012", item=GEAR, name=BORE.name, unit="mm", tolerance="0.021", people=crew,
            centre=20.0105, spread=0.0055, noise=0.0008, between=(0.0, 0.0005, -0.0004), decimals=3,
        ),
        sample_gauges.agreement(
            floor, QUALITY, "MC-011", item="SHF-MAIN", name="나사 통과", people=crew, answers=("통과", "불통과"),
            truth="11101101110111011010111011101101110110",
            slips={(0, 2): (8,), (1, 0): (20,), (1, 1): (20,), (2, 1): (27,)},
        ),
        sample_gauges.linearity(
            floor, QUALITY, "MC-007", name="변위", unit="mm", references=(1, 3, 5, 7, 9),
            noise=0.008, slope=0.0, decimals=2,
        ),
    )  # fmt: skip


FINGERS = Fingers("bore", Mark(565, 590), 22)


def turning(day: int) -> list[Part]:
    """A day at the lathe: twelve gears in the morning, twelve in the afternoon, five of them measured each time."""
    worn = day >= JAWS
    parts = []
    for half in (0, 1):
        big = (1 + (day + half) % 2) if worn else 0
        burr = 1 if not worn and (day + half) % 4 == 0 else 0
        if worn:
            photos = [photo(scored_bore)] if half else []
            told = found("C-JAW", FINGERS.at_the_place(), photos=photos)
        else:
            told = found("C-TOOL", FINGERS.anywhere() if burr else None)
        flaws = [("D-DIM", big)] * bool(big) + [("D-BURR", burr)] * bool(burr)
        checks = [InspectionKind.SELF]
        if day >= 0:
            checks += [InspectionKind.MIDDLE] if (day % 5, half) == (2, 1) else []
            checks += [InspectionKind.LAST] if (day % 5, half) == (4, 1) else []
        when = (day, 230 if half == 0 else 450)
        parts.append(Part(when=when, good=12 - big - burr, checks=checks, flaws=flaws, finding=told))
    return parts


def forming(day: int) -> list[Part]:
    """A day at the press: fifty claws, measured once or twice."""
    wrong = 2 if DIE <= day < DIE + 2 else 0
    told = found("C-DIE") if wrong else found()
    flaws = [("D-DIM", wrong)] * bool(wrong)
    first = [Part(when=(day, 200), good=0)] if day % 5 in (0, 2, 4) else []
    return [*first, Part(when=(day, 430), good=50 - wrong, flaws=flaws, finding=told)]


def gears(floor: Floor, first: int) -> Story:
    """Spare gears for a week: turned day by day, hobbed the next week, hardened outside, shipped."""
    order = floor.order(MANAGER, GEAR, 120, first + 8, customer="C-2002", note="보수용 기어")
    parts = [part for day in range(first, first + 5) for part in turning(day)]
    last = first + 5 >= DAYS
    until = {1: (DAYS, 700) if last else (first + 5, 200), 2: (first + 7, 300)}
    machines = ["MC-02", "MC-05", None]
    crew = [KANG, KANG, MATERIAL]
    return (yield from floor.make(order, crew, QUALITY, machines=machines, runs={0: parts}, until=until))


def claws(floor: Floor, first: int) -> Story:
    """Claws for a week: blanked on the first day, formed day by day, hardened outside."""
    order = floor.order(MANAGER, CLAW, 250, first + 8, note="보수용 식부침")
    parts = [part for day in range(first, first + 5) for part in forming(day)]
    machines = ["PR-01", "PR-01", None]
    until = {0: (first, 90), 2: (DAYS, 700) if first + 5 >= DAYS else (first + 7, 250)}
    yield from floor.make(order, [DUNG, DUNG, MATERIAL], QUALITY, machines=machines, runs={1: parts}, until=until)
