"""Reads about partners."""

from typing import Any

from sqlalchemy import ColumnElement, String, or_, select, type_coerce
from sqlalchemy.orm import Session

from mes.core.coded import find_coded, get_coded
from mes.core.i18n import _
from mes.core.paging import PAGE, Slice, keyset
from mes.partners.models import Partner, PartnerKind


def find_partner(session: Session, code: str) -> Partner | None:
    """The partner with exactly this code."""
    return find_coded(session, Partner, code)


def get_partner(session: Session, code: str) -> Partner:
    """The partner with exactly this code. Raises NotFound."""
    return get_coded(session, Partner, code, _("partner"))


def list_partners(
    session: Session,
    *,
    search: str = "",
    kind: PartnerKind | None = None,
    active: bool | None = True,
    after: str | None = None,
    size: int = PAGE,
) -> Slice[Partner]:
    """Partners by code, found by code or name, a page at a time."""
    query: Any = select(Partner)
    if search:
        columns = (Partner.code, Partner.name, Partner.name_en)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    if kind:
        query = query.where(_is(kind))
    if active is not None:
        query = query.where(Partner.active == active)
    return keyset(session, query, Partner.code, after=after, size=size)


def partners_of_kind(session: Session, kind: PartnerKind) -> list[Partner]:
    """Active partners of one kind, for a list of choices."""
    chosen = select(Partner).where(Partner.active, _is(kind))
    return list(session.scalars(chosen.order_by(Partner.name)))


def _is(kind: PartnerKind) -> ColumnElement[bool]:
    return type_coerce(Partner.kinds, String).contains(kind.value)
