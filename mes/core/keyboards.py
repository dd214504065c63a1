"""Scanners that type for another keyboard than the computer's: ``L260105-0001Y`` arrives as ``L260105ß0001Z``.

A scanner presses keys, and the computer says which letter each key is. Where the two do not agree on the layout, the
code can be worked out: from the letter to the key, and from the key to the letter that was meant. Whether it really
is one, its check character tells.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import cache


class Layout(StrEnum):
    """The layouts that are met in plants, beside the Korean one (see ``hangul``)."""

    US = "us"
    GERMAN = "german"
    FRENCH = "french"


#: Every key, row by row, without and with shift; the same place in each text is the same key.
_ROWS = {
    Layout.US: (
        "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./",
        '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?',
    ),
    Layout.GERMAN: (
        "^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-",
        "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_",
    ),
    Layout.FRENCH: (
        "²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!",
        "~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§",
    ),
}
#: The scanner's layout, the computer's, and whether shift counts (caps lock turns it over on some keyboards).
_PAIRS = (
    (Layout.US, Layout.GERMAN, True),
    (Layout.US, Layout.FRENCH, True),
    (Layout.GERMAN, Layout.US, True),
    (Layout.FRENCH, Layout.US, True),
    (Layout.US, Layout.FRENCH, False),
    (Layout.US, Layout.GERMAN, False),
)


def meant(text: str) -> Iterator[tuple[str, Layout, Layout]]:
    """What a scanner may have meant, with its own layout and that of the computer; only what differs from ``text``."""
    for scanner, computer, shifted in _PAIRS:
        letters = _letters(scanner, computer, shifted)
        if all(c in letters or c == "\x1d" for c in text):
            found = "".join(letters.get(c, c) for c in text)
            if found != text:
                yield found, scanner, computer


def typed_on(text: str, scanner: Layout, computer: Layout) -> str:
    """What arrives when a scanner of one layout types into a computer of another."""
    letters = _letters(computer, scanner, shifted=True)
    return "".join(letters.get(c, c) for c in text)


@cache
def _letters(scanner: Layout, computer: Layout, shifted: bool) -> dict[str, str]:
    """From the letter that arrived to the letter that was meant."""
    plain, raised = _ROWS[computer]
    meant_plain, meant_raised = _ROWS[scanner]
    letters = {" ": " ", **dict(zip(raised, meant_raised if shifted else meant_plain, strict=True))}
    return letters | dict(zip(plain, meant_plain, strict=True))
