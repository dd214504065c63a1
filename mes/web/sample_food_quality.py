"""The quality of the rice-cake plant in its month: a sealing heater grows weak, a blade is set wrong for a day."""

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
from mes.web.sample_pictures import open_seam, pouch
from mes.web.sample_stage import DAYS, EARLIER, Story

KIM, PARK, LEE, CHOI, HOA, SITA = "F001", "F002", "F003", "F004", "F005", "F006"
QUALITY, MATERIAL, MANAGER = "F007", "F008", "F009"
PACKS, SLICES, POUCHES = "FG-TTEOKGUK-500", "SF-SLICE-01", "PK-POUCH-500"
#: Days on which rice cake is made; on the day of ``HEATER`` the seal grows weak, on that of ``BLADE`` slices too thick.
BAKING = (-12, -9, -7, -4, -2, 0, 2, 4, 6, 8)
HEATER, BLADE = 4, 6

SEAL = Watched(
    item=PACKS, name="실링 강도", kind=ChartKind.I_MR, size=1, reaction="포장 정지, 실링 온도 확인, 품질에 연락"
)
THICKNESS = Watched(item=SLICES, name="두께", kind=ChartKind.XBAR_R, size=5, reaction="칼날 간격 확인, 반장에게 연락")
WEIGHT = Watched(item=PACKS, name="중량", kind=ChartKind.XBAR_R, size=5, reaction="계량기 영점 확인, 반장에게 연락")
CHARTS = (SEAL, THICKNESS, WEIGHT)

#: What is mounted for an operation; the right one of two rows of the sealing die has the weak heater.
TOOLS = {
    (PACKS, 10): "T-SB-01", ("FG-KALGUKSU-500", 10): "T-SB-01", (SLICES, 10): "T-CB-01", ("SF-GARAE-01", 10): "T-NZ-01",
    ("SF-STICK-01", 10): "T-NZ-02",
}  # fmt: skip

CAUSES = (
    ("C-HEATER", "실링 히터 출력 저하", "Weak sealing heater", "설비"),
    ("C-BLADE", "칼날 간격", "Gap of the blade", "설비"),
    ("C-SET", "조건 설정 미흡", "Wrong setting", "방법"),
    ("C-HAND", "작업 미숙", "Not trained", "사람"),
    ("C-MATERIAL", "원·부자재 편차", "Material varies", "자재"),
)
TROUBLE = Trouble(
    item=PACKS, code="D-SEAL", since=HEATER,
    what="떡국떡 500 g 실링 불량 증가. 포장 오른쪽 아래 모서리의 실링이 벌어짐. 실링 강도 관리도 이탈과 같은 시점.",
    place="내포장실 진공포장기 M-VAC-1",
    whys=("실링이 벌어졌다", "실링 강도가 낮아졌다", "오른쪽 히터 온도가 설정보다 낮았다", "히터 저항이 커졌다",
          "히터 교체 주기가 없다"),
    steps=(
        "품질, 내포장반장, 설비 담당",
        "실링 불량이 평소의 3배. 오른쪽 아래 모서리에 몰려 있음. 실링 강도 평균 30.6에서 27.3 N/15mm로 하락.",
        "해당일 생산분 진공 확인, 재고 로트 보류",
        "실링 바 오른쪽 히터 노후. 표면 온도 실측 168 ℃(설정 180 ℃).",
        "히터 블록 교체, 교체 전까지 설정 온도 +5 ℃와 30분 간격 강도 확인",
    ),
    containment=("같은 날 생산분 진공 확인, 불량 선별", QUALITY, 7),
    correction=("실링 히터 블록 교체", PARK, 8),
    hold="실링 불량 의심, 진공 확인 전 출하 금지",
    costs=((CostKind.SORTING, "6", "h", 18000, "재고 진공 확인 2명"),
           (CostKind.SCRAP, "26", "EA", 1450, "실링 불량 폐기")),
)  # fmt: skip
HEATER_CHANGE = Change(
    kinds=frozenset({"machine"}),
    title="진공포장기 M-VAC-1 실링 히터 블록 교체",
    before="기존 히터 블록(2021년 설치), 설정 180 ℃",
    after="동일 사양 신품 히터 블록, 설정 180 ℃, 표면 온도 실측 후 가동",
    reason="실링 강도 관리도 이탈(평균 하락)과 실링 불량 증가",
    checks="교체 후 첫 3로트 실링 강도 5점씩, 진공 유지 24시간 확인",
    affected=(PACKS, "FG-GARAE-1K", "FG-KALGUKSU-500"),
    days=8,
)
RICE_CHANGE = Change(
    kinds=frozenset({"material"}),
    title="습식 쌀가루 공급처 추가 검토",
    before="견본미곡 단독 공급",
    after="견본제분 병행 공급, 수분 32 ± 1 %",
    reason="단독 공급에 따른 납기 위험",
    checks="첫 3입고 수분·입도 전수, 가래떡 지름 관리도 확인",
    affected=("RM-RICE-01",),
    days=14,
    customer_told=True,
)


