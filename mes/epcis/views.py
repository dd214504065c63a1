"""The pages of events: what partners sent, what is handed over to them, and the plant's number as a place."""

from datetime import timedelta

from flask import make_response, request
from werkzeug.wrappers import Response

from mes.core.access import ADMINS, QUALITY_ONLY
from mes.core.forms import day_asked
from mes.core.i18n import N_, _, language, ngettext, speaking, zone
from mes.core.pages import Page, Room, close_reader, go, mes, page, reader, this_plant
from mes.core.plant import day_span
from mes.core.work import Reader, Work
from mes.epcis import queries
from mes.epcis.capturing import PROCEED, ROLLBACK, capture, read_document
from mes.epcis.documents import as_document, read_json, write_json
from mes.epcis.forms import DocumentForm, NumberForm
from mes.epcis.models import EpcisEvent
from mes.epcis.noting import bring_up_to_date, is_behind
from mes.epcis.rules import NothingToHandOver
from mes.epcis.service import set_gln
from mes.epcis.wording import said, thing
from mes.epcis.xml import as_xml

room = Room("epcis", __name__, url_prefix="/epcis-events")
room.entry("epcis.index", N_("Partner events"), "truck", "quality", QUALITY_ONLY)
#: A lot's events are few; a period of so many days is a file that can be mailed.
LONGEST = timedelta(days=366)


@room.context_processor
def words() -> dict[str, object]:
    """What the pages of this room ask for."""
    return {"said": said, "thing": thing}


def _fresh(read: Reader) -> Reader:
    """What happened in the plant is noted before it is looked at."""
    if not is_behind(read):
        return read
    close_reader()
    with speaking(language(), this_plant().time_zone):
        bring_up_to_date(mes().database)
    return reader()


def _index(read: Reader, form: DocumentForm) -> Page:
    read = _fresh(read)
    found = queries.page_of_events(read, whose=request.args.get("whose"), capture=None, after=request.args.get("after"))
    return page(
        "epcis/index.html",
        form=form,
        found=found,
        goods=queries.goods_of(read, found.rows),
        captures=queries.page_of_captures(read, size=5).rows,
        counts=queries.counts(read),
        number=queries.own_number(read)[0],
        ADMINS=ADMINS,
    )


@room.form("", who=QUALITY_ONLY, form=DocumentForm, show=_index)
def index(work: Work, form: DocumentForm) -> Page:
    """Take in a partner's document."""
    form.file.data.seek(0)  # an act that had to be done over reads it once more
    document = read_document(form.file.data.read(), work.now)
    behaviour = PROCEED if form.proceed.data else ROLLBACK
    made = capture(work, document, name=str(form.file.data.filename)[-200:], behaviour=behaviour)
    told = ngettext("%(n)s new event taken in.", "%(n)s new events taken in.", made.fresh)
    return go("epcis.document", code=made.code, said=told)


@room.read("/documents/<code>", who=QUALITY_ONLY)
def document(read: Reader, code: str) -> Page:
    """One document of a partner, with what was wrong in it."""
    made = queries.get_capture(read, code)
    found = queries.page_of_events(read, whose=None, capture=made.id, after=request.args.get("after"))
    errors = read_json(made.errors or "[]")
    goods = queries.goods_of(read, found.rows)
    return page("epcis/document.html", capture=made, found=found, errors=errors, goods=goods)


@room.read("/<int:ident>", who=QUALITY_ONLY)
def show(read: Reader, ident: int) -> Page:
    """One event, as it was made or as it came."""
    row, other = queries.get_event(read, ident)
    return page("epcis/event.html", row=row, other=other, body=_pretty(row), goods=queries.goods_of(read, [row]))


def _pretty(row: EpcisEvent) -> str:
    import json

    return json.dumps(read_json(row.body), ensure_ascii=False, indent=2, default=str)


@room.read("/hand-over", who=QUALITY_ONLY)
def hand_over(read: Reader) -> Page:
    """Events of a lot, a shipment or some days as a file for another company."""
    read = _fresh(read)
    of = request.args.get("of", "").strip()
    since, until = day_asked(request.args.get("since", "")), day_asked(request.args.get("until", ""))
    names = queries.names_of(read, of) if of else []
    begun = day_span(this_plant(), since)[0] if since else None
    ended = day_span(this_plant(), until)[1] if until else None
    if of and not names:
        raise NothingToHandOver(what=of[:60])
    if not of and begun is None:
        raise NothingToHandOver(what="-")
    theirs = request.args.get("theirs") == "1"
    rows = queries.chosen_events(read, names=names, since=begun, until=ended, theirs=theirs)
    if not rows:
        raise NothingToHandOver(what=of[:60] or str(since))
    return _file(rows, of or str(since), request.args.get("form") == "xml")


def _file(rows: list[EpcisEvent], what: str, xml: bool) -> Response:
    now = mes().clock()
    content = as_xml(rows, now) if xml else write_json(as_document(rows, now))
    kind = "application/xml; charset=utf-8" if xml else "application/ld+json"
    name = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in what)[:40]
    day = now.astimezone(zone()).date().isoformat()
    ending = "xml" if xml else "jsonld"
    response = make_response(content)
    response.content_type = kind
    response.headers["Content-Disposition"] = f'attachment; filename="epcis-{name}-{day}.{ending}"'
    return response


@room.form("/number", who=ADMINS, form=NumberForm, show="epcis/number.html")
def number(work: Work, form: NumberForm) -> Page:
    """Set the plant's number as a place."""
    set_gln(work, form.gln.data, form.row_version)
    return go("epcis.index", said=_("The number is saved."))
