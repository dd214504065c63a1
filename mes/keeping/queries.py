"""What is known of the places and copies."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.keeping.models import Copy, CopyState, Place, PlaceKind

GOOD = Copy.state == CopyState.GOOD


def places(session: Session) -> Sequence[Place]:
    """The places in use: the data folder first."""
    return session.scalars(select(Place).where(Place.active).order_by(Place.kind != PlaceKind.HERE, Place.id)).all()


def the_folder_here(session: Session) -> Place | None:
    """The place in the data folder, once anything was kept there."""
    return session.scalar(select(Place).where(Place.kind == PlaceKind.HERE))


def get_place(session: Session, ident: int) -> Place:
    """A place in use. Raises NotFound."""
    found = session.get(Place, ident)
    if found is None or not found.active or found.kind is PlaceKind.HERE:
        raise NotFound(what=_(N_("place for copies")), code=str(ident))
    return found


def get_copy(session: Session, ident: int) -> Copy:
    """A copy, with its place. Raises NotFound."""
    found = session.scalar(select(Copy).options(joinedload(Copy.place)).where(Copy.id == ident))
    if found is None:
        raise NotFound(what=_(N_("copy")), code=str(ident))
    return found


def last_good(session: Session, place_id: int) -> Copy | None:
    """The newest good copy at a place."""
    query = select(Copy).where(Copy.place_id == place_id, GOOD).order_by(Copy.as_of.desc(), Copy.id.desc())
    return session.scalar(query.limit(1))


def newest_here(session: Session) -> Copy | None:
    """The newest good copy in a data folder."""
    here = the_folder_here(session)
    return last_good(session, here.id) if here else None


def good_copies(session: Session, place_id: int) -> Sequence[Copy]:
    """All good copies at a place, oldest first."""
    return session.scalars(select(Copy).where(Copy.place_id == place_id, GOOD).order_by(Copy.as_of, Copy.id)).all()


def is_listed(session: Session, file: str) -> bool:
    """Whether a file is known as a good copy in a data folder."""
    here = the_folder_here(session)
    query = select(Copy.id).where(Copy.place_id == here.id, Copy.file == file, GOOD) if here else None
    return query is not None and session.scalar(query.limit(1)) is not None


def last_failure(session: Session, place_id: int) -> Copy | None:
    """The newest failure at a place, unless a good copy came after it."""
    later = aliased(Copy)
    came = select(later.id).where(later.place_id == place_id, later.state == CopyState.GOOD, later.at >= Copy.at)
    query = select(Copy).where(Copy.place_id == place_id, Copy.state == CopyState.FAILED, ~came.exists())
    return session.scalar(query.order_by(Copy.at.desc(), Copy.id.desc()).limit(1))


def page_of_copies(session: Session, after: str | None) -> Slice[Copy]:
    """All copies and failures, newest first."""
    return keyset(
        session, select(Copy).options(joinedload(Copy.place)), Copy.at, Copy.id, after=after, newest_first=True
    )