def courses() -> Courses:
    """How the watched processes run."""
    return {
        (PACKS, SEAL.name): Course(30.6, 1.9, "seal 111", (Move(HEATER, 0, -1.75),)),
        (SLICES, THICKNESS.name): Course(3.5, 0.07, "slices 12", (Move(BLADE, 0, 1.6), Move(BLADE, 600, 0.0))),
        (PACKS, WEIGHT.name): Course(504.1, 0.9, "weight 18"),
    }


def tell(floor: Floor) -> None:
    """Let the stories of quality begin at their time."""
    quality, leader, manager = QUALITY, PARK, MANAGER
    for minute, story in enumerate((
        sample_gauges.calibrated(floor, quality, CALIBRATED),
        sample_charts.set_up(floor, quality, CHARTS),
        listed(floor, quality, CAUSES, {PACKS: pouch}),
    )):  # fmt: skip
        floor.tell(-EARLIER, minute - 40, story)
    for minute, story in enumerate(_studies(floor, quality)):
        floor.tell(-7, 300 + minute, story)
    floor.tell(HEATER - 1, 470, sample_charts.freeze(floor, quality, (SEAL, WEIGHT)))
    floor.tell(BLADE - 1, 470, sample_charts.freeze(floor, quality, (THICKNESS,)))
    floor.tell(BLADE, 500, sample_charts.answer(
        floor, leader, THICKNESS,
        ("칼날 교체 뒤 간격을 0.1 mm 넓게 조립", "칼날 간격 재조정, 교체 절차서에 간격 게이지 확인 추가"),
        ("같은 원인(칼날 간격)", "재조정으로 함께 조치"),
    ))  # fmt: skip
    floor.tell(BLADE, 495, sample_charts.answer(
        floor, leader, SEAL,
        ("실링 바 오른쪽 히터 온도가 설정보다 낮음(실측 168 ℃)",
         "부적합 등록, 4M 변경(히터 교체) 신청, 설정 온도 +5 ℃"),
        ("같은 원인(실링 히터)", "히터 교체 전까지 30분 간격 강도 확인"),
    ))  # fmt: skip
    floor.tell(8, 440, sample_charts.answer(
        floor, leader, SEAL, ("같은 원인(실링 히터), 온도 보정만으로 회복되지 않음", "히터 납품 대기, 전수 진공 확인"),
    ))  # fmt: skip
    for until, minute in ((-1, 505), (3, 505)):
        floor.tell(until, minute, decided(
            floor, quality, item=PACKS, code="D-SEAL", until=until, as_=Disposition.SCRAP, why="재포장 불가, 폐기"
        ))  # fmt: skip
    floor.tell(
        5, 505, decided(floor, quality, item=SLICES, code="D-CRACK", until=5, as_=Disposition.REWORK, why="재반죽 투입")
    )
    floor.tell(7, 505, decided(
        floor, quality, item=PACKS, code="D-WEIGHT", until=7, as_=Disposition.CONCESSION, most=2,
        why="표시량 이상, 목표만 미달", approved_by="오세훈",
    ))  # fmt: skip
    floor.tell(8, 520, decided(floor, quality, until=5, as_=Disposition.SCRAP, why="규정에 따라 폐기"))
    floor.tell(6, 515, troubled(floor, quality, TROUBLE))
    floor.tell(6, 540, change(floor, leader, HEATER_CHANGE, approved_by=manager, wait=(7, 60)))
    floor.tell(9, 300, change(floor, MATERIAL, RICE_CHANGE, wait=(DAYS, 0)))
    floor.tell(8, 510, decided(
        floor, quality, item=PACKS, code="D-SEAL", until=6, as_=Disposition.SCRAP, why="진공 풀림, 폐기"
    ))  # fmt: skip
    floor.tell(-9, 545, kept(floor, quality, PACKS, 2, floor.date(7), "제조일 보관품(소비기한 확인)", "S-FG"))
    floor.tell(2, 545, tried(
        floor, quality, kept(floor, quality, PACKS, 3, floor.date(DAYS + 45), "완제품 보관품", "S-FG"), 1,
        "고객 문의(신 냄새): 같은 로트 재시험", ((5, 300), (7, 200)), "관능 이상 없음, 일반세균 기준 이내",
    ))  # fmt: skip
    floor.tell(-8, 110, spoilt(floor, MATERIAL, "RM-RICE-01", "냉장고 결로에 젖어 라벨이 번짐"))


