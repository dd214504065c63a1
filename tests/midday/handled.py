"""What quality did about it: pictures and marks of defects, a nonconformance that is worked on and one that is closed,
certificates in every state, and 4M changes."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from mes.certificates.changes import ask_change, finish_change, sign_change
from mes.certificates.models import Meaning
from mes.certificates.service import draft_certificate, replace_certificate, sign_certificate
from mes.core.access import Actor
from mes.core.files import SentFile
from mes.core.work import Work
from mes.epcis.capturing import capture, read_document
from mes.epcis.models import Capture
from mes.epcis.queries import page_of_events
from mes.items.service import set_drawing, set_picture
from mes.lots.models import Shipment
from mes.nonconformance.models import ActionKind, CostKind, Decision, Origin
from mes.nonconformance.service import (
    add_action,
    add_cost,
    check_effect,
    close_nonconformance,
    contain_lots,
    decide_lot,
    finish_action,
    open_nonconformance,
    write_step,
)
from mes.orders.models import Job
from mes.quality.finding import Finding, Mark
from mes.quality.models import Disposition
from mes.quality.service import dispose_defect, record_defect, set_code_picture
from mes.recall.service import begin_recall, note_answer
from mes.trace.beginnings import Choice, How
from tests.epcis.program import document, sent
from tests.midday.measured import Known, Measured, picture
from tests.signing import as_me
from tests.station.floor import PIN

D = Decimal
STEPS = [
    "김미숙, 이수진", "설탕 3번 로트의 중량 미달", "남은 로트를 모두 보류", "공급처 저울의 영점이 틀어짐",
    "영점 확인을 출하 점검표에 넣는다", "공급처가 점검표를 고침", "", "",
]  # fmt: skip
WHYS = ["중량이 모자란다", "저울이 틀렸다", "영점을 맞추지 않았다", "점검표에 없다"]


class Handled:
    """Lee of quality and others deal with it; ``known`` are the codes to ask for what they did."""

    def __init__(self, measured: Measured, job: Job, shipment: Shipment) -> None:
        self.floor, self.shop, self.lee, self.job = measured.floor, measured.shop, measured.lee, job
        self.park = Actor(self.floor.park.name, self.floor.park.role_set, self.floor.park.id)
        self.known: Known = dict(measured.known)
        self.known |= self._photograph() | self._work_on() | self._close(shipment)
        self.known |= self._certify(shipment) | self._change() | self._practise(shipment) | self._hear()

    def _do(self, deed: Callable[[Work], Any]) -> Any:
        return self.shop.do(deed, actor=self.lee)

    def _photograph(self) -> Known:
        """Pictures of the item and of a type of defect; torn cakes with photos and a finger mark on the picture."""

        def deed(work: Work) -> list[int]:
            set_picture(work, "CAKE", "cake.jpg", picture())
            set_drawing(work, "CAKE", "cake.jpg", picture("grey"))
            set_code_picture(work, "TORN", "torn.jpg", picture("brown"))
            photos = [SentFile("1.jpg", picture("red")), SentFile("2.jpg", picture("maroon"))]
            marked = Finding(photos=photos, cause="칼날 마모", tool="M-1", cavity="2", mark=Mark(400, 300))
            seen = Finding(mark=Mark(620, 480), cause_code="SET")
            first = record_defect(work, code="TORN", quantity=D(2), job_code=self.job.code, finding=marked)
            more = record_defect(work, code="SEAL", quantity=D(5), job_code=self.job.code, finding=seen)
            dispose_defect(work, more.id, Disposition.SORT, "하나씩 본다")
            return [first.id, more.id]

        first, sorted_out = self._do(deed)
        return {"marked defect": [first], "sorted defect": [sorted_out]}

    def _work_on(self) -> Known:
        """The sugar that failed: contained with another lot, steps up to the sixth, an action done and one to do."""
        bad, [inspection] = self.known["bad sugar"][0], self.known["failed inspection"]
        more = self.known["waiting sugar"][0]

        def deed(work: Work) -> tuple[str, int]:
            found = open_nonconformance(
                work, origin=Origin.INSPECTION, what="중량 미달", inspection=inspection, quantity=D(100), place="입고장"
            )
            contain_lots(work, found.code, {bad: None, more: "같은 공급 로트"}, "중량 의심")
            for number, text in enumerate(STEPS, 1):
                if text:
                    write_step(work, found.code, number, text, whys=WHYS if number == 4 else ())
            owner, day = self.floor.lee, work.today
            done = add_action(work, found.code, kind=ActionKind.CORRECTIVE, what="저울 교정", owner=owner, due_on=day)
            finish_action(work, done.id, "교정 완료")
            due = day + timedelta(days=2)
            left = add_action(work, found.code, kind=ActionKind.PREVENTIVE, what="점검표 개정", owner=owner, due_on=due)
            add_cost(work, found.code, kind=CostKind.SORTING, quantity=D("1.5"), unit="h", unit_cost=D(12000))
            decide_lot(work, found.code, bad, Decision.SCRAP, "쓸 수 없다", D(10))
            decide_lot(work, found.code, bad, Decision.CONCESSION, "나머지는 무게를 다시 단다")
            return found.code, left.id

        code, action = self._do(deed)
        return {"nonconformance": [code], "action": [action]}

    def _close(self, shipment: Shipment) -> Known:
        """A customer's claim that was proved to be solved."""

        def deed(work: Work) -> str:
            told = {"partner": self.floor.market, "shipment": shipment.code, "reference": "C-12"}
            found = open_nonconformance(work, origin=Origin.CLAIM, what="포장 터짐", **told)  # type: ignore[arg-type]
            write_step(work, found.code, 4, "봉합 온도가 낮음")
            day, owner = work.today, self.floor.park
            act = add_action(work, found.code, kind=ActionKind.CORRECTIVE, what="온도 올림", owner=owner, due_on=day)
            finish_action(work, act.id, "165도로 올림")
            check_effect(work, found.code, day=day, passed=True, result="50개 중 0개")
            return close_nonconformance(work, found.code).code

        def boss(work: Work) -> str:
            return deed(work)

        return {"closed nonconformance": [self.shop.do(boss)]}

    def _practise(self, shipment: Shipment) -> Known:
        """The drill of a recall of what was shipped: the customer is told and answered."""

        def deed(work: Work) -> str:
            choice = Choice(How.CODES, shipment.code)
            drill = begin_recall(work, choice, title="이물 혼입", reason="연 1회 모의 회수", drill=True)
            note_answer(work, drill.code, self.floor.market.code, "남은 것 없음")
            return drill.code

        return {"recall": [self.shop.do(deed)], "recalled customer": [self.floor.market.code]}

    def _hear(self) -> Known:
        """The mill tells that the flour left it."""

        def deed(work: Work) -> Capture:
            told = document(sent() | {"eventTime": "2025-12-30T10:00:00+09:00"})
            return capture(work, read_document(json.dumps(told).encode(), work.now), name="제분소.jsonld")

        made = self.shop.do(deed)
        with self.shop.read() as read:
            [told] = page_of_events(read, whose=None, capture=made.id, after=None).rows
        return {"partner document": [made.code], "partner event": [told.id]}

    def _certify(self, shipment: Shipment) -> Known:
        """One signed, one drafted in its place, one drafted for a shipment."""
        sugar = self.known["sugar"]

        def sign(work: Work) -> str:
            drafted = draft_certificate(work, sugar[0])
            sign_certificate(work, drafted.code, meaning=Meaning.REVIEWED, signer=as_me(work, PIN))
            sign_certificate(work, drafted.code, meaning=Meaning.APPROVED, signer=as_me(work, PIN), confirmed=True)
            return drafted.code

        signed, replaced = self._do(sign), self._do(sign)
        draft = self._do(lambda work: replace_certificate(work, replaced, "고객 요청")).code
        shipped = self._do(lambda work: draft_certificate(work, shipment.code)).code
        return {"signed certificate": [signed], "draft certificate": [shipped, draft]}

    def _change(self) -> Known:
        """One 4M change that is asked for, one that is approved, one that was carried out."""

        def ask(work: Work, title: str) -> str:
            return ask_change(
                work, kinds=frozenset({"machine", "method"}), title=title, before_change="1호기", after_change="2호기",
                reason="1호기 정비", planned_on=work.today, until=work.today + timedelta(days=7), customer_told=True,
                extra_checks="초물 10개", affected=["CAKE", self.known["sugar"][0]],
            ).code  # fmt: skip

        def approve(work: Work, title: str) -> str:
            code = ask(work, title)
            sign_change(work, code, meaning=Meaning.APPROVED, signer=as_me(work, PIN))
            return code

        asked = self._do(lambda work: ask(work, "증숙기 교체"))
        approved = self._do(lambda work: approve(work, "포장기 교체"))
        done = self._do(lambda work: approve(work, "칼날 교체"))
        self._do(lambda work: finish_change(work, done, "이상 없음"))
        return {"change": [asked], "approved change": [approved], "done change": [done]}
