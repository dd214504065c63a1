"""What was printed, and by whom; label printers, and the jobs that wait for them."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, LargeBinary, String, literal_column
from sqlalchemy.orm import Mapped, deferred, mapped_column

from mes.core.db import Base, partial_index
from mes.core.types import BigId, Code, Id, LongText, Moment, Name, Qty, Ref, Short


class LabelPrint(Base):
    """One print of one code's label (발행이력); prints after the first are reprints and are counted."""

    __tablename__ = "label_prints"
    __table_args__ = (Index("ix_label_prints_subject", "subject", "code"),)

    id: Mapped[Id]
    #: What the label is for: lot, order, location, machine, tool, gauge, badge.
    subject: Mapped[str] = mapped_column(String(32))
    code: Mapped[Code]
    layout: Mapped[Short]
    copies: Mapped[int]
    #: The number of the first of these copies, over all prints of this code; the second label is number 2.
    number: Mapped[int] = mapped_column(default=1)
    at: Mapped[Moment]
    person_id: Mapped[Ref | None]
    person: Mapped[Short]
    station: Mapped[Short | None]
    reason: Mapped[LongText | None]
    #: The job that brings it to a printer; none when the browser printed it.
    job_id: Mapped[Ref | None] = mapped_column(ForeignKey("print_jobs.id"), index=True)

    @property
    def numbers(self) -> range:
        """The numbers of its copies."""
        return range(self.number, self.number + self.copies)


class PrinterKind(StrEnum):
    """How labels come to it."""

    TCP = "tcp"
    CUPS = "cups"
    FOLDER = "folder"
    BROWSER = "browser"


class PrinterLanguage(StrEnum):
    """What it understands."""

    ZPL = "zpl"
    TSPL = "tspl"
    PDF = "pdf"


class Printer(Base):
    """A label printer of the plant, with what is in it and how it is set."""

    __tablename__ = "printers"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(String(200))
    kind: Mapped[PrinterKind]
    #: Host name or number, name of the queue, or folder.
    address: Mapped[str | None] = mapped_column(String(200))
    port: Mapped[int] = mapped_column(default=9100)
    language: Mapped[PrinterLanguage]
    dpi: Mapped[int] = mapped_column(default=203)
    #: The stock that is in it, by its name; none when it takes any.
    stock: Mapped[Short | None]
    #: 0 to 30 as ZPL counts, and inches a second; none leaves the printer as it is set.
    density: Mapped[int | None]
    speed: Mapped[int | None]
    #: How far everything is moved to the right and down, in mm.
    shift_x: Mapped[Qty] = mapped_column(default=Decimal(0))
    shift_y: Mapped[Qty] = mapped_column(default=Decimal(0))
    #: Font files that it holds, such as ``E:KR.TTF``.
    font_regular: Mapped[Short | None]
    font_bold: Mapped[Short | None]
    work_centre_id: Mapped[Ref | None] = mapped_column(ForeignKey("work_centres.id"))
    station_id: Mapped[Ref | None] = mapped_column(ForeignKey("stations.id"))
    paused: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (CheckConstraint("port BETWEEN 1 AND 65535", name="port"),)
    __mapper_args__ = {"version_id_col": version}


class PrinterState(Base):
    """How a printer was found when it was last asked. Written by the program, not by people."""

    __tablename__ = "printer_states"

    printer_id: Mapped[int] = mapped_column(BigId, ForeignKey("printers.id"), primary_key=True, autoincrement=False)
    #: A word of ``rules.CONDITION_NAMES``.
    condition: Mapped[str] = mapped_column(String(24))
    since: Mapped[Moment]


class PrintState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    UNSURE = "unsure"
    CANCELLED = "cancelled"


class PrintJob(Base):
    """Labels on their way to a printer, or into one file. ``sent`` is written before the label it counts is sent."""

    __tablename__ = "print_jobs"

    id: Mapped[Id]
    #: None: one PDF for the browser, made in the background.
    printer_id: Mapped[Ref | None] = mapped_column(ForeignKey("printers.id"), index=True)
    subject: Mapped[str] = mapped_column(String(32))
    layout: Mapped[Short]
    language: Mapped[str] = mapped_column(String(8))
    labels: Mapped[int]
    #: Places already used on the first sheet, from 0, with commas between.
    used: Mapped[LongText | None]
    sent: Mapped[int] = mapped_column(default=0)
    state: Mapped[PrintState] = mapped_column(default=PrintState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[Moment | None]
    #: Which process sends it, and until when its word holds.
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[Moment | None]
    #: What is in the way: a word of ``rules.TROUBLE_NAMES``, and more about it.
    trouble: Mapped[str | None] = mapped_column(String(24))
    detail: Mapped[LongText | None]
    at: Mapped[Moment]
    person_id: Mapped[Ref | None] = mapped_column(index=True)
    person: Mapped[Short]
    station: Mapped[Short | None]
    finished_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        partial_index("ix_print_jobs_open", "printer_id", "id", where="state IN ('waiting', 'sending', 'unsure')"),
        CheckConstraint("sent BETWEEN 0 AND labels", name="sent"),
    )
    __mapper_args__ = {"version_id_col": version}


#: A job that is not over, as the index of such jobs says it: with values in the place of words it would not be used.
IS_OPEN: ColumnElement[bool] = literal_column("print_jobs.state IN ('waiting', 'sending', 'unsure')")


class LabelFile(Base):
    """The finished file of a job without a printer; it is thrown away after a day."""

    __tablename__ = "label_files"

    job_id: Mapped[int] = mapped_column(BigId, ForeignKey("print_jobs.id"), primary_key=True, autoincrement=False)
    until: Mapped[Moment]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
