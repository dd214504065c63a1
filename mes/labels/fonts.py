"""The two weights of the letters on labels, in every language of the floor (see mes.core.fonts)."""

import re
import unicodedata
from functools import cache

from mes.core.errors import Refused
from mes.core.fonts import MAIN, has, is_plain, load, width
from mes.core.i18n import N_
from mes.core.letters import JOINERS, is_tall

ELLIPSIS = "…"
#: Stands for a pictograph which the font lacks, so that an emoji in a name does not stop a label.
BOX = "□"
#: What separates words; a no-break space stays and holds two of them together.
_SPACES = re.compile(r"[ \t\r\n\f\v]+")


class GlyphMissing(Refused):
    """A label with holes in its words is worse than none."""

    message = N_("The label font has no character “%(character)s” (%(number)s), which stands in “%(text)s”.")
    hint = N_("Write the name in letters of another language, then print again.")
    status = 422


class Face:
    """One weight: how wide texts are in it and which characters it lacks."""

    def __init__(self, weight: str) -> None:
        self.weight = weight
        self.font = load(MAIN, weight)

    def width(self, text: str) -> float:
        """The width of a text that the font can print, in thousandths of an em."""
        return width(self.weight, text)

    def printable(self, text: str, boxes: bool) -> str:
        """The text as it is printed: composed, on one line, without invisible characters.

        A character which the font lacks is refused by name. Where the layout allows boxes, runs of pictographs
        (never letters or digits: a row of boxes in place of a name says nothing) become one visible box.
        """
        text = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
        if is_plain(self.weight, text):
            return text
        kept: list[str] = []
        for character in text:
            kept.append(self._replacement(character, text, boxes, kept))
        return _SPACES.sub(" ", "".join(kept)).strip()

    def _replacement(self, character: str, text: str, boxes: bool, before: list[str]) -> str:
        category = unicodedata.category(character)
        if character in JOINERS and before and is_tall(before[-1]):
            return character
        if category in ("Cc", "Cf", "Me") or _selects_a_variant(character):
            return ""
        if has(self.weight, character):
            return character
        if boxes and category[0] in "SC":
            return "" if "".join(before).endswith(BOX) else BOX
        raise GlyphMissing(character=character, number=f"U+{ord(character):04X}", text=text)


def _selects_a_variant(character: str) -> bool:
    return 0xFE00 <= ord(character) <= 0xFE0F


@cache
def face(weight: str) -> Face:
    """The face of a weight; read once and kept. Raises FontMissing."""
    return Face(weight)
