"""How a scan that fits several things is decided, and what is said when it fits none."""

from collections.abc import Collection
from dataclasses import dataclass

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.scanning import Scan
from mes.scan.models import KIND_NAMES, Kind, Meaning


@dataclass(frozen=True)
class Resolution:
    """A scan and everything it may mean here, the likeliest first."""

    scan: Scan
    meanings: tuple[Meaning, ...]

    @property
    def only(self) -> Meaning:
        """The one thing it means. Raises UnknownScan, MisreadScan or SeveralMeanings."""
        if not self.meanings:
            raise (MisreadScan if self.scan.is_misread else UnknownScan)(code=self.scan.code[:60], kinds=known_kinds())
        if len(self.meanings) > 1:
            found = ", ".join(f"{_(KIND_NAMES[m.kind])} {m.code}" for m in self.meanings)
            raise SeveralMeanings(code=self.scan.code[:60], found=found)
        return self.meanings[0]

    def of(self, *kinds: Kind) -> tuple[Meaning, ...]:
        """The meanings of these kinds."""
        return tuple(meaning for meaning in self.meanings if meaning.kind in kinds)


class UnknownScan(Refused):
    """Nothing in the plant has this code."""

    message = N_("Nothing here has the code %(code)s.")
    hint = N_("These can be scanned: %(kinds)s.")
    status = 404


class MisreadScan(Refused):
    """It has the form of our codes, but the check character does not fit: a wrong character."""

    message = N_("The code %(code)s was misread: its check character does not fit.")
    hint = N_("Scan it again, or type it from the label.")
    status = 404


class SeveralMeanings(Refused):
    """The same text is the code of several things."""

    message = N_("%(code)s stands for several things: %(found)s.")
    hint = N_("Choose the one that is meant.")


def known_kinds() -> str:
    """What can be scanned, in words."""
    return ", ".join(_(name) for name in KIND_NAMES.values())


def decide(meanings: Collection[Meaning], expected: Collection[Kind]) -> tuple[Meaning, ...]:
    """What the screen waits for goes before what else has the code; our own lots before suppliers' numbers.

    A supplier's number that happens to be a code of ours is not offered: the label in front of the scanner is ours.
    """
    each = tuple(dict.fromkeys(meanings))
    wanted = tuple(meaning for meaning in each if meaning.kind in expected)
    if wanted:
        return wanted
    ours = tuple(meaning for meaning in each if meaning.kind not in (Kind.SUPPLIER_LOT, Kind.DEFECT_CODE))
    return ours or each
