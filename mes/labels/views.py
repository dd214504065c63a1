"""Labels at a desk and at a station: looked at as they will print, printed, and recorded."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import make_response, request
from markupsafe import Markup

from mes.core.access import EVERYONE, LEADERS, OFFICE, Actor, may
from mes.core.errors import Refused, SignInFirst
from mes.core.i18n import N_, language
from mes.core.pages import Page, Room, actor, go, mes, page, this_day, this_plant
from mes.core.work import Reader, Work
from mes.labels import forms, queries, rules, service
from mes.labels.content import example
from mes.labels.files import find_faults, get_layout
from mes.labels.layout import Layout, Row
from mes.labels.models import LabelPrint
from mes.labels.placing import Placer
from mes.labels.svg import render_svg

room = Room("labels", __name__, url_prefix="/labels", part_of="lots")
room.parts["labels.badges"] = "people"
room.entry("labels.index", N_("Labels"), "tags", "settings", OFFICE)
#: Labels that are drawn on a page before printing; of more, the first ones.
SHOWN = 6


class Sample(NamedTuple):
    """A layout and how a label on it looks."""

    layout: Layout
    title: str
    picture: Markup
    own: bool


@room.read("", who=OFFICE)
def index(read: Reader) -> Page:
    """Every layout in force, at true size, and what is wrong with the plant's own."""
    subject = request.args.get("of", "")
    subject = subject if subject in rules.SUBJECTS else "lot"
    tongue = language()
    samples = [
        Sample(one, one.title_in(tongue), _drawn(one, [example(subject, tongue)], tongue)[0], _is_own(one))
        for one in forms.layouts_for(subject).values()
    ]
    return page(
        "labels/index.html", subject=rules.SUBJECTS[subject], subjects=_offered(), samples=samples,
        faults=find_faults([forms.own_folder()]), folder=forms.own_folder(),
    )  # fmt: skip


def _is_own(layout: Layout) -> bool:
    return layout.file is not None and layout.file.parent == forms.own_folder()


def _offered() -> list[rules.Subject]:
    return [one for one in rules.SUBJECTS.values() if may(actor(), one.who)]


def _drawn(layout: Layout, rows: Sequence[Row], tongue: str) -> list[Markup]:
    placer = Placer(layout, tongue)
    return [render_svg(placer.place(row), layout.stock, placer.dpi, row.get("name", row["code"])) for row in rows]


def show(read: Reader, form: forms.LabelForm) -> Page:
    """The labels as they will print, how they may be printed, and what was printed before."""
    subject = rules.SUBJECTS[form.subject]
    who = _actor()
    codes = form.codes or service.codes_of_all(read, who, form.subject)
    form.code.data = "\n".join(codes)
    if not codes:
        return page("labels/choose.html", subject=subject)
    things = service.things_to_print(read, who, form.subject, codes)
    found = [queries.code_of(thing) for thing in things]
    pictures, fault = _pictures(read, form, things[:SHOWN])
    return page(
        "labels/print.html", form=form, subject=subject, codes=found, pictures=pictures, fault=fault,
        layout=form.chosen, earlier=queries.printed_before(read, form.subject, found),
        prints=queries.prints_of(read, form.subject, *found, most=20),
    )  # fmt: skip


def _pictures(
    read: Reader, form: forms.LabelForm, things: Sequence[queries.Thing]
) -> tuple[list[Markup], Refused | None]:
    """The first labels, or why they cannot be drawn on this layout."""
    if form.chosen is None:
        return [], None
    tongue = form.language.data
    try:
        return _drawn(form.chosen, service.preview_rows(read, form.subject, things, tongue, this_day()), tongue), None
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
    prints = service.print_labels(
        work, subject=form.subject, codes=form.codes, layout=form.known[form.layout.data],
        language=form.language.data, copies=form.copies.data or 1, reason=form.reason.data,
    )  # fmt: skip
    return _to_paper(prints, form.language.data, form.skip.data or 0)


def _print_at_once(work: Work, subject: str) -> Page:
    """One tap: the layout used here last, one copy, the plant's language."""
    known = forms.layouts_for(subject)
    layout = get_layout(forms.folders(), forms.usual_layout(work.session, subject, known))
    tongue = this_plant().language
    prints = service.print_labels(
        work, subject=subject, codes=forms.asked_codes(), layout=layout, language=tongue,
        reason=request.form.get("reason"),
    )  # fmt: skip
    return _to_paper(prints, tongue, 0)


def _to_paper(prints: Sequence[LabelPrint], tongue: str, skip: int) -> Page:
    return go("labels.paper", first=prints[0].id, last=prints[-1].id, language=tongue, skip=skip or None)


@room.form("/lots", who=EVERYONE, form=forms.LotLabelForm, show=show)
def lots(work: Work, form: forms.LotLabelForm) -> Page:
    """Print labels of lots."""
    return _print(work, form)


@room.write("/lots/print", who=EVERYONE, show=lambda read: again(read, "lot"))
def print_lots(work: Work) -> Page:
    """Print labels of lots with one tap."""
    return _print_at_once(work, "lot")


@room.form("/orders", who=OFFICE, form=forms.OrderLabelForm, show=show)
def orders(work: Work, form: forms.OrderLabelForm) -> Page:
    """Print labels of work orders."""
    return _print(work, form)


@room.write("/orders/print", who=OFFICE, show=lambda read: again(read, "order"))
def print_orders(work: Work) -> Page:
    """Print labels of work orders with one tap."""
    return _print_at_once(work, "order")


@room.form("/locations", who=OFFICE, form=forms.LocationLabelForm, show=show)
def locations(work: Work, form: forms.LocationLabelForm) -> Page:
    """Print labels of places, all of them unless some are named."""
    return _print(work, form)


@room.form("/machines", who=OFFICE, form=forms.MachineLabelForm, show=show)
def machines(work: Work, form: forms.MachineLabelForm) -> Page:
    """Print labels of machines, all of them unless some are named."""
    return _print(work, form)


@room.form("/tools", who=OFFICE, form=forms.ToolLabelForm, show=show)
def tools(work: Work, form: forms.ToolLabelForm) -> Page:
    """Print labels of moulds and tools, all of them unless some are named."""
    return _print(work, form)


@room.form("/gauges", who=OFFICE, form=forms.GaugeLabelForm, show=show)
def gauges(work: Work, form: forms.GaugeLabelForm) -> Page:
    """Print labels of gauges, all of them unless some are named."""
    return _print(work, form)


@room.form("/badges", who=LEADERS, form=forms.BadgeForm, show=show)
def badges(work: Work, form: forms.BadgeForm) -> Page:
    """Print badges, everybody's unless some are named. Addresses and records name people by their number."""
    return _print(work, form)


@room.read("/prints/<int:first>-<int:last>.pdf", who=EVERYONE)
def paper(read: Reader, first: int, last: int) -> Page:
    """The labels of a recorded print, for a while, as a PDF to be printed at 100 %."""
    prints = queries.prints_between(read, first, last)
    if not rules.is_open(prints[0].at, mes().clock()):
        raise rules.PrintIsOver
    tongue = request.args.get("language", this_plant().language)
    skip = request.args.get("skip", 0, int)
    layout = get_layout(forms.folders(), prints[0].layout)
    response = make_response(service.paper_of(read, _actor(), prints, layout, tongue, skip))
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{prints[0].subject}-{first}.pdf"'
    return response
