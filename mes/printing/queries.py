"""Reads about recorded prints: what was printed before, with which number, and on which layout."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.labels.things import Earlier
from mes.printing.models import LabelPrint, PrintJob, PrintState

#: Taken on PostgreSQL by whoever numbers labels.
NUMBER_LOCK = 0x4D45532E
#: Prints among which the layout used last is looked for.
LATELY = 300


def printed_before(
    session: Session, subject: str, codes: Sequence[str], before: int | None = None
) -> dict[str, Earlier]:
    """Earlier prints by code. ``before``: only those recorded before the print with this id."""
    # what was cancelled before its first label went out never was
    counted = (
        select(func.max(LabelPrint.id).label("last"), func.count().label("times"))
        .outerjoin(PrintJob, PrintJob.id == LabelPrint.job_id)
        .where(LabelPrint.subject == subject, LabelPrint.code.in_(codes))
        .where(or_(PrintJob.id.is_(None), PrintJob.state != PrintState.CANCELLED, PrintJob.sent > 0))
    )
    if before is not None:
        counted = counted.where(LabelPrint.id < before)
    newest = counted.group_by(LabelPrint.code).subquery()
    rows = session.execute(select(LabelPrint, newest.c.times).join(newest, newest.c.last == LabelPrint.id))
    return {one.code: Earlier(times, one.person, one.at) for one, times in rows}


def last_numbers(session: Session, subject: str, codes: Sequence[str]) -> dict[str, int]:
    """The number of the newest label of each of these things; the next one carries the number after it."""
    last = func.max(LabelPrint.number + LabelPrint.copies - 1)
    query = select(LabelPrint.code, last).where(LabelPrint.subject == subject, LabelPrint.code.in_(codes))
    return {row[0]: row[1] for row in session.execute(query.group_by(LabelPrint.code))}


def take_numbers(session: Session) -> None:
    """From now on until the act ends nobody else gives numbers to labels (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(NUMBER_LOCK)))


def prints_of(session: Session, subject: str, *codes: str, most: int = 50) -> list[LabelPrint]:
    """What was printed of these things, newest first."""
    query = select(LabelPrint).where(LabelPrint.subject == subject, LabelPrint.code.in_(codes))
    return list(session.scalars(query.order_by(LabelPrint.id.desc()).limit(most)))


def prints_between(session: Session, first: int, last: int) -> list[LabelPrint]:
    """The prints of one act: numbered from first to last, with the first one's time and person. Raises NotFound."""
    query = select(LabelPrint).where(LabelPrint.id.between(first, last)).order_by(LabelPrint.id)
    found = list(session.scalars(query.limit(10_000)))
    if not found or found[0].id != first:
        raise NotFound(what=_("label print"), code=str(first))
    lead = found[0]
    same = (lead.at, lead.person_id, lead.person, lead.subject, lead.layout)
    return [one for one in found if (one.at, one.person_id, one.person, one.subject, one.layout) == same]


def layout_used_last(session: Session, subject: str, station: str | None, person_id: int | None) -> str | None:
    """The layout of the newest print of this kind at this station, or by this person at a desk: its roll is in the
    printer."""
    lately = select(LabelPrint).order_by(LabelPrint.id.desc()).limit(LATELY).subquery()
    query = select(lately.c.layout).where(lately.c.subject == subject)
    mine = lately.c.station == station if station else lately.c.person_id == person_id
    return session.scalar(query.where(mine).order_by(lately.c.id.desc()).limit(1))
