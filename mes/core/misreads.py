"""Codes of ours that a reader got nearly right: which ones may have been meant.

The check character tells that a code is wrong, and nearly which one it was: of all codes that differ in one place,
only a few have a right check character.
"""

from collections.abc import Iterator

from mes.core.numbering import is_checked

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}
#: Letters that people and worn labels make of digits.
_LOOKS_LIKE = str.maketrans("OQDIZSB", "0001258")
SHORTEST, LONGEST = 6, 24


def near_codes(code: str) -> tuple[str, ...]:
    """The codes with a right check character that differ from this one by one wrong, swapped, lost or doubled
    character, or by letters that look like digits; nothing for a code that is right or has no such form."""
    upper = code.upper()
    slim = upper.replace("-", "")
    if not SHORTEST <= len(slim) <= LONGEST or not (slim.isascii() and slim.isalnum()) or is_checked(upper):
        return ()
    return tuple(one for one in dict.fromkeys(_candidates(upper)) if one != upper and _is_right(one))


def _is_right(code: str) -> bool:
    """``numbering.is_checked``, without its care for what is no code: there are some thousand candidates."""
    rest = 18
    for letter in code:
        if letter != "-":
            rest = (((rest or 36) * 2) % 37 + _VALUES[letter]) % 36
    return rest == 1


def _candidates(code: str) -> Iterator[str]:
    yield code[0] + code[1:-1].translate(_LOOKS_LIKE) + code[-1]
    for place, letter in enumerate(code):
        before, after = code[:place], code[place + 1 :]
        if after:
            yield before + after[0] + letter + after[1:]
        if letter == "-":
            continue
        yield before + after
        for other in _LETTERS:
            yield before + other + after
            yield before + other + letter + after
    yield from (code + other for other in _LETTERS)
