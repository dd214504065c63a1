"""Fonts of paper and labels: one face for Hangul and Latin, one beside it for each other writing of the floor.

A text is cut into runs by the font that has its letters, so that a Korean page with a Khmer name on it is right.
Writings in which a letter changes with its neighbours are shaped by HarfBuzz; each of their glyphs has a character of
its own in our fonts (see hatch_build.py), so that whoever draws them needs no second way. Widths are thousandths of
an em.
"""

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from mes.core.config import asset
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.letters import SHAPED, by_writing, is_han

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

#: The face of Hangul and Latin with Vietnamese; many hanja. What it lacks of Chinese stands in the other.
MAIN, CHINESE = "KR", "SC"
WEIGHTS = {"regular": "Regular", "bold": "Bold"}
FILES = {(name, weight): f"fonts/NotoSans{name}-{word}.ttf"
         for name in (MAIN, CHINESE, *SHAPED) for weight, word in WEIGHTS.items()}  # fmt: skip
EM = 1000
#: reportlab reads the glyphs of a font through one file position, so documents are finished one at a time.
FINISHING = Lock()


class FontMissing(Refused):
    """The fonts arrive when the program is installed; without them there is no document and no label."""

    message = N_("The document font %(file)s is not installed.")
    hint = N_("Install the program again; the font comes with it.")
    status = 503


class Glyph(NamedTuple):
    """A shape of the font by its own character: how far the next one stands, and how far it is moved from its place."""

    character: str
    advance: float
    across: float
    up: float


class Run(NamedTuple):
    """Letters in one font. ``glyphs``: what they are shaped into; none where each letter stands for itself."""

    font: str
    text: str
    glyphs: tuple[Glyph, ...]
    width: float


@cache
def load(name: str, weight: str) -> "TTFont":
    """A font; read once (the large ones take about 0.1 s and 6 MB) and kept. Raises FontMissing."""
    from reportlab.pdfbase.ttfonts import TTFont

    file = asset(FILES[name, weight])
    if not file.is_file():
        raise FontMissing(file=file.name)
    return TTFont(f"{name}-{weight}", str(file), shapable=False, asciiReadable=name == MAIN)


def has(weight: str, character: str) -> bool:
    """Whether any of the fonts can show a character."""
    code = ord(character)
    if code in load(MAIN, weight).face.charWidths:
        return True
    writing = next(by_writing(character))[0] or CHINESE
    return code in load(writing, weight).face.charWidths


def is_plain(weight: str, text: str) -> bool:
    """Whether the one main font has all of it."""
    known = load(MAIN, weight).face.charWidths
    return all(code in known for code in map(ord, text))


def width(weight: str, text: str) -> float:
    """The width of a text in thousandths of an em."""
    known: dict[int, float] = load(MAIN, weight).face.charWidths
    try:
        return sum([known[code] for code in map(ord, text)])
    except KeyError:
        return sum(run.width for run in runs(weight, text))


@lru_cache(maxsize=1 << 14)
def runs(weight: str, text: str) -> tuple[Run, ...]:
    """The text by the fonts it stands in. A character that no font has is the main font's empty box."""
    return tuple(run for writing, piece in by_writing(text) for run in _runs(weight, writing, piece))


def _runs(weight: str, writing: str, piece: str) -> Iterator[Run]:
    if writing:
        yield _shaped(writing, weight, piece)
        return
    known = load(MAIN, weight).face.charWidths
    if all(code in known for code in map(ord, piece)):
        yield _standing(MAIN, weight, piece)
        return
    chinese = load(CHINESE, weight).face.charWidths

    def font_of(character: str) -> str:
        # one of two faces for all of a text's characters: their strokes differ
        code = ord(character)
        return CHINESE if code in chinese and (is_han(character) or code not in known) else MAIN

    for name, characters in groupby(piece, font_of):
        yield _standing(name, weight, "".join(characters))


def _standing(name: str, weight: str, text: str) -> Run:
    widths = load(name, weight).face.charWidths
    return Run(name, text, (), sum(widths.get(ord(character), EM) for character in text))


def _shaped(name: str, weight: str, text: str) -> Run:
    import uharfbuzz

    face: Any = load(name, weight).face
    scale = EM / face.unitsPerEm
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(_shaper(name, weight), buffer)
    glyphs = tuple(
        # letters by their own number, so that programs which read PDF by their letters find most of them
        Glyph(
            chr(min(face.glyphToChar[info.codepoint])), at.x_advance * scale, at.x_offset * scale, at.y_offset * scale
        )
        for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )
    return Run(name, text, glyphs, sum(glyph.advance for glyph in glyphs))


@cache
def _shaper(name: str, weight: str) -> Any:
    import uharfbuzz

    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(asset(FILES[name, weight])))))


def shown(
    weight: str, text: str, size: float, document: Any, string: Callable[[bytes], bytes]
) -> Iterator[tuple[bytes, bytes]]:
    """The PDF operators that show a line: the name of a font in the document, and what shows its part of the line.

    ``string`` writes a PDF string. What is shaped says beside its glyphs which text they are.
    """
    for run in runs(weight, text):
        font = load(run.font, weight)
        if run.glyphs:
            yield from _shown_glyphs(run, font, size, document, string)
            continue
        for subset, codes in font.splitString(run.text, document):
            yield font.getSubsetInternalName(subset, document).encode(), string(codes) + b" Tj"


def _shown_glyphs(
    run: Run, font: Any, size: float, document: Any, string: Callable[[bytes], bytes]
) -> Iterator[tuple[bytes, bytes]]:
    placed = [(*font.splitString(glyph.character, document)[0], glyph) for glyph in run.glyphs]
    parts = []
    for subset, same in groupby(placed, lambda one: one[0]):
        name = font.getSubsetInternalName(subset, document).encode()
        parts.append((name, b" ".join(_arrays(((code, glyph) for _subset, code, glyph in same), font, size, string))))
    name, first = parts[0]
    said = f"feff{run.text.encode('utf-16-be').hex()}".encode()
    parts[0] = name, b"/Span <</ActualText <%s>>> BDC %s" % (said, first)
    name, last = parts[-1]
    parts[-1] = name, last + b" EMC"
    yield from parts


def _arrays(
    glyphs: Iterator[tuple[bytes, Glyph]], font: Any, size: float, string: Callable[[bytes], bytes]
) -> Iterator[bytes]:
    """Glyphs at their places: an array of them for each height above the line."""
    for up, same in groupby(glyphs, lambda one: one[1].up):
        array = []
        for code, glyph in same:
            back = font.face.charWidths[ord(glyph.character)] - glyph.advance + glyph.across
            array += [_number(-glyph.across), string(code), _number(back)]
        moved = b"[%s] TJ" % b" ".join(filter(None, array))
        yield b"%s Ts %s 0 Ts" % (_number(up * size / EM), moved) if up else moved


def _number(value: float) -> bytes:
    return f"{round(value, 2):g}".encode() if value else b""
