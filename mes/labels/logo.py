"""A plant's logo from the folder of its layouts: PNG, JPEG or SVG, turned into the printer's black and white dots."""

import io
import re
import xml.etree.ElementTree as ET
from decimal import Decimal
from functools import lru_cache
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mes.core.config import asset
from mes.core.drawings import SVG, DrawingActs, clean_drawing
from mes.core.errors import Refused
from mes.core.fonts import FILES
from mes.core.i18n import N_

if TYPE_CHECKING:
    from PIL import Image

#: A logo file of more is a poster.
MOST_BYTES = 2_000_000
_NAME = re.compile(r"[^/\\:\x00-\x1f]{1,100}\.(?:png|jpe?g|svg)", re.IGNORECASE)
#: A dot is black where at least so much of it is, and where the colour is darker than this grey.
_DARK = 150
#: A colour is weighed before it is black or white: so many points of a picture for each dot, across and down, unless
#: the logo is as large as a poster.
_FINER = 4
_MOST_POINTS = 16_000_000


class LogoUnknown(Refused):
    """A layout whose logo is not there."""

    message = N_("There is no logo “%(file)s” beside the layout.")
    hint = N_("Put a PNG, JPEG or SVG file of this name into the folder of the layout; a path is not allowed.")
    status = 422


class LogoUnreadable(Refused):
    """A file that is no picture, or far too large."""

    message = N_("The logo “%(file)s” cannot be read as a picture.")
    hint = N_("Use a PNG, JPEG or SVG file of at most 2 MB.")
    status = 422


class LogoActive(Refused):
    """Pictures that run or fetch something have no place on a printer."""

    message = N_("The logo “%(file)s” contains a script or a reference to something outside it (%(part)s).")
    hint = N_("Save it as a plain SVG, or as a PNG.")
    status = 422


class LogoBlank(Refused):
    """Label printers know black and white only."""

    message = N_("The logo “%(file)s” would come out all white or all black.")
    hint = N_("Use a dark logo on a white or transparent ground.")
    status = 422


class Bits(NamedTuple):
    """A picture in printer dots: rows of bits from the left, each row filled up to whole bytes; 1 is black."""

    width: int
    height: int
    rows: bytes


def logo_bits(folder: Path, name: str, width: int, height: int) -> Bits:
    """The logo as large as fits into ``width`` x ``height`` dots, its proportions kept.

    Raises LogoUnknown, LogoUnreadable, LogoActive and LogoBlank.
    """
    file = folder / name
    try:
        inside = bool(_NAME.fullmatch(name)) and file.resolve().parent == folder.resolve() and file.is_file()
        changed = file.stat() if inside else None
    except OSError as error:
        raise LogoUnknown(file=name) from error
    if changed is None:
        raise LogoUnknown(file=name)
    if changed.st_size > MOST_BYTES:
        raise LogoUnreadable(file=name)
    return _bits(file, changed.st_mtime_ns, width, height)


@lru_cache(maxsize=64)
def _bits(file: Path, _changed: int, width: int, height: int) -> Bits:
    from PIL import Image

    finer = max(1, min(_FINER, isqrt(_MOST_POINTS // (width * height))))
    grey = _opened(file, width * finer, height * finer)
    scale = min(width / grey.width, height / grey.height)
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
    dark = grey.resize(size, Image.Resampling.BOX).point([255 * (tone < _DARK) for tone in range(256)], "1")
    if dark.getextrema() != (0, 255):
        raise LogoBlank(file=file.name)
    return Bits(*size, dark.tobytes())


def _opened(file: Path, width: int, height: int) -> "Image.Image":
    """The picture in greys on white."""
    from PIL import Image

    try:
        kind, raw = clean_drawing(file.name, file.read_bytes())
        if kind == SVG:
            raw = _rendered(raw.decode("utf-8-sig"), width, height)
        with Image.open(io.BytesIO(raw), formats=("PNG", "JPEG")) as image:
            paper = Image.new("RGBA", image.size, "white")
            paper.alpha_composite(image.convert("RGBA"))
            return paper.convert("L")
    except DrawingActs as acts:
        raise LogoActive(file=file.name, part=acts.values["what"]) from acts
    except Exception as error:  # the decoders raise many kinds; all mean the same to the plant
        raise LogoUnreadable(file=file.name) from error


def _rendered(text: str, width: int, height: int) -> bytes:
    """An SVG as a PNG that fits into so many points; its words are set in the label font."""
    import resvg_py

    across, down = _proportions(ET.fromstring(text))  # noqa: S314  # what could grow was refused before
    scale = min(width / across, height / down)
    return resvg_py.svg_to_bytes(
        svg_string=text, width=max(1, round(across * scale)), height=max(1, round(down * scale)),
        background="#ffffff", skip_system_fonts=True, font_files=[str(asset(font)) for font in FILES.values()],
        sans_serif_family="Noto Sans KR", serif_family="Noto Sans KR", font_family="Noto Sans KR",
    )  # fmt: skip


def _proportions(root: "ET.Element") -> tuple[Decimal, Decimal]:
    """Width and height of an SVG, neither of them a thousand times the other. Raises ValueError."""
    box = root.get("viewBox", "").replace(",", " ").split()
    across, down = map(_length, box[2:] if len(box) == 4 else (root.get("width", ""), root.get("height", "")))
    if not (0 < across <= 1000 * down and 0 < down <= 1000 * across):
        raise ValueError(across, down)
    return across, down


def _length(text: str) -> Decimal:
    number = re.match(r"\d{0,9}\.?\d{1,9}", text.strip())
    return Decimal(number[0]) if number else Decimal(0)
