"""What a pad, a keyboard or a gauge that types brings as a reading: read rightly, or refused in a sentence.

A gauge sends ``+0012.345 mm``; a finger leaves ``1O.5``; a gauge without contact says ``--``. Nothing is guessed: a
wrong guess would turn a bad piece into a good one.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from mes.core.errors import Refused
from mes.core.forms import NARROW, read_quantity
from mes.core.hangul import typed_keys
from mes.core.i18n import N_, _
from mes.core.types import PLACES

_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")
_SENT = re.compile(r"([+-]?)\s*([\d.,]*\d\.?)\s*([^\d\s.,+-][^\d\s]*)?")
#: Longer than any number, and too long to be shown in a sentence.
LONGEST = 40


class ReadingNotANumber(Refused):
    """What was typed or sent is no number."""

    message = N_("“%(text)s” is not a number that can be read.")
    hint = N_("Nothing was recorded. Type it with digits and a point, such as 10.5, or measure again.")
    status = 422


class ReadingOfTwoMinds(Refused):
    """A comma that may part thousands or decimals."""

    message = N_("“%(text)s” can be read in two ways.")
    hint = N_("Nothing was recorded. Type it with a point and without a comma, such as 10.5.")
    status = 422


class ReadingTooLong(Refused):
    """More figures than are kept: rounded, a piece just outside of its limits would pass."""

    message = N_("“%(text)s” has more figures than a reading keeps.")
    hint = N_("Nothing was recorded and nothing is rounded. At most %(places)s places after the point are kept.")
    status = 422


class NoReading(Refused):
    """A gauge that shows nothing, or an empty field."""

    message = N_("There is no value in “%(text)s”.")
    hint = N_("A missing reading stays missing. Measure the piece, then send the value again.")
    status = 422


class OtherUnit(Refused):
    """A gauge that is set to inches where millimetres are measured."""

    message = N_("The gauge sent %(sent)s, but %(wanted)s is measured here.")
    hint = N_("Nothing was recorded. Switch the gauge to %(wanted)s and measure again.")
    status = 422


class UnitNotSet(Refused):
    """A gauge that sends a unit where the standard names none."""

    message = N_("The gauge sent %(sent)s, but the standard does not say in which unit this is measured.")
    hint = N_("Nothing was recorded. Type the number alone, or have the unit entered in the inspection standard.")
    status = 422


class ColumnUnreadable(Refused):
    """One line of a pasted column that is no number; none of them is taken."""

    message = N_("Line %(line)s, “%(text)s”, is not a number that can be read.")
    hint = N_("None of the lines was recorded. Correct that one and paste the column again.")
    status = 422


def read_measurement(text: str) -> Decimal:
    """A measured value from what a person typed: ``-0.05``. Raises ValueError with a plain sentence.

    A comma is refused unless it can only separate thousands (``1,234.5``, ``1,234,567``): "1,5" may be 1.5 or 15, and
    "1,234" may be 1.234 or 1234; a wrong guess would turn a bad piece into a good one.
    """
    plain = text.translate(NARROW).strip().replace("−", "-")
    if "," in plain and not (_GROUPED.fullmatch(plain) and (plain.count(",") > 1 or "." in plain)):
        raise ValueError(_("%(text)s can be read in two ways. Type it with a dot and without a comma.", text=text[:40]))
    return read_quantity(plain)


def read_reading(text: str, unit: str | None = None) -> Decimal:
    """A measured value from what was typed or sent, with or without its unit.

    Raises NoReading, OtherUnit, UnitNotSet, ReadingOfTwoMinds, ReadingNotANumber, ReadingTooLong.
    """
    plain = _without_own_unit(text.translate(NARROW).strip().replace("−", "-"), unit)
    if not re.search(r"\w", plain):
        raise NoReading(field="value", text=text.strip()[:LONGEST] or " ")
    found = _SENT.fullmatch(plain)
    if found is None:
        raise ReadingNotANumber(field="value", text=text.strip()[:LONGEST])
    sign, digits, sent = found.groups()
    known = {_plain_unit(sent), typed_keys(sent).casefold()} if sent else set()  # a gauge on a Hangul keyboard: ㅡㅡ
    if sent and not unit:
        raise UnitNotSet(field="value", sent=sent[:LONGEST])
    if sent and _plain_unit(unit) not in known:
        raise OtherUnit(field="value", sent=sent[:LONGEST], wanted=unit)
    try:
        value = read_measurement(digits)
    except ValueError as error:
        kind = ReadingOfTwoMinds if "," in digits else ReadingTooLong if _is_one_number(digits) else ReadingNotANumber
        raise kind(field="value", text=text.strip()[:LONGEST], places=str(PLACES)) from error
    return -value if sign == "-" else value


def _is_one_number(digits: str) -> bool:
    return digits.isascii() and digits.count(".") <= 1


def _without_own_unit(plain: str, unit: str | None) -> str:
    """Without the unit that is measured here, which may hold figures itself: ``12.5 N/mm²``."""
    own = _plain_unit(unit)
    cut = next((at for at, letter in enumerate(plain) if letter.isalpha() or letter in "%°µ"), len(plain))
    return plain[:cut].rstrip() if own and _plain_unit(plain[cut:]) == own else plain


def read_column(text: str, unit: str | None = None) -> Sequence[Decimal]:
    """Values pasted from a sheet, one in each line or cell. Raises NoReading, ColumnUnreadable."""
    lines = [line.strip() for line in re.split(r"[\r\n\t;]+", text) if line.strip()]
    if not lines:
        raise NoReading(field="value", text=" ")
    values = []
    for number, line in enumerate(lines, 1):
        try:
            values.append(read_reading(line, unit))
        except Refused as error:
            raise ColumnUnreadable(field="value", line=str(number), text=line[:LONGEST]) from error
    return values


def _plain_unit(unit: str | None) -> str:
    return unicodedata.normalize("NFKC", unit or "").strip().casefold()
