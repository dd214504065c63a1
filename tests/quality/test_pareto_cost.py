"""What defective pieces are worth."""

from decimal import Decimal as D

from mes.items.service import change_item
from mes.quality import service
from mes.quality.pareto import Grouping, Measure, pareto
from mes.quality.queries import DefectFilter
from tests.quality.workshop import Workshop


def test_the_pareto_by_cost_ranks_what_the_pieces_are_worth(workshop: Workshop) -> None:
    workshop.shop.do(lambda work: change_item(work, "PL", unit_cost=D("1250.5")))
    sheets, job = workshop.receive_sheets(), workshop.pressing()
    workshop.shop.do(lambda work: service.record_defect(work, code="DIM", quantity=D(90), lot_code=sheets.code))
    workshop.shop.do(lambda work: service.record_defect(work, code="BURR", quantity=D(3), job_code=job.code))
    workshop.shop.do(lambda work: service.record_defect(work, code="CRACK", quantity=D(4), job_code=job.code))
    with workshop.shop.read() as read:
        found = pareto(read, DefectFilter(), Grouping.CODE, Measure.COST)
        by_quantity = pareto(read, DefectFilter(unit="EA"), Grouping.CODE, Measure.QUANTITY)
    assert [(bar.address, bar.value, bar.running) for bar in found.bars] == [
        ("CRACK", D("5002.0"), D("5002.0")),
        ("BURR", D("3751.5"), D("8753.5")),
    ]
    assert (found.total, found.uncosted) == (D("8753.5"), 1)
    assert {bar.address: bar.cost for bar in by_quantity.bars} == {"CRACK": D("5002.0"), "BURR": D("3751.5")}
