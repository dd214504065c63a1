"""Moulds and tools at the desk."""

from mes.core.access import LEADERS, OFFICE, PLANNERS
from mes.core.forms import Form
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, Room, go, page
from mes.core.work import Reader, Work
from mes.equipment import forms, tools
from mes.equipment.views import asked_reason, changed, in_use, saved

room = Room("tools", __name__)
room.entry("tools.index", N_("Moulds and tools"), "wrench", "equipment", OFFICE)


@room.read("/tools", who=OFFICE)
def index(read: Reader) -> Page:
    """Moulds and tools, and whether they may be used."""
    return page("equipment/tools.html", tools=tools.list_tools(read, active=in_use()))


def _tool_page(read: Reader, form: Form, code: str | None = None) -> Page:
    return page("equipment/tool.html", form=form, tool=tools.get_tool(read, code) if code else None)


@room.form("/new/tool", who=PLANNERS, form=forms.ToolForm, show=_tool_page)
def new(work: Work, form: forms.ToolForm) -> Page:
    """Enter a mould or tool."""
    return saved("tools.index", tools.add_tool(work, code=str(form.code.data), **form.values))


@room.form("/tools/<path:code>", who=PLANNERS, form=forms.ToolForm, show=_tool_page)
def edit(work: Work, form: forms.ToolForm, code: str) -> Page:
    """Change a mould or tool."""
    return saved("tools.index", tools.change_tool(work, code, **changed(form)))


def _tools_again(read: Reader, code: str) -> Page:
    return index(read)


@room.write("/tools/<path:code>/hold", who=LEADERS, show=_tools_again)
def hold(work: Work, code: str) -> Page:
    """Put a tool on hold, with a reason."""
    held = tools.hold_tool(work, code, asked_reason())
    return go("tools.index", said=_("%(name)s is on hold.", name=own_name(held)))


@room.write("/tools/<path:code>/release", who=LEADERS, show=_tools_again)
def release(work: Work, code: str) -> Page:
    """Lift a tool's hold, with a reason."""
    freed = tools.release_tool(work, code, asked_reason())
    return go("tools.index", said=_("%(name)s may be used again.", name=own_name(freed)))
