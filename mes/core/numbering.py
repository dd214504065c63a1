"""Codes that the software makes: A-Z, 0-9 and "-", compared without case, ending in a check character.

Check character: ISO/IEC 7064 MOD 37,36 over the letters and digits; it catches every single wrong character and
nearly every swap of neighbours, so that a misread or a scanner typing into a wrong keyboard layout is told from
a real code.

Of several plants of one company each has a mark of one or two letters in its codes (L260105-B0001K), so that two never
make the same one. A plant that stands alone has none. The letters stand before the number: no number begins with one.
"""

import re
import secrets
from datetime import date
from functools import cache
from importlib import import_module

from sqlalchemy import Executable, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from stdnum.iso7064 import mod_37_36

from mes.core.db import Base
from mes.core.plant import Plant
from mes.core.sending import BY_KEY
from mes.core.types import Ref

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Sequence(Base):
    """The last number given out under a name, e.g. ``L260105`` for the lots of one day."""

    __tablename__ = "sequences"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    last: Mapped[Ref]


def next_number(session: Session, name: str, count: int = 1) -> int:
    """The next number under a name, unique under parallel creation and without gaps.

    With ``count`` a run of numbers is taken at once; the first of the run is returned.
    """
    return _next(session, name, count)[0]


def _next(session: Session, name: str, count: int) -> tuple[int, str]:
    """The same, with the plant's mark."""
    connection = session.connection()
    last, mark = connection.execute(_take(connection.dialect.name), {"name": name, "last": count}).one()
    return last - count + 1, mark or ""


@cache
def _take(dialect: str) -> Executable:
    """The insert that becomes an update where the name is known (both databases say it alike)."""
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert  # an embedded plant never loads the other one
    taken = insert(Sequence)
    more = {"last": Sequence.last + taken.excluded.last}
    mark = select(Plant.mark).where(Plant.id == 1).scalar_subquery()
    known: Executable = taken.on_conflict_do_update(index_elements=["name"], set_=more).returning(Sequence.last, mark)
    return known.execution_options(**BY_KEY)


def dated_codes(session: Session, prefix: str, day: date, count: int = 1) -> list[str]:
    """Codes such as L260105-0001K: prefix, production day, mark and number of that day, check character."""
    stem = f"{prefix}{day:%y%m%d}"
    first, mark = _next(session, stem, count)
    return [with_check(f"{stem}-{mark}{number:04d}") for number in range(first, first + count)]


def dated_code(session: Session, prefix: str, day: date) -> str:
    """One code of ``dated_codes``."""
    return dated_codes(session, prefix, day)[0]


def running_codes(session: Session, prefix: str, count: int) -> list[str]:
    """Codes such as M00017X: prefix, running number, check character (machines, places, stations). With a mark that
    is M-B00017X, since a mark behind a prefix could be read as another prefix."""
    first, mark = _next(session, prefix, count)
    stem = f"{prefix}-{mark}" if mark else prefix
    return [with_check(f"{stem}{number:04d}") for number in range(first, first + count)]


def running_code(session: Session, prefix: str) -> str:
    """One code of ``running_codes``."""
    return running_codes(session, prefix, 1)[0]


def secret_code(prefix: str) -> str:
    """A code that cannot be guessed (badges): prefix, 12 random characters, check character."""
    return with_check(prefix + "".join(secrets.choice(LETTERS) for _ in range(12)))


def with_check(stem: str) -> str:
    """The code with its check character at the end."""
    return stem + str(mod_37_36.calc_check_digit(stem.replace("-", "")))


def is_checked(code: str) -> bool:
    """Whether the last character is the right check character of the code."""
    slim = code.upper().replace("-", "")
    return bool(re.fullmatch(r"[A-Z0-9]{3,}", slim)) and bool(mod_37_36.is_valid(slim))
