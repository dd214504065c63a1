"""Use cases around copies: places, and what came of each copy. The copying itself is in ``copying.py``."""

from datetime import datetime

from sqlalchemy import select

from mes.core.coded import change_coded
from mes.core.errors import AlreadyExists
from mes.core.i18n import stamp
from mes.core.work import Work
from mes.keeping import queries, rules
from mes.keeping.models import Copy, CopyState, Place, PlaceKind


def the_folder_here(work: Work) -> Place:
    """The place in the data folder; made when it is first asked for."""
    found = work.session.scalar(select(Place).where(Place.kind == PlaceKind.HERE).with_for_update())
    if found is None:
        found = Place(kind=PlaceKind.HERE, address="", every_days=1, active=True, added_at=work.now)
        work.session.add(found)
        work.session.flush()
    return found


def add_place(work: Work, address: str, every_days: int) -> Place:
    """Keep copies at one more place. Raises PlaceUnclear, AlreadyExists."""
    kind, kept = rules.read_place(address)
    found = work.session.scalar(select(Place).where(Place.address == kept).with_for_update())
    if found is None:
        made = Place(kind=kind, address=kept, every_days=every_days, active=True, added_at=work.now)
        return work.add(made, "keeping.add_place", code=kept)
    if found.active:
        raise AlreadyExists(what=kept)
    with work.change(found, "keeping.add_place"):
        found.active, found.every_days, found.added_at = True, every_days, work.now
        work.session.flush()
    return found


def change_place(work: Work, ident: int, every_days: int, version: int | None = None) -> Place:
    """How often a copy comes there. Raises NotFound, StaleEdit."""
    queries.get_place(work.session, ident)
    return change_coded(
        work, work.lock(Place, ident), "keeping.change_place", version, {"every_days": every_days}
    )  # fmt: skip


def end_place(work: Work, ident: int) -> Place:
    """Bring no more copies there. Those that are there stay. Raises NotFound."""
    queries.get_place(work.session, ident)
    place = work.lock(Place, ident)
    with work.change(place, "keeping.end_place"):
        place.active, place.busy_until = False, None
        work.session.flush()
    return place


def claim(work: Work, place_id: int) -> Place:
    """Be the only one at work there: several processes serve one plant. Raises AtWork."""
    place = work.lock(Place, place_id)
    if place.is_busy(work.now):
        raise rules.AtWork
    place.busy_until = work.now + rules.AT_WORK
    return place


def let_go(work: Work, place_id: int) -> None:
    """Somebody else may be at work there."""
    work.lock(Place, place_id).busy_until = None


def note_good(
    work: Work, place_id: int, *, as_of: datetime, file: str, size: int, sha256: str, person: str | None,
    computer: str | None = None,
) -> Copy:  # fmt: skip
    """A copy is at its place, and was read again there."""
    made = Copy(
        place_id=place_id, as_of=as_of, at=work.now, file=file, size=size, sha256=sha256, person=person,
        state=CopyState.GOOD, computer=computer,
    )  # fmt: skip
    return work.add(made, "keeping.copy", code=file)


def note_failed(work: Work, place_id: int, *, as_of: datetime, file: str, person: str | None, why: str) -> Copy:
    """No copy came to its place. The same trouble again only moves the time."""
    known = queries.last_failure(work.session, place_id)
    if known is not None and known.why == why and person is None:
        known.at = work.now
        return known
    made = Copy(
        place_id=place_id, as_of=as_of, at=work.now, file=file, person=person, state=CopyState.FAILED, why=why
    )  # fmt: skip
    return work.add(made, "keeping.copy_failed", code=file, reason=why)


def note_removed(work: Work, copy_id: int, why: str | None = None) -> None:
    """A copy is no longer at its place: by the rule, or somebody took it away."""
    copy = work.lock(Copy, copy_id)
    with work.change(copy, "keeping.remove_copy", reason=why):
        copy.state, copy.why = CopyState.REMOVED, why
        work.session.flush()


def note_trial(work: Work, copy_id: int, *, well: bool, said: str) -> Copy:
    """Somebody opened a copy to see whether it brings everything back."""
    copy = work.lock(Copy, copy_id)
    copy.tried_at, copy.tried_well, copy.tried = work.now, well, said
    work.record("keeping.try_copy", copy, after={"well": well, "as_of": stamp(copy.as_of)}, reason=said, code=copy.file)
    return copy
