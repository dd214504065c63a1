"""The page "Scan this test label": the label on the screen and on paper, and what a scanner makes of it."""

from importlib import import_module
from typing import Annotated

import msgspec
from flask import make_response, request

from mes.core.access import ANYONE, OFFICE
from mes.core.barcodes import matrix, strip
from mes.core.errors import BadShape
from mes.core.i18n import N_, _, word
from mes.core.pages import Page, Room, page
from mes.core.qr import Drawn, black_areas, path_of
from mes.core.work import Reader
from mes.scan.trial import GS1_LABEL, LABEL, Diagnosis, Finding, Stroke, diagnose

room = Room("scan_trial", __name__)
room.entry("scan_trial.show", N_("Test a scanner"), "scan-line", "settings", OFFICE)
#: A label has some forty keys; each tells of itself up to four times.
MOST_STROKES = 2000
MOST_BYTES = 512 * 1024
#: Milliseconds since the page was opened, or since 1970.
Moment = Annotated[float, msgspec.Meta(ge=0, le=1e15)]
GRADE_LOOKS = {
    "good": ("running", "circle-check"),
    "mind": ("held", "triangle-alert"),
    "bad": ("stopped", "octagon-x"),
}


class Sent(msgspec.Struct):
    """One event as the browser tells of it."""

    at: Moment
    kind: str
    key: str = ""
    code: str = ""
    data: str = ""
    alt: bool = False
    ctrl: bool = False
    caps: bool = False


@room.read("/scan/test", who=ANYONE)
def show(read: Reader) -> Page:
    """The test label."""
    bars = strip(LABEL)
    return page(
        "scan/trial.html",
        label=LABEL,
        square=_square(),
        bars=_bars(bars.widths),
        wide=sum(bars.widths) + 20,
        gs1=GS1_LABEL,
    )


@room.read("/scan/test/label.pdf", who=ANYONE)
def paper(read: Reader) -> Page:
    """The same on paper."""
    render = import_module("mes.scan.trial_paper").render  # what writes PDF is loaded with the first one
    response = make_response(
        render(_("Test label for scanners"), _("Scan the codes one after another on the page “Test a scanner”."))
    )
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="test-label.pdf"'
    return response


@room.ask("/scan/test/keys", who=ANYONE)
def read_keys(read: Reader) -> Page:
    """What a scan of it tells about the scanner. Nothing is recorded."""
    if not 0 < (request.content_length or 0) <= MOST_BYTES:
        raise BadShape(fields="keys")
    try:
        sent = msgspec.json.decode(request.get_data(), type=list[Sent])
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise BadShape(fields="keys") from None
    strokes = [Stroke(**msgspec.structs.asdict(one)) for one in sent[:MOST_STROKES]]
    found = diagnose(strokes)
    return page("scan/_diagnosis.html", found=found, told=_told(found), looks=GRADE_LOOKS)


def _told(found: Diagnosis) -> list[tuple[Finding, str, str]]:
    return [(one, _in_words(one.sentence, one.values), _(one.advice) if one.advice else "") for one in found.findings]


def _in_words(sentence: str, values: tuple[tuple[str, object], ...]) -> str:
    """The sentence; names of keys and layouts are words too."""
    filled = {name: word(value) if isinstance(value, str) else value for name, value in values}
    return _(sentence, **filled)


def _square() -> Drawn:
    """The GS1 Data Matrix, with its quiet zone."""
    symbol = matrix(GS1_LABEL, "gs1-datamatrix")
    return Drawn(symbol.size + 4, path_of(black_areas(symbol.rows), quiet=2))


def _bars(widths: tuple[int, ...]) -> str:
    """The bars of a Code 128, ten modules from the edge."""
    path, x = "", 10
    for place, width in enumerate(widths):
        path += "" if place % 2 else f"M{x} 0h{width}v30h-{width}z"
        x += width
    return path
