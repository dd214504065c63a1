"""What a scanned or typed text says, before anybody looks it up.

Scanners, phones and people deliver one code in many dresses: with a symbology prefix, control characters, as an
address of some host, through a Hangul keyboard, as GS1 elements with or without separators. ``read_scan`` takes
them off and gives the readings that are possible, the most likely one first.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from urllib.parse import parse_qsl, unquote, urlsplit

from mes.core.errors import Refused
from mes.core.hangul import has_hangul, meant_code, typed_keys
from mes.core.i18n import N_
from mes.core.numbering import is_checked, with_check

#: No code is longer; the largest QR symbol holds about 4 300 characters.
LONGEST = 5000
GS = "\x1d"


class NotOurAddress(Refused):
    """A code that would make the device open, dial or run something."""

    message = N_("This code holds an address that is not a web address, so it was not followed.")
    hint = N_("Scan the code on a label of the plant.")
    status = 422


class Correction(StrEnum):
    """What had to be taken off or turned back to read the code."""

    HANGUL = "hangul"
    WIDTH = "width"
    PREFIX = "prefix"
    CONTROL = "control"
    ADDRESS = "address"
    SEPARATOR = "separator"


class Command(StrEnum):
    """What a printed command code makes a station do."""

    START = "start"
    PAUSE = "pause"
    REPORT = "report"
    FINISH = "finish"
    DEFECT = "defect"
    UNDO = "undo"


#: The printed codes of the commands, e.g. "C-STARTP".
COMMANDS = {with_check(f"C-{command.upper()}"): command for command in Command}


def spellings_of_gtin(gtin: str) -> set[str]:
    """A trade item's number with 14, 13, 12 and 8 digits, as far as only zeros fall away."""
    return {gtin[-length:] for length in (8, 12, 13, 14) if len(gtin) >= length and not gtin[:-length].strip("0")}


@dataclass(frozen=True)
class Reading:
    """One way to read the text: a plain code, or the identifiers of a GS1 code."""

    code: str = ""
    gtin: str | None = None
    lot: str | None = None
    serial: str | None = None
    expires: str | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """What to look for, in the spellings in which it may be recorded."""
        plain = self.code or self.serial or self.lot or ""
        return tuple(dict.fromkeys(t for t in (plain, plain.upper(), plain.lower()) if t))


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

    @property
    def code(self) -> str:
        """The most likely code, as we would write it."""
        first = self.readings[0] if self.readings else Reading()
        return first.texts[0].upper() if first.texts else first.gtin or self.text

    @property
    def is_misread(self) -> bool:
        """Whether it has the form of our codes, but its check character is wrong."""
        return bool(_OURS.fullmatch(self.code)) and not is_checked(self.code)


