"""Moulds and tools: entered, held, mounted for a job, and told by what was made with them."""

from decimal import Decimal as D

import pytest
from flask import Flask
from sqlalchemy import select

from mes.core.access import Role
from mes.core.errors import NotFound, ReasonNeeded
from mes.core.numbering import is_checked
from mes.core.plant import DEFAULT
from mes.equipment import tools
from mes.equipment.models import Tool
from mes.equipment.rules import NotInUse
from mes.exchange.service import import_file
from mes.inspection.due import DueState, due_at
from mes.inspection.models import InspectionKind
from mes.inspection.service import StandardData, record_inspection
from mes.inspection.standard_queries import characteristics_of
from mes.lots.models import Lot
from mes.nonconformance.containment import Narrowed, containment
from mes.nonconformance.models import Share
from mes.orders.first_piece import Demand, demand_first_pieces, pass_first_piece
from mes.orders.models import Job, Report
from mes.orders.queries import get_job
from mes.orders.rules import FirstPieceMissing
from mes.orders.service import pause_job, start_job
from mes.orders.tools import mount_tool
from mes.quality.models import Defect
from mes.quality.service import record_defect, report_production, undo_report
from mes.trace.story import tell
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_released_standard, make_tool
from tests.quality.workshop import Workshop


def mount(workshop: Workshop, job: Job, tool: str | None) -> None:
    """The operator puts a mould on the press."""
    workshop.shop.do(lambda work: mount_tool(work, job.code, tool), actor=workshop.operator)


def report(workshop: Workshop, job: Job, good: int = 5, **more: object) -> Report:
    """The operator reports."""
    return workshop.shop.do(lambda work: report_production(work, job.code, good=D(good), confirmed=True, **more))  # type: ignore[arg-type]


@pytest.fixture
def workshop(shop: Shop) -> Workshop:
    """A press shop."""
    return Workshop(shop)


@pytest.fixture
def mould(workshop: Workshop) -> Tool:
    """A mould with four cavities."""
    return workshop.shop.do(lambda work: make_tool(work, code="m-12", name="브래킷 금형", cavities=4))


def test_a_tool_gets_a_tag_that_a_scanner_can_check(workshop: Workshop, mould: Tool) -> None:
    assert is_checked(mould.tag)
    assert mould.tag[0] == "T"
    with workshop.shop.read() as read:
        assert tools.get_tool(read, mould.tag.lower()).id == mould.id
        with pytest.raises(NotFound):
            tools.get_tool(read, "T0")


def test_a_tool_on_hold_is_not_mounted_and_no_job_goes_on_with_it(workshop: Workshop, mould: Tool) -> None:
    job = workshop.pressing()
    mount(workshop, job, mould.tag)
    workshop.shop.do(lambda work: pause_job(work, job.code))
    with pytest.raises(ReasonNeeded):
        workshop.shop.do(lambda work: tools.hold_tool(work, mould.code, " "))
    with pytest.raises(tools.ToolNotHeld):
        workshop.shop.do(lambda work: tools.release_tool(work, mould.code, "확인"))
    workshop.shop.do(lambda work: tools.hold_tool(work, mould.code, "핀 마모"))
    with pytest.raises(tools.ToolHeld, match="핀 마모"):
        workshop.shop.do(lambda work: start_job(work, job.code))
    with pytest.raises(tools.ToolHeld):
        mount(workshop, workshop.pressing(), mould.code)
    workshop.shop.do(lambda work: tools.release_tool(work, mould.code, "핀 교체"))
    workshop.shop.do(lambda work: start_job(work, job.code))
    workshop.shop.do(lambda work: tools.change_tool(work, mould.code, active=False))
    with pytest.raises(NotInUse):
        mount(workshop, workshop.pressing(), mould.code)


def test_reports_defects_and_the_trace_tell_with_which_mould_it_was_made(workshop: Workshop, mould: Tool) -> None:
    job = workshop.pressing()
    mount(workshop, job, mould.code)
    first = report(workshop, job, defects=[("BURR", D(1))])
    loose = workshop.shop.do(lambda work: record_defect(work, code="BURR", quantity=D(2), job_code=job.code))
    mount(workshop, job, None)
    second = report(workshop, job)
    assert (first.tool_id, second.tool_id, loose.tool) == (mould.id, None, "M-12")
    assert [one.tool for one in workshop.defects()] == ["M-12", "M-12"]
    after = workshop.deburring_of(job)
    lot_id = report(workshop, after).lot_id
    undone = workshop.shop.do(lambda work: undo_report(work, first.id, "잘못 셈"))
    assert undone.tool_id == mould.id
    with workshop.shop.read() as read:
        told = tell(read, read.get_one(Lot, lot_id or 0).code).details.done
        assert {(one.operation, one.tool) for one in told} == {("프레스", None), ("사상", None)}
        assert read.scalars(select(Defect.tool).where(Defect.reverses_id.is_not(None))).all() == ["M-12"]


