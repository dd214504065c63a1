"""The yearly drill of a recall in a sample factory: one raw lot is suspected, and everything it reached is found."""

from sqlalchemy import select

from mes.core.work import Work
from mes.items.models import Item
from mes.lots.models import Lot
from mes.recall import queries
from mes.recall.models import Recall, RecallLot
from mes.recall.service import begin_recall, close_recall, collect_lot, note_answer, tell_customer
from mes.trace.beginnings import Choice, How
from mes.web.sample_stage import Stage, Story

TITLE = "이물 혼입 가정 모의 회수"
REASON = "연 1회 모의 회수 훈련: 원재료 로트에 이물이 섞였다고 가정"
CONCLUSION = "원재료에서 고객까지 추적하고 재고를 모두 확인했다. 통보와 회신이 목표 시간 안에 끝났다."


def practised(floor: Stage, quality: str, item: str) -> Story:
    """Quality practises a recall of the oldest lot of an item: counted in the store, customers told and answered."""

    def begun(work: Work) -> Recall:
        oldest = select(Lot.code).join(Item, Item.id == Lot.item_id).where(Item.code == item).order_by(Lot.id).limit(1)
        lot = work.session.scalars(oldest).one()
        return begin_recall(work, Choice(How.CODES, lot), title=TITLE, reason=REASON, drill=True)

    recall = floor.do(quality, begun)
    code = recall.code
    yield 12

    def told(work: Work) -> None:
        for one in queries.notices_of(work.session, recall.id):
            tell_customer(work, code, one.partner.code, "전화")

    floor.do(quality, told)
    yield 25

    def collected(work: Work) -> None:
        rows = select(Lot.code).join(RecallLot, RecallLot.lot_id == Lot.id).where(RecallLot.recall_id == recall.id)
        for lot in work.session.scalars(rows.where(RecallLot.on_hand > 0).order_by(RecallLot.id)).all():
            collect_lot(work, code, lot)

    floor.do(quality, collected)
    yield 35

    def answered(work: Work) -> None:
        for one in queries.notices_of(work.session, recall.id):
            note_answer(work, code, one.partner.code, "해당 로트는 이미 판매되어 남은 것이 없음")

    floor.do(quality, answered)
    yield 10
    floor.do(quality, lambda work: close_recall(work, code, CONCLUSION, confirmed=True))
