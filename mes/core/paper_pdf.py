"""Writes the documents of ``mes.core.paper`` as PDF."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
    Table,
)

from mes.core.fonts import FINISHING
from mes.core.paper import Code, Column, Drawings, Facts, Grid, Head, Heading, Part, Sheet
from mes.core.paper_ink import (
    CENTER,
    FACE,
    FOOT,
    HEAD,
    LATER_HEAD,
    LEFT,
    LINE,
    MARGIN,
    RIGHT,
    SOFT,
    TINT,
    WIDTH,
    QrSquare,
    Words,
    draw_line,
    draw_qr,
    draw_text,
    fitting,
    load_fonts,
    measured,
)
from mes.core.plot_pdf import Graph
from mes.core.plotting import Drawing
from mes.core.practice import ACROSS, practising
from mes.core.qr import is_scannable

#: What fits on a page that is not the first.
LATER_ROOM = A4[1] - 2 * MARGIN - LATER_HEAD - FOOT
#: The word across a paper of training; what lies beneath it stays readable, for scanners too.
PALE = Color(0, 0, 0, 0.14)
#: A graph wider than this takes a row of its own.
WIDE = 600


def _flowable(part: Part) -> Flowable:
    if isinstance(part, Heading):
        return _heading(part.text)
    if isinstance(part, Facts):
        return _facts(part.pairs)
    if isinstance(part, Grid):
        return _grid(part)
    if isinstance(part, Drawings):
        return _drawings(part.drawings)
    return _spaced(Words(part.text), 1.5, 1.5)


def _spaced(words: Words, before: float, after: float) -> Words:
    words.spaceBefore, words.spaceAfter = before * mm, after * mm
    return words


def _heading(text: str) -> Flowable:
    heading = _spaced(Words(text, bold=True, size=11), 5, 1.5)
    heading.keepWithNext = 1
    return heading


class _Rows(Table):
    """A table whose rows stay whole on one page, unless one is higher than any page."""

    #: Rows that are repeated on each page.
    heads = 0

    def split(self, aW: float, aH: float) -> list[Flowable]:  # noqa: N803  # the base names them so
        """What stands on this page, and what on the next."""
        self.wrap(aW, aH)
        rows: list[float] = self._rowHeights  # type: ignore[attr-defined]
        self.splitInRow = int(sum(rows[: self.heads + 1]) > LATER_ROOM)
        parts: list[Flowable] = super().split(aW, aH)
        return parts


class _Ruled(_Rows):
    """The same with a head."""

    heads = 1


def _facts(pairs: Sequence[tuple[str, str]]) -> Flowable:
    cells = [[Words(name, color=SOFT), Words(value or "-", bold=True)] for name, value in pairs]
    cells += [[Words(""), Words("")]] * (len(cells) % 2)
    rows = [left + right for left, right in zip(cells[::2], cells[1::2], strict=True)]
    longest = max((measured("regular", name, 9) for name, _value in pairs), default=0)
    side = min(max(longest + 3.5 * mm, WIDTH * 0.13), WIDTH * 0.2)
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(0.6), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    return _Rows(rows, colWidths=[side, WIDTH / 2 - side] * 2, style=style, spaceBefore=3 * mm)


def _grid(grid: Grid) -> Flowable:
    columns = grid.columns
    head = [Words(column.label, bold=True, size=8, align=RIGHT if column.number else LEFT) for column in columns]
    body = [[_cell(cell, column) for cell, column in zip(row, columns, strict=True)] for row in grid.rows]
    whole = sum(column.share for column in columns)
    widths, least = [WIDTH * column.share / whole for column in columns], grid.row_height
    style = [
        ("GRID", (0, 0), (-1, -1), 0.5, LINE),
        ("BACKGROUND", (0, 0), (-1, 0), TINT),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        # the middle of a row that goes on for pages is nobody's place to look at
        *(("VALIGN", (0, at), (-1, at), "TOP") for at, row in enumerate(body, 1) if _height(row, widths) > LATER_ROOM),
        *_padding(1.2),
    ]
    return _Ruled(
        [head, *body],
        colWidths=widths,
        rowHeights=None if least is None else [None, *(_height(row, widths, least * mm) for row in body)],
        repeatRows=1,
        style=style,
    )


def _height(row: Sequence[Flowable], widths: Sequence[float], least: float = 0) -> float:
    """The room that people need to write by hand, or what stands in the row already when that is higher."""
    inside = (cell.wrap(width - 3 * mm, A4[1])[1] for cell, width in zip(row, widths, strict=True))
    return max(least, *(high + 2.4 * mm for high in inside))


def _drawings(drawings: Sequence[Drawing]) -> Flowable:
    if not drawings:
        return Spacer(0, 0)
    style = [*_padding(1), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    if any(one.width > WIDE for one in drawings):
        return Table([[Graph(one, WIDTH - 2 * mm)] for one in drawings], colWidths=[WIDTH], style=style)
    side = WIDTH / 2
    cells: list[Flowable | str] = [Graph(one, side - 4 * mm) for one in drawings]
    cells += [""] * (len(cells) % 2)
    rows = [[left, right] for left, right in zip(cells[::2], cells[1::2], strict=True)]
    return Table(rows, colWidths=[side, side], style=style)


def _cell(cell: str | Code, column: Column) -> Flowable:
    if isinstance(cell, str):
        return Words(cell, align=RIGHT if column.number else LEFT)
    if not is_scannable(cell.text):
        return Words("")
    return QrSquare(cell.text, cell.side * mm)


def _padding(height: float) -> list[tuple[Any, ...]]:
    edges = {"TOPPADDING": height, "BOTTOMPADDING": height, "LEFTPADDING": 1.5, "RIGHTPADDING": 1.5}
    return [(name, (0, 0), (-1, -1), amount * mm) for name, amount in edges.items()]


def write(sheets: Sequence[Sheet], title: str) -> bytes:
    """The documents as one PDF file. Raises PaperFontMissing."""
    out = BytesIO()
    with FINISHING:
        load_fonts()
        file = BaseDocTemplate(out, pagesize=A4, title=title, author=sheets[0].head.company, invariant=1)
        story: list[Flowable] = []
        for position, sheet in enumerate(sheets):
            first, later = f"{position}", f"{position} later"
            file.addPageTemplates([_page(first, sheet.head, position, True), _page(later, sheet.head, position, False)])
            story += [NextPageTemplate(first), PageBreak()] if position else []
            story += [NextPageTemplate(later), *map(_flowable, sheet.story), Spacer(0, 1)]
        file.build(story, canvasmaker=_NumberedCanvas)
    return out.getvalue()


def _page(name: str, head: Head, sheet: int, first: bool) -> PageTemplate:
    height = LATER_ROOM - (HEAD - LATER_HEAD if first else 0)
    frame = Frame(MARGIN, MARGIN + FOOT, WIDTH, height, 0, 0, 0, 0)

    def draw(canvas: Any, _file: Any) -> None:
        canvas.sheet_of_page = sheet
        _draw_head(canvas, head) if first else _draw_later_head(canvas, head)
        draw_text(canvas, MARGIN, MARGIN, head.foot or head.company, 7, SOFT, room=WIDTH - 20 * mm)

    return PageTemplate(name, [frame], onPage=draw, pagesize=A4)


def _draw_head(canvas: Canvas, head: Head) -> None:
    top, bottom = A4[1] - MARGIN, A4[1] - MARGIN - HEAD + 5 * mm
    right = A4[0] - MARGIN
    if is_scannable(head.code):
        side = 27 * mm
        draw_qr(canvas, head.code, right - side + 3 * mm, bottom, side)
        right -= side
    if head.approval:
        right = _draw_approval(canvas, head, right, bottom + 2 * mm)
    room = right - MARGIN - 4 * mm
    draw_text(canvas, MARGIN, top - 4 * mm, head.company, 10, room=room)
    title = Words(head.title, bold=True, size=20)
    _width, height = title.wrap(room, HEAD)
    if height > 12 * mm:  # two lines of the large type would stand on the number
        title = Words(head.title, bold=True, size=14)
        _width, height = title.wrap(room, HEAD)
    title.drawOn(canvas, MARGIN, top - 7 * mm - height)
    draw_text(canvas, MARGIN, bottom + 2 * mm, head.number, 10, bold=True, room=room)
    canvas.setLineWidth(1.2)
    canvas.line(MARGIN, bottom, A4[0] - MARGIN, bottom)


def _draw_approval(canvas: Canvas, head: Head, right: float, bottom: float) -> float:
    """Boxes to sign, or with who signed, the rightmost at ``right``; gives back where they begin."""
    names = head.approval
    signed = [*head.signed, *[""] * len(names)][: len(names)]
    cell, name_height, sign_height = 19 * mm, 5 * mm, 15 * mm
    canvas.setLineWidth(0.5)
    for position, name in enumerate(reversed(names), 1):
        x = right - position * cell
        canvas.rect(x, bottom, cell, sign_height)
        canvas.rect(x, bottom + sign_height, cell, name_height)
        label = Words(name, size=8, align=CENTER)
        _width, height = label.wrap(cell, name_height)
        label.drawOn(canvas, x, bottom + sign_height + (name_height - height) / 2)
        by = Words(_short(signed[-position], cell - 2 * mm), size=7, align=CENTER)
        _width, height = by.wrap(cell, sign_height)
        by.drawOn(canvas, x, bottom + (sign_height - height) / 2)
    return right - len(names) * cell


def _short(signed: str, room: float) -> str:
    """Who signed and when, a line each; a name takes two lines at most."""
    return "\n".join(fitting(line, 2 * room - 4 * mm, 7) for line in signed.splitlines())


def _draw_later_head(canvas: Canvas, head: Head) -> None:
    line = A4[1] - MARGIN - 5 * mm
    draw_text(canvas, MARGIN, line + 1.5 * mm, f"{head.title}  {head.number}", 8, bold=True)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, line, A4[0] - MARGIN, line)


def _draw_across(canvas: Canvas) -> None:
    """A paper that was made in training says so on every page."""
    if practising():
        canvas.saveState()
        canvas.translate(A4[0] / 2, A4[1] / 2)
        canvas.rotate(52)
        draw_line(canvas, -measured("bold", ACROSS, 72) / 2, -25, ACROSS, "bold", 72, PALE)
        canvas.restoreState()


class _NumberedCanvas(Canvas):
    """Keeps the pages until the last is known, then writes page x / y of each sheet."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{**options, "initialFontName": FACE})
        self.sheet_of_page = 0
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  # overrides the base
        """Keep the page."""
        self._kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]  # what the base does after writing a page

    def save(self) -> None:
        """Write all pages and the file."""
        sheets = [page["sheet_of_page"] for page in self._kept]
        for position, page in enumerate(self._kept):
            self.__dict__.update(page)
            number, whole = sheets[: position + 1].count(sheets[position]), sheets.count(sheets[position])
            page_of = f"{number} / {whole}"
            left = A4[0] - MARGIN - measured("regular", page_of, 8)
            draw_line(self, left, MARGIN, page_of, "regular", 8)
            _draw_across(self)
            super().showPage()
        super().save()
