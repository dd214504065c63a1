"""Recorded prints as one file in a label printer's own language."""

from collections.abc import Sequence

from mes.core.access import Actor
from mes.core.work import Reader
from mes.labels import tspl, zpl
from mes.labels.files import is_roll
from mes.labels.layout import Layout, mm_to_dots
from mes.labels.machine import Machine
from mes.labels.placing import Placer
from mes.labels.service import things_to_print
from mes.printing.models import LabelPrint, PrinterLanguage
from mes.printing.printed import labels_in, rows_of_prints
from mes.printing.rules import PrinterTakesNoSheets


def check_roll(layout: Layout, where: str) -> None:
    """A file of a label printer is for a roll. Raises PrinterTakesNoSheets."""
    if not is_roll(layout.stock):
        raise PrinterTakesNoSheets(printer=where, layout=layout.name)


def roll_of(
    read: Reader, actor: Actor, prints: Sequence[LabelPrint], layout: Layout, language: str, words: PrinterLanguage,
    dpi: int | None = None,
) -> bytes:  # fmt: skip
    """Labels for a printer of so many dots an inch (else the layout's), in ZPL or TSPL (``words``)."""
    things = things_to_print(read, actor, prints[0].subject, [one.code for one in prints])
    placer = Placer(layout, language, dpi)
    width, height = (mm_to_dots(side, placer.dpi) for side in (layout.stock.width, layout.stock.height))
    machine = Machine(width=width, height=height, dpi=placer.dpi)
    write = zpl.write_zpl if words is PrinterLanguage.ZPL else tspl.write_tspl
    rows = rows_of_prints(read, things, labels_in(prints), language)
    return write(map(placer.place, rows), machine)
