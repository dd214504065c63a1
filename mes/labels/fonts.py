"""The two weights of the label font (Noto Sans KR: all Hangul, Latin with Vietnamese, many hanja)."""

import re
import unicodedata
from functools import cache

from mes.core.config import asset
from mes.core.errors import Refused
from mes.core.i18n import N_

FILES = {"regular": "fonts/NotoSansKR-Regular.ttf", "bold": "fonts/NotoSansKR-Bold.ttf"}
ELLIPSIS = "…"
#: Stands for a pictograph which the font lacks, so that an emoji in a name does not stop a label.
BOX = "□"
#: Widths and positions of a font are counted in thousandths of its em.
EM = 1000
#: What separates words; a no-break space stays and holds two of them together.
_SPACES = re.compile(r"[ \t\r\n\f\v]+")


class FontMissing(Refused):
    """The fonts arrive when the program is installed; without them there is no label at all."""

    message = N_("The label font %(file)s is not installed.")
    hint = N_("Install the program again; the font comes with it.")
    status = 503


class GlyphMissing(Refused):
    """A label with holes in its words is worse than none."""

    message = N_("The label font has no character “%(character)s” (%(number)s), which stands in “%(text)s”.")
    hint = N_("Write the name in Hangul, Latin or Vietnamese letters, then print again.")
    status = 422


class Face:
    """One weight: how wide its characters are and which it lacks."""

    def __init__(self, weight: str) -> None:
        from reportlab.pdfbase.ttfonts import TTFont

        file = asset(FILES[weight])
        if not file.is_file():
            raise FontMissing(file=file.name)
        self.weight = weight
        self.font = TTFont(f"label-{weight}", str(file))
        self._widths: dict[int, float] = self.font.face.charWidths

    def width(self, text: str) -> float:
        """The width of a text that the font can print, in thousandths of an em."""
        widths = self._widths
        return sum([widths[code] for code in map(ord, text)])

    def printable(self, text: str, boxes: bool) -> str:
        """The text as it is printed: composed, on one line, without invisible characters.

        A character which the font lacks is refused by name. Where the layout allows boxes, runs of pictographs
        (never letters or digits: a row of boxes in place of a name says nothing) become one visible box.
        """
        text = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
        if all(code in self._widths for code in map(ord, text)):
            return text
        kept: list[str] = []
        for character in text:
            kept.append(self._replacement(character, text, boxes, kept))
        return _SPACES.sub(" ", "".join(kept)).strip()

    def _replacement(self, character: str, text: str, boxes: bool, before: list[str]) -> str:
        category = unicodedata.category(character)
        if category in ("Cc", "Cf", "Me") or _selects_a_variant(character):
            return ""
        if ord(character) in self._widths:
            return character
        if boxes and category[0] in "SC":
            return "" if "".join(before).endswith(BOX) else BOX
        raise GlyphMissing(character=character, number=f"U+{ord(character):04X}", text=text)


def _selects_a_variant(character: str) -> bool:
    return 0xFE00 <= ord(character) <= 0xFE0F


@cache
def face(weight: str) -> Face:
    """The face of a weight; read once (about 0.1 s and 6 MB) and kept."""
    return Face(weight)
