"""What a person chooses before printing: layout, language, copies, and why it is printed again."""

from collections.abc import Mapping
from typing import Any

from flask import request, session
from wtforms import HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import NumberRange

from mes.core.forms import Form, optional, words_of
from mes.core.i18n import LANGUAGES, N_, _, language, offered, own_name
from mes.core.pages import actor, reader, this_plant
from mes.core.work import Reader
from mes.labels.folders import layouts_for
from mes.labels.layout import Layout
from mes.labels.rules import SUBJECTS
from mes.printing import queries
from mes.printing.batches import lots_of_order, lots_of_receipt
from mes.printing.models import Printer, PrinterKind
from mes.printing.printers import fitting, list_printers, printer_here
from mes.printing.rules import MOST_COPIES, REASONS


def printer_now() -> Printer | None:
    """The printer of this station, or the one that this browser used last; none where the browser prints."""
    return printer_here(reader(), actor(), session.get("printer"))


def one_tap_printer() -> Printer | None:
    """The same for a tap on "print"; none where PDF is wanted."""
    found = printer_now()
    return None if found is None or found.kind is PrinterKind.BROWSER else found


def usual_layout(read: Reader, subject: str, known: Mapping[str, Layout], printer: Printer | None = None) -> str:
    """The layout chosen here last, else the usual one of its kind, else any there is; one for the labels that are in
    the printer, if there is one."""
    fits = fitting(printer, known)
    known = {name: known[name] for name in fits} or known
    who = actor()
    last = queries.layout_used_last(read, subject, who.station, who.person_id) if who else None
    wanted = (last, SUBJECTS[subject].layout, *known)
    return next((name for name in wanted if name and name in known), "")


def asked_codes() -> list[str]:
    """The codes in the address or in what was sent: several of a name, or several lines of one. A list of lots calls
    those that were ticked ``lot``."""
    named = [*request.values.getlist("code"), *request.values.getlist("lot")]
    lines = (line.strip() for text in named for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


class LabelForm(Form):
    """How the labels of some things are printed."""

    subject = ""
    code = HiddenField()
    printer = SelectField(N_("Printer"), default="")
    layout = SelectField(N_("Layout"))
    language = SelectField(N_("Language of the label"))
    copies = IntegerField(N_("Copies of each"), [NumberRange(1, MOST_COPIES)], default=1)
    skip = IntegerField(N_("Places already used on the first sheet"), [NumberRange(0, 100)], default=0)
    used = SelectMultipleField(N_("Other places already used"), coerce=int, validate_choice=False)
    reason = RadioField(
        N_("Why is it printed again?"), optional(200), choices=words_of({word: word for word in REASONS})
    )

    def fill(self, read: Reader, **address: Any) -> None:
        """Offer what fits this kind of thing; begin with what was used here last, or what the address asks for."""
        self.known = layouts_for(self.subject)
        self.printers = {one.code: one for one in list_printers(read) if one.kind is not PrinterKind.BROWSER}
        self.printer.choices = [
            ("", _("Browser (PDF)")),
            *((code, own_name(one)) for code, one in self.printers.items()),
        ]
        now = printer_now()
        here = self.printers.get(request.args.get("printer", now.code if now else ""))
        self.layout.choices = [(name, one.title_in(language())) for name, one in self.known.items()]
        self.language.choices = [(code, LANGUAGES[code]) for code in offered()]
        if request.method == "GET" or self.untouched:
            self.show_values(
                {
                    "code": "\n".join(self.first_codes(read)),
                    "printer": here.code if here else "",
                    "layout": _among(request.args.get("layout"), self.known)
                    or usual_layout(read, self.subject, self.known, here),
                    "language": _among(request.args.get("language"), offered()) or this_plant().language,
                }
            )

    def first_codes(self, read: Reader) -> list[str]:
        """What the address asks for."""
        return asked_codes()

    @property
    def codes(self) -> list[str]:
        """What is to be labelled."""
        return [line for line in (self.code.data or "").splitlines() if line]

    @property
    def chosen(self) -> Layout | None:
        """The layout as it is chosen now; None where the plant has none for this kind."""
        return self.known.get(self.layout.data or "")


def _among(asked: str | None, known: Mapping[str, object]) -> str | None:
    return asked if asked in known else None


class LotLabelForm(LabelForm):
    """Labels of lots: of those named, of all that came in together, or of all that an order made so far."""

    subject = "lot"

    def first_codes(self, read: Reader) -> list[str]:
        """Thousands of codes do not fit into an address; the receipt's or the order's do."""
        receipt, order = request.args.get("receipt"), request.args.get("order")
        if receipt:
            return lots_of_receipt(read, receipt)
        return lots_of_order(read, order) if order else asked_codes()


def _form_of(subject: str) -> type[LabelForm]:
    return type(f"{subject.capitalize()}LabelForm", (LabelForm,), {"subject": subject})


FORMS: dict[str, type[LabelForm]] = {name: _form_of(name) for name in SUBJECTS} | {"lot": LotLabelForm}
