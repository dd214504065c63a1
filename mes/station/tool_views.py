"""Which mould or tool is mounted: touched in a list, or scanned at its label on the job's page."""

from flask import request

from mes.core.access import EVERYONE
from mes.core.i18n import _, own_name
from mes.core.pages import Page, go
from mes.core.work import Reader, Work
from mes.equipment.tools import list_tools
from mes.orders.tools import mount_tool
from mes.station import queries
from mes.station.here import here, room, shown


@room.read("/jobs/<code>/tool", who=EVERYONE)
def tool(read: Reader, code: str) -> Page:
    """The moulds and tools of the plant, with the one that is mounted."""
    here(read)
    return shown(read, "station/tool.html", sheet=queries.job_sheet(read, code), tools=list_tools(read, active=True))


@room.write("/jobs/<code>/tool", who=EVERYONE, show=tool)
def mount(work: Work, code: str) -> Page:
    """Mount a mould or tool, or take it off."""
    here(work.session)
    return mounted(work, code, request.form.get("tool"))


def mounted(work: Work, code: str, tool_code: str | None) -> Page:
    """Mount a mould or tool for a job and say so."""
    job = mount_tool(work, code, tool_code or None)
    said = _("%(name)s is mounted.", name=own_name(job.tool)) if job.tool else _("No mould or tool is mounted.")
    return go("station.job", code=code, said=said)
