"""The shifts of a sample factory: when is worked, daily checks, calls for help, notes from shift to shift."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mes.core.plant import DEFAULT
from mes.core.work import Work
from mes.equipment.call_queries import open_calls
from mes.equipment.calls import call_for, solve_call, take_call
from mes.equipment.models import CallKind, Machine, StopReason, WorkCentre
from mes.equipment.service import change_work_centre, end_downtime, start_downtime
from mes.equipment.stops import set_reason_picture
from mes.shifts.check_models import AnswerKind
from mes.shifts.check_queries import get_sheet, list_sheets
from mes.shifts.checks import Told, fill_in
from mes.shifts.handing import close_shift, confirm_read, hand_over
from mes.shifts.service import BreakTime, ShiftData, add_shift, plan_stop, set_day
from mes.web.sample_floor import Floor
from mes.web.sample_pictures import gear, picture
from mes.web.sample_stage import DAYS, EARLIER, Story

RESTS = (BreakTime("오전 휴식", 600, 610), BreakTime("점심", 720, 780), BreakTime("오후 휴식", 900, 910))
NIGHT = (BreakTime("야식", 0, 60), BreakTime("새벽 휴식", 240, 260))


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who and what of a plant plays: the leader, an operator, the place of the note, calls, what is asked for."""

    manager: str
    leader: str
    operator: str
    quality: str
    centre: str
    machine: str
    skills: Sequence[tuple[str, str]]
    calls: Sequence[tuple[int, int, str, CallKind, int, int, str]]
    maintenance: str
    wrong: str


FOOD = Cast(
    manager="F009", leader="F002", operator="F001", quality="F007", centre="WC-STEAM", machine="M-STM-1",
    skills=(("WC-STEAM", "증자"), ("WC-PACK", "내포장"), ("WC-KETTLE", "소스솥")),
    calls=(
        (7, 95, "WC-PACK", CallKind.MATERIAL, 4, 16, "파우치가 창고에 없어 급히 운반"),
        (8, 180, "WC-STEAM", CallKind.MACHINE, 9, 41, "증기 트랩 막힘, 청소"),
        (9, 240, "WC-KETTLE", CallKind.QUALITY, 3, 12, "당도 확인"),
    ),
    maintenance="S-CLEAN", wrong="누기 소리 없음",
)  # fmt: skip
MACHINERY = Cast(
    manager="M009", leader="M002", operator="M001", quality="M007", centre="WC-MC", machine="MC-05",
    skills=(("WC-MC", "선삭"), ("WC-WELD", "용접"), ("WC-ASM", "총조립")),
    calls=(
        (7, 90, "WC-ASM", CallKind.MATERIAL, 5, 20, "볼트 상자 바뀜"),
        (8, 200, "WC-MC", CallKind.MACHINE, 7, 55, "호빙기 유압 저하, 필터 교체"),
        (9, 230, "WC-WELD", CallKind.QUALITY, 2, 14, "용접 비드 확인"),
    ),
    maintenance="S-TOOL", wrong="주축 이상음 없음",
)  # fmt: skip
CASTS = {"food": FOOD, "machinery": MACHINERY}


def tell(floor: Floor, name: str) -> None:
    """Let the shifts of the last days be worked."""
    cast = CASTS[name]
    floor.tell(-EARLIER, -40, _calendar(floor, cast))
    for day in range(DAYS - 4, DAYS + 1):
        floor.tell(day, 25, _checks(floor, cast, day))
    for day, minute, centre, kind, taken, solved, cause in cast.calls:
        floor.tell(day, minute, _call(floor, cast, centre, kind, taken, solved, cause))
    for day in range(DAYS - 2, DAYS):
        floor.tell(day, 535, _evening(floor, cast, day))
    floor.tell(DAYS, 30, _morning(floor, cast))
    floor.tell(DAYS, 300, _untold(floor, cast))
    floor.tell(DAYS, 412, _called_now(floor, cast))


def _calendar(floor: Floor, cast: Cast) -> Story:
    def deed(work: Work) -> None:
        week = frozenset("01234")
        day = {"name": "주간", "name_en": "Day shift", "starts_at": 480, "ends_at": 1080, "breaks": RESTS}
        night = {"name": "야간", "name_en": "Night shift", "starts_at": 1200, "ends_at": 480, "breaks": NIGHT}
        own = _coded(work, WorkCentre, cast.centre).id
        tonight = frozenset(str(floor.today.weekday())) if _at_night(floor) else frozenset()
        for centre, nights in ((None, tonight), (own, week | tonight)):
            add_shift(work, ShiftData(**day, weekdays=week, work_centre_id=centre))  # type: ignore[arg-type]
            if nights:
                add_shift(work, ShiftData(**night, weekdays=nights, work_centre_id=centre))  # type: ignore[arg-type]
        if floor.today.weekday() > 4 and not _at_night(floor):
            set_day(work, floor.today, works=True, name="특근")
        set_day(work, floor.date(DAYS + 20), works=False, name="공장 휴무")
        for code, skill in cast.skills:
            change_work_centre(work, code, skill=skill)
        for code, draw in FACES.items():
            set_reason_picture(work, code, f"{code}.jpg", picture(draw))

    floor.do(cast.manager, deed)
    yield 1


def _at_night(floor: Floor) -> bool:
    """Whether today's plan is played in the night: whoever looks then sees the night shift at work."""
    return not 8 <= floor.now.astimezone(ZoneInfo(DEFAULT.time_zone)).hour < 18


def _box(canvas: Any) -> None:
    """An empty box: material is missing."""
    canvas.polygon(((150, 260), (400, 180), (650, 260), (400, 350)), fill=(120, 92, 60))
    canvas.polygon(((150, 260), (400, 350), (400, 560), (150, 450)), fill=(196, 158, 108))
    canvas.polygon(((650, 260), (400, 350), (400, 560), (650, 450)), fill=(176, 138, 92))


