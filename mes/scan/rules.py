"""How a scan that fits several things is decided, and what is said when it fits none."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mes.core.errors import Offer, Refused
from mes.core.i18n import N_, _
from mes.core.scanning import Scan
from mes.scan.models import KIND_NAMES, Kind, Meaning
from mes.scan.patterns import Cut


@dataclass(frozen=True)
class Delivered:
    """What a supplier's barcode says, by the form that the plant was taught."""

    supplier: str
    supplier_name: str
    cut: Cut
    item: str | None = None


@dataclass(frozen=True)
class Anew:
    """The label bears a code that its lot had before: what it says, and what the lot is called now."""

    old: str
    new: str

    def __str__(self) -> str:
        return _("%(old)s was labelled anew: it is %(new)s now. Take the old label off.", old=self.old, new=self.new)


@dataclass(frozen=True)
class Resolution:
    """A scan and everything it may mean here, the likeliest first."""

    scan: Scan
    meanings: tuple[Meaning, ...]
    #: Codes that exist and differ little from what was read.
    near: tuple[Meaning, ...] = ()
    #: The pieces of a supplier's barcode.
    delivered: Delivered | None = None
    #: Why the label may not be used any more.
    voided: Refused | None = None
    #: The label is an old one of its lot.
    anew: Anew | None = None

    @property
    def only(self) -> Meaning:
        """The one thing it means. Raises ``refusal``."""
        if refusal := self.refusal:
            raise refusal
        return self.meanings[0]

    @property
    def refusal(self) -> Refused | None:
        """Why the scan does not stand for exactly one thing, in one sentence; None where it does."""
        if self.voided:
            return self.voided
        if len(self.meanings) == 1:
            return None
        code = self.scan.code[:60]
        if self.meanings:
            found = ", ".join(f"{_(KIND_NAMES[m.kind])} {m.code}" for m in self.meanings)
            return _offering(SeveralMeanings(code=code, found=found), self.meanings)
        return _offering(self._unknown(code), self.near)

    def _unknown(self, code: str) -> Refused:
        """The first of these that is so, the most exact before the others."""
        scan, first, delivered = self.scan, self.scan.first, self.delivered
        told = (
            MisreadNear(code=code, near=", ".join(meaning.code for meaning in self.near)) if self.near else None,
            MisreadScan(code=code) if scan.is_misread else None,
            OtherPlant(code=code) if scan.is_ours else None,
            NotReceived(supplier=delivered.supplier_name, lot=delivered.cut.lot or code) if delivered else None,
            scan.trouble if not first.gtin else None,
            UnknownPallet(sscc=first.sscc) if first.sscc else None,
            UnknownGtin(gtin=first.gtin) if first.gtin else None,
            NoiseScan(many=scan.length) if scan.is_noise else None,
        )
        return next((one for one in told if one), UnknownScan(code=code, kinds=known_kinds()))

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


class MisreadNear(MisreadScan):
    """The same, and codes that exist differ from it by one character."""

    message = N_("Nothing here has the code %(code)s: a character was misread or mistyped.")
    hint = N_("Did you mean %(near)s?")


class OtherPlant(Refused):
    """Right in form and check character, but not in these books."""

    message = N_("%(code)s is a right code of this kind of label, but nothing here has it.")
    hint = N_(
        "It is a label of another plant, or of a database that was put back. Print a label here for what it is on."
    )
    status = 404


class VoidedScan(Refused):
    """A label that was taken out of use: what is on it may be wrong."""

    message = N_("This label of %(code)s was voided by %(person)s on %(when)s: %(reason)s.")
    hint = N_("Take it off and use the label that counts, or print a new one.")


class NotReceived(Refused):
    """A supplier's own label whose form is known, of a lot that is not."""

    message = N_("This is a label of %(supplier)s; its lot %(lot)s has not been received.")
    hint = N_("Receive it first: open Receive and scan the label there.")
    status = 404


class UnknownGtin(Refused):
    """A GS1 code of an item that the plant does not keep."""

    message = N_("No item here has the GTIN %(gtin)s.")
    hint = N_("Enter the number at its item, then scan the code again.")
    status = 404


class UnknownPallet(Refused):
    """A box or pallet that was packed elsewhere."""

    message = N_("No box or pallet here has the number (00) %(sscc)s.")
    hint = N_("Scan what is in it, or receive it first.")
    status = 404


class NoiseScan(Refused):
    """A poster, a ticket, a certificate: more text than a label holds."""

    message = N_("This code holds %(many)s characters, more than any label: it is none of a plant.")
    hint = N_("Scan the code on a label of the plant.")
    status = 422


class SeveralMeanings(Refused):
    """The same text is the code of several things."""

    message = N_("%(code)s stands for several things: %(found)s.")
    hint = N_("Choose the one that is meant.")


def _offering(refused: Refused, meanings: Sequence[Meaning]) -> Refused:
    """A refusal that asks which of these is meant."""
    words = [" · ".join(filter(None, (_(KIND_NAMES[one.kind]), one.code, one.name))) for one in meanings]
    refused.offers = [Offer(word, f"{one.kind}:{one.code}") for word, one in zip(words, meanings, strict=True)]
    return refused


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
