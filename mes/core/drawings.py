"""Drawings as they are kept: what a file is, is read from its content, and what could act by itself is refused."""

import io
import re
import zlib
from typing import Any
from xml.parsers import expat

from mes.core.errors import Refused
from mes.core.files import MOST_BYTES, MOST_PIXELS
from mes.core.i18n import N_

PDF, SVG, PNG, JPEG = "application/pdf", "image/svg+xml", "image/png", "image/jpeg"
#: Ending of the file's name by its kind.
ENDINGS = {PDF: "pdf", SVG: "svg", PNG: "png", JPEG: "jpg"}
#: A drawing of A1 at 150 dpi; a scan that is finer is made smaller.
LONGEST_SIDE = 5000
MOST_SVG_BYTES = 5 * 1024 * 1024
#: Words of a PDF by which it runs, sends or opens something by itself.
_PDF_ACTS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|SubmitForm|ImportData|RichMedia|XFA)(?![A-Za-z])")
#: Names in a PDF may be written with #xx for any letter.
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
#: Elements of an SVG that run, embed or animate.
_SVG_ACTS = frozenset(
    ("script", "foreignobject", "iframe", "object", "embed", "handler", "listener", "set", "audio", "video")
)
_SVG_SPACE = "http://www.w3.org/2000/svg"
#: What an address in an SVG may be: a part of itself, or a picture inside of it.
_SVG_INSIDE = re.compile(r"\s*(#|data:image/(png|jpeg);base64,)", re.IGNORECASE)
_STYLE_OUTSIDE = re.compile(r"@import|expression\s*\(|url\(\s*['\"]?\s*(?!#)", re.IGNORECASE)


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
    acts = _PDF_ACTS.search(_HEX.sub(lambda found: bytes([int(found[1], 16)]), _pdf_words(raw)))
    if acts:
        raise DrawingActs(field="drawing", name=name, what=acts[1].decode())
    return raw


def _pdf_words(raw: bytes) -> bytes:
    """A PDF without its packed pictures and pages, but with the objects that are packed together."""
    packed = [
        _unpacked(part[1])
        for part in _STREAM.finditer(raw)
        if b"/ObjStm" in raw[max(0, part.start() - 300) : part.start()]
    ]
    return b"\n".join([_STREAM.sub(b" ", raw), *packed])


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, MOST_BYTES)
    except zlib.error:
        return b""


def _clean_picture(name: str, raw: bytes) -> tuple[str, bytes]:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise DrawingTooLarge(field="drawing", name=name)
            kind = str(image.format)
            upright = ImageOps.exif_transpose(image)
            colours = "RGB" if kind == "JPEG" else "RGBA" if upright.mode in ("RGBA", "LA", "P", "PA") else "L"
            colours = colours if upright.mode not in ("RGB", "CMYK", "YCbCr") else "RGB"
            upright = upright.convert(colours)
    except DrawingTooLarge:
        raise
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
        self.name, self.root, self.style = name, "", False

    def refuse(self, what: str) -> None:
        raise DrawingActs(field="drawing", name=self.name, what=what[:40])

    def doctype(self, _name: str, _system: Any, _public: Any, has_own_words: bool) -> None:
        if has_own_words:  # entities of its own, with which a small file becomes a huge or another one
            self.refuse("DOCTYPE")

    def instruction(self, target: str, _data: str) -> None:
        self.refuse(target)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or tag
        plain = tag.rpartition(" ")[2].lower()
        if plain in _SVG_ACTS:
            self.refuse(f"<{plain}>")
        self.style = plain == "style"
        for key, value in attributes.items():
            word = key.rpartition(" ")[2].lower()
            if word.startswith("on") or (word == "href" and plain != "a" and not _SVG_INSIDE.match(value)):
                self.refuse(word)
            if word == "href" and plain == "a":
                self.refuse("<a>")
            turns = word == "attributename" and value.lower().rpartition(":")[2] in ("href", "style")
            if turns or "javascript:" in value.lower():
                self.refuse(word)
            if _STYLE_OUTSIDE.search(value):
                self.refuse(word)

    def words(self, text: str) -> None:
        if self.style and _STYLE_OUTSIDE.search(text):
            self.refuse("<style>")

    def end(self, _tag: str) -> None:
        self.style = False
