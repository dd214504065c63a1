"""What was measured in the bakery until midday: cakes on a control chart that raises an alarm, sugar that is sampled by
AQL on arrival, scales that were found wrong afterwards, and studies of the scales."""

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import cache, partial
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from mes.core.access import Actor
from mes.core.files import SentFile
from mes.core.work import Work
from mes.gauges import study_grid
from mes.gauges.models import Gauge, GaugeStudy, Result, StudyKind
from mes.gauges.service import add_gauge
from mes.gauges.studies import begin_study, conclude_study, drop_study, fill_study
from mes.inspection.gauge_check import calibrate
from mes.inspection.models import Characteristic, InspectionKind, Nature, SampleRule
from mes.inspection.sampling_models import SamplingState
from mes.inspection.service import (
    CharacteristicData,
    ChoiceData,
    StandardData,
    approve_standard,
    make_standard,
    open_inspection,
    revise_standard,
    set_photo,
    take_rest,
)
from mes.inspection.standard_queries import get_standard
from mes.items.models import Item, ItemKind
from mes.items.service import add_item
from mes.orders.models import Job
from mes.spc.closing import close_inspection
from mes.spc.models import ChartAlarm, ChartKind, ControlChart
from mes.spc.service import add_chart, answer_alarm, freeze_limits
from mes.spc.taking import take_column, take_reading
from tests.station.floor import Floor
from tests.statistics.published import AIAG_STUDY

D = Decimal
Known = dict[str, list[Any]]
#: Weights of three cakes each; the last ones are too light for the limits of the first ones.
WEIGHTS = [
    "251 250 249", "250 252 250", "249 250 251", "250 249 250", "251 251 249", "250 248 251", "249 251 250",
    "251 250 250", "246 245 246", "245 246 245",
]  # fmt: skip
LOOKS = CharacteristicData(
    name="외관", name_en="Appearance", nature=Nature.ATTRIBUTE,
    choices=[ChoiceData(name="양호", name_en="Good", good=True), ChoiceData(name="찢김", name_en="Torn", good=False)],
    method="육안", reaction="격리하고 반장에게 알린다", limit_sample="LS-03",
)  # fmt: skip
WEIGHT = CharacteristicData(
    name="중량", name_en="Weight", unit="g", decimals=1, nominal=D(250), lower=D(245), upper=D(255), gauge_type="저울",
    special="CC", method="전자저울", frequency="2시간마다", reaction="반죽량을 다시 맞춘다", pfmea="FM-12",
)  # fmt: skip
EVERY_TWO_HOURS = StandardData(sample_rule=SampleRule.EVERY_MINUTES, every=120, sample_size=3, act_by="반장")
BY_AQL = StandardData(sample_rule=SampleRule.AQL, aql="4.0", level="S-1", act_by="품질", reaction="공급자에게 알린다")


@cache
def picture(colour: str = "tan") -> bytes:
    """A photo of something round."""
    image = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(image).ellipse((60, 30, 260, 210), fill=colour)
    kept = io.BytesIO()
    image.save(kept, "JPEG")
    return kept.getvalue()


