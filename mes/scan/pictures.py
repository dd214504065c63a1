"""Codes in a photo: for phones and tablets whose browser may not open the camera (plain http), and for bad light.

A photo is rarely as good as a scanner's view: it is tried as it came, smaller, with more contrast, brighter, sharper
and turned, until a code is found or the time is up.
"""

import time
from collections.abc import Iterator
from io import BytesIO
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from mes.core.errors import Busy, Refused
from mes.core.i18n import N_

if TYPE_CHECKING:
    from PIL.Image import Image

#: A phone's photo has 4-8 MB and 12-50 million points; more is a poster.
MOST_BYTES = 15 * 1024 * 1024
MOST_POINTS = 60_000_000
#: A camera's longest side, panoramas with it; to make a line of sixty million points smaller takes gigabytes.
LONGEST_SIDE = 20_000
#: Points on the longest side in which most codes are found at once, and in which small ones are.
USUAL, FINE = 1600, 3200
#: Seconds after which nothing more is tried.
PATIENCE = 5.0
#: Degrees by which bars are turned; squares are found in any position.
TURNS = (0, 20, -20, 45, -45)
KINDS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
#: More codes in one photo are a shelf: nobody could choose among them.
MOST_CODES = 24
#: Pictures that are looked at at one time; on a small machine the others wait.
_looking = BoundedSemaphore(2)


class NoCodeSeen(Refused):
    """A photo in which no code can be read."""

    message = N_("No code can be read in this photo.")
    hint = N_("Take it from closer, straight from above and with light, so that the code fills a third of the picture.")
    status = 422


class NoPhoto(Refused):
    """A file that is no picture."""

    message = N_("This file is no photo that can be read.")
    hint = N_("Take a photo, or choose a JPEG or PNG picture.")
    status = 422


class PhotoTooLarge(Refused):
    """More than any camera makes."""

    message = N_("This photo is too large: at most %(bytes)s MB and %(points)s million points.")
    hint = N_("Take it with the ordinary camera setting.")
    status = 413

    def __init__(self) -> None:
        super().__init__(bytes=MOST_BYTES // 1024 // 1024, points=MOST_POINTS // 1_000_000)


def codes_in(photo: bytes) -> list[str]:
    """The texts of all codes in a photo, the most likely first; GS1 codes with their symbology prefix.

    Raises NoPhoto, PhotoTooLarge, NoCodeSeen, Busy.
    """
    if len(photo) > MOST_BYTES:
        raise PhotoTooLarge
    if not _looking.acquire(timeout=PATIENCE):
        raise Busy
    try:
        found = _look(_opened(photo))
    finally:
        _looking.release()
    if not found:
        raise NoCodeSeen
    return found[:MOST_CODES]


def _opened(photo: bytes) -> "Image":
    from PIL import Image, ImageOps

    try:
        image = Image.open(BytesIO(photo), formats=KINDS)
        if image.width * image.height > MOST_POINTS or max(image.size) > LONGEST_SIDE:
            raise PhotoTooLarge
        image.draft("L", (FINE, FINE))  # a JPEG is read in a quarter of its size, if that is enough
        ImageOps.exif_transpose(image, in_place=True)
        return _flat(_reduced(image))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NoPhoto from None


def _reduced(image: "Image") -> "Image":
    """Not much larger than is looked at, before anything is copied: a large picture is held once, not five times."""
    times = max(image.size) // FINE
    return image.reduce(times) if times > 1 and image.mode in ("L", "LA", "RGB", "RGBA") else image


def _flat(image: "Image") -> "Image":
    """Grey; what is transparent is paper."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        image = Image.alpha_composite(paper, clear)
    return image.convert("L")


def _look(image: "Image") -> list[str]:
    until = time.monotonic() + PATIENCE
    for tried in _tries(image):
        found = _read(tried)
        if found or time.monotonic() > until:
            return found
    return []


def _tries(image: "Image") -> Iterator["Image"]:
    """The picture in the forms in which codes are found, the cheapest first."""
    from PIL import ImageFilter, ImageOps

    usual = _at_most(image, USUAL)
    yield usual
    stretched = ImageOps.autocontrast(usual, cutoff=2)
    yield stretched
    yield ImageOps.equalize(usual)
    yield stretched.filter(ImageFilter.UnsharpMask(radius=3, percent=250, threshold=2))
    yield _lit(usual)
    fine = _at_most(image, FINE)
    if fine.size != usual.size:
        yield ImageOps.autocontrast(fine, cutoff=2)
    yield _at_most(stretched, USUAL // 2)
    if max(usual.size) < USUAL // 2:
        yield stretched.resize((stretched.width * 2, stretched.height * 2))
    for turn in TURNS[1:]:
        yield stretched.rotate(turn, expand=True, fillcolor=255)
        yield _lit(usual).rotate(turn, expand=True, fillcolor=255)


def _at_most(image: "Image", longest: int) -> "Image":
    if max(image.size) <= longest:
        return image
    scale = longest / max(image.size)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _lit(image: "Image") -> "Image":
    """Evened out: half in the shadow, half in the lamp."""
    from PIL import ImageChops, ImageFilter, ImageOps

    ground = image.filter(ImageFilter.BoxBlur(max(8, max(image.size) // 24)))
    return ImageOps.autocontrast(ImageChops.subtract(image, ground, scale=1, offset=160), cutoff=1)


def _read(image: "Image") -> list[str]:
    import zxingcpp

    found = zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)
    gs1 = zxingcpp.ContentType.GS1
    texts = [(one.symbology_identifier if one.content_type == gs1 else "") + one.text for one in found if one.text]
    return list(dict.fromkeys(texts))
