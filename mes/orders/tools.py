"""Use case of moulds and tools at jobs: mount one (금형 장착), so that what is made tells with which."""

from sqlalchemy import select

from mes.core.work import Work
from mes.equipment.tools import check_ready, get_tool
from mes.orders.first_piece import ask_again
from mes.orders.models import Job
from mes.orders.rules import check_job, check_order
from mes.orders.run_models import JobTool
from mes.orders.service import lock_job


def mount_tool(work: Work, job_code: str, tool_code: str | None) -> Job:
    """Say with which mould or tool a job is made from now on; none takes it off. Another one than before asks for the
    first piece again, where its standard says so. Raises ToolHeld, NotInUse, NotFound."""
    job = lock_job(work, job_code)
    check_order(job.order, "work")
    check_job(job, "mount")
    tool = get_tool(work.session, tool_code) if tool_code else None
    if tool is not None:
        check_ready(tool)
    if (tool.id if tool else None) == job.tool_id:
        return job
    with work.change(job, "orders.mount_tool"):
        job.tool_id, job.tool = (tool.id if tool else None), tool
        work.session.flush()
    _note(work, job)
    if job.first_piece_each_tool:
        ask_again(work, job)
    return job


def _note(work: Work, job: Job) -> None:
    """Keep from when until when each was mounted: the next result only names the last one."""
    for row in work.session.scalars(select(JobTool).where(JobTool.job_id == job.id, JobTool.removed_at.is_(None))):
        row.removed_at = max(row.mounted_at, work.now)
    work.session.flush()
    if job.tool_id is not None:
        work.session.add(JobTool(job_id=job.id, tool_id=job.tool_id, mounted_at=work.now))
