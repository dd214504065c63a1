"""The bakery's shift: its daily check, a note to those who come next, and its end."""

from mes.core.work import Work
from mes.shifts.check_models import CheckAnswer, CheckItem, CheckSheet
from mes.shifts.checks import Told, fill_in
from mes.shifts.handing import close_shift
from tests.factories import make_check_sheet, make_hand_over, make_shift
from tests.midday.measured import Known
from tests.quality.workshop import snapshot
from tests.station.floor import Floor


def work_in_shifts(floor: Floor) -> Known:
    """The kettle's sheet is filled in with a photo; the shift is handed over and closed."""
    shop = floor.shop
    shift = shop.do(lambda work: make_shift(work, weekdays=frozenset("0123456"), starts_at=0, ends_at=0))
    sheet = shop.do(lambda work: make_check_sheet(work, work_centre_id=floor.kettle.id))
    with shop.read() as read:
        lines = [line.id for line in read.query(CheckItem).filter_by(sheet_id=sheet.id)]
    return {"shift": [shift.id], "check sheet": [sheet.code], **shop.do(lambda work: _done(work, floor, sheet, lines))}


def _done(work: Work, floor: Floor, sheet: CheckSheet, lines: list[int]) -> Known:
    photo = ("check.jpg", snapshot((400, 300)))
    check = fill_in(work, sheet.code, {line: Told(ok=True, photo=photo) for line in lines})
    answer = work.session.query(CheckAnswer).filter_by(check_id=check.id).first()
    assert answer
    return {
        "check": [check.id],
        "check answer": [answer.id],
        "note": [make_hand_over(work, floor.kettle.id, photo=photo).id],
        "shift end": [close_shift(work, floor.kettle.id).id],
    }
