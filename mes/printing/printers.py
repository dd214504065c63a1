"""The plant's label printers: entered, changed, paused, found."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mes.core.access import Actor
from mes.core.coded import add_coded, change_coded, find_coded, get_coded, lock_coded
from mes.core.i18n import _
from mes.core.numbering import running_code
from mes.core.work import Work
from mes.labels.files import is_roll
from mes.labels.layout import Layout, Stock, mm_to_dots
from mes.labels.machine import Machine
from mes.printing import rules
from mes.printing.models import IS_OPEN, Printer, PrinterKind, PrinterLanguage, PrinterState, PrintJob, PrintState


def add_printer(
    work: Work, *, name: str, kind: PrinterKind, language: PrinterLanguage, code: str = "", **columns: Any
) -> Printer:
    """Enter a printer; without a code it gets a running one. Raises AlreadyExists, SimilarCode,
    AddressMissing, LanguageUnfit, FolderUnknown."""
    _check(kind, language, columns.get("address"))
    made = Printer(
        code=code or running_code(work.session, "LP"), name=name, kind=kind, language=language, **columns
    )  # fmt: skip
    return add_coded(work, made, "labels.add_printer")


def change_printer(work: Work, code: str, version: int | None = None, **columns: Any) -> Printer:
    """Change a printer. Raises NotFound, StaleEdit, AddressMissing, LanguageUnfit, FolderUnknown."""
    printer = lock_coded(work, Printer, code, _("printer"))
    wanted = {name: columns.get(name, getattr(printer, name)) for name in ("kind", "language", "address")}
    _check(**wanted)
    return change_coded(work, printer, "labels.change_printer", version, columns)


def _check(kind: PrinterKind, language: PrinterLanguage, address: str | None) -> None:
    rules.check_printer(kind, language, address)
    if kind is PrinterKind.FOLDER and not _is_folder(Path(address or "")):
        raise rules.FolderUnknown(field="address", folder=address)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_absolute() and path.is_dir()
    except OSError:  # a name that is too long, a folder on the way that may not be entered
        return False


def pause_printer(work: Work, code: str, *, paused: bool) -> Printer:
    """Send it nothing more after the label it gets just now, or go on. Raises NotFound."""
    printer = lock_coded(work, Printer, code, _("printer"))
    with work.change(printer, "labels.pause_printer" if paused else "labels.resume_printer"):
        printer.paused = paused
        work.session.flush()
    return printer


def note_condition(work: Work, printer_id: int, condition: str) -> None:
    """How the printer was found just now; written only when it changed."""
    state = work.session.get(PrinterState, printer_id)
    if state is None:
        work.session.add(PrinterState(printer_id=printer_id, condition=condition, since=work.now))
    elif state.condition != condition:
        state.condition, state.since = condition, work.now


def find_printer(session: Session, code: str) -> Printer | None:
    """A printer by its code."""
    return find_coded(session, Printer, code)


def get_printer(session: Session, code: str) -> Printer:
    """A printer by its code. Raises NotFound."""
    return get_coded(session, Printer, code, _("printer"))


def list_printers(session: Session, *, active: bool | None = True) -> list[Printer]:
    """Printers by name."""
    query = select(Printer).order_by(Printer.name, Printer.id)
    return list(session.scalars(query if active is None else query.where(Printer.active == active)))


def conditions(session: Session) -> dict[int, PrinterState]:
    """How each printer was found last."""
    return {one.printer_id: one for one in session.scalars(select(PrinterState))}


def open_jobs(session: Session) -> dict[int, dict[PrintState, int]]:
    """How many jobs of each printer are not over, by state."""
    query = (
        select(PrintJob.printer_id, PrintJob.state, func.count())
        .where(IS_OPEN, PrintJob.printer_id.is_not(None))
        .group_by(PrintJob.printer_id, PrintJob.state)
    )
    found: dict[int, dict[PrintState, int]] = {}
    for printer_id, state, count in session.execute(query):
        if printer_id is not None:
            found.setdefault(printer_id, {})[state] = count
    return found


def printer_here(session: Session, actor: Actor | None, remembered: str | None) -> Printer | None:
    """The printer that stands at this station; at a desk the one this person used last. None: the browser prints."""
    if actor is not None and actor.station_id is not None:
        at_station = select(Printer).where(Printer.active, Printer.station_id == actor.station_id)
        found = session.scalar(at_station.order_by(Printer.id).limit(1))
        if found is not None:
            return found
    printer = find_printer(session, remembered) if remembered else None
    return printer if printer is not None and printer.active else None


def takes(printer: Printer, layout: Layout) -> bool:
    """Whether a layout is for a roll, if the printer is one for labels."""
    return printer.language is PrinterLanguage.PDF or is_roll(layout.stock)


def check_layout(printer: Printer, layout: Layout, *, confirmed: bool = False) -> None:
    """Refuse sheets on a label printer, ask about another stock. Raises PrinterNotUsed, PrinterTakesNoSheets,
    OtherStockInPrinter."""
    if not printer.active:
        raise rules.PrinterNotUsed(printer=printer.name)
    if not takes(printer, layout):
        raise rules.PrinterTakesNoSheets(printer=printer.name, layout=layout.name)
    if printer.stock and printer.stock != layout.stock.name and not confirmed:
        raise rules.OtherStockInPrinter(printer=printer.name, stock=printer.stock, layout=layout.stock.name)


def fitting(printer: Printer | None, known: Mapping[str, Layout]) -> Sequence[str]:
    """Names of the layouts made for what is in the printer; all of them where nobody said what that is."""
    if printer is None:
        return tuple(known)
    return [
        name for name, one in known.items()
        if takes(printer, one) and printer.stock in (None, one.stock.name)
    ]  # fmt: skip


def settings_in_words(printer: Printer) -> str:
    """What a printer is set to, on its test label."""
    parts = [f"{printer.dpi} dpi"]
    if printer.density is not None:
        parts.append(_("darkness %(number)s", number=printer.density))
    if printer.shift_x or printer.shift_y:
        parts.append(_("shifted %(x)s / %(y)s mm", x=printer.shift_x, y=printer.shift_y))
    return ", ".join(parts)


def machine_of(printer: Printer, stock: Stock) -> Machine:
    """The printer as the writers know it, with a stock in it."""
    dpi = printer.dpi
    fonts = (("regular", printer.font_regular), ("bold", printer.font_bold))
    return Machine(
        width=mm_to_dots(stock.width, dpi),
        height=mm_to_dots(stock.height, dpi),
        dpi=dpi,
        density=printer.density,
        speed=printer.speed,
        shift_x=_dots(printer.shift_x, dpi),
        shift_y=_dots(printer.shift_y, dpi),
        fonts=tuple((weight, file) for weight, file in fonts if file),
    )


def _dots(mm: Decimal, dpi: int) -> int:
    return round(mm * dpi / Decimal("25.4"))
