"""Which units are surely not the same, so that readings in one of them are no readings in the other."""

import pytest

from mes.inspection.stems import is_other_unit


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Nm", "N·m"),  # a torque, and not nanometres
        ("도", "°"),  # an angle
        ("도", "℃"),  # a temperature
        ("°", "°C"),
        ("㎛", "um"),
        (" M m ", "mm"),
        (None, "mm"),
        ("칸", "눈금"),
    ],
)
def test_a_unit_that_is_written_otherwise_is_the_same(before: str | None, after: str) -> None:
    assert not is_other_unit(before, after)
    assert not is_other_unit(after, before)


@pytest.mark.parametrize(
    ("before", "after"), [("mm", "inch"), ("nm", "μm"), ("nm", "Nm"), ("Nm", "kgf·cm"), ("MPa", "bar"), ("deg", "rad")]
)
def test_readings_in_one_unit_are_none_in_another(before: str, after: str) -> None:
    assert is_other_unit(before, after)
    assert is_other_unit(after, before)
