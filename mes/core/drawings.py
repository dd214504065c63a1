"""Drawings as they are kept: what a file is, is read from its content, and what could act by itself is refused."""

import io
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from mes.core.errors import Refused
from mes.core.files import MOST_BYTES, MOST_PIXELS
from mes.core.i18n import N_

if TYPE_CHECKING:
    from PIL import Image

PDF, SVG, PNG, JPEG = "application/pdf", "image/svg+xml", "image/png", "image/jpeg"
#: Ending of the file's name by its kind.
ENDINGS = {PDF: "pdf", SVG: "svg", PNG: "png", JPEG: "jpg"}
#: A drawing of A1 at 150 dpi; a scan that is finer is made smaller.
LONGEST_SIDE = 5000
MOST_SVG_BYTES = 5 * 1024 * 1024
#: Words of a PDF by which it runs, sends or opens something by itself. The long ones do not occur by chance, not even
#: in packed pictures: they are looked for everywhere, as an object may be hidden in what looks like a picture.
_PDF_ACTS = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|SubmitForm|ImportData|RichMedia|Rendition)(?![A-Za-z])")
_PDF_SHORT_ACTS = re.compile(rb"/(JS|XFA)(?![A-Za-z])")
#: Names in a PDF may be written with #xx for any letter.
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM, _STREAM_END = re.compile(rb"stream\r?\n"), b"endstream"
#: Where packed content may begin, and how the list of the objects in it does.
_PACKED = re.compile(rb"stream[^\r\n]{0,40}(?:\r\n?|\n)(?=[\x08\x18\x28\x38\x48\x58\x68\x78])")
_OBJECTS = re.compile(rb"(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])*(?:[-+.\d]|(?:%[^\r\n]*)?\Z)")
#: A drawing is read in pieces of this size; what has more packed parts or unpacks to more is none for a tablet.
_PIECE, _MOST_PACKED, _MOST_UNPACKED = 1 << 16, 50_000, 4 * MOST_BYTES
#: Elements of an SVG that run, embed or animate.
_SVG_ACTS = frozenset(
    ("script", "foreignobject", "iframe", "object", "embed", "handler", "listener", "set", "audio", "video")
)
_SVG_SPACE, _PAGE_SPACE = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"
#: What an address in an SVG may be: a part of itself, or a picture inside of it.
_SVG_INSIDE = re.compile(r"\s*(#|data:image/(png|jpeg);base64,)", re.IGNORECASE)
_STYLE_OUTSIDE = re.compile(r"@import|expression\s*\(|image-set\(|url\((?!\s*['\"]?\s*#)", re.IGNORECASE)
#: A letter of a style sheet may be written by its number.
_STYLE_LETTER = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_LAST_LETTER = 0x10FFFF


class NotADrawing(Refused):
    """A file of another kind, or a broken one."""

    message = N_("The file %(name)s is not a drawing that can be kept.")
    hint = N_("Save it as PDF, PNG, JPEG or plain SVG and send it again.")
    status = 422


class DrawingTooLarge(Refused):
    """More than a tablet can open."""

    message = N_("The drawing %(name)s is too large.")
    hint = N_("At most 30 MB and 60 megapixels, an SVG at most 5 MB.")
    status = 422


class DrawingActs(Refused):
    """A file that runs a script, fetches from elsewhere or carries other files."""

    message = N_("The drawing %(name)s holds a script or reaches outside of itself (%(what)s).")
    hint = N_("Print it to PDF, or save it as plain SVG or PNG, and send that.")
    status = 422


def clean_drawing(name: str, raw: bytes) -> tuple[str, bytes]:
    """A drawing's kind and its content as it is kept; pictures without the camera's or scanner's notes.

    Raises NotADrawing, DrawingTooLarge, DrawingActs.
    """
    name = name[:60]
    if len(raw) > MOST_BYTES:
        raise DrawingTooLarge(field="drawing", name=name)
    if raw.startswith(b"%PDF-"):
        return PDF, _checked_pdf(name, raw)
    if raw.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff")):
        return _clean_picture(name, raw)
    if b"<svg" in raw[:4096]:
        return SVG, _checked_svg(name, raw)
    raise NotADrawing(field="drawing", name=name)


def _checked_pdf(name: str, raw: bytes) -> bytes:
    if b"%%EOF" not in raw[-2048:]:
        raise NotADrawing(field="drawing", name=name)
    acts = _PDF_ACTS.search(_names(raw)) or _PDF_SHORT_ACTS.search(_names(_without_streams(raw)))
    for objects in () if acts else _packed_objects(name, raw):
        words = _names(objects)
        acts = acts or _PDF_ACTS.search(words) or _PDF_SHORT_ACTS.search(words)
    if acts:
        raise DrawingActs(field="drawing", name=name, what=acts[1].decode())
    return raw


def _names(words: bytes) -> bytes:
    """With every letter of a name written as itself."""
    return _HEX.sub(lambda found: bytes([int(found[1], 16)]), words)


def _without_streams(raw: bytes) -> bytes:
    """A PDF without its pictures and pages, in which short words occur by chance."""
    kept, at = [], 0
    for begin in _STREAM.finditer(raw):
        if begin.start() >= at:
            end = raw.find(_STREAM_END, begin.end())
            if end < 0:
                break
            kept.append(raw[at : begin.start()])
            at = end + len(_STREAM_END)
    return b" ".join((*kept, raw[at:]))


