"""Events found by the things they name."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, or_, select

from mes.epcis.canonical import canonical, pattern
from mes.epcis.models import EpcisEvent, EpcisThing
from mes.epcis.vocabulary import PREFIXES, expand

#: The most events on one page.
MOST = 1000


def things(roles: Sequence[str], names: Sequence[str]) -> ColumnElement[bool]:
    """Events that name one of these things (or patterns of them) in one of these roles."""
    exact = [canonical(expand(one, PREFIXES)) for one in names if pattern(one) is None]
    begins = [found for one in names if (found := pattern(one)) is not None]
    wanted: list[ColumnElement[bool]] = [EpcisThing.uri.in_(exact)] if exact else []
    wanted += [EpcisThing.uri.startswith(begin, autoescape=True) for begin in begins]
    return EpcisEvent.id.in_(select(EpcisThing.event_id).where(or_(false(), *wanted), EpcisThing.role.in_(roles)))
