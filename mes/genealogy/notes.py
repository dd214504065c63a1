"""What was entered afterwards for a gap, or explained, is noted: it is off the list."""

from datetime import datetime

from mes.core.work import Work
from mes.genealogy.models import Gap, How, Note


def note(work: Work, gap: Gap, thing: int, how: How, reason: str, happened_at: datetime | None) -> Note:
    """Note how a gap was settled, by whom and why; ``happened_at`` is the moment that was entered afterwards."""
    made = Note(
        gap=gap, thing_id=thing, how=how, reason=reason, happened_at=happened_at, at=work.now,
        person=work.actor.name[:100],
    )  # fmt: skip
    work.session.add(made)
    return made
