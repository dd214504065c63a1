"""When a label is printed again; printers and their jobs in words; what is refused."""

import re
from datetime import datetime, timedelta
from typing import Final

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.printing.models import PrinterKind, PrinterLanguage, PrintJob, PrintState

KIND_NAMES = {
    PrinterKind.TCP: N_("Network printer (raw, port 9100)"),
    PrinterKind.CUPS: N_("Print queue of this server (CUPS)"),
    PrinterKind.FOLDER: N_("Folder on this server"),
    PrinterKind.BROWSER: N_("Browser (PDF)"),
}
LANGUAGE_NAMES = {
    PrinterLanguage.ZPL: N_("ZPL (Zebra and compatible)"),
    PrinterLanguage.TSPL: N_("TSPL (TSC and compatible)"),
    PrinterLanguage.PDF: N_("PDF"),
}
RESOLUTIONS = (203, 300, 600)
#: Numbers of a printer's condition: status colour and sentence. ``%(since)s`` is when it began.
CONDITION_NAMES = {
    "ready": ("running", N_("Ready")),
    "silent": ("running", N_("Ready (it does not tell its state)")),
    "unreachable": ("stopped", N_("Does not answer")),
    "paper_out": ("held", N_("Paper is out")),
    "ribbon_out": ("held", N_("Ribbon is out")),
    "head_open": ("held", N_("Its cover is open")),
    "paused": ("held", N_("Paused at the printer")),
    "fault": ("stopped", N_("Has a fault")),
    "unknown": ("waiting", N_("Not asked yet")),
}
#: What people can mend at the printer: the job waits for it and nothing is counted as a try.
WAITS = frozenset({"paper_out", "ribbon_out", "head_open", "paused", "fault"})
TROUBLE_NAMES = {
    **{name: words for name, (_tone, words) in CONDITION_NAMES.items()},
    "broken": N_("The connection broke off"),
    "server": N_("The server stopped in the middle"),
    "no_lp": N_("This server has no print queues (lp is missing)"),
    "queue": N_("The print queue did not take it"),
    "folder": N_("The folder cannot be written"),
    "label": N_("A label cannot be made"),
    "gave_up": N_("It was tried too often"),
}
STATE_NAMES = {
    PrintState.WAITING: ("waiting", N_("Waiting")),
    PrintState.SENDING: ("running", N_("Printing")),
    PrintState.DONE: ("done", N_("Printed")),
    PrintState.FAILED: ("stopped", N_("Failed")),
    PrintState.UNSURE: ("person", N_("Needs an answer")),
    PrintState.CANCELLED: ("waiting", N_("Cancelled")),
}
OPEN_STATES: Final = (PrintState.WAITING, PrintState.SENDING, PrintState.UNSURE)
#: How long the word of a process that sends holds without a new sign of it.
LEASE = timedelta(seconds=60)
#: A job is tried this often while nothing was sent; with the longest pause between two tries that is half a day.
MOST_TRIES = 150
LONGEST_PAUSE = timedelta(minutes=5)
#: A file of labels made in the background is kept so long.
KEPT = timedelta(days=1)
#: From so many labels on, the browser's file is made in the background.
MANY = 200
#: Where a printer keeps a font, and its file.
FONT_FILE = re.compile(r"[A-Z]:[A-Za-z0-9_\-]{1,16}\.[A-Z]{3}")
#: How far a label can be shifted, in mm: what every printer of 600 dpi can do (120 dots).
MOST_SHIFT = 5
#: Labels in one job: more is a slip of the finger, and the office printer's whole morning.
MOST_LABELS = 5000
MOST_COPIES = 100
#: A recorded print can be opened so long; afterwards it is printed again, so that it is recorded again.
OPEN_FOR = timedelta(minutes=15)
#: Why a label is printed again; kept in English, shown in the reader's language.
PRINTER_FAULT = N_("Printer fault")
REASONS = (
    N_("Label damaged"),
    N_("Label lost"),
    PRINTER_FAULT,
    N_("Quantity changed"),
    N_("Another label needed"),
)
#: Why a label counts no longer.
VOID_REASONS = (
    N_("Taken off and thrown away"),
    N_("Lost"),
    N_("On the wrong goods"),
    N_("Says something wrong"),
    N_("Cannot be read"),
)


class ReprintNeedsReason(Refused):
    """Two labels of one lot on two boxes are how lots get mixed up."""

    message = N_("The label of %(code)s was printed before, by %(who)s at %(when)s.")
    hint = N_("Say why it is printed again.")