def _packed_objects(name: str, raw: bytes) -> Iterator[bytes]:
    """The objects that are packed together, known by how they begin: what stands before them may mislead."""
    left = _MOST_UNPACKED
    for number, begin in enumerate(_PACKED.finditer(raw)):
        if number == _MOST_PACKED:
            raise DrawingTooLarge(field="drawing", name=name)
        if _OBJECTS.match(_unpacked(raw, begin.end(), 200)):
            objects = _unpacked(raw, begin.end(), left)
            left -= len(objects)
            if not left:
                raise DrawingTooLarge(field="drawing", name=name)
            yield objects


def _unpacked(raw: bytes, start: int, most: int) -> bytes:
    """What is packed from there on, at most so many bytes; of damaged content what can be read."""
    reader, done, whole = zlib.decompressobj(), bytearray(), memoryview(raw)
    with suppress(zlib.error):
        while len(done) < most and not reader.eof and start < len(raw):
            done += reader.decompress(whole[start : start + _PIECE], most - len(done))
            start += _PIECE
    return bytes(done)


def _clean_picture(name: str, raw: bytes) -> tuple[str, bytes]:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise DrawingTooLarge(field="drawing", name=name)
            kind = str(image.format)
            upright = _eight_bits(ImageOps.exif_transpose(image))
            colours = "RGB" if kind == "JPEG" else "RGBA" if upright.mode in ("RGBA", "LA", "P", "PA") else "L"
            colours = colours if upright.mode not in ("RGB", "CMYK", "YCbCr") else "RGB"
            upright = upright.convert(colours)
    except DrawingTooLarge:
        raise
    except Image.DecompressionBombError as error:
        raise DrawingTooLarge(field="drawing", name=name) from error
    except Exception as error:  # the decoders raise many kinds; all mean the same to the person
        raise NotADrawing(field="drawing", name=name) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    fresh = Image.new(upright.mode, upright.size)
    fresh.paste(upright)
    out = io.BytesIO()
    if kind == "JPEG":
        fresh.save(out, "JPEG", quality=88, optimize=True)
        return JPEG, out.getvalue()
    fresh.save(out, "PNG", optimize=False)
    return PNG, out.getvalue()


def _eight_bits(image: "Image.Image") -> "Image.Image":
    """A fine grey scan (16 bits a point) with the greys a screen shows; cut instead of scaled, it would be white."""
    return image.convert("I").point(lambda grey: grey / 256) if image.mode.startswith("I") else image


def _checked_svg(name: str, raw: bytes) -> bytes:
    if len(raw) > MOST_SVG_BYTES:
        raise DrawingTooLarge(field="drawing", name=name)
    look = _SvgLook(name)
    reader = expat.ParserCreate(namespace_separator=" ")
    reader.StartElementHandler = look.start
    reader.CharacterDataHandler = look.words
    reader.EndElementHandler = look.end
    reader.StartDoctypeDeclHandler = look.doctype
    reader.ProcessingInstructionHandler = look.instruction
    try:
        reader.Parse(raw, True)
    except expat.ExpatError as error:
        raise NotADrawing(field="drawing", name=name) from error
    if look.root != f"{_SVG_SPACE} svg":
        raise NotADrawing(field="drawing", name=name)
    return raw


class _SvgLook:
    """Goes through an SVG once; stops at the first thing that acts or reaches outside."""

    def __init__(self, name: str) -> None:
        self.name, self.root = name, ""
        #: The words of the style sheet that is being read.
        self.style: list[str] | None = None

    def refuse(self, what: str) -> None:
        raise DrawingActs(field="drawing", name=self.name, what=what[:40])

    def doctype(self, _name: str, _system: Any, _public: Any, has_own_words: bool) -> None:
        if has_own_words:  # entities of its own, with which a small file becomes a huge or another one
            self.refuse("DOCTYPE")

    def instruction(self, target: str, _data: str) -> None:
        self.refuse(target)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or tag
        space, _blank, plain = tag.rpartition(" ")
        plain = plain.lower()
        if plain in _SVG_ACTS or space == _PAGE_SPACE or self.style is not None:  # a style sheet has no parts
            self.refuse(f"<{plain}>")
        self.style = [] if plain == "style" else None
        for key, value in attributes.items():
            word = key.rpartition(" ")[2].lower()
            if word.startswith("on") or (word == "href" and plain != "a" and not _SVG_INSIDE.match(value)):
                self.refuse(word)
            if word == "href" and plain == "a":
                self.refuse("<a>")
            turns = word == "attributename" and value.lower().rpartition(":")[2] in ("href", "style")
            if turns or "javascript:" in value.lower():
                self.refuse(word)
            if _reaches_outside(value):
                self.refuse(word)

    def words(self, text: str) -> None:
        if self.style is not None:
            self.style.append(text)

    def end(self, _tag: str) -> None:
        if self.style is not None and _reaches_outside("".join(self.style)):  # words may arrive in pieces
            self.refuse("<style>")
        self.style = None


def _reaches_outside(style: str) -> bool:
    """Whether the words of a style sheet fetch something, however their letters are written."""
    return bool(_STYLE_OUTSIDE.search(style) or _STYLE_OUTSIDE.search(_STYLE_LETTER.sub(_letter, style)))


def _letter(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else ord(found[2])
    return chr(number) if number <= _LAST_LETTER else ""
