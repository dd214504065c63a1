"""Graphs of ``mes.core.plotting`` on paper."""

from typing import Any

from reportlab.lib.colors import HexColor, black
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from mes.core.paper_ink import draw_line, measured
from mes.core.plotting import BAD, GOOD, SOFT, Bar, Dot, Drawing, Line

_TONES = {SOFT: HexColor(0xB5B2AC), GOOD: HexColor(0x1E7A3C), BAD: HexColor(0xB3261E)}
_WORDS = HexColor(0x444444)


class Graph(Flowable):
    """A graph of ``mes.core.plotting`` made to fit a width."""

    def __init__(self, drawing: Drawing, width: float) -> None:
        super().__init__()
        self.drawing, self.scale = drawing, width / drawing.width
        self.width, self.height = width, drawing.height * self.scale + 5 * mm

    def draw(self) -> None:
        """The title, then each shape; the box counts from the top, paper from the bottom."""
        draw_line(self.canv, 0, self.height - 3 * mm, self.drawing.title, "bold", 8)
        self.canv.saveState()
        self.canv.scale(self.scale, self.scale)
        for shape in self.drawing.shapes:
            _draw_shape(self.canv, shape, self.drawing.height)
        self.canv.restoreState()


def _draw_shape(canvas: Canvas, shape: Any, height: float) -> None:
    tone = _TONES.get(getattr(shape, "tone", ""), black)
    canvas.setStrokeColor(tone)
    canvas.setFillColor(tone)
    if isinstance(shape, Line):
        canvas.setLineWidth(0.4 if shape.tone == SOFT else 1)
        canvas.setDash([4, 3] if shape.dashed else [])
        for (x, y), (to_x, to_y) in zip(shape.points, shape.points[1:], strict=False):
            canvas.line(x, height - y, to_x, height - to_y)
    elif isinstance(shape, Dot):
        canvas.setDash([])
        canvas.setLineWidth(1)
        canvas.circle(shape.x, height - shape.y, 2.4, stroke=1, fill=0 if shape.hollow else 1)
    elif isinstance(shape, Bar):
        canvas.rect(shape.x, height - shape.y - shape.height, shape.width, shape.height, stroke=0, fill=1)
    else:
        before = {"start": 0.0, "end": 1.0}.get(shape.anchor, 0.5) * measured("regular", shape.text, 9)
        draw_line(canvas, shape.x - before, height - shape.y, shape.text, "regular", 9, _WORDS)
