"""Piston rings from a forge: their inside diameter is measured when they arrive and watched by a control chart."""

from collections.abc import Sequence
from decimal import Decimal

from mes.core.access import Actor, Role
from mes.core.numbering import dated_code
from mes.core.work import Work
from mes.inspection.models import Characteristic, Inspection, InspectionKind, Reading, Verdict
from mes.inspection.standard_data import CharacteristicData
from mes.inspection.standard_queries import get_standard
from mes.inspection.standards import approve_standard, make_standard
from mes.items.models import ItemKind
from mes.items.service import add_item
from mes.lots.models import Lot
from mes.lots.service import receive_lots
from mes.spc import queries, service
from mes.spc.models import ChartAlarm, ChartKind, ControlChart
from tests.conftest import Shop
from tests.remembered import recall

D = Decimal
INSPECTOR = Actor("박품질", frozenset({Role.QUALITY}))


class Rings:
    """A forge's rings and what people do with them."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        vars(self).update(recall(shop, (Rings,), self._built))

    def _built(self) -> dict[str, object]:
        draft = self.shop.do(self._build)
        self.shop.do(lambda work: approve_standard(work, draft, confirmed=True))
        with self.shop.read() as read:
            self.diameter, self.scratches = get_standard(read, draft).characteristics
        return vars(self)

    def _build(self, work: Work) -> int:
        self.ring = add_item(work, code="RING", name="피스톤 링", name_en="Piston ring", kind=ItemKind.RAW, unit="EA")
        wanted = [
            CharacteristicData(
                name="내경", name_en="Inside diameter", unit="mm", decimals=3,
                nominal=D(74), lower=D("73.95"), upper=D("74.05"),
            ),
            CharacteristicData(name="흠집 수", name_en="Scratches", upper=D(30)),
        ]  # fmt: skip
        draft = make_standard(work, item=self.ring, kind=InspectionKind.INCOMING, characteristics=wanted)
        self.lot = receive_lots(work, item=self.ring, quantities=[D(10000)])[0]
        return draft.id

    def chart(
        self, kind: ChartKind = ChartKind.XBAR_R, of: Characteristic | None = None, **values: object
    ) -> ControlChart:
        """Somebody of quality sets a chart up."""
        given = {"kind": kind, "size": 1 if kind is ChartKind.I_MR else 5, **values}
        ident = (of or self.diameter).id
        return self.shop.do(lambda work: service.add_chart(work, characteristic_id=ident, **given), actor=INSPECTOR)  # type: ignore[arg-type]

    def measure(
        self, *values: float | str, of: Characteristic | None = None, lot: Lot | None = None
    ) -> service.Recorded:
        """The inspector measures so many rings of a lot; a minute later it is the next one's turn."""
        self.shop.later(minutes=1)
        one, exact = of or self.diameter, [D(str(round(float(value), 4))) for value in values]
        return self.shop.do(lambda work: measured(work, one, lot or self.lot, exact), actor=INSPECTOR)

    def measure_all(self, samples: Sequence[Sequence[float]]) -> list[Inspection]:
        """One sample after the other."""
        return [self.measure(*sample).inspection for sample in samples]

    def freeze(self, chart: ControlChart, first: Inspection, last: Inspection, reason: str = "공정 안정") -> None:
        """Quality freezes the limits."""
        self.shop.do(
            lambda work: service.freeze_limits(work, chart.id, first=first.code, last=last.code, reason=reason),
            actor=INSPECTOR,
        )

    def alarms(self) -> list[ChartAlarm]:
        """All alarms that stand open, oldest first."""
        with self.shop.read() as read:
            return queries.open_alarms(read)[::-1]


def measured(work: Work, one: Characteristic, lot: Lot, values: Sequence[Decimal]) -> service.Recorded:
    """An inspection of several pieces, watched by the chart."""
    charts = queries.charts_of(work.session, [one.id], lock=True)
    inspection = Inspection(
        code=dated_code(work.session, "I", work.today), kind=InspectionKind.INCOMING, item_id=lot.item_id,
        lot_id=lot.id,
        standard_id=one.standard_id, day=work.today, at=work.now, person=work.actor.name, verdict=Verdict.PASS,
        pieces=len(values), closed_at=work.now, closed_by=work.actor.name,
    )  # fmt: skip
    inspection.readings = [
        Reading(
            characteristic_id=one.id, position=one.position, name=one.name, unit=one.unit, lower=one.lower,
            upper=one.upper, value=value, verdict=Verdict.PASS, piece=piece,
        )
        for piece, value in enumerate(values, 1)
    ]  # fmt: skip
    work.add(inspection, "quality.inspect")
    return service.Recorded(inspection, service.watch(work, inspection, charts))
