"""What a printer's own barcodes can be trusted with: the same symbol size as the one placed.

A printer encodes by itself, and may find a shorter or a longer way than ours: then its symbol has other modules than
were placed, and reaches into the words beside it or out of its quiet zone. These rules say where that cannot be.
"""

import re
from functools import lru_cache

from mes.core.barcodes import GS1_128, GS1_DATAMATRIX, LINEAR_KINDS, SEPARATOR, Strip
from mes.core.qr import Symbol

_DIGITS = re.compile(r"\d+")
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]+")
_PAIRS = re.compile(r"\d\d")
#: Data codewords of the square Data Matrix symbols (ISO/IEC 16022) by their modules on a side.
_ROOM = {
    10: 3, 12: 5, 14: 8, 16: 12, 18: 18, 20: 22, 22: 30, 24: 36, 26: 44, 32: 62, 36: 86, 40: 114, 44: 144, 48: 174,
    52: 204, 64: 280, 72: 368, 80: 456, 88: 576, 96: 696, 104: 816,
}  # fmt: skip
#: Letters and digits that a QR of each version holds at level Q and M and H (ISO/IEC 18004), versions 1 to 15.
_QR_LETTERS = {
    "L": (25, 47, 77, 114, 154, 195, 224, 279, 335, 395, 468, 535, 619, 667, 758),
    "M": (20, 38, 61, 90, 122, 154, 178, 221, 262, 311, 366, 419, 483, 528, 600),
    "Q": (16, 29, 47, 67, 87, 108, 125, 157, 189, 221, 259, 296, 352, 376, 426),
    "H": (10, 20, 35, 50, 64, 84, 93, 122, 143, 174, 200, 227, 259, 283, 321),
}
_QR_DIGITS = {
    "L": (41, 77, 127, 187, 255, 322, 370, 461, 552, 652, 772, 883, 1022, 1101, 1250),
    "M": (34, 63, 101, 149, 202, 255, 293, 365, 432, 513, 604, 691, 796, 871, 991),
    "Q": (27, 48, 77, 111, 144, 178, 207, 259, 312, 364, 427, 489, 580, 621, 703),
    "H": (17, 34, 58, 82, 106, 139, 154, 202, 235, 288, 331, 374, 427, 468, 530),
}


def qr_mode(data: str) -> str:
    """In which one mode a text is written: N of digits, A of letters and digits; nothing for others."""
    if _DIGITS.fullmatch(data):
        return "N"
    return "A" if _ALPHANUMERIC.fullmatch(data) else ""


def is_plain_qr(symbol: Symbol) -> bool:
    """Whether a printer told the level and the one mode can only make a symbol of this size: the smallest version
    that holds the text. Bytes (small letters) are written in several ways, so they are not among them."""
    room = {"N": _QR_DIGITS, "A": _QR_LETTERS}.get(qr_mode(symbol.data), {}).get(symbol.level, ())
    smallest = next((version for version, holds in enumerate(room, 1) if len(symbol.data) <= holds), None)
    return smallest is not None and 17 + 4 * smallest == symbol.size


def ascii_codewords_fit(symbol: Symbol) -> bool:
    """Whether a Data Matrix of this size holds the text even in its plainest encoding: a codeword for each
    character, for each pair of digits, and for each FNC1."""
    first = 1 if symbol.kind == GS1_DATAMATRIX else 0
    needed = first + sum(
        len(_PAIRS.sub("_", part)) for part in symbol.data.split(SEPARATOR)
    ) + symbol.data.count(SEPARATOR)  # fmt: skip
    return needed <= _ROOM.get(symbol.size, 0)


@lru_cache(maxsize=512)
def code128_parts(symbol: Strip) -> tuple[str, ...] | None:
    """Characters and named steps (start-b, to-c, fnc1 ...) that make a Code 128 exactly as long as the one placed;
    none where no sequence of code sets B and C does, or where the text needs code set A."""
    assert symbol.kind in LINEAR_KINDS
    tokens = [SEPARATOR] if symbol.kind == GS1_128 else []
    tokens += list(symbol.data)
    if any(token != SEPARATOR and not " " <= token <= "~" for token in tokens):
        return None
    best = _shortest(tuple(tokens))
    steps = sum(1 for part in best if part) - 1
    # start, steps, check: 11 modules each; the stop 13
    return best if best and 11 * (steps + 2) + 13 == symbol.modules else None


def _shortest(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """The fewest symbol characters: from each place on, the best way in code set B and in C, worked out backwards."""
    ways: dict[str, list[tuple[str, ...]]] = {"b": [()], "c": [()]}
    for at in range(len(tokens) - 1, -1, -1):
        stay = {name: _taken(tokens, at, name, ways[name]) for name in "bc"}
        reached = {}
        for name, other in (("b", "c"), ("c", "b")):
            own, changed = stay[name], stay[other]
            over = None if changed is None else (f"to-{other}", *changed)
            options = [way for way in (own, over) if way is not None]
            reached[name] = min(options, key=len)
        for name in "bc":
            ways[name].append(reached[name])
    starts = [(f"start-{name}", *ways[name][-1]) for name in "cb"]
    return min((way for way in starts if not way[1].startswith("to-")), key=len) if tokens else ()


def _taken(tokens: tuple[str, ...], at: int, name: str, rest: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    """What the next symbol character says in this code set, and the best way after it; none where it cannot say it."""
    left = len(tokens) - at
    if tokens[at] == SEPARATOR:
        return ("fnc1", *rest[left - 1])
    if name == "b":
        return (tokens[at], *rest[left - 1])
    if left >= 2 and tokens[at].isdigit() and tokens[at + 1].isdigit():
        return (tokens[at] + tokens[at + 1], *rest[left - 2])
    return None
