"""Who works on a job together, and who worked on what a report tells of."""

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from mes.core.db import Base, partial_index
from mes.core.types import Id, Moment, Ref


class JobWorker(Base):
    """One stretch of one person's work on a job; open while ``left_at`` is empty."""

    __tablename__ = "job_workers"
    __table_args__ = (
        Index("ix_job_workers_job_id", "job_id", "person_id"),
        partial_index("ix_job_workers_open", "job_id", "person_id", where="left_at IS NULL", unique=True),
    )  # fmt: skip

    id: Mapped[Id]
    job_id: Mapped[Ref] = mapped_column(ForeignKey("jobs.id"))
    person_id: Mapped[Ref] = mapped_column(ForeignKey("persons.id"))
    joined_at: Mapped[Moment]
    left_at: Mapped[Moment | None]
    #: Whether it ended because the job was paused: going on takes it up again.
    paused: Mapped[bool] = mapped_column(default=False, server_default=false())


class ReportWorker(Base):
    """Somebody who worked on what one report tells of. Append-only."""

    __tablename__ = "report_workers"

    report_id: Mapped[Ref] = mapped_column(ForeignKey("production_reports.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[Ref] = mapped_column(ForeignKey("persons.id"), primary_key=True, autoincrement=False)
