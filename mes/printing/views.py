"""Labels at a desk and at a station: looked at as they will print, printed, and recorded."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import make_response, redirect, request, session
from markupsafe import Markup

from mes.core.access import EVERYONE, OFFICE, Actor
from mes.core.errors import Refused, SignInFirst
from mes.core.i18n import _, own_name
from mes.core.pages import Page, Room, actor, confirmed, go, mes, page, this_day, this_plant
from mes.core.practice import practising
from mes.core.work import Reader, Work
from mes.labels.files import get_layout
from mes.labels.folders import folders, layouts_for
from mes.labels.pictures import draw_labels
from mes.labels.rules import SUBJECTS, Subject, labels_of_lots
from mes.labels.service import codes_of_all, things_to_print
from mes.labels.things import Thing, code_of
from mes.printing import forms, queries, rules, service
from mes.printing.batches import without_label
from mes.printing.models import LabelPrint, Printer, PrintJob

room = Room("printing", __name__, url_prefix="/labels", part_of="lots")
room.parts["printing.badge"] = "people"
#: Labels that are drawn on a page before printing; of more, the first ones.
SHOWN = 6


def show(read: Reader, form: forms.LabelForm) -> Page:
    """The labels as they will print, how they may be printed, and what was printed before."""
    subject = SUBJECTS[form.subject]
    who = _actor()
    codes = form.codes or codes_of_all(read, who, form.subject)
    everything = not form.codes and len(codes)
    if request.args.get("new"):
        codes = without_label(read, form.subject, codes)
    form.code.data = "\n".join(codes)
    if not codes:
        return page("printing/choose.html", subject=subject, order=request.args.get("order"), everything=everything)
    things = things_to_print(read, who, form.subject, codes)
    found = [code_of(thing) for thing in things]
    pictures, fault = _pictures(read, form, things[:SHOWN])
    return page(
        "printing/print.html", form=form, subject=subject, codes=found, pictures=pictures, fault=fault,
        layout=form.chosen, everything=everything, earlier=queries.printed_before(read, form.subject, found),
        prints=queries.prints_of(read, form.subject, *found, most=20),
        kin=labels_of_lots(form.subject, len(found)),
    )  # fmt: skip


def _pictures(read: Reader, form: forms.LabelForm, things: Sequence[Thing]) -> tuple[list[Markup], Refused | None]:
    """The first labels, or why they cannot be drawn on this layout."""
    if form.chosen is None:
        return [], None
    tongue = form.language.data
    try:
        rows = service.preview_rows(read, form.subject, things, tongue, this_day())
        return draw_labels(form.chosen, rows, tongue), None
    except Refused as refused:
        return [], refused


def _actor() -> Actor:
    who = actor()
    if who is None:
        raise SignInFirst
    return who


def again(read: Reader, subject: str) -> Page:
    """The page of labels whose one-tap print was refused."""
    form = forms.FORMS[subject](formdata=None)
    form.fill(read)
    return show(read, form)


def _print(work: Work, form: forms.LabelForm) -> Page:
    layout, copies = form.known[form.layout.data], form.copies.data or 1
    printer = form.printers.get(form.printer.data) if "paper" not in request.form else None
    wanted: dict[str, Any] = {
        "subject": form.subject, "codes": form.codes, "layout": layout, "language": form.language.data,
        "copies": copies, "reason": form.reason.data,
    }  # fmt: skip
    many = len(form.codes) * copies > rules.MANY and not practising()  # no thread makes files for the copy
    if printer is not None or many:
        session["printer"] = printer.code if printer else session.get("printer")
        used = {*range((form.skip.data or 0) % layout.stock.places), *(place - 1 for place in form.used.data or ())}
        return _queued(service.print_on(work, printer, **wanted, used=used, confirmed=confirmed()), printer)
    prints = service.print_labels(work, **wanted)
    return _to_paper(prints, form.language.data, form.skip.data or 0, form.used.data or ())


def _queued(job: PrintJob, printer: Printer | None) -> Page:
    """On to the job; at a station and in the warehouse back to where one was, since the labels come out beside it."""
    back = urlsplit(request.referrer or "")
    path = back.path.removeprefix(request.script_root)
    at_work = back.netloc == request.host and path.startswith(("/station", "/warehouse"))
    if printer is None or (_actor().station_id is None and not at_work):
        return go("printers.job", ident=job.id)
    said = _("Labels on the way to %(printer)s: %(count)s.", printer=own_name(printer), count=job.labels)
    if not at_work:
        return go("station.enter", said=said)
    response = redirect(f"{back.path}?{back.query}" if back.query else back.path, 303)
    setattr(response, "said", said)
    return response


def _print_at_once(work: Work, subject: str) -> Page:
    """One tap: the printer of this place, the layout used here last, one copy, the plant's language."""
    known = layouts_for(subject)
    printer = forms.one_tap_printer()
    layout = get_layout(folders(), forms.usual_layout(work.session, subject, known, printer))
    wanted: dict[str, Any] = {
        "subject": subject, "codes": forms.asked_codes(), "layout": layout, "language": this_plant().language,
        "reason": request.form.get("reason"),
    }  # fmt: skip
    if printer is not None:
        return _queued(service.print_on(work, printer, **wanted, confirmed=confirmed()), printer)
    return _to_paper(service.print_labels(work, **wanted), this_plant().language)


def _to_paper(prints: Sequence[LabelPrint], tongue: str, skip: int = 0, used: Sequence[int] = ()) -> Page:
    """``used``: places of a sheet, from 1, that carry no label any more."""
    places = ".".join(map(str, used)) or None
    return go("printing.paper", first=prints[0].id, last=prints[-1].id, language=tongue, skip=skip or None, used=places)


def _used_places() -> list[int]:
    """The used places in the address, counted from 0."""
    return [int(place) - 1 for place in re.findall(r"\b\d{1,3}\b", request.args.get("used", ""))]


def _add_page(subject: Subject) -> None:
    """The page of one kind of label: of the things that are named, or of all of them where they are few. Addresses
    and records name people by their number."""

    def view(work: Work, form: forms.LabelForm) -> Page:
        return _print(work, form)

    view.__name__ = subject.name
    view.__doc__ = f"Print labels: {subject.name}."
    room.form(f"/{subject.address}", who=subject.who, form=forms.FORMS[subject.name], show=show)(view)


for _subject in SUBJECTS.values():
    _add_page(_subject)


@room.write("/lots/print", who=EVERYONE, show=lambda read: again(read, "lot"))
def print_lots(work: Work) -> Page:
    """Print labels of lots with one tap."""
    return _print_at_once(work, "lot")


@room.write("/orders/print", who=OFFICE, show=lambda read: again(read, "order"))
def print_orders(work: Work) -> Page:
    """Print labels of work orders with one tap."""
    return _print_at_once(work, "order")


@room.read("/prints/<int:first>-<int:last>.pdf", who=EVERYONE)
def paper(read: Reader, first: int, last: int) -> Page:
    """The labels of a recorded print, for a while, as a PDF to be printed at 100 %."""
    prints = queries.prints_between(read, first, last)
    if not rules.is_open(prints[0].at, mes().clock()):
        raise rules.PrintIsOver
    tongue = request.args.get("language", this_plant().language)
    skip = request.args.get("skip", 0, int)
    layout = get_layout(folders(), prints[0].layout)
    response = make_response(service.paper_of(read, _actor(), prints, layout, tongue, skip, _used_places()))
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{prints[0].subject}-{first}.pdf"'
    return response