def _lens(canvas: Any) -> None:
    """A magnifying glass: quality looks."""
    canvas.line((480, 400, 660, 560), fill=(92, 98, 106), width=60)
    canvas.ellipse((160, 80, 540, 460), fill=(225, 235, 240), outline=(92, 98, 106), width=34)


FACES = {"S-FAULT": gear, "S-MAT": _box, "S-QC": _lens}


def _checks(floor: Floor, cast: Cast, day: int) -> Story:
    """Every sheet is filled in in the morning; once something is not in order, today one is still open."""
    with floor.database.read() as read:
        sheets = [(one.code, str(one.work_centre.code)) for one in list_sheets(read)]
    for number, (code, centre) in enumerate(sheets):
        if day == DAYS and number == 0:
            continue  # still open this morning
        if day == DAYS - 3 and number == 1:
            continue  # missed
        floor.do(cast.operator, lambda work, code=code, day=day: _fill(work, cast, code, day == DAYS - 1), at=centre)  # type: ignore[misc]
        yield 6
    if day == DAYS - 1:
        floor.do(cast.leader, lambda work: _solve_all(work, cast))


def _solve_all(work: Work, cast: Cast) -> None:
    """The leader has looked after what the check found."""
    for call in open_calls(work.session, _coded(work, WorkCentre, cast.centre).id):
        solve_call(work, call.id, f"{cast.wrong}: 조치함")


def _fill(work: Work, cast: Cast, code: str, wrong: bool) -> None:
    told = {}
    for item in get_sheet(work.session, code).items:
        if item.kind is AnswerKind.VALUE:
            low, high = item.lower or Decimal(0), item.upper or Decimal(10)
            told[item.id] = Told(value=((low + high) / 2).quantize(Decimal("0.01")))
        else:
            ok = not (wrong and item.name == cast.wrong)
            told[item.id] = Told(ok=ok, photo=_photo() if item.kind is AnswerKind.PHOTO else None)
    fill_in(work, code, told)


def _photo() -> tuple[str, bytes]:
    """A bench as a photo of a sample factory shows it: plain shapes."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (640, 420), "#d9d4c8")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 250, 600, 300), fill="#8a6f4d")
    for left, colour in ((80, "#4d6f8a"), (220, "#7a8a4d"), (360, "#8a4d5c"), (480, "#5c5c5c")):
        draw.rectangle((left, 170, left + 90, 250), fill=colour)
    kept = BytesIO()
    picture.save(kept, "JPEG", quality=80)
    return "bench.jpg", kept.getvalue()


def _call(
    floor: Floor, cast: Cast, centre: str, kind: CallKind, taken: int, solved: int, cause: str
) -> Story:  # fmt: skip
    def place(work: Work) -> int:
        return call_for(work, kind=kind, work_centre_id=_coded(work, WorkCentre, centre).id).id

    ident = floor.do(cast.operator, place, at=centre)
    yield taken
    floor.do(cast.leader, lambda work: take_call(work, ident))
    yield solved - taken
    floor.do(cast.leader, lambda work: solve_call(work, ident, cause))


def _evening(floor: Floor, cast: Cast, day: int) -> Story:
    def note(work: Work) -> int:
        centre = _coded(work, WorkCentre, cast.centre).id
        problems = [f"{cast.machine}: 이상음 계속 확인"] if day == DAYS - 1 else []
        text = "내일 아침 첫 작업 전에 압력부터 확인해 주세요." if day == DAYS - 1 else "이상 없음. 청소 완료."
        return hand_over(work, work_centre_id=centre, text=text, problems=problems).id

    def close(work: Work) -> None:
        close_shift(work, _coded(work, WorkCentre, cast.centre).id, "정상 종료")

    ident = floor.do(cast.operator, note, at=cast.centre)
    yield 4
    floor.do(cast.operator, close, at=cast.centre)
    if day < DAYS - 1:
        yield 30
        floor.do(cast.leader, lambda work: confirm_read(work, ident), at=cast.centre)


def _morning(floor: Floor, cast: Cast) -> Story:
    """Today's maintenance was planned."""

    def deed(work: Work) -> None:
        machine, reason = _coded(work, Machine, cast.machine), _coded(work, StopReason, cast.maintenance)
        began = floor.moment(DAYS, 120)
        plan_stop(
            work, work_centre_id=machine.work_centre_id, machine_id=machine.id, reason_id=reason.id,
            starts_at=began, ends_at=floor.moment(DAYS, 150), note="정기 점검",
        )  # fmt: skip

    floor.do(cast.leader, deed)
    yield 1


def _untold(floor: Floor, cast: Cast) -> Story:
    """A micro-stop, and a stop whose reason nobody has told yet."""
    for minutes in (1, 14):

        def begin(work: Work) -> int:
            machine = _coded(work, Machine, cast.machine)
            return start_downtime(work, work_centre_id=machine.work_centre_id, machine_id=machine.id).id

        ident = floor.do(cast.operator, begin, at=cast.centre)
        yield minutes
        floor.do(cast.operator, lambda work, ident=ident: end_downtime(work, ident), at=cast.centre)  # type: ignore[misc]
        yield 8


def _called_now(floor: Floor, cast: Cast) -> Story:
    """Somebody waits for help at this moment."""

    def place(work: Work) -> None:
        centre = _coded(work, WorkCentre, cast.centre).id
        call_for(work, kind=CallKind.MATERIAL, work_centre_id=centre)

    floor.do(cast.operator, place, at=cast.centre)
    yield 1


def _coded(work: Work, model: Any, code: str) -> Any:
    return work.session.scalars(select(model).where(model.code == code)).one()
