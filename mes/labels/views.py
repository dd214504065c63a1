"""Every layout in force, looked at as it will print."""

from typing import NamedTuple

from flask import request
from markupsafe import Markup

from mes.core.access import OFFICE, may
from mes.core.errors import Refused
from mes.core.i18n import N_, language
from mes.core.pages import Page, Room, actor, page, this_day
from mes.core.plant import plant
from mes.core.work import Reader
from mes.labels import folders, rules
from mes.labels.content import example
from mes.labels.files import find_faults
from mes.labels.layout import Layout, Row
from mes.labels.newest import newest_code
from mes.labels.pictures import draw_labels
from mes.labels.rows import rows_of
from mes.labels.service import things_to_print
from mes.labels.things import Thing, code_of

room = Room("labels", __name__, url_prefix="/labels", part_of="lots")
room.entry("labels.index", N_("Labels"), "tags", "settings", OFFICE)
#: Label printers are sold with so many dots an inch.
RESOLUTIONS = (203, 300, 600)


class Sample(NamedTuple):
    """A layout and how a label on it looks, or why it cannot be drawn."""

    layout: Layout
    title: str
    picture: Markup | None
    own: bool
    fault: Refused | None = None


@room.read("", who=OFFICE)
def index(read: Reader) -> Page:
    """Every layout in force, at true size, with the newest thing of the plant, and what is wrong with its own."""
    subject = request.args.get("of", "")
    subject = subject if subject in rules.SUBJECTS else "lot"
    asked = request.args.get("dpi", 0, int)
    dpi = asked if asked in RESOLUTIONS else None
    things = [] if request.args.get("data") == "sample" else _newest(read, subject)
    settings = plant(read)
    found = rows_of(things, settings.name, language(), {}, settings.time_zone, this_day())
    rows = found or [example(subject, language())]
    samples = [_sample(one, rows[0], dpi) for one in folders.layouts_for(subject).values()]
    return page(
        "labels/index.html", subject=rules.SUBJECTS[subject], subjects=_offered(), samples=samples,
        faults=find_faults([folders.own_folder()]), folder=folders.own_folder(), dpi=dpi, resolutions=RESOLUTIONS,
        shown=code_of(things[0]) if things else None,
    )  # fmt: skip


def _newest(read: Reader, subject: str) -> list[Thing]:
    code, who = newest_code(read, subject), actor()
    return things_to_print(read, who, subject, [code]) if code and who else []


def _sample(layout: Layout, row: Row, dpi: int | None) -> Sample:
    title, own = layout.title_in(language()), _is_own(layout)
    try:
        return Sample(layout, title, draw_labels(layout, [row], language(), dpi)[0], own)
    except Refused as refused:
        return Sample(layout, title, None, own, refused)


def _is_own(layout: Layout) -> bool:
    return layout.file is not None and layout.file.parent == folders.own_folder()


def _offered() -> list[rules.Subject]:
    return [one for one in rules.SUBJECTS.values() if may(actor(), one.who)]
