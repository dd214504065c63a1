"""Reads about codes that lots bore before: the label on the box may still be the old one."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, select, union_all
from sqlalchemy.orm import Session

from mes.lots.code_models import FormerCode
from mes.lots.models import Lot


def as_written(code: str) -> str:
    """A code as lots bear it: without surrounding blanks, in capitals."""
    return code.strip().upper()


def each_once(codes: Iterable[str]) -> list[str]:
    """Codes as lots bear them, each once, in their order."""
    return list(dict.fromkeys(map(as_written, codes)))


def named(codes: Collection[str] | BindParameter[Any], supplied: Collection[str] = ()) -> ColumnElement[bool]:
    """Of lots: that they bear one of these codes, or bore it before (codes as they are written); or that they came
    under one of these numbers of a supplier. Each by its own index."""
    ways = [
        select(Lot.id).where(Lot.code.in_(codes)),
        select(FormerCode.lot_id).where(FormerCode.code.in_(codes)),
    ]
    if supplied:
        ways.append(select(Lot.id).where(Lot.supplier_lot.in_(supplied)))
    return Lot.id.in_(union_all(*ways))


def bearers(session: Session, codes: Collection[str]) -> dict[str, int]:
    """Of codes that lots bore before: the ids of those lots, by code."""
    if not codes:
        return {}
    return dict(session.execute(select(FormerCode.code, FormerCode.lot_id).where(FormerCode.code.in_(codes))).all())


def codes_now(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """What each code reads today, by the code as it is written: another one where a lot was labelled anew."""
    wanted = each_once(codes)
    if not wanted:
        return {}
    query = select(FormerCode.code, Lot.code).join(Lot, Lot.id == FormerCode.lot_id)
    anew = dict(session.execute(query.where(FormerCode.code.in_(wanted))).all())
    return {code: anew.get(code, code) for code in wanted}


def code_now(session: Session, code: str) -> str:
    """What one code reads today."""
    return codes_now(session, [code])[as_written(code)]


def former_of(session: Session, lot_id: int) -> Sequence[FormerCode]:
    """The codes that a lot bore before, newest first."""
    query = select(FormerCode).where(FormerCode.lot_id == lot_id)
    return session.scalars(query.order_by(FormerCode.at.desc(), FormerCode.id.desc())).all()


def find_former(session: Session, code: str) -> FormerCode | None:
    """The entry of a code that some lot bore before."""
    return session.scalar(select(FormerCode).where(FormerCode.code == as_written(code)))


def is_taken(session: Session, code: str) -> int | None:
    """The lot that bears a code or bore it, by one look; None where it is free."""
    now = select(Lot.id).where(Lot.code == code)
    before = select(FormerCode.lot_id).where(FormerCode.code == code)
    return session.execute(union_all(now, before).limit(1)).scalar()
