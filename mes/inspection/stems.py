"""Which characteristic of the revision before a row of a draft goes on as: its readings come onto the same chart.

What is measured in another unit, or is decided by looking now, is a new one.
"""

from unicodedata import normalize

from sqlalchemy import select

from mes.core.work import Work
from mes.inspection.models import Characteristic, InspectionStandard

#: Units that are measured in, each with the other ways to write it. ``°`` and 도 are not among them: they are written
#: of angles and of temperatures.
_WRITTEN = (
    "nm", "μm um micron", "mm", "cm", "dm", "m", "km", "in inch inches \"", "ft", "mil",
    "μg ug", "mg", "g", "kg", "t ton", "lb", "oz",
    "n", "kn", "kgf", "gf", "n·m", "kgf·cm kgfcm", "kgf·m kgfm",
    "pa", "kpa", "mpa", "bar", "mbar", "psi", "kgf/cm2",
    "°c c", "°f f", "k",
    "ms", "s sec 초", "min 분", "h hr 시간",
    "μl ul", "ml cc", "l", "mm2", "cm2", "m2", "mm3", "cm3", "m3",
    "mv", "v", "kv", "μa ua", "ma", "a", "ω ohm", "kω kohm", "hz", "khz", "rpm",
    "%", "‰", "ppm", "ppb", "rad", "deg",
)  # fmt: skip
_KNOWN = {way: ways.split()[0] for ways in _WRITTEN for way in ways.split()}


def is_other_unit(one: str | None, other: str | None) -> bool:
    """Whether readings in one unit are no readings in the other. A unit that was missing, or is written in a way that
    nobody here knows, may be the same: only of two known ones it is sure."""
    before, after = _plain(one), _plain(other)
    return before in _KNOWN and after in _KNOWN and _KNOWN[before] != _KNOWN[after]


def _plain(unit: str | None) -> str:
    """As it is compared: in any case, but for the newton metre, which is no nanometre."""
    word = "".join(normalize("NFKC", unit or "").split())
    return "n·m" if word in ("Nm", "NM") else word.casefold()


def going_on(old: Characteristic | None, position: int) -> Characteristic:
    """A row for the same characteristic, with its stem and photos; a new one has no stem yet."""
    if old is None:
        return Characteristic(position=position, stem_id=0)
    photos = {"good_photo_id": old.good_photo_id, "bad_photo_id": old.bad_photo_id}
    return Characteristic(position=position, stem_id=old.stem_id, **photos)


def stem_of(work: Work, row: Characteristic, before: InspectionStandard | None) -> int:
    """The stem of a row that was just written. Put right again before it is approved, it goes on as it was."""
    known = {one.stem_id: one for one in before.characteristics} if before else {}
    old = known.get(row.stem_id)
    if old is None and row.stem_id in (0, row.id):
        named = next((one for one in known.values() if one.name == row.name), None)
        old = named if named is not None and _is_free(work, row, named.stem_id) else None
    if old is None:
        return row.stem_id or row.id
    is_other = old.nature is not row.nature or is_other_unit(old.unit, row.unit)
    return row.id if is_other else old.stem_id


def _is_free(work: Work, row: Characteristic, stem: int) -> bool:
    same = Characteristic.standard_id == row.standard_id, Characteristic.stem_id == stem, Characteristic.id != row.id
    return work.session.scalar(select(Characteristic.id).where(*same).limit(1)) is None
