"""Photos of a sample factory's work steps and the drawing of a part, drawn here: nobody's photos."""

import io
from collections.abc import Callable
from math import cos, pi, sin
from typing import Any

from mes.core.work import Work
from mes.items.queries import get_item
from mes.items.routings import copy_routing, release_routing
from mes.items.service import set_drawing
from mes.items.steps import set_step_picture
from mes.web.sample_pictures import DARK, STEEL, TABLE, picture

OIL, BRASS, PAPER = (226, 206, 140), (190, 160, 90), (250, 248, 240)


def dial(lower: float, upper: float, top: float) -> Callable[[Any], None]:
    """A round instrument whose good part is green, its needle in the middle of it."""

    def at(value: float) -> float:
        return 135 + 270 * value / top

    def draw(canvas: Any) -> None:
        canvas.ellipse((170, 70, 630, 530), fill=PAPER, outline=DARK, width=14)
        canvas.arc((200, 100, 600, 500), 135, 405, fill=(160, 60, 50), width=26)
        canvas.arc((200, 100, 600, 500), at(lower), at(upper), fill=(50, 130, 70), width=26)
        for step in range(11):
            angle = (135 + 27 * step) * pi / 180
            x, y = cos(angle), sin(angle)
            canvas.line((400 + 150 * x, 300 + 150 * y, 400 + 172 * x, 300 + 172 * y), fill=DARK, width=5)
        angle = at((lower + upper) / 2) * pi / 180
        canvas.line((400, 300, 400 + 140 * cos(angle), 300 + 140 * sin(angle)), fill=(20, 20, 20), width=9)
        canvas.ellipse((378, 278, 422, 322), fill=BRASS, outline=DARK, width=4)
        canvas.rectangle((370, 530, 430, 600), fill=BRASS, outline=DARK)

    return draw


def sieve(canvas: Any) -> None:
    """The sieve from above: its mesh is whole."""
    canvas.ellipse((140, 40, 660, 560), fill=(232, 232, 228), outline=DARK, width=16)
    for place in range(180, 640, 20):
        half = (max(0, 244**2 - (place - 400) ** 2)) ** 0.5
        canvas.line((place, 300 - half, place, 300 + half), fill=STEEL, width=3)
        canvas.line((400 - half, place - 100, 400 + half, place - 100), fill=STEEL, width=3)


def blade(canvas: Any) -> None:
    """The edge of a slicing blade."""
    canvas.polygon(((60, 240), (740, 240), (740, 330), (60, 330)), fill=STEEL, outline=DARK)
    canvas.polygon(((60, 330), (740, 330), (740, 390), (60, 390)), fill=(214, 218, 222), outline=DARK)
    canvas.line((60, 390, 740, 390), fill=(60, 64, 70), width=5)
    for x in (140, 400, 660):
        canvas.ellipse((x - 18, 262, x + 18, 298), fill=TABLE, outline=DARK, width=3)


def calliper(canvas: Any) -> None:
    """A calliper on a bar."""
    canvas.rectangle((40, 120, 760, 190), fill=(214, 218, 222), outline=DARK, width=3)
    for step in range(60):
        canvas.line((60 + step * 12, 150 if step % 5 else 136, 60 + step * 12, 190), fill=DARK, width=2)
    canvas.polygon(((90, 190), (190, 190), (190, 470), (150, 510), (90, 430)), fill=STEEL, outline=DARK)
    canvas.polygon(((520, 190), (420, 190), (420, 470), (460, 510), (520, 430)), fill=STEEL, outline=DARK)
    canvas.ellipse((190, 330, 420, 560), fill=OIL, outline=DARK, width=4)


def chuck(canvas: Any) -> None:
    """A chuck from the front, its three jaws around the bar."""
    canvas.ellipse((130, 30, 670, 570), fill=STEEL, outline=DARK, width=6)
    for turn in range(3):
        angle = 2 * pi * turn / 3 - pi / 2
        for reach in range(90, 240, 6):
            x, y = 400 + reach * cos(angle), 300 + reach * sin(angle)
            canvas.ellipse((x - 42, y - 42, x + 42, y + 42), fill=(120, 126, 134))
    canvas.ellipse((310, 210, 490, 390), fill=(214, 218, 222), outline=DARK, width=5)


#: Photos by plant: item, operation, step.
PHOTOS: dict[str, dict[tuple[str, int], dict[int, Callable[[Any], None]]]] = {
    "food": {
        ("SF-DOUGH-01", 20): {2: sieve, 3: dial(0.45, 0.55, 1)},
        ("SF-SLICE-01", 10): {1: blade, 3: calliper},
    },
    "machinery": {("SHF-MAIN", 10): {1: chuck, 3: dial(6, 10, 15), 4: calliper}},
}


def shaft_drawing() -> bytes:
    """The main shaft on two A3 sheets: the whole of it, and its keyway enlarged."""
    from reportlab.lib.pagesizes import A3, landscape
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    width, height = landscape(A3)
    canvas = Canvas(out, pagesize=(width, height), pageCompression=1)
    for sheet, title in ((1, "SHF-MAIN  1:1"), (2, "SHF-MAIN  keyway 5:1")):
        canvas.setLineWidth(2)
        canvas.rect(30, 30, width - 60, height - 60)
        canvas.rect(width - 330, 30, 300, 80)
        canvas.setFont("Helvetica", 16)
        canvas.drawString(width - 315, 78, title)
        canvas.setFont("Helvetica", 11)
        canvas.drawString(width - 315, 48, f"SCM415  carburised HRC 58-62   sheet {sheet}/2")
        (_whole_shaft if sheet == 1 else _keyway)(canvas, width, height)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _whole_shaft(canvas: Any, width: float, height: float) -> None:
    middle = height / 2
    steps = ((120, 150, 50), (270, 330, 62), (600, 210, 50), (810, 160, 40))
    for x, length, diameter in steps:
        canvas.rect(x, middle - diameter / 2, length, diameter)
    canvas.setDash(12, 5)
    canvas.line(90, middle, 1010, middle)
    canvas.setDash()
    for (x, length, diameter), text in zip(steps, ("25 h6", "30", "25 h6", "20 k6"), strict=True):
        canvas.drawCentredString(x + length / 2, middle + diameter / 2 + 14, f"Ø{text}")
    canvas.setLineWidth(0.7)
    canvas.line(120, middle - 90, 970, middle - 90)
    canvas.drawCentredString(545, middle - 108, "286 ±0.1")


def _keyway(canvas: Any, width: float, height: float) -> None:
    middle = height / 2
    canvas.circle(width / 2, middle, 190)
    canvas.rect(width / 2 - 45, middle + 120, 90, 90)
    canvas.setFont("Helvetica", 16)
    canvas.drawCentredString(width / 2, middle + 230, "6 P9")
    canvas.drawString(width / 2 + 60, middle + 160, "3.5 +0.1/0")


def show_steps(work: Work, plant: str) -> None:
    """Give work steps their photos, in a revision that is in force, and the shaft its drawing."""
    for (code, sequence), photos in PHOTOS[plant].items():
        draft = copy_routing(work, get_item(work.session, code))
        for position, draw in photos.items():
            set_step_picture(work, draft.id, sequence, position, f"{code}-{position}.jpg", picture(draw))
        release_routing(work, draft.id)
    if plant == "machinery":
        set_drawing(work, "SHF-MAIN", "SHF-MAIN.pdf", shaft_drawing())
