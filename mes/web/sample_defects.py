"""What a sample factory does about its defects: causes from a list, decisions at the end of the day, and a
nonconformance of what comes again and again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from sqlalchemy import select

from mes.core.files import SentFile
from mes.core.work import Work
from mes.items.models import Item
from mes.items.service import set_picture
from mes.lots.models import Lot
from mes.nonconformance.models import ActionKind, CostKind, Origin, Severity
from mes.nonconformance.service import (
    add_action,
    add_cost,
    change_nonconformance,
    contain_lots,
    finish_action,
    open_nonconformance,
    write_step,
)
from mes.people.queries import get_person
from mes.quality.finding import Finding, Mark
from mes.quality.models import Defect, DefectCode, Disposition
from mes.quality.service import add_defect_cause, dispose_defect
from mes.web.sample_pictures import picture
from mes.web.sample_stage import Stage, Story


class Fingers:
    """Where fingers point on the picture of a part: around one place, or anywhere on it."""

    def __init__(self, seed: str, place: Mark, spread: int) -> None:
        self.chance, self.place, self.spread = Random(seed), place, spread  # noqa: S311  nothing secret

    def at_the_place(self) -> Mark:
        """Near the place where it always is."""
        return Mark(*(min(max(round(self.chance.gauss(one, self.spread)), 20), 980) for one in self.place))

    def anywhere(self) -> Mark:
        """Somewhere on the part."""
        return Mark(self.chance.randint(220, 780), self.chance.randint(180, 820))


def listed(
    floor: Stage, quality: str, causes: Sequence[tuple[str, str, str, str]], pictures: dict[str, Callable[..., None]]
) -> Story:
    """Quality lists the causes of defects (code, name, English name, group) and gives items their picture."""
    drawn = {code: picture(draw) for code, draw in pictures.items()}

    def deed(work: Work) -> None:
        for code, name, name_en, group in causes:
            add_defect_cause(work, code=code, name=name, name_en=name_en, group=group)
        for code, content in drawn.items():
            set_picture(work, code, f"{code}.jpg", content)

    floor.do(quality, deed)
    yield 1


def photo(draw: Callable[..., None]) -> SentFile:
    """What the tablet's camera saw."""
    return SentFile(f"{draw.__name__}.jpg", picture(draw, blurred=1.2))


def found(
    cause: str | None = None, mark: Mark | None = None, *, row: str | None = None, photos: Sequence[SentFile] = ()
) -> Finding:
    """What is told about defective pieces. ``row``: of the tool."""
    return Finding(cause_code=cause, mark=mark, cavity=row, photos=photos)


def decided(
    floor: Stage, quality: str, *, until: int, as_: Disposition, why: str, item: str | None = None,
    code: str | None = None, approved_by: str | None = None, most: int = 100,
) -> Story:  # fmt: skip
    """Quality decides about the defects up to a day; of one type and item, or of all."""

    def deed(work: Work) -> None:
        for ident in _open_defects(work, item, code, floor.date(until))[:most]:
            dispose_defect(work, ident, as_, why, approved_by=approved_by)

    floor.do(quality, deed)
    yield 1


def _open_defects(work: Work, item: str | None, code: str | None, until: date, since: date | None = None) -> list[int]:
    """Defects that stand and of which nothing is decided yet."""
    taken_back = select(Defect.reverses_id).where(Defect.reverses_id.is_not(None))
    query = select(Defect.id).join(Item, Item.id == Defect.item_id).join(DefectCode, DefectCode.id == Defect.code_id)
    wanted = {Item.code: item, DefectCode.code: code}
    query = query.where(Defect.day <= until, *(column == value for column, value in wanted.items() if value))
    if since is not None:
        query = query.where(Defect.day >= since)
    query = query.where(Defect.disposition == Disposition.OPEN, Defect.reverses_id.is_(None))
    return list(work.session.scalars(query.where(Defect.id.not_in(taken_back)).order_by(Defect.id)))


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A defect that comes again and again, and what people think and do about it."""

    item: str
    code: str
    since: int
    what: str
    place: str
    whys: tuple[str, ...]
    steps: tuple[str, ...]
    #: What to do, by whom, until which day.
    containment: tuple[str, str, int]
    correction: tuple[str, str, int]
    hold: str
    costs: Sequence[tuple[CostKind, str, str, int, str]] = field(default=())


def troubled(floor: Stage, quality: str, trouble: Trouble) -> Story:
    """Quality opens a nonconformance of the defects since a day; the correction is not done when it is due."""

    def opened(work: Work) -> str:
        ids = _open_defects(work, trouble.item, trouble.code, work.today, floor.date(trouble.since))
        made = open_nonconformance(
            work, origin=Origin.DEFECT, what=trouble.what, defects=ids, severity=Severity.MAJOR, place=trouble.place,
            quantity=sum((work.session.get_one(Defect, ident).quantity for ident in ids), Decimal(0)),
        )  # fmt: skip
        same = select(Lot.code).where(Lot.item_id == made.item_id, Lot.on_hand > 0).order_by(Lot.id.desc()).limit(1)
        lots = dict.fromkeys(work.session.scalars(same), "같은 설비, 같은 날 생산")
        if lots:
            contain_lots(work, made.code, lots, trouble.hold)
        return made.code

    code = floor.do(quality, opened)
    yield 20

    def worked(work: Work) -> int:
        for place, text in enumerate(trouble.steps, 1):
            write_step(work, code, place, text, whys=trouble.whys if place == 4 else ())
        acts = ((ActionKind.CONTAINMENT, trouble.containment), (ActionKind.CORRECTIVE, trouble.correction))
        first, _second = (
            add_action(
                work, code, kind=kind, what=what, owner=get_person(work.session, owner), due_on=floor.date(day)
            )
            for kind, (what, owner, day) in acts
        )  # fmt: skip
        for kind, quantity, unit, each, of in trouble.costs:
            add_cost(
                work, code, kind=kind, quantity=Decimal(quantity), unit=unit, unit_cost=Decimal(each), what=of
            )  # fmt: skip
        change_nonconformance(work, code, check_due_on=floor.date(trouble.correction[2]))
        return first.id

    ident = floor.do(quality, worked)
    yield (trouble.containment[2], 300)
    floor.do(quality, lambda work: finish_action(work, ident, "선별 완료, 불량분 격리"))
