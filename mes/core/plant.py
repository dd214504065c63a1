"""The plant: its name, its clock, and the settings that decide rules."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import String, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mes.core.db import Base
from mes.core.types import Id, Name, Qty


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
    #: How often the same pieces may be reworked; 0 sets no limit.
    rework_limit: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Whether an inspection standard is approved by somebody who did not write it.
    four_eyes: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


DEFAULT = Plant(id=1, name="", language="ko", time_zone="Asia/Seoul", day_starts_at=8, over_production=Decimal(0),
                first_out=Strictness.WARN, right_place=Strictness.OFF, material_scanned=Strictness.REFUSE,
                undo_minutes=10, rework_limit=0, four_eyes=False)  # fmt: skip


def plant(session: Session) -> Plant:
    """The settings in force, read once in a session; the defaults until the first-run page has made the row."""
    known: Plant | None = session.info.get(Plant)
    if known is None:
        known = session.info[Plant] = session.scalar(SETTINGS) or DEFAULT
    return known


SETTINGS = select(Plant).where(Plant.id == 1)


def production_day(settings: Plant, moment: datetime) -> date:
    """The day a moment counts to: a night shift belongs to the day on which it began."""
    local = moment.astimezone(ZoneInfo(settings.time_zone))
    return (local - timedelta(hours=settings.day_starts_at)).date()


def day_began(settings: Plant, moment: datetime) -> datetime:
    """When the production day of a moment began."""
    zone = ZoneInfo(settings.time_zone)
    return datetime.combine(production_day(settings, moment), time(settings.day_starts_at), zone)