def test_another_mould_asks_for_the_first_piece_again_where_the_standard_says_so(
    workshop: Workshop, mould: Tool
) -> None:
    demand = Demand(operation=10, each_tool=True)
    workshop.shop.do(lambda work: demand_first_pieces(work, workshop.plate.id, [demand]))
    job = workshop.pressing()
    mount(workshop, job, mould.code)
    workshop.shop.do(lambda work: pass_first_piece(work, job.id))
    mount(workshop, job, mould.code)
    report(workshop, job)
    mount(workshop, job, workshop.shop.do(make_tool).code)
    with pytest.raises(FirstPieceMissing):
        report(workshop, job)


def test_an_inspection_bound_to_the_mould_is_due_after_its_change(workshop: Workshop, mould: Tool) -> None:
    how = StandardData(triggers=frozenset({"start", "mould"}))
    workshop.shop.do(
        lambda work: make_released_standard(work, workshop.plate, kind=InspectionKind.SELF, data=how, operation=10)
    )
    job = workshop.pressing()
    mount(workshop, job, mould.code)
    with workshop.shop.read() as read:
        [size] = characteristics_of(read, workshop.plate.id, InspectionKind.SELF, operation=10)
    workshop.shop.do(
        lambda work: record_inspection(work, kind=InspectionKind.SELF, job_code=job.code, readings={size.id: D(10)})
    )

    def owed() -> tuple[DueState, str | None]:
        with workshop.shop.read() as read:
            due = due_at(read, get_job(read, job.code), workshop.shop.now)
        return next((one.state, one.trigger) for one in due if one.kind is InspectionKind.SELF)

    assert owed()[0] is DueState.LATER
    mount(workshop, job, workshop.shop.do(make_tool).code)
    assert owed() == (DueState.DUE, "mould")


def test_containment_finds_what_the_same_mould_made_on_another_machine(workshop: Workshop, mould: Tool) -> None:
    made: list[int] = []
    for tool in (mould.code, mould.code, None):
        job = workshop.pressing()
        mount(workshop, job, tool)
        report(workshop, job)
        made.append(report(workshop, workshop.deburring_of(job)).lot_id or 0)
    shares = frozenset({Share.MOULD})
    with workshop.shop.read() as read:
        found = containment(read, {made[0]}, Narrowed(shares=shares), DEFAULT)
        assert {read.get_one(Lot, one.facts.id).id for one in found.suspects} == set(made[:2])
    assert [(one.code, one.name) for one in found.common if one.share is Share.MOULD] == [("M-12", "브래킷 금형")]


def test_moulds_come_from_a_file_and_go_out_again(app: Flask, shop: Shop) -> None:
    text = "금형코드,금형명,캐비티\nM-1,뚜껑 금형,8\nM-2,몸체 금형,\n"
    shop.do(lambda work: import_file(work, None, "금형.csv", text.encode()))
    with shop.read() as read:
        assert [(one.code, one.cavities) for one in tools.list_tools(read)] == [("M-1", 8), ("M-2", 1)]
    exported = Desk(app, shop, Role.MANAGER).client.get("/export/tools.csv").data.decode("utf-8-sig")
    assert "M-1,뚜껑 금형,,8" in exported


def test_moulds_are_kept_at_a_desk(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.MANAGER, Role.LEADER)
    assert "No moulds or tools here" in desk.see("/tools")
    assert 'value="0"' in desk.press("/new/tool", 422, code="M-1", name="금형", cavities="0")
    desk.press("/new/tool", code="M-1", name="금형", cavities="2")
    desk.press("/tools/M-1", name="몸체 금형", cavities="4", active="y")
    assert "몸체 금형" in desk.see("/tools")
    assert "A reason is needed" in desk.press("/tools/M-1/hold", 422)
    desk.press("/tools/M-1/hold", reason="핀 마모")
    assert "핀 마모" in desk.see("/tools/M-1")
    desk.press("/tools/M-1/release", reason="교체")
    assert "Ready" in desk.see("/tools/M-1")
    desk.see("/tools/none", 404)
    assert "M-1" in desk.see("/labels/tools?code=M-1")
