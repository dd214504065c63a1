"""Use cases of moulds and tools (금형/치공구): enter, change, hold, release, find."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mes.core.coded import add_coded, change_coded, lock_coded
from mes.core.errors import NotFound, Refused
from mes.core.i18n import N_, _
from mes.core.numbering import running_code
from mes.core.work import Work
from mes.equipment.models import Tool
from mes.equipment.rules import check_in_use, check_machine_reason


class ToolHeld(Refused):
    """It is not used before somebody lifts the hold."""

    message = N_("Tool %(tool)s is on hold: %(reason)s.")
    hint = N_("Take another one, or have its hold lifted first.")


class ToolNotHeld(Refused):
    """There is nothing to release."""

    message = N_("Tool %(tool)s is not on hold.")
    hint = N_("Open it again to see its state now.")


def find_tool(session: Session, code: str) -> Tool | None:
    """The tool with exactly this code, or with this tag (what its label says)."""
    exact = Tool.code == code
    query = select(Tool).where(or_(exact, Tool.tag == code.upper())).order_by(exact.desc())
    return session.scalar(query.limit(1))


def get_tool(session: Session, code: str) -> Tool:
    """The same. Raises NotFound."""
    found = find_tool(session, code)
    if found is None:
        raise NotFound(what=_(N_("tool")), code=code)
    return found


def list_tools(session: Session, *, active: bool | None = None) -> list[Tool]:
    """Tools by code, those in use first."""
    query = select(Tool).order_by(Tool.active.desc(), Tool.code)
    return list(session.scalars(query if active is None else query.where(Tool.active == active)))


def any_tools(session: Session) -> bool:
    """Whether this plant works with moulds or tools at all."""
    return session.scalar(select(Tool.id).where(Tool.active).limit(1)) is not None


def add_tool(work: Work, *, code: str, name: str, name_en: str | None = None, cavities: int | None = None) -> Tool:
    """Enter a mould or tool; the tag for its label is made here. Raises AlreadyExists, SimilarCode."""
    tool = Tool(code=code, name=name, name_en=name_en, cavities=cavities or 1)
    tool.tag = running_code(work.session, "T")
    return add_coded(work, tool, "equipment.add_tool")


def change_tool(work: Work, code: str, *, version: int | None = None, **columns: Any) -> Tool:
    """Change a tool; its code and tag stay. Raises StaleEdit."""
    tool = lock_coded(work, Tool, code, _(N_("tool")))
    return change_coded(work, tool, "equipment.change_tool", version, columns)


def hold_tool(work: Work, code: str, reason: str) -> Tool:
    """Put a tool on hold: it is mounted for no job, and no job starts with it. Raises ToolHeld, ReasonNeeded."""
    reason = check_machine_reason(reason)
    tool = lock_coded(work, Tool, code, _(N_("tool")))
    if tool.hold_reason:
        raise ToolHeld(tool=tool.code, reason=tool.hold_reason)
    with work.change(tool, "equipment.hold_tool", reason=reason):
        tool.hold_reason = reason
        work.session.flush()
    return tool


def release_tool(work: Work, code: str, reason: str) -> Tool:
    """Lift the hold of a tool, with a reason. Raises ToolNotHeld, ReasonNeeded."""
    reason = check_machine_reason(reason)
    tool = lock_coded(work, Tool, code, _(N_("tool")))
    if not tool.hold_reason:
        raise ToolNotHeld(tool=tool.code)
    with work.change(tool, "equipment.release_tool", reason=reason):
        tool.hold_reason = None
        work.session.flush()
    return tool


def check_ready(tool: Tool) -> None:
    """Refuse a tool that may not be used now. Raises NotInUse, ToolHeld."""
    check_in_use(tool)
    if tool.hold_reason:
        raise ToolHeld(tool=tool.code, reason=tool.hold_reason)
