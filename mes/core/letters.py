"""Letters of every language of the floor: which writing they belong to, and where a line may end among them.

Korean and Latin words end at a space and stay whole. Chinese may be parted between almost any two characters, Thai,
Khmer and Burmese between words that only a dictionary tells apart: both are asked of ICU, as browsers do.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

#: Writings that are shaped (one sign changes with its neighbours), each in a font of its own.
SHAPED = {
    "Devanagari": "\u0900-\u097f\u1cd0-\u1cff\ua8e0-\ua8ff",
    "Khmer": "\u1780-\u17ff\u19e0-\u19ff",
    "Myanmar": "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f",
    "Thai": "\u0e00-\u0e7f",
}
#: Signs without a shape of their own that part or join the letters beside them.
JOINERS = "\u200c\u200d"
#: An invisible place where a line may end; people who write Khmer type it between words.
SOFT_END = "\u200b"
_HAN = "\u2e80-\u303f\u3105-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_SHAPED = re.compile("|".join(f"(?P<{name}>[{letters}][{letters}{JOINERS}]*)" for name, letters in SHAPED.items()))
_UNSPACED = "".join(letters for name, letters in SHAPED.items() if name != "Devanagari")
_PARTED = re.compile(f"[{_UNSPACED}{SOFT_END}]")
_PARTED_HAN = re.compile(f"[{_UNSPACED}{SOFT_END}{_HAN}]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_IS_HAN = re.compile(f"[{_HAN}]")
#: One mark above or below a letter, at least.
_HIGH = re.compile(f"[{''.join(SHAPED.values())}]")
_WORD = re.compile("[^ ]* *")


def is_han(character: str) -> bool:
    """Whether it is a Chinese character, or a sign as wide as one."""
    return _IS_HAN.match(character) is not None


def is_tall(text: str) -> bool:
    """Whether it has letters with signs above and below, which need more room between lines."""
    return _HIGH.search(text) is not None


def by_writing(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces that are shaped together, each with its writing; nothing for all that stands as it is."""
    at = 0
    for found in _SHAPED.finditer(text):
        if found.start() > at:
            yield "", text[at : found.start()]
        yield found.lastgroup or "", found[0]
        at = found.end()
    if at < len(text):
        yield "", text[at:]


@lru_cache(maxsize=2048)
def pieces(text: str) -> tuple[str, ...]:
    """The text parted wherever a line may end; blanks stay at the end of their piece."""
    free = _PARTED if _HANGUL.search(text) else _PARTED_HAN
    if not free.search(text):
        return tuple(_WORD.findall(text)[:-1])
    from icu4py.breakers import LineBreaker

    found: list[str] = []
    for piece in LineBreaker(text, "en"):
        # what ICU would part within Korean and Latin words stays whole
        if found and not (found[-1].endswith(" ") or free.match(found[-1][-1]) or free.match(piece)):
            found[-1] += piece
        else:
            found.append(piece)
    return tuple(found)


def clusters(text: str) -> list[str]:
    """The text in what a reader takes for one letter each: a letter with all its signs."""
    if not is_tall(text):
        return list(text)
    from icu4py.breakers import CharacterBreaker

    return list(CharacterBreaker(text, "en"))
