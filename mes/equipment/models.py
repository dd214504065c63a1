"""Where work is done and what stands there."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mes.core.db import Base, partial_index
from mes.core.types import Code, Id, LongText, Moment, Name, Ref, Short


class WorkCentre(Base):
    """A line or area where operations are done."""

    __tablename__ = "work_centres"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    #: What people who work here are trained for; nothing where no training is asked.
    skill: Mapped[Short | None]
    #: Where its material stands and where what it makes is put down, unless somebody says otherwise.
    location_id: Mapped[Ref | None] = mapped_column(ForeignKey("locations.id"))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class MachineState(StrEnum):
    """Whether a machine may be used."""

    READY = "ready"
    STOPPED = "stopped"
    HELD = "held"


class Machine(Base):
    """One machine (호기)."""

    __tablename__ = "machines"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    work_centre_id: Mapped[Ref] = mapped_column(ForeignKey("work_centres.id"), index=True)
    #: What its label's QR says.
    tag: Mapped[Code] = mapped_column(unique=True)
    state: Mapped[MachineState] = mapped_column(default=MachineState.READY)
    hold_reason: Mapped[LongText | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    work_centre: Mapped[WorkCentre] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}


class Tool(Base):
    """A mould, die, jig or fixture (금형/치공구) that goes from machine to machine. It is on hold while it says why."""

    __tablename__ = "tools"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    #: How many pieces one shot makes.
    cavities: Mapped[int] = mapped_column(default=1)
    #: What its label's QR says.
    tag: Mapped[Code] = mapped_column(unique=True)
    hold_reason: Mapped[LongText | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (CheckConstraint("cavities > 0", name="cavities_above_zero"),)
    __mapper_args__ = {"version_id_col": version}


class LocationKind(StrEnum):
    """What a place is for."""

    STORE = "store"
    WORK_CENTRE = "work_centre"
    QUARANTINE = "quarantine"
    SHIPPING = "shipping"
    OUTSIDE = "outside"


class Location(Base):
    """A place where lots stand."""

    __tablename__ = "locations"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[LocationKind] = mapped_column(default=LocationKind.STORE)
    tag: Mapped[Code] = mapped_column(unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Station(Base):
    """A tablet on the floor, paired with a work centre. Only the device token's hash is kept."""

    __tablename__ = "stations"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    work_centre_id: Mapped[Ref] = mapped_column(ForeignKey("work_centres.id"), index=True)
    device_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    paired_at: Mapped[Moment | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    work_centre: Mapped[WorkCentre] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}


class StopReason(Base):
    """Why a machine stands still."""

    __tablename__ = "stop_reasons"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    name_vi: Mapped[str | None] = mapped_column(String(200))
    #: Under which word it stands on the tablet: machine, material, people.
    group: Mapped[Short | None]
    #: What it looks like, for those who choose it by touch.
    picture_id: Mapped[Ref | None] = mapped_column(ForeignKey("files.id"))
    planned: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Downtime(Base):
    """A machine or work centre standing still (비가동), from-to; open while ``ended_at`` is empty.

    The reason may come later: one touch stops the clock, why is told when there is time for it.
    """

    __tablename__ = "downtimes"
    __table_args__ = (
        partial_index("ix_downtimes_open", "work_centre_id", where="ended_at IS NULL"),
        partial_index("ix_downtimes_unexplained", "work_centre_id", "started_at", where="reason_id IS NULL"),
        Index("ix_downtimes_started", "started_at"),
        Index("ix_downtimes_ended", "ended_at"),
    )  # fmt: skip

    id: Mapped[Id]
    work_centre_id: Mapped[Ref] = mapped_column(ForeignKey("work_centres.id"))
    machine_id: Mapped[Ref | None] = mapped_column(ForeignKey("machines.id"))
    job_id: Mapped[Ref | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    reason_id: Mapped[Ref | None] = mapped_column(ForeignKey("stop_reasons.id"))
    started_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("persons.id"))
    note: Mapped[LongText | None]

    reason: Mapped[StopReason | None] = relationship(lazy="raise")
    machine: Mapped[Machine | None] = relationship(lazy="raise")
    work_centre: Mapped[WorkCentre] = relationship(lazy="raise")


class CallKind(StrEnum):
    """What help is called for: 자재, 품질, 설비, 반장, 안전."""

    MATERIAL = "material"
    QUALITY = "quality"
    MACHINE = "machine"
    LEADER = "leader"
    SAFETY = "safety"


class Call(Base):
    """A call for help from a work centre (호출): placed, taken by somebody who comes, solved."""

    __tablename__ = "calls"
    __table_args__ = (
        partial_index("ix_calls_open", "work_centre_id", where="solved_at IS NULL"),
        Index("ix_calls_placed", "placed_at"),
    )  # fmt: skip

    id: Mapped[Id]
    kind: Mapped[CallKind]
    work_centre_id: Mapped[Ref] = mapped_column(ForeignKey("work_centres.id"))
    job_id: Mapped[Ref | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    placed_at: Mapped[Moment]
    placed_by: Mapped[Short]
    taken_at: Mapped[Moment | None]
    taken_by: Mapped[Short | None]
    solved_at: Mapped[Moment | None]
    solved_by: Mapped[Short | None]
    #: What was the matter and what helped.
    cause: Mapped[LongText | None]
    note: Mapped[LongText | None]
    #: The stop that was recorded together with the call.
    downtime_id: Mapped[Ref | None] = mapped_column(ForeignKey("downtimes.id"))
    version: Mapped[int] = mapped_column(default=1)

    work_centre: Mapped[WorkCentre] = relationship(lazy="raise")
    __mapper_args__ = {"version_id_col": version}


class CallRule(Base):
    """After how many minutes a call of one kind goes further up: to the leader while nobody has taken it, to the
    production manager while it is not solved. Nothing set: it stays where it is.
    """

    __tablename__ = "call_rules"

    id: Mapped[Id]
    kind: Mapped[CallKind] = mapped_column(unique=True)
    leader_after: Mapped[int | None]
    manager_after: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
