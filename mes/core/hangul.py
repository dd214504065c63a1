"""What keys were pressed when a text arrived through the Korean two-set keyboard (두벌식).

A scanner is a keyboard: when the computer's input is switched to Hangul, ``LOT-2026`` arrives as ``ㅣㅒㅆ-2026`` and
``GB`` as ``휴``. The layout gives every letter back; which ones were capitals is lost.
"""

_KEYS = {
    "ㄱ": "r", "ㄲ": "R", "ㄳ": "rt", "ㄴ": "s", "ㄵ": "sw", "ㄶ": "sg", "ㄷ": "e", "ㄸ": "E", "ㄹ": "f", "ㄺ": "fr",
    "ㄻ": "fa", "ㄼ": "fq", "ㄽ": "ft", "ㄾ": "fx", "ㄿ": "fv", "ㅀ": "fg", "ㅁ": "a", "ㅂ": "q", "ㅃ": "Q", "ㅄ": "qt",
    "ㅅ": "t", "ㅆ": "T", "ㅇ": "d", "ㅈ": "w", "ㅉ": "W", "ㅊ": "c", "ㅋ": "z", "ㅌ": "x", "ㅍ": "v", "ㅎ": "g",
    "ㅏ": "k", "ㅐ": "o", "ㅑ": "i", "ㅒ": "O", "ㅓ": "j", "ㅔ": "p", "ㅕ": "u", "ㅖ": "P", "ㅗ": "h", "ㅘ": "hk",
    "ㅙ": "ho", "ㅚ": "hl", "ㅛ": "y", "ㅜ": "n", "ㅝ": "nj", "ㅞ": "np", "ㅟ": "nl", "ㅠ": "b", "ㅡ": "m", "ㅢ": "ml",
    "ㅣ": "l",
}  # fmt: skip
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
#: Letters that were not yet put together, as some systems send them.
_LOOSE = {
    **{chr(0x1100 + i): letter for i, letter in enumerate(_INITIALS)},
    **{chr(0x1161 + i): letter for i, letter in enumerate(_VOWELS)},
    **{chr(0x11A8 + i): letter for i, letter in enumerate(_FINALS)},
}


def has_hangul(text: str) -> bool:
    """Whether any letter may have come through a Hangul keyboard."""
    return any(_keys(character) for character in text)


def typed_keys(text: str) -> str:
    """The Latin keys behind each Hangul letter; everything else stays."""
    return "".join(_keys(character) or character for character in text)


def meant_code(text: str) -> str:
    """The code that a scanner typed into a Hangul keyboard: ``ㅣ260105-0007ㅎ`` is ``L260105-0007G``.

    Only a text with a loose letter in it is turned back: no code that a plant gives, even a Korean one, has any.
    """
    loose = any(letter in _KEYS or letter in _LOOSE for letter in text)
    return typed_keys(text).upper() if loose else text


def _keys(character: str) -> str:
    if _SYLLABLE <= ord(character) <= _LAST_SYLLABLE:
        rest, final = divmod(ord(character) - _SYLLABLE, len(_FINALS) + 1)
        initial, vowel = divmod(rest, len(_VOWELS))
        last = _KEYS[_FINALS[final - 1]] if final else ""
        return _KEYS[_INITIALS[initial]] + _KEYS[_VOWELS[vowel]] + last
    return _KEYS.get(_LOOSE.get(character, character), "")
