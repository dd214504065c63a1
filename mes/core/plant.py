"""The plant: its name, its clock, and the settings that decide rules."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import String, false, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from mes.core.db import Base
from mes.core.fetch import Fetch
from mes.core.gs1_link import USUAL_HOST
from mes.core.types import Id, Name, Qty
from mes.core.work import Work


class Strictness(StrEnum):
    """How a rule is kept: not at all, by asking first, or by refusing."""

    OFF = "off"
    WARN = "warn"
    REFUSE = "refuse"


class Plant(Base):
    """The one row of settings."""

    __tablename__ = "plant"

    id: Mapped[Id]
    name: Mapped[Name]
    #: One or two letters in the codes of this plant, which tell them from those of the company's other plants.
    mark: Mapped[str | None] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(8), default="ko")
    time_zone: Mapped[str] = mapped_column(String(64), default="Asia/Seoul")
    #: Hour at which the production day begins; a night shift counts to the day on which it began.
    day_starts_at: Mapped[int] = mapped_column(default=8)
    #: Percent above the ordered quantity that may be reported without asking.
    over_production: Mapped[Qty] = mapped_column(default=Decimal(0))
    #: Whether the lot that expires (or came) first must be used first.
    first_out: Mapped[Strictness] = mapped_column(default=Strictness.WARN)
    #: Whether a lot must stand at the work centre's own place to be consumed there.
    right_place: Mapped[Strictness] = mapped_column(default=Strictness.OFF)
    #: Whether a report needs every scanned material of the order.
    material_scanned: Mapped[Strictness] = mapped_column(default=Strictness.REFUSE)
    #: Minutes within which the author may undo a report himself; later a leader does, with a reason.
    undo_minutes: Mapped[int] = mapped_column(default=10)
    #: A stop shorter than this many minutes is counted as a micro-stop, and nobody is asked why; 0 knows none.
    micro_stop_minutes: Mapped[int] = mapped_column(default=3, server_default="3")
    #: Whether nothing is reported while a stop at the same machine has no reason.
    stop_reason_needed: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: A job that is reported faster than this many percent of its standard speed is asked about; 0 asks nothing.
    fastest_percent: Mapped[int] = mapped_column(default=300, server_default="300")
    #: A report after more hours of silence than these is asked about; 0 asks nothing.
    longest_run_hours: Mapped[int] = mapped_column(default=16, server_default="16")
    #: After how many idle minutes a tablet locks itself, by role: "operator=20 leader=5"; a role not named never does.
    lock_after: Mapped[str] = mapped_column(String(100), default="", server_default="")
    #: Whether people may practise in a copy of the plant.
    training: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: How often the same pieces may be reworked; 0 sets no limit.
    rework_limit: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Whether an inspection standard is approved by somebody who did not write it.
    four_eyes: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Whether releases of failed or held lots and concessions are signed, with user name and PIN or password.
    signed_decisions: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Of which roles a second factor is demanded at the desk: "manager admin"; it is offered to everybody.
    second_factor: Mapped[str] = mapped_column(String(100), default="", server_default="")
    #: After how many minutes without use a desk asks for the password again; 0 never asks.
    idle_minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    #: The company's number at GS1 (7 to 10 digits); with it boxes and pallets get an SSCC.
    gs1_prefix: Mapped[str | None] = mapped_column(String(10))
    #: The first digit of an SSCC, by which a company tells its own sites or packers apart.
    sscc_digit: Mapped[int] = mapped_column(default=0, server_default="0")
    #: What a GS1 Digital Link of this plant begins with.
    link_host: Mapped[str] = mapped_column(String(200), default=USUAL_HOST, server_default=USUAL_HOST)
    #: Grows with each of the plant's own words, so that whoever keeps them in memory knows when to read them again.
    words_stamp: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The maker's address and phone, as labels of goods name them.
    address: Mapped[str | None] = mapped_column(String(300))
    phone: Mapped[str | None] = mapped_column(String(50))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


DEFAULT = Plant(id=1, name="", language="ko", time_zone="Asia/Seoul", day_starts_at=8, over_production=Decimal(0),
                first_out=Strictness.WARN, right_place=Strictness.OFF, material_scanned=Strictness.REFUSE,
                undo_minutes=10, micro_stop_minutes=3, stop_reason_needed=False,
                fastest_percent=300, longest_run_hours=16, lock_after="",
                training=True, rework_limit=0, four_eyes=False, signed_decisions=False, second_factor="",
                idle_minutes=60, sscc_digit=0, link_host=USUAL_HOST, words_stamp=0)  # fmt: skip


def plant(session: Session) -> Plant:
    """The settings in force, read once in a session; the defaults until the first-run page has made the row."""
    known: Plant | None = session.info.get(Plant)
    if known is None:
        known = session.info[Plant] = SETTINGS.first(session) or DEFAULT
    return known


def ask_for_plant(session: Session) -> None:
    """The settings will be needed in this act."""
    if Plant not in session.info:
        SETTINGS.ask(session)


SETTINGS = Fetch(Plant, select(Plant).where(Plant.id == 1))


def production_day(settings: Plant, moment: datetime) -> date:
    """The day a moment counts to: a night shift belongs to the day on which it began."""
    local = moment.astimezone(ZoneInfo(settings.time_zone))
    return (local - timedelta(hours=settings.day_starts_at)).date()


def calendar_day(settings: Plant, moment: datetime) -> date:
    """The day of a moment on the calendar, by which use-by dates run out: from midnight of the plant on."""
    return moment.astimezone(ZoneInfo(settings.time_zone)).date()


def this_production_day(work: Work) -> date:
    """The production day on which an act happens."""
    return production_day(plant(work.session), work.now)


def day_began(settings: Plant, moment: datetime) -> datetime:
    """When the production day of a moment began."""
    zone = ZoneInfo(settings.time_zone)
    return datetime.combine(production_day(settings, moment), time(settings.day_starts_at), zone)


def day_span(settings: Plant, day: date) -> tuple[datetime, datetime]:
    """When a production day begins, and when the next one does; 23 or 25 hours where the clocks are changed."""
    zone, begin = ZoneInfo(settings.time_zone), time(settings.day_starts_at)
    began, ended = (datetime.combine(one, begin, zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    return began, ended
