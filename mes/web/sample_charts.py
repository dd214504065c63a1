"""The control charts of a sample factory: set up at the beginning, frozen when enough was measured, then watched."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from mes.core.access import Role
from mes.core.work import Work
from mes.inspection.models import Characteristic, InspectionKind, InspectionStandard
from mes.items.models import Item, Revision
from mes.spc.models import AlarmAnswer, ChartAlarm, ChartKind, ControlChart
from mes.spc.queries import newest_codes
from mes.spc.service import add_chart, answer_alarm, freeze_limits
from mes.web.sample_checks import Checks
from mes.web.sample_stage import Story


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A characteristic of the self-inspection of an item that a chart watches."""

    item: str
    name: str
    kind: ChartKind
    size: int
    reaction: str


def set_up(floor: Checks, quality: str, charts: Sequence[Watched]) -> Story:
    """Quality sets the charts up: without limits yet, they learn."""

    def deed(work: Work) -> None:
        for one in charts:
            add_chart(
                work, characteristic_id=_characteristic(work, one).id, kind=one.kind, size=one.size,
                acts=Role.LEADER, reaction=one.reaction,
            )  # fmt: skip

    floor.do(quality, deed)
    yield 1


def freeze(floor: Checks, quality: str, charts: Sequence[Watched]) -> Story:
    """Quality freezes the limits from everything measured so far."""

    def deed(work: Work) -> None:
        for one in charts:
            chart = _chart(work, one)
            codes = newest_codes(work.session, chart.id, most=200)
            freeze_limits(
                work, chart.id, first=codes[0], last=codes[-1],
                reason=f"공정 안정 확인, {len(codes)}회 검사로 관리한계 고정",
            )  # fmt: skip

    floor.do(quality, deed)
    yield 1


def answer(floor: Checks, leader: str, watched: Watched, *causes: tuple[str, str]) -> Story:
    """Every open alarm of a chart is answered: (cause, action) for each, the last one for all that follow."""

    def deed(work: Work) -> None:
        query = select(ChartAlarm.id).outerjoin(ChartAlarm.answer).where(AlarmAnswer.id.is_(None))
        chart = _chart(work, watched)
        alarms = work.session.scalars(query.where(ChartAlarm.chart_id == chart.id).order_by(ChartAlarm.id)).all()
        for place, ident in enumerate(alarms):
            cause, action = causes[min(place, len(causes) - 1)]
            answer_alarm(work, ident, cause=cause, action=action)

    floor.do(leader, deed)
    yield 1


def _characteristic(work: Work, one: Watched) -> Characteristic:
    query = select(Characteristic).join(Characteristic.standard).join(Item, Item.id == InspectionStandard.item_id)
    return work.session.scalars(
        query.where(
            Item.code == one.item, Characteristic.name == one.name, InspectionStandard.kind == InspectionKind.SELF,
            InspectionStandard.state == Revision.RELEASED,
        )
    ).one()  # fmt: skip


def _chart(work: Work, one: Watched) -> ControlChart:
    stem = _characteristic(work, one).stem_id
    return work.session.scalars(select(ControlChart).where(ControlChart.characteristic_id == stem)).one()