_OURS = re.compile(r"[A-Z]\d{6}-\d{4,}[0-9A-Z]")
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_WEB = re.compile(r"https?:/", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://|(javascript|vbscript|data|file|mailto|tel|sms|smsto|wifi|intent|geo|blob):", re.IGNORECASE)  # fmt: skip  # noqa: E501
_SHORT = re.compile(r"/[ls]/([^/]+)/?$", re.IGNORECASE)
_BRACKETED = re.compile(r"\((\d{2,4})\)([^(]+)")
#: How keyboards, drivers and other programs write the separator that they cannot type.
_SEPARATORS = re.compile(r"\x1d|\u241d|\u2194|\^\]|\{GS\}|<GS>|\[GS\]|[|~]", re.IGNORECASE)
_DIGITS = re.compile(r"\d{8}|\d{12,14}")
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
#: Lot and serial number have no fixed length; what may follow them on a label.
_VARIABLE = ("10", "21")
_FOLLOWING = (*_VARIABLE, "11", "15", "17")
_LONGEST_GS1 = 200
#: No label carries more lost separators than make this many ways to read it.
_MOST_WAYS = 8
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")


def read_scan(raw: str) -> Scan:
    """Take a scanned text apart. Raises NotOurAddress for addresses other than http and https."""
    corrections: set[Correction] = set()
    text = _clean(raw[:LONGEST], corrections)
    readings = list(_readings(text, corrections))
    if has_hangul(text):
        keys = typed_keys(text)
        turned = list(_readings(keys, corrections))
        # what the plant itself named in Hangul is read as it stands, but a code of ours comes first
        readings = turned + readings if turned and not _is_word(text) else readings + turned
        corrections.add(Correction.HANGUL)
    readings = list(dict.fromkeys(readings))
    command = next((COMMANDS[r.code.upper()] for r in readings if r.code.upper() in COMMANDS), None)
    shown = "".join(c for c in text if c.isprintable()).strip()
    several = sum(1 for r in readings if r.gtin or r.lot) > 1
    return Scan(shown, tuple(readings), command, frozenset(corrections), several)


def named_code(text: str, *, of_item: bool = False) -> str:
    """The code that a text in a field of a form stands for, in whatever dress the scanner brought it.

    Out of an address its code, out of GS1 identifiers the lot or serial number (``of_item``: the item's number), from
    a Hangul keyboard the keys behind the letters; anything else is the code as it stands.
    """
    try:
        scan = read_scan(text)
    except NotOurAddress:
        return text
    first = scan.readings[0] if scan.readings else Reading()
    if first.gtin and of_item and first.gtin.lstrip("0") != text.lstrip("0"):
        return first.gtin
    if first.serial or first.lot:
        return first.serial or first.lot or text
    if first.code and scan.corrections & {Correction.ADDRESS, Correction.PREFIX}:
        return first.code
    return meant_code(text)


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


def _readings(text: str, corrections: set[Correction]) -> Iterator[Reading]:
    prefixed = _SYMBOLOGY.match(text)
    if prefixed:
        corrections.add(Correction.PREFIX)
        text = text[3:]
    text = text.strip().strip(GS)
    if _WEB.match(text):
        corrections.add(Correction.ADDRESS)
        yield from _address(text)
        return
    if _SCHEME.match(text):
        raise NotOurAddress
    yield from _elements(text, corrections)
    plain = text.replace(GS, "")
    if plain:
        yield Reading(code=plain)


def _address(text: str) -> Iterator[Reading]:
    """The code in a web address, whatever its host: /s/CODE, /l/CODE or a GS1 Digital Link."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return
    path = parts.path
    short = _SHORT.search(path)
    if short:
        yield Reading(code=unquote(short[1]).strip())
        return
    linked = _link(path, parts.query)
    if linked is not None:
        yield linked
        return
    last = unquote(path.rstrip("/").rpartition("/")[2]).strip()
    if is_checked(last):
        yield Reading(code=last)


def _link(path: str, query: str) -> Reading | None:
    steps = [unquote(step) for step in path.split("/") if step]
    if "01" not in steps[:-1]:
        return None
    begin = steps.index("01")
    pairs = dict(zip(steps[begin::2], steps[begin + 1 :: 2], strict=False))
    pairs.update(parse_qsl(query))
    return _identified(pairs) if _DIGITS.fullmatch(pairs["01"]) else None


def _identified(elements: dict[str, str]) -> Reading:
    gtin = elements.get("01") or elements.get("02")
    return Reading(
        gtin=gtin.zfill(14) if gtin else None,
        lot=elements.get("10"),
        serial=elements.get("21"),
        expires=elements.get("17") or elements.get("15"),
    )


def _elements(text: str, corrections: set[Correction]) -> Iterator[Reading]:
    """GS1 elements: with brackets, with separators, or without any; and the bare number of a retail package."""
    if is_gtin(text):
        yield Reading(gtin=text.zfill(14))
        return
    bracketed = _BRACKETED.findall(text)
    if bracketed and text.startswith("("):
        yield _identified({ai: value.strip() for ai, value in bracketed})
        return
    if len(text) > _LONGEST_GS1 or not re.match(r"(01|02)\d{14}", text) or not is_gtin(text[2:16]):
        return
    separated = _SEPARATORS.sub(GS, text)
    if separated != text:
        corrections.add(Correction.SEPARATOR)
    for candidate in (separated, *islice(_split_again(separated), _MOST_WAYS)):
        elements = _parsed(candidate)
        if elements:
            yield _identified(elements)


def _split_again(text: str) -> Iterator[str]:
    """Where separators may have been lost: after a lot or serial number, before what can be another element."""
    if GS in text:
        return
    at = 0
    while len(text) - at > 2 and len(text) - at >= 2 + (length := _FIXED.get(text[at : at + 2], len(text))):
        at += 2 + length
    if text[at : at + 2] not in _VARIABLE:
        return
    for cut in range(at + 3, min(len(text), at + 23)):
        if text[cut : cut + 2] in _FOLLOWING and _parsed(text[cut:]):
            yield f"{text[:cut]}{GS}{text[cut:]}"
            yield from (f"{text[:cut]}{GS}{tail}" for tail in _split_again(text[cut:]))


def _parsed(text: str) -> dict[str, str] | None:
    from biip import ParseConfig, parse

    found = parse(text, config=ParseConfig(gs1_element_strings_verify_date=False)).gs1_message
    return {element.ai.ai: element.value for element in found.element_strings} if found else None


def is_gtin(text: str) -> bool:
    """Whether a text is the number of a trade item (GTIN-8, -12, -13, -14) with a right check digit."""
    if not _DIGITS.fullmatch(text) or not text.isascii():
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    return weighted % 10 == 0
