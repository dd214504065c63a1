"""What a scanned or typed text says, before anybody looks it up.

Scanners, phones and people deliver one code in many dresses: with a symbology prefix, control characters, as an
address of some host, through a Hangul keyboard, as GS1 elements with or without separators. ``read_scan`` takes
them off and gives the readings that are possible, the most likely one first.
"""

import unicodedata
from dataclasses import dataclass

from mes.core.commands import COMMANDS, Command
from mes.core.dresses import OURS, Correction, Reading, Undressing, undress
from mes.core.errors import Refused
from mes.core.gs1 import GS
from mes.core.hangul import has_hangul, meant_code, typed_keys
from mes.core.keyboards import Layout, meant
from mes.core.numbering import is_checked
from mes.core.practice import FromTraining, scanned
from mes.core.strangers import NotOurAddress

#: No code is longer; the largest QR symbol holds about 4 300 characters.
LONGEST = 5000
#: More than any label of ours or of a supplier carries.
NOISE = 300


@dataclass(frozen=True)
class Scan:
    """A scanned text taken apart."""

    #: As it came, without what cannot be printed.
    text: str
    readings: tuple[Reading, ...]
    command: Command | None
    corrections: frozenset[Correction]
    #: Several readings of a GS1 code without separators are possible.
    ambiguous: bool
    #: What is wrong with it, in words: a check digit, somebody else's page.
    trouble: Refused | None = None
    #: The scanner's layout and the computer's, where they do not agree.
    layouts: tuple[Layout, Layout] | None = None
    #: How much was scanned.
    length: int = 0
    #: The text with the separators that scanners send.
    whole: str = ""

    @property
    def first(self) -> Reading:
        """The likeliest reading."""
        return self.readings[0] if self.readings else Reading()

    @property
    def code(self) -> str:
        """The most likely code, as we would write it."""
        first = self.first
        return first.texts[0].upper() if first.texts else first.gtin or first.sscc or self.text

    @property
    def copy(self) -> int:
        """Which copy of its label it is: 1 for the first that was printed."""
        return self.first.copy

    @property
    def is_ours(self) -> bool:
        """Whether it has the form of our codes and a right check character."""
        return bool(OURS.fullmatch(self.code)) and is_checked(self.code)

    @property
    def is_misread(self) -> bool:
        """Whether it has the form of our codes, but its check character is wrong."""
        return bool(OURS.fullmatch(self.code)) and not is_checked(self.code)

    @property
    def is_noise(self) -> bool:
        """Whether it is more text than any label carries."""
        return self.length > NOISE


_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")


def read_scan(raw: str) -> Scan:
    """Take a scanned text apart. Raises NotOurAddress (or what it is called) for what no scan may follow."""
    seen = Undressing()
    text = _clean(raw[:LONGEST], seen.corrections)
    readings = list(undress(text, seen))
    if has_hangul(text):
        keys = typed_keys(text)
        turned = list(undress(keys, seen))
        # what the plant itself named in Hangul is read as it stands, but a code of ours comes first
        readings = turned + readings if turned and not _is_word(text) else readings + turned
        seen.corrections.add(Correction.HANGUL)
    readings, layouts = _for_other_keyboards(text, readings, seen)
    readings = list(dict.fromkeys(readings))
    command = next((COMMANDS[r.code.upper()] for r in readings if r.code.upper() in COMMANDS), None)
    shown = "".join(c for c in text if c.isprintable()).strip()
    several = sum(1 for r in readings if r.gtin or r.lot) > 1
    corrections = frozenset(seen.corrections)
    return Scan(shown, tuple(readings), command, corrections, several, seen.trouble, layouts, len(raw), text)


def _for_other_keyboards(
    text: str, readings: list[Reading], seen: Undressing
) -> tuple[list[Reading], tuple[Layout, Layout] | None]:
    """With the codes that are meant if scanner and computer do not agree on the keyboard, as check characters tell."""
    if len(text) > NOISE or any(_proves_itself(reading) for reading in readings):
        return readings, None
    for keys, scanner, computer in meant(text):
        other = Undressing()
        try:
            turned = [reading for reading in undress(keys, other) if _proves_itself(reading)]
        except NotOurAddress:
            continue
        if turned:
            seen.corrections |= other.corrections | {Correction.LAYOUT}
            seen.trouble = None
            sure = any(OURS.fullmatch(one.code.upper()) or one.gtin or one.sscc for one in turned)
            return (turned + readings if sure or not readings else readings + turned), (scanner, computer)
    return readings, None


def _proves_itself(reading: Reading) -> bool:
    """Whether a check character or digit says that it was read right."""
    code = reading.code.upper()
    plain = reading.code.isascii() and len(code) > 4 and code[0].isalpha()
    return bool(reading.gtin or reading.sscc) or (plain and is_checked(code))


def named_code(text: str, *, of_item: bool = False) -> str:
    """The code that a text in a field of a form stands for, in whatever dress the scanner brought it.

    Out of an address its code, of a label that was printed again its code without the copy's number, out of GS1
    identifiers the lot or serial number (``of_item``: the item's number), from a Hangul keyboard the keys behind the
    letters; anything else is the code as it stands. Raises FromTraining.
    """
    try:
        scan = read_scan(text)
    except FromTraining:
        raise
    except NotOurAddress:
        return text
    text, first = scanned(text), scan.first
    if first.copy > 1 and OURS.fullmatch(first.code.upper()):
        return first.code
    if first.gtin and of_item and first.gtin.lstrip("0") != text.lstrip("0"):
        return first.gtin
    if first.serial or first.lot:
        return first.serial or first.lot or text
    if first.code and scan.corrections & {Correction.ADDRESS, Correction.PREFIX}:
        return first.code
    return scanned(meant_code(text))


def _is_word(text: str) -> bool:
    """Whether a Hangul text looks like a word that somebody wrote: whole syllables, no digit."""
    letters = [c for c in text if not c.isspace()]
    return all("가" <= c <= "힣" for c in letters)


def _clean(raw: str, corrections: set[Correction]) -> str:
    text = unicodedata.normalize("NFC", raw)
    narrow = "".join(unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" else c for c in text)
    narrow = narrow.translate(_DASHES)
    if narrow != text:
        corrections.add(Correction.WIDTH)
    kept = "".join(c for c in narrow if c in (GS, " ") or unicodedata.category(c)[0] not in "CZ")
    if kept.strip(GS) != narrow.strip().strip(GS):
        corrections.add(Correction.CONTROL)
    return kept.strip()
