"""The pages of label printers."""

from flask import request, session

from mes.core.access import ADMINS, EVERYONE, MATERIALS, OFFICE
from mes.core.errors import Refused
from mes.core.forms import Form
from mes.core.i18n import N_, _, language, own_name
from mes.core.pages import Page, Room, actor, go, page, this_plant
from mes.core.work import Reader, Work
from mes.equipment.models import Station, WorkCentre
from mes.labels.files import find_layouts, stock_named
from mes.labels.folders import folders
from mes.labels.svg import render_svg
from mes.printing import forms, job_queries, printers, queue, rules
from mes.printing.models import Printer, PrinterKind, PrinterState, PrintState
from mes.printing.printer_forms import PrinterForm, SettingsForm
from mes.printing.testing import draw_test

room = Room("printers", __name__, url_prefix="/printers")
room.entry("printers.index", N_("Printers"), "printer", "settings", OFFICE)


@room.app_template_global()
def printer_words(printer: Printer, state: PrinterState | None, waiting: dict[PrintState, int]) -> tuple[str, str]:
    """The status colour of a printer and its state in a word."""
    if not printer.active:
        return "stopped", _("No longer in use")
    if waiting.get(PrintState.UNSURE):
        return "person", _("Needs an answer")
    if printer.paused:
        return "held", _("Paused here")
    if printer.kind is PrinterKind.BROWSER:
        return "running", _("Ready")
    if waiting.get(PrintState.SENDING) and (state is None or state.condition in ("ready", "silent", "unknown")):
        return "running", _("Printing")
    tone, words = rules.CONDITION_NAMES[state.condition if state else "unknown"]
    return tone, _(words)


@room.app_template_global()
def printer_for_one_tap() -> Printer | None:
    """The printer that a tap on "print" goes to here; none when the browser prints."""
    return forms.one_tap_printer()


@room.app_template_global()
def layout_title(name: str) -> str:
    """What a layout is called; its file's name once it is gone."""
    found = find_layouts(folders()).get(name)
    return found.title_in(language()) if found else name


@room.read("", who=OFFICE)
def index(read: Reader) -> Page:
    """All printers and how they are."""
    used = request.args.get("in_use") != "no"
    return page(
        "printing/index.html", printers=printers.list_printers(read, active=used), states=printers.conditions(read),
        jobs=printers.open_jobs(read), kinds=rules.KIND_NAMES, languages=rules.LANGUAGE_NAMES,
    )  # fmt: skip


def _edit_page(read: Reader, form: Form, code: str | None = None) -> Page:
    printer = printers.get_printer(read, code) if code else None
    return page("printing/edit.html", form=form, printer=printer)


@room.form("/new", who=ADMINS, form=PrinterForm, show=_edit_page)
def new(work: Work, form: PrinterForm) -> Page:
    """Enter a printer."""
    made = printers.add_printer(work, code=form.code.data or "", **form.values)
    return go("printers.show", code=made.code, said=_("%(name)s was added.", name=own_name(made)))


@room.form("/<code>/edit", who=ADMINS, form=PrinterForm, show=_edit_page)
def edit(work: Work, form: PrinterForm, code: str) -> Page:
    """Change a printer."""
    saved = printers.change_printer(work, code, version=form.row_version, **form.values)
    return go("printers.show", code=code, said=_("%(name)s was saved.", name=own_name(saved)))


@room.read("/<code>", who=EVERYONE)
def show(read: Reader, code: str) -> Page:
    """One printer: how it is, what waits for it, what it printed."""
    printer = printers.get_printer(read, code)
    return page(
        "printing/show.html", printer=printer, state=printers.conditions(read).get(printer.id),
        waiting=printers.open_jobs(read).get(printer.id, {}), queue=job_queries.open_queue(read, printer.id),
        over=job_queries.jobs_over(read, request.args.get("after"), printer_id=printer.id),
        states=rules.STATE_NAMES, troubles=rules.TROUBLE_NAMES, kinds=rules.KIND_NAMES, languages=rules.LANGUAGE_NAMES,
        centre=read.get(WorkCentre, printer.work_centre_id) if printer.work_centre_id else None,
        station=read.get(Station, printer.station_id) if printer.station_id else None,
        mine=session.get("printer") == printer.code,
    )  # fmt: skip


def _settings_page(read: Reader, form: SettingsForm, code: str) -> Page:
    printer = printers.get_printer(read, code)
    stock = stock_named(find_layouts(folders()).values(), printer.stock)
    picture: object = None
    try:
        drawing = draw_test(stock, printer.dpi, printer.name, printers.settings_in_words(printer))
        picture = render_svg(drawing, stock, printer.dpi, _("Test label"))
    except Refused:  # a name that the label font cannot write
        picture = None
    return page(
        "printing/settings.html", form=form, printer=printer, picture=picture,
        dot=round(25.4 / printer.dpi, 3),
    )  # fmt: skip


@room.form("/<code>/settings", who=MATERIALS, form=SettingsForm, show=_settings_page)
def settings(work: Work, form: SettingsForm, code: str) -> Page:
    """What is in a printer, how dark it prints and where."""
    saved = printers.change_printer(work, code, version=form.row_version, **form.values)
    return go("printers.settings", code=code, said=_("%(name)s was saved.", name=own_name(saved)))


@room.write("/<code>/test", who=MATERIALS, show=show)
def test(work: Work, code: str) -> Page:
    """Print one test label."""
    printer = printers.get_printer(work.session, code)
    if not printer.active:
        raise rules.PrinterNotUsed(printer=printer.name)
    stock = stock_named(find_layouts(folders()).values(), printer.stock)
    job = queue.make_test(work, printer, stock.name, this_plant().language)
    return go("printers.job", ident=job.id)


@room.write("/<code>/pause", who=EVERYONE, show=show)
def pause(work: Work, code: str) -> Page:
    """Send nothing more after the label that is being sent."""
    printer = printers.pause_printer(work, code, paused=True)
    return go("printers.show", code=code, said=_("%(name)s is paused.", name=own_name(printer)))


@room.write("/<code>/resume", who=EVERYONE, show=show)
def resume(work: Work, code: str) -> Page:
    """Go on sending."""
    printer = printers.pause_printer(work, code, paused=False)
    return go("printers.show", code=code, said=_("%(name)s goes on.", name=own_name(printer)))


@room.write("/<code>/use", who=EVERYONE, show=show)
def use(work: Work, code: str) -> Page:
    """Remember this printer for this browser: one tap prints on it."""
    printer = printers.get_printer(work.session, code)
    if not printer.active:
        raise rules.PrinterNotUsed(printer=printer.name)
    session["printer"] = printer.code
    return go("printers.show", code=code, said=_("Labels are printed on %(name)s from here.", name=own_name(printer)))


@room.write("/forget", who=EVERYONE)
def forget(work: Work) -> Page:
    """Labels come as PDF into this browser again."""
    session.pop("printer", None)
    who = actor()
    here = "printers.index" if who is not None and who.station_id is None else "station.enter"
    return go(here, said=_("Labels are opened as PDF from here."))