#: Days since the newest calibration: one gauge is overdue, one due soon.
CALIBRATED = {
    "Q-SC-01": 200, "Q-SC-02": 120, "Q-SC-03": 95, "Q-TH-01": 60, "Q-TH-02": 392, "Q-BX-01": 150, "Q-PH-01": 350,
    "Q-CA-01": 75, "Q-WM-01": 210, "Q-TT-01": 130,
}  # fmt: skip


def _studies(floor: Floor, quality: str) -> tuple[Story, ...]:
    crew = ("박정호", "이미란", "정수진")
    return (
        sample_gauges.repeatability(
            floor, quality, "Q-CA-01", item=SLICES, name=THICKNESS.name, unit="mm", tolerance="0.6", people=crew,
            centre=3.5, spread=0.09, noise=0.011, between=(0.0, 0.008, -0.006), decimals=2,
        ),
        sample_gauges.agreement(
            floor, quality, "Q-LS-01", item=PACKS, name="실링 상태", people=crew, answers=("양호", "불량"),
            truth="11101101110111011010111011101101110110",
            slips={(0, 1): (12,), (1, 0): (12,), (1, 2): (12,), (2, 2): (23,)},
        ),
        sample_gauges.linearity(
            floor, quality, "Q-SC-03", name="중량", unit="g", references=(100, 200, 300, 400, 500),
            noise=0.03, slope=0.0, decimals=2,
        ),
    )  # fmt: skip


FINGERS = Fingers("seal", Mark(800, 850), 38)


def slicing(day: int, quantity: int) -> list[Part]:
    """An afternoon at the slicer: five slices are measured now and then."""
    cracked = 8 if day == BLADE else 4
    cause = found("C-BLADE" if day == BLADE else "C-MATERIAL")
    return [
        *(Part(when=25, good=0) for _part in "12"),
        Part(when=25, good=quantity - cracked, flaws=[("D-CRACK", cracked)], finding=cause),
    ]


def packing(day: int, quantity: int) -> list[Part]:
    """Packs are sealed in four parts, each looked at before it is reported. A weak heater seals badly at one corner."""
    weak = day >= HEATER
    parts, share = [], quantity // 4
    for part in range(4):
        bad = (3, 5, 4, 5)[(part + day) % 4] if weak else (1 if part % 2 else 0)
        fewer = 1 if part == 2 and not weak else 0
        mark = FINGERS.at_the_place() if weak or part == 3 else FINGERS.anywhere()
        photos = [photo(open_seam)] if weak and part == 1 else []
        row = "2" if weak else str(1 + part // 2)
        told = found("C-HEATER" if weak else "C-SET", mark, row=row, photos=photos) if bad else found("C-SET")
        flaws = [("D-SEAL", bad)] * bool(bad) + [("D-WEIGHT", fewer)] * bool(fewer)
        checks = [InspectionKind.SELF] if part % 2 else []
        checks += [InspectionKind.MIDDLE] if part == 1 and day >= 0 else []
        checks += [InspectionKind.LAST] if part == 3 and day >= 0 else []
        parts.append(Part(when=30, good=share - bad - fewer, checks=checks, flaws=flaws, finding=told))
    return parts
