"""What is typed, pasted or sent as a reading: read rightly, or refused; never guessed and never rounded."""

from decimal import Decimal as D

import pytest

from mes.inspection.typed import (
    NoReading,
    OtherUnit,
    ReadingNotANumber,
    ReadingOfTwoMinds,
    ReadingTooLong,
    UnitNotSet,
    read_reading,
)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("+0012.345 mm", "mm", "12.345"), ("+00012. mm", "mm", "12"), ("5.", None, "5"), ("１０．５㎜", "mm", "10.5"),
     ("−0.05", "mm", "-0.05"), ("12.5 N/mm²", "N/mm²", "12.5"), ("12.5N/mm2", "N/mm²", "12.5"), ("5％", "%", "5"),
     ("25 ℃", "°C", "25"), ("3 µm", "μm", "3"), ("10.123456", "mm", "10.123456")],
)  # fmt: skip
def test_a_reading_is_read_rightly(text: str, unit: str | None, value: str) -> None:
    assert read_reading(text, unit) == D(value)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [("10²", OtherUnit), ("①", ReadingNotANumber), ("½", ReadingNotANumber), ("١٢", ReadingNotANumber),
     ("NaN", ReadingNotANumber), ("Infinity", ReadingNotANumber), ("1e5", ReadingNotANumber), ("--", NoReading),
     (".", NoReading), ("1.2.3", ReadingNotANumber), ("1,234.", ReadingOfTwoMinds), ("10.1234567", ReadingTooLong),
     ("0,125.5", ReadingOfTwoMinds),
     ("9" * 30, ReadingTooLong), ("10.5 m", OtherUnit), ("10.5mmm", OtherUnit)],
)  # fmt: skip
def test_what_may_mean_something_else_is_refused(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read_reading(text, "mm")


def test_millimetres_are_no_metres() -> None:
    with pytest.raises(OtherUnit):
        read_reading("10.5mm", "m")


def test_a_unit_that_the_standard_does_not_name_is_said_so() -> None:
    with pytest.raises(UnitNotSet, match="does not say in which unit"):
        read_reading("10.5 mm")