class Measured:
    """Lee measures; ``known`` are the codes to ask for what she found."""

    def __init__(self, floor: Floor, job: Job) -> None:
        self.floor, self.shop, self.job = floor, floor.shop, job
        self.lee = Actor(floor.lee.name, floor.lee.role_set, floor.lee.id)
        self.known: Known = {}
        for done in (self._calibrate, self._weigh, self._sample_sugar, self._find_wrong, self._study):
            self.known |= done()

    def _do(self, deed: Callable[[Work], Any]) -> Any:
        return self.shop.do(deed, actor=self.lee)

    def _calibrate(self) -> Known:
        """Two scales that are right, and a caliper whose calibration is overdue."""

        def enter(work: Work, code: str, name: str, english: str, days: int, **columns: Any) -> Gauge:
            gauge = add_gauge(work, code=code, name=name, name_en=english, interval_months=12, **columns)
            done_on, proof = work.today - timedelta(days=days), ("KC-2601.jpg", picture("navy"))
            calibrate(
                work, code, done_on=done_on, lab="한국교정", result=Result.PASS, error=D("0.02"), certificate="KC-2601",
                file=proof,
            )  # fmt: skip
            return gauge

        scales = {
            "kind": "저울", "unit": "g", "lower": D(0), "upper": D(3000), "resolution": D("0.1"), "place": "품질관리실",
        }  # fmt: skip
        self._do(lambda work: enter(work, "SC-1", "전자저울", "Scales", 30, **scales))
        self._do(lambda work: enter(work, "SC-2", "탁상저울", "Bench scales", 90, **scales))
        self._do(lambda work: enter(work, "CP-1", "버니어", "Vernier", 400, unit="mm"))
        return {"gauge": ["SC-1", "SC-2", "CP-1"]}

    def _standard(self, item: Item, kind: InspectionKind, rule: StandardData) -> tuple[int, list[Characteristic]]:
        """Weight and looks, with photos of a good and a bad piece."""

        def enter(work: Work) -> int:
            draft = make_standard(work, item=item, kind=kind, characteristics=[WEIGHT, LOOKS], data=rule)
            looks = get_standard(work.session, draft.id).characteristics[1]
            for good, colour in ((True, "wheat"), (False, "sienna")):
                set_photo(work, looks.id, good=good, sent=SentFile("looks.jpg", picture(colour)))
            return approve_standard(work, draft.id, confirmed=True).id

        ident = self._do(enter)
        return ident, self._characteristics(ident)

    def _characteristics(self, standard: int) -> list[Characteristic]:
        with self.shop.read() as read:
            return list(get_standard(read, standard).characteristics)

    def _inspect(self, asked: list[Characteristic], text: str, kind: InspectionKind, bad: int = 0, **of: str) -> str:
        """Three pieces are weighed with the bench scales and looked at; ``bad``: whether the looks are."""
        weight, looks = asked

        def deed(work: Work) -> str:
            code = open_inspection(work, kind=kind, **of).code
            take_column(work, code, characteristic=weight.id, text="\n".join(text.split()), gauge="SC-2")
            take_rest(work, code, characteristic=looks.id, choice=looks.choices[bad].id)
            close_inspection(work, code)
            return code

        self.shop.later(minutes=2)
        code: str = self._do(deed)
        return code

    def _weigh(self) -> Known:
        """Cakes are weighed on a control chart until the mean moves; one alarm is answered, the other waits."""
        ident, asked = self._standard(self.floor.cake, InspectionKind.SELF, EVERY_TWO_HOURS)
        weight, looks = asked

        def watch(work: Work, one: Characteristic, kind: ChartKind) -> ControlChart:
            return add_chart(work, characteristic_id=one.id, kind=kind, size=3, reaction="반죽량을 다시 맞춘다")

        chart = self._do(lambda work: watch(work, weight, ChartKind.XBAR_R))
        counts = self._do(lambda work: watch(work, looks, ChartKind.NP))
        weigh = partial(self._inspect, asked, kind=InspectionKind.SELF, job_code=self.job.code)
        first, *_others, last = [weigh(text) for text in WEIGHTS[:-2]]
        self._do(lambda work: freeze_limits(work, chart.id, first=first, last=last, reason="공정 안정"))
        for text in WEIGHTS[-2:]:
            weigh(text)
        with self.shop.read() as read:
            answered, *alarms = read.scalars(select(ChartAlarm.id).order_by(ChartAlarm.id))
        self._do(lambda work: answer_alarm(work, answered, cause="반죽 온도", action="냉각수 조절"))

        def begin(work: Work) -> tuple[str, int]:
            code = open_inspection(work, kind=InspectionKind.SELF, job_code=self.job.code).code
            taken = take_reading(work, code, characteristic=weight.id, piece=1, text="250", gauge="SC-1")
            return code, taken.readings[0].id

        begun, reading = self._do(begin)
        return {
            "chart": [chart.id], "count chart": [counts.id], "alarm": alarms, "answered alarm": [answered],
            "open inspection": [begun], "begun reading": [reading], "self standard": [ident], "looks": [looks.id],
        }  # fmt: skip

    def _sample_sugar(self) -> Known:
        """Sugar arrives: two lots pass, one fails, one waits; a new revision of the standard is drafted."""
        sugar = self._do(
            lambda work: add_item(
                work, code="SU", name="설탕", name_en="Sugar", kind=ItemKind.RAW, unit="kg", unit_cost=D(1200),
                inspect_incoming=True,
            )
        )  # fmt: skip
        ident, asked = self._standard(sugar, InspectionKind.INCOMING, BY_AQL)
        lots = [lot.code for lot in self.floor.receive(sugar, 100, 100, 100, 100, at=self.floor.store)]
        look = partial(self._inspect, asked, kind=InspectionKind.INCOMING)
        passed = [look("250 251 249", lot_code=lot) for lot in lots[:2]]
        failed = look("250 243 260", bad=1, lot_code=lots[2])
        draft = self._do(lambda work: revise_standard(work, ident, "한계를 좁힌다")).id
        with self.shop.read() as read:
            series = read.scalars(select(SamplingState.id)).one()
        return {
            "sugar": lots, "bad sugar": [lots[2]], "waiting sugar": [lots[3]], "passed inspection": passed,
            "failed inspection": [failed], "series": [series], "sampled standard": [ident], "draft standard": [draft],
            "draft characteristic": [one.id for one in self._characteristics(draft)],
        }  # fmt: skip

    def _find_wrong(self) -> Known:
        """The bench scales are found wrong after everything was weighed with them."""
        wrong = {"lab": "한국교정", "result": Result.FAIL, "error": D("0.8"), "note": "분동 200 g에서 벗어남"}
        self._do(lambda work: calibrate(work, "SC-2", done_on=work.today, **wrong))
        return {"calibration": [1]}

    def _study(self) -> Known:
        """The published study is concluded, one of decisions is half filled in, one was given up."""
        parts = [str(number) for number in range(1, 11)]
        lines = ["\t".join(["operator", "trial", *parts])]
        for operator, rows in AIAG_STUDY.items():
            lines += ["\t".join([operator, str(trial), *map(str, row)]) for trial, row in enumerate(rows, 1)]
        whole = study_grid.pasted(StudyKind.GAUGE_RR, "\n".join(lines))

        def begin(work: Work, kind: StudyKind, parts: list[str], **columns: Any) -> GaugeStudy:
            return begin_study(
                work, "SC-1", kind=kind, characteristic="중량", parts=parts, operators=["김", "이"], trials=2, **columns
            )

        def conclude(work: Work) -> str:
            study = begin(work, StudyKind.GAUGE_RR, parts, unit="g", tolerance=D(10), item_code="CAKE")
            fill_study(work, study.code, whole)
            return conclude_study(work, study.code).code

        def fill(work: Work) -> str:
            study = begin(work, StudyKind.ATTRIBUTE, parts[:4], good="양호")
            half = study_grid.with_typed(study_grid.from_text(study.data), {"v-0-0": "양호", "ref-0": "양호"})
            return fill_study(work, study.code, half).code

        def drop(work: Work) -> str:
            return drop_study(work, begin(work, StudyKind.BIAS, ["1"]).code, "기준편 분실").code

        return {"study": [self._do(conclude)], "open study": [self._do(fill)], "dropped study": [self._do(drop)]}
