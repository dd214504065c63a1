"""When a job ran, from each start to the next pause or end, and with which mould or tool."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mes.core.db import Base, partial_index
from mes.core.types import Id, Moment, Ref


class JobRun(Base):
    """One stretch of a job between start and pause (or end); open while ``ended_at`` is empty."""

    __tablename__ = "job_runs"
    __table_args__ = (
        Index("ix_job_runs_ended", "work_centre_id", "ended_at"),
        partial_index("ix_job_runs_open", "job_id", where="ended_at IS NULL"),
    )  # fmt: skip

    id: Mapped[Id]
    job_id: Mapped[Ref] = mapped_column(ForeignKey("jobs.id"), index=True)
    work_centre_id: Mapped[Ref] = mapped_column(ForeignKey("work_centres.id"))
    machine_id: Mapped[Ref | None] = mapped_column(ForeignKey("machines.id"))
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    started_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class JobTool(Base):
    """One mould or tool at a job, from its mounting until another one (or none) took its place."""

    __tablename__ = "job_tools"
    __table_args__ = (partial_index("ix_job_tools_open", "job_id", where="removed_at IS NULL", unique=True),)

    id: Mapped[Id]
    job_id: Mapped[Ref] = mapped_column(ForeignKey("jobs.id"), index=True)
    tool_id: Mapped[Ref] = mapped_column(ForeignKey("tools.id"), index=True)
    mounted_at: Mapped[Moment]
    removed_at: Mapped[Moment | None]