class TooManyLabels(Refused):
    """A job of more labels than anybody means."""

    message = N_("These are %(count)s labels at once; at most %(most)s are printed in one go.")
    hint = N_("Print them in several parts.")
    status = 422


class LayoutOfAnotherThing(Refused):
    """A lot on a badge."""

    message = N_("The layout %(name)s is not made for this kind of label.")
    hint = N_("Choose another layout.")
    status = 422


class PrintIsOver(Refused):
    """A print that was recorded once is not printed again unrecorded."""

    message = N_("This print is over.")
    hint = N_("Print the label again from its page, so that it is recorded.")
    status = 410


class PrinterTakesNoSheets(Refused):
    """A label printer has a roll in it."""

    message = N_("%(printer)s prints single labels; the layout %(layout)s is for sheets.")
    hint = N_("Choose a layout for a roll, or print in the browser.")
    status = 422


class OtherStockInPrinter(Refused):
    """A label on the wrong stock is thrown away."""

    asks = True
    message = N_("In %(printer)s there is %(stock)s, and this label is %(layout)s.")
    hint = N_("Put the right roll in, or print it all the same.")
    yes = N_("Print it all the same")


class PrinterNotUsed(Refused):
    """A printer that was taken out of use."""

    message = N_("The printer %(printer)s is no longer used.")
    hint = N_("Choose another printer.")


class AddressMissing(Refused):
    """A printer that nothing can be sent to."""

    message = N_("It is not said where this printer is.")
    hint = N_("A network printer has a name or number such as 192.0.2.20, a queue its name, a folder its path.")
    status = 422


class LanguageUnfit(Refused):
    """A browser knows no ZPL, and port 9100 of a label printer no PDF."""

    message = N_("%(kind)s does not go with %(language)s.")
    hint = N_("Network printers speak ZPL or TSPL; the browser prints PDF.")
    status = 422


class FolderUnknown(Refused):
    """A folder that is not there is a typing error; the server makes none by itself."""

    message = N_("There is no folder %(folder)s on this server.")
    hint = N_("Make it first, or check the path; it begins with /.")
    status = 422


class JobIsOver(Refused):
    """Nothing can be stopped or asked any more."""

    message = N_("This print job is over.")
    hint = N_("Print again what is missing, from the labels' own page.")


class JobNeedsNoAnswer(Refused):
    """Somebody else has answered."""

    message = N_("This print job needs no answer now.")
    hint = N_("Look at its page: somebody else may have answered.")


class NoSuchLabelInJob(Refused):
    """An answer about a label that is not in the job."""

    message = N_("This print job has no label %(number)s.")
    hint = N_("Choose the last label that came out, or none.")
    status = 422


class LabelNotPrinted(Refused):
    """A label that was never made."""

    message = N_("A label %(copy)s of %(code)s was never printed.")
    hint = N_("Look at what was printed of it.")
    status = 404


class LabelVoidedBefore(Refused):
    """It counts no longer already."""

    message = N_("Label %(copy)s of %(code)s was voided before, by %(who)s at %(when)s.")
    hint = N_("Nothing needs to be done.")


class FileIsGone(Refused):
    """Files of labels are kept a day."""

    message = N_("This file of labels is no longer kept.")
    hint = N_("Print the labels again, so that it is recorded.")
    status = 410


def check_printer(kind: PrinterKind, language: PrinterLanguage, address: str | None) -> None:
    """Whether a printer can be one. Raises AddressMissing, LanguageUnfit."""
    if kind is not PrinterKind.BROWSER and not address:
        raise AddressMissing(field="address")
    fits = {
        PrinterKind.TCP: (PrinterLanguage.ZPL, PrinterLanguage.TSPL),
        PrinterKind.BROWSER: (PrinterLanguage.PDF,),
    }.get(kind, tuple(PrinterLanguage))
    if language not in fits:
        raise LanguageUnfit(field="language", kind=KIND_NAMES[kind], language=LANGUAGE_NAMES[language])


def pause_after(tries: int) -> timedelta:
    """How long to wait before the next try: 2 s, then twice as long each time."""
    return min(LONGEST_PAUSE, timedelta(seconds=2 ** min(tries, 10)))


def is_over(job: PrintJob) -> bool:
    """Whether nothing will come of it any more."""
    return job.state not in OPEN_STATES


def check_count(labels: int) -> None:
    """Refuse a job that nobody means. Raises TooManyLabels."""
    if labels > MOST_LABELS:
        raise TooManyLabels(count=labels, most=MOST_LABELS)


def is_open(at: datetime, now: datetime) -> bool:
    """Whether a recorded print may still be opened."""
    return now - at <= OPEN_FOR
