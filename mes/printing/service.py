"""Printing labels: recorded first, with who, when and why; the paper follows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from importlib import import_module

from mes.core.access import Actor
from mes.core.plant import plant
from mes.core.work import Reader, Work
from mes.labels.lacking import check_complete
from mes.labels.layout import Layout, Row
from mes.labels.placing import Placer
from mes.labels.rows import numbered, rows_of
from mes.labels.service import things_to_print
from mes.labels.things import Thing, code_of
from mes.printing import queries, rules
from mes.printing.models import LabelPrint, Printer, PrinterLanguage, PrintJob
from mes.printing.printed import labels_in, rows_of_prints
from mes.printing.printers import check_layout
from mes.printing.queue import make_job, wake


def print_labels(
    work: Work, *, subject: str, codes: Sequence[str], layout: Layout, language: str, copies: int = 1,
    reason: str | None = None, dpi: int | None = None,
) -> list[LabelPrint]:  # fmt: skip
    """Record the print of one label per thing; all of them or none. A label printed before needs a reason.

    Everything is placed before it is recorded, so that no print is in the books that could not be made. ``dpi``: of
    the printer, if it is not the layout's.
    Raises NotFound, NoLabelChosen, TooManyLabels, ReprintNeedsReason, BadgeOfAnother, LabelLacks, and what placing
    refuses.
    """
    things = things_to_print(work.session, work.actor, subject, codes)
    rules.check_count(len(things) * copies)
    if layout.content != subject:
        raise rules.LayoutOfAnotherThing(field="layout", name=layout.name)
    found = [code_of(thing) for thing in things]
    queries.take_numbers(work.session)
    earlier = queries.printed_before(work.session, subject, found)
    reason = (reason or "").strip() or None
    for code in found:
        if code in earlier and reason is None:
            raise rules.ReprintNeedsReason(code=code, who=earlier[code].who, when=earlier[code].at)
    numbers = queries.last_numbers(work.session, subject, found)
    settings = plant(work.session)
    placer = Placer(layout, language, dpi)
    rows = rows_of(things, settings.name, language, earlier, settings.time_zone, work.today)
    check_complete(layout, rows)
    for code, row in zip(found, rows, strict=True):
        placer.place(numbered(row, numbers.get(code, 0) + copies))  # its longest code
    reasons = {code: reason if code in earlier else None for code in found}
    return _record(work, subject, reasons, numbers, layout, copies)


def print_on(
    work: Work, printer: Printer | None, *, subject: str, codes: Sequence[str], layout: Layout, language: str,
    copies: int = 1, reason: str | None = None, used: Collection[int] = (), confirmed: bool = False,
) -> PrintJob:  # fmt: skip
    """Record the print of labels and hand it to a printer's queue; None: to the making of one file for the browser.

    Raises what ``print_labels`` does, and PrinterNotUsed, PrinterTakesNoSheets, OtherStockInPrinter.
    """
    if printer is not None:
        check_layout(printer, layout, confirmed=confirmed)
    prints = print_labels(
        work, subject=subject, codes=codes, layout=layout, language=language, copies=copies, reason=reason,
        dpi=printer.dpi if printer is not None and printer.language is not PrinterLanguage.PDF else None,
    )  # fmt: skip
    job = make_job(work, prints, printer, language, used)
    work.after(wake)
    return job


def _record(
    work: Work, subject: str, reasons: Mapping[str, str | None], numbers: Mapping[str, int], layout: Layout, copies: int
) -> list[LabelPrint]:
    actor = work.actor
    prints = [
        LabelPrint(
            subject=subject, code=code, layout=layout.name, copies=copies, at=work.now, person_id=actor.person_id,
            person=actor.name, station=actor.station, reason=reason, number=numbers.get(code, 0) + 1,
        )
        for code, reason in reasons.items()
    ]  # fmt: skip
    work.session.add_all(prints)
    work.session.flush()
    what = {"subject": subject, "layout": layout.name, "copies": copies, "labels": len(prints)}
    why = next(filter(None, reasons.values()), None)
    work.record("labels.print", prints[0], after=what, reason=why, code=prints[0].code)
    return prints


def preview_rows(read: Reader, subject: str, things: Sequence[Thing], language: str, today: date) -> list[Row]:
    """The labels as they would be printed today."""
    codes = [code_of(thing) for thing in things]
    earlier = queries.printed_before(read, subject, codes)
    next_ones = {code: last + 1 for code, last in queries.last_numbers(read, subject, codes).items()}
    settings = plant(read)
    return rows_of(things, settings.name, language, earlier, settings.time_zone, today, next_ones)


def paper_of(
    read: Reader, actor: Actor, prints: Sequence[LabelPrint], layout: Layout, language: str, skip: int = 0,
    used: Collection[int] = (),
) -> bytes:  # fmt: skip
    """The PDF of recorded prints, to be printed at 100 %. ``skip``: so many places of the first sheet are used up;
    ``used``: these are (from 0)."""
    things = things_to_print(read, actor, prints[0].subject, [one.code for one in prints])
    wanted = rows_of_prints(read, things, labels_in(prints), language)
    # What writes PDF is loaded with the first print: it takes 0.2 s that a start need not wait for.
    pdf: bytes = import_module("mes.labels.pdf").render_pdf(layout, wanted, language, skip=skip, used=used)
    return pdf
