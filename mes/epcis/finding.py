"""The answer to a program's question, page by page."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mes.core.paging import Slice, keyset
from mes.epcis.filters import Question
from mes.epcis.models import EpcisEvent
from mes.epcis.rules import TooManyFound


def find_events(session: Session, question: Question) -> Slice[EpcisEvent]:
    """The events that a question asks for, one page. Raises TooManyFound."""
    query = select(EpcisEvent).where(*question.conditions)
    if question.most is not None:
        few = query.with_only_columns(EpcisEvent.id).limit(question.most + 1).subquery()
        if (session.scalar(select(func.count()).select_from(few)) or 0) > question.most:
            raise TooManyFound(most=question.most)
    column = EpcisEvent.record_time if question.by_record_time else EpcisEvent.event_time
    return _page(session, query, column, question)


def _page(session: Session, query: Any, column: Any, question: Question) -> Slice[EpcisEvent]:
    """One page; longer ones than lists on screens have, so the pages of the list are put together."""
    rows: list[EpcisEvent] = []
    after = question.after
    first = True
    while True:
        found = keyset(
            session,
            query,
            column,
            EpcisEvent.id,
            after=after,
            size=question.page - len(rows),
            newest_first=question.newest_first,
        )
        first = first and found.first
        rows += found.rows
        after = found.next
        if after is None or len(rows) >= question.page:
            ended = question.limit is not None
            return Slice(rows, None if ended else after, first)
