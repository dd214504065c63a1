"""Codes that the software makes: A-Z, 0-9 and "-", compared without case, ending in a check character.

Check character: ISO/IEC 7064 MOD 37,36 over the letters and digits; it catches every single wrong character and
nearly every swap of neighbours, so that a misread or a scanner typing into a wrong keyboard layout is told from
a real code.
"""

import re
import secrets
from datetime import date
from functools import cache
from importlib import import_module

from sqlalchemy import Executable, String
from sqlalchemy.orm import Mapped, Session, mapped_column
from stdnum.iso7064 import mod_37_36

from mes.core.db import Base
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
    connection = session.connection()
    taken = connection.execute(_take(connection.dialect.name), {"name": name, "last": count})
    return taken.scalar_one() - count + 1  # type: ignore[no-any-return]


@cache
def _take(dialect: str) -> Executable:
    """The insert that becomes an update where the name is known (both databases say it alike)."""
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert  # an embedded plant never loads the other one
    taken = insert(Sequence)
    more = {"last": Sequence.last + taken.excluded.last}
    known: Executable = taken.on_conflict_do_update(index_elements=["name"], set_=more).returning(Sequence.last)
    return known.execution_options(**BY_KEY)


def dated_codes(session: Session, prefix: str, day: date, count: int = 1) -> list[str]:
    """Codes such as L260105-0001K: prefix, production day, number of that day, check character."""
    stem = f"{prefix}{day:%y%m%d}"
    first = next_number(session, stem, count)
    return [with_check(f"{stem}-{number:04d}") for number in range(first, first + count)]


def dated_code(session: Session, prefix: str, day: date) -> str:
    """One code of ``dated_codes``."""
    return dated_codes(session, prefix, day)[0]


def running_code(session: Session, prefix: str) -> str:
    """A code such as M00017X: prefix, running number, check character (machines, places, stations)."""
    return with_check(f"{prefix}{next_number(session, prefix):04d}")


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
