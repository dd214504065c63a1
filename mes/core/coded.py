"""Things that the plant knows by a code of its own: kept as typed, compared exactly, and never nearly the same.

``A-1`` and ``a-1`` beside each other would be one thing on paper and two in the books, so a code that differs from
an existing one only in case or width (half-width and full-width letters) is refused.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from mes.core.db import Base
from mes.core.errors import AlreadyExists, NotFound, Refused
from mes.core.i18n import N_
from mes.core.work import Work, check_version

T = TypeVar("T", bound=Base)
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


class SimilarCode(Refused):
    """A code that a person would take for another one."""

    message = N_("The code %(code)s differs from the existing %(other)s only in upper or lower case or in width.")
    hint = N_("Open the existing one, or choose a code that cannot be mistaken for it.")


class CodeMissing(Refused):
    """A thing that would have no code."""

    message = N_("A code is needed.")
    hint = N_("Give it a short code that is written on it or on its papers.")
    status = 422


def folded(code: str) -> str:
    """The code as people read it: without case and width."""
    return unicodedata.normalize("NFKC", code).casefold()


def check_new_code(session: Session, model: type[Base], code: str) -> None:
    """Refuse a code that is taken or nearly taken. Raises CodeMissing, AlreadyExists, SimilarCode."""
    column = getattr(model, "code")
    near = session.scalars(select(column).where(func.lower(column).in_(spellings(code))))
    check_code_among(code, near)


def spellings(code: str) -> set[str]:
    """How a code that a person would take for this one may stand in the books, in lower case as far as it has any."""
    narrow = unicodedata.normalize("NFKC", code)
    wide = narrow.translate(_WIDE)
    return {code, code.lower(), narrow.lower(), wide, wide.lower(), wide.upper()}


def check_code_among(code: str, existing: Iterable[str]) -> None:
    """The same against codes already in hand. Raises CodeMissing, AlreadyExists, SimilarCode."""
    if not code.strip():
        raise CodeMissing(field="code")
    key = folded(code)
    near = [other for other in existing if folded(other) == key]
    if code in near:
        raise AlreadyExists(field="code", what=code)
    if near:
        raise SimilarCode(field="code", code=code, other=near[0])


def add_coded(work: Work, thing: T, verb: str) -> T:
    """Enter a thing under a new code. Raises AlreadyExists, SimilarCode."""
    check_new_code(work.session, type(thing), getattr(thing, "code"))
    return work.add(thing, verb)


def change_coded(
    work: Work, thing: T, verb: str, version: int | None, columns: dict[str, Any], reason: str | None = None
) -> T:
    """Change columns of a locked thing, with one event. Raises StaleEdit naming who saved in between."""
    check_version(work, thing, version)
    with work.change(thing, verb, reason=reason):
        for name, value in columns.items():
            setattr(thing, name, value)
        work.session.flush()
    return thing


def find_coded(session: Session, model: type[T], code: str) -> T | None:
    """The thing with exactly this code."""
    return session.scalar(select(model).where(getattr(model, "code") == code))


def get_coded(session: Session, model: type[T], code: str, what: str) -> T:
    """The thing with exactly this code. Raises NotFound naming ``what`` it is."""
    found = find_coded(session, model, code)
    if found is None:
        raise NotFound(what=what, code=code)
    return found


def lock_coded(work: Work, model: type[T], code: str, what: str) -> T:
    """The same, locked until the act ends. Raises NotFound."""
    return work.lock(model, getattr(get_coded(work.session, model, code, what), "id"))


def is_referred_to(session: Session, thing: Base, *, apart_from: Iterable[str] = ()) -> bool:
    """Whether a row of any other table refers to this one. ``apart_from``: tables that do not count."""
    own = thing.__tablename__
    columns = [
        column
        for table in Base.metadata.sorted_tables
        if table.name not in set(apart_from)
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == own
    ]
    here = getattr(thing, "id")
    return bool(columns) and bool(session.scalar(select(or_(*(exists().where(c == here) for c in columns)))))
