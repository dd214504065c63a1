"""Pictures of a sample factory's parts and of what is wrong with them, drawn here: nobody's photos."""

import io
from collections.abc import Callable
from math import cos, pi, sin
from random import Random
from typing import Any

WIDTH, HEIGHT = 800, 600
TABLE, STEEL, DARK = (205, 208, 212), (150, 156, 163), (92, 98, 106)


def picture(draw: Callable[[Any], None], *, blurred: float = 0) -> bytes:
    """A picture as JPEG; ``blurred`` as a photo taken in a hurry is."""
    from PIL import Image, ImageDraw, ImageFilter

    image = Image.new("RGB", (WIDTH, HEIGHT), TABLE)
    draw(ImageDraw.Draw(image))
    if blurred:
        image = image.filter(ImageFilter.GaussianBlur(blurred))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def pouch(canvas: Any) -> None:
    """A vacuum pouch with slices of rice cake, its seams all around."""
    canvas.rounded_rectangle((120, 60, 680, 560), 18, fill=(236, 238, 240), outline=(180, 184, 190), width=4)
    for inset in (14, 26):
        canvas.rounded_rectangle(
            (120 + inset, 60 + inset, 680 - inset, 560 - inset), 12, outline=(198, 202, 208), width=3
        )
    chance = Random("slices")  # noqa: S311  nothing secret
    for _slice in range(70):
        x, y = chance.randint(190, 590), chance.randint(140, 500)
        canvas.ellipse((x - 34, y - 20, x + 34, y + 20), fill=(250, 248, 240), outline=(222, 216, 200), width=3)
    canvas.rectangle((250, 90, 550, 130), fill=(196, 70, 60))


def open_seam(canvas: Any) -> None:
    """The lower right corner of a pouch whose seam has not closed."""
    canvas.rectangle((0, 0, 640, 470), fill=(238, 238, 236))
    for line in range(420, 470, 12):
        canvas.line((0, line, 640, line), fill=(200, 203, 208), width=4)
    canvas.polygon(((430, 410), (560, 430), (640, 480), (420, 476)), fill=(172, 160, 140))
    canvas.line((430, 410, 560, 430, 640, 480), fill=(120, 108, 90), width=6)


def gear(canvas: Any) -> None:
    """A gear of twenty teeth seen from the front, with its bore and keyway."""
    x, y, points = WIDTH / 2, HEIGHT / 2, []
    for step in range(80):
        radius = 255 if step % 4 < 2 else 215
        angle = 2 * pi * step / 80
        points.append((x + radius * cos(angle), y + radius * sin(angle)))
    canvas.polygon(points, fill=STEEL, outline=DARK)
    for radius, fill in ((180, (166, 172, 179)), (112, (138, 144, 151)), (70, TABLE)):
        canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill, outline=DARK, width=3)
    canvas.rectangle((x - 14, y - 88, x + 14, y - 50), fill=TABLE, outline=DARK)


def scored_bore(canvas: Any) -> None:
    """Inside the bore: marks where a worn jaw let the piece slip."""
    canvas.ellipse((90, 10, 710, 630), fill=(128, 134, 141), outline=DARK, width=6)
    canvas.ellipse((190, 110, 610, 530), fill=(40, 42, 46))
    for step in range(7):
        canvas.arc((150 + step * 5, 70 + step * 5, 650 - step * 5, 570 - step * 5), 15, 78, (226, 228, 230), 3)
