"""The Korean particle that follows a name or number: 748이, 냉장고로, A-1을.

A translation writes both forms after a parameter (``%(lot)s을(를)``); once the name is filled in, its last sound
decides. Hangul says it itself, digits and Latin letters are read aloud as a Korean reads them, and what nobody can
know (another script) keeps both forms.
"""

import re
from unicodedata import normalize

#: What stands in a translation -> (after a consonant, after a vowel).
PAIRS = {
    "을(를)": ("을", "를"),
    "를(을)": ("을", "를"),
    "이(가)": ("이", "가"),
    "(이)가": ("이", "가"),
    "은(는)": ("은", "는"),
    "는(은)": ("은", "는"),
    "과(와)": ("과", "와"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
    "(이)라": ("이라", "라"),
    "(이)며": ("이며", "며"),
    "(이)나": ("이나", "나"),
}
_MARKER = re.compile("|".join(re.escape(marker) for marker in PAIRS))
_SYLLABLE, _LAST_SYLLABLE, _FINALS = 0xAC00, 0xD7A3, 28
#: The final of a syllable that counts as a vowel before 로: 물로, 1로.
_RIEUL = 8
VOWEL, CONSONANT, R = "vowel", "consonant", "ㄹ"
#: 0 영, 1 일, 2 이 … also right for whole tens (십, 백, 천, 만).
_DIGITS = {**dict.fromkeys("036", CONSONANT), **dict.fromkeys("178", R), **dict.fromkeys("2459", VOWEL)}
#: Letters spelled out: L 엘, M 엠, N 엔, R 알; the others end in a vowel.
_LETTERS = {"l": R, "r": R, "m": CONSONANT, "n": CONSONANT}
#: Units are said as words: kg 킬로그램, mm 밀리미터; % 퍼센트, ℃ 도.
_UNITS = {
    **dict.fromkeys(("kg", "g", "mg", "t", "min"), CONSONANT),
    **dict.fromkeys(("m", "mm", "cm", "km", "l", "ml", "mL"), VOWEL),
}
_AFTER_NUMBER = {"L": VOWEL}
#: Brackets and quotes at the end are not spoken, and what stands in brackets is passed over: 떡국떡(벌크)을.
_CLOSERS = "\"'”’»」』]}>.…·*"
_REMARK = re.compile(r"(?<=\S)\s*\([^()]*\)$")
#: A loan word that ends like cap, pack or club keeps its stop as a final: 캡을, 팩을, 클럽을.
_STOP = re.compile(r"(^|[^aeiou])[aeiou](ck|p|b|c)$")


def with_particles(text: str) -> str:
    """The sentence with the fitting particle at each place where both forms stand."""
    done, start = "", 0
    for found in _MARKER.finditer(text):
        done += text[start : found.start()]
        sound = last_sound(done)
        consonant, vowel = PAIRS[found[0]]
        soft = sound == VOWEL or (sound == R and found[0] == "(으)로")
        done += found[0] if sound is None else vowel if soft else consonant
        start = found.end()
    return done + text[start:]


def last_sound(text: str) -> str | None:
    """How a text ends when it is read aloud: VOWEL, R (ㄹ), another CONSONANT; None when nobody can know."""
    spoken = text.rstrip().rstrip(_CLOSERS).rstrip()
    spoken = _REMARK.sub("", spoken).rstrip(_CLOSERS + ")")
    last = spoken[-1:]
    if last and _SYLLABLE <= ord(last) <= _LAST_SYLLABLE:
        final = (ord(last) - _SYLLABLE) % _FINALS
        return VOWEL if not final else R if final == _RIEUL else CONSONANT
    if last in ("%", "℃", "°"):
        return VOWEL
    return _DIGITS.get(last) or _latin(spoken)


def _latin(spoken: str) -> str | None:
    plain = "".join(mark for mark in normalize("NFD", spoken[-40:]) if mark.isascii())
    word = re.search(r"[A-Za-z]+$", plain)
    if word is None or not spoken[-1].isalpha():
        return None
    name, before = word[0], plain[: word.start()].rstrip()
    if name in _UNITS:
        return _UNITS[name]
    if name in _AFTER_NUMBER and before[-1:].isdigit():
        return _AFTER_NUMBER[name]
    if name.isupper():
        return _LETTERS.get(name[-1].lower(), VOWEL)
    if name[-1] == "l":
        return R
    return CONSONANT if name.endswith(("m", "n", "ng")) or _STOP.search(name.lower()) else VOWEL
