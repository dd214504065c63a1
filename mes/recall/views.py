"""The pages of recalls: list, choosing and beginning, one recall, its lots, its work list, its papers."""

from flask import make_response, request

from mes.core.access import INSPECTORS, OFFICE
from mes.core.errors import Refused
from mes.core.i18n import N_, _, own_name, speaking
from mes.core.pages import Page, Room, confirmed, go, mes, page, this_plant
from mes.core.work import Reader, Work
from mes.recall import letter, lists, paper, queries, service
from mes.recall.forms import AnswerForm, BeginForm, CollectForm
from mes.recall.held import held_of, lot_words, sent_words
from mes.recall.models import RecallNotice
from mes.recall.rules import PLACE_NAMES, STATE_NAMES
from mes.trace.beginnings import HOW_NAMES, beginning_of
from mes.trace.handles import ALL, WhichOne, find_handles

room = Room("recall", __name__, url_prefix="/recalls")
room.entry("recall.index", N_("Recalls"), "megaphone", "quality", OFFICE)

#: Languages of a letter.
LETTERS = {"ko": "한국어", "en": "English"}


@room.context_processor
def words() -> dict[str, object]:
    """What the pages of this room ask for."""
    return {
        "STATE_NAMES": STATE_NAMES,
        "PLACE_NAMES": PLACE_NAMES,
        "INSPECTORS": INSPECTORS,
        "took": paper.took,
        "percent_of": paper.percent,
        "now": mes().clock(),
        "LETTERS": LETTERS,
        "lot_words": lot_words,
        "sent_words": sent_words,
    }


@room.read("", who=OFFICE)
def index(read: Reader) -> Page:
    """Recalls and drills."""
    return page("recall/index.html", found=lists.page_of_recalls(read, request.args.get("after")))


def _begin_page(read: Reader, form: BeginForm) -> Page:
    """The choice, and once something is chosen what it would reach."""
    seen: dict[str, object] = {"form": form, "how_names": HOW_NAMES, "reach": None, "all": ALL}
    if form.of.data and form.how.data:
        try:
            suspects = beginning_of(read, form.choice)
            seen |= {"suspects": suspects, "reach": queries.reach_of(read, suspects.lots)}
        except WhichOne as refused:
            seen |= {"wrong": refused, "handles": find_handles(read, str(refused.values["text"]))}
        except Refused as refused:
            seen["wrong"] = refused
    return page("recall/new.html", lines_of=paper.lines_of, **seen)


@room.form("/new", who=INSPECTORS, form=BeginForm, show=_begin_page)
def new(work: Work, form: BeginForm) -> Page:
    """Begin a recall."""
    made = service.begin_recall(
        work, form.choice, title=str(form.title.data), reason=str(form.reason.data), drill=bool(form.drill.data)
    )
    counts, _last = queries.counts_of(work.session, made)
    said = _(
        "%(code)s has begun: %(lots)s lots reached, %(held)s held.", code=made.code, lots=counts.lots, held=counts.held
    )
    return go("recall.show", code=made.code, said=said)


@room.read("/<code>", who=OFFICE)
def show(read: Reader, code: str) -> Page:
    """One recall: how far it is, the balance, the customers."""
    whole = queries.whole(read, code)
    times = paper.times_of(whole)
    held = held_of(read, whole.recall) if whole.notices else None
    return page("recall/show.html", whole=whole, times=times, lines=paper.lines_of(whole.figures), held=held)


@room.read("/<code>/lots", who=OFFICE)
def lots(read: Reader, code: str) -> Page:
    """The lots of a recall."""
    recall = queries.get_recall(read, code)
    found = lists.page_of_lots(read, recall.id, request.args.get("show"), request.args.get("after"))
    return page("recall/lots.html", recall=recall, found=found, held=held_of(read, recall))


def _collect_page(read: Reader, form: CollectForm, code: str) -> Page:
    recall = queries.get_recall(read, code)
    counts, _last = queries.counts_of(read, recall)
    left = request.args.get("show") != "all"
    found = lists.to_collect(read, recall.id, request.args.get("after"), left=left)
    return page("recall/collect.html", form=form, recall=recall, found=found, counts=counts)


@room.form("/<code>/collect", who=OFFICE, form=CollectForm, show=_collect_page)
def collect(work: Work, form: CollectForm, code: str) -> Page:
    """A lot was found and counted."""
    row = service.collect_lot(work, code, str(form.lot.data), form.quantity.data, form.note.data)
    said = _("%(lot)s is found: %(quantity)s counted.", lot=str(form.lot.data).upper(), quantity=row.collected)
    return go("recall.collect", code=code, said=said)


@room.write("/<code>/add", who=INSPECTORS, show=show)
def add(work: Work, code: str) -> Page:
    """Add what was reached since."""
    added = service.add_reached(work, code)
    lots, customers = len(added.lots) + len(added.back), len(added.customers)
    return go(
        "recall.show", code=code, said=_("Added: %(n)s lots, %(customers)s customers.", n=lots, customers=customers)
    )


@room.write("/<code>/customers/<path:partner>/told", who=INSPECTORS, show=lambda read, code, partner: show(read, code))
def tell(work: Work, code: str, partner: str) -> Page:
    """A customer was told."""
    row = service.tell_customer(work, code, partner, request.form.get("how", ""))
    return go("recall.show", code=code, said=_("%(who)s was told.", who=_name(work, row)), _anchor="customers")


def _name(work: Work, row: RecallNotice) -> str:
    return own_name(queries.partner_of(work.session, row))


def _answer_page(read: Reader, form: AnswerForm, code: str, partner: str) -> Page:
    recall = queries.get_recall(read, code)
    return page("recall/answer.html", form=form, recall=recall, notice=queries.get_notice(read, recall, partner))


@room.form("/<code>/customers/<path:partner>/answer", who=INSPECTORS, form=AnswerForm, show=_answer_page)
def answer(work: Work, form: AnswerForm, code: str, partner: str) -> Page:
    """A customer answered."""
    row = service.note_answer(work, code, partner, str(form.answer.data), form.returned.data)
    said = _("The answer of %(who)s is recorded.", who=_name(work, row))
    return go("recall.show", code=code, said=said, _anchor="customers")


@room.write("/<code>/close", who=INSPECTORS, show=show)
def close(work: Work, code: str) -> Page:
    """Close it with its conclusion."""
    found = service.close_recall(work, code, request.form.get("reason", ""), confirmed=confirmed())
    return go("recall.show", code=code, said=_("%(code)s is closed; its holds are lifted.", code=found.code))


@room.write("/<code>/cancel", who=INSPECTORS, show=show)
def cancel(work: Work, code: str) -> Page:
    """Cancel it."""
    found = service.cancel_recall(work, code, request.form.get("reason", ""))
    return go("recall.show", code=code, said=_("%(code)s is cancelled; its holds are lifted.", code=found.code))


@room.read("/<code>/report.pdf", who=OFFICE)
def report_pdf(read: Reader, code: str) -> Page:
    """The report of a recall on paper."""
    whole = queries.whole(read, code)
    rows = lists.all_lots(read, whole.recall.id, paper.MOST_LOTS)
    held = held_of(read, whole.recall)
    return _pdf(paper.report_pdf(whole, rows, held, this_plant().name or "MES", mes().clock()))


@room.read("/<code>/list.pdf", who=OFFICE)
def list_pdf(read: Reader, code: str) -> Page:
    """The list to collect and count on paper."""
    whole = queries.whole(read, code)
    rows = lists.all_to_collect(read, whole.recall.id, paper.MOST_LOTS)
    return _pdf(paper.list_pdf(whole, rows, this_plant().name or "MES", mes().clock()))


def _pdf(made: bytes) -> Page:
    response = make_response(made)
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = "inline"
    return response


@room.read("/<code>/customers/<path:partner>/letter-<any(ko,en):tongue>.pdf", who=OFFICE)
def letter_pdf(read: Reader, code: str, partner: str, tongue: str) -> Page:
    """The letter to a customer."""
    recall = queries.get_recall(read, code)
    notice = queries.get_notice(read, recall, partner)
    sent, held = queries.sent_to(read, recall.id, notice.partner_id), held_of(read, recall)
    with speaking(tongue):
        return _pdf(letter.letter_pdf(recall, notice.partner, sent, held, this_plant(), mes().clock()))


@room.read("/<code>/customers/<path:partner>/mail", who=OFFICE)
def mail(read: Reader, code: str, partner: str) -> Page:
    """The text of the e-mail to a customer, in both languages."""
    recall = queries.get_recall(read, code)
    notice = queries.get_notice(read, recall, partner)
    sent, held = queries.sent_to(read, recall.id, notice.partner_id), held_of(read, recall)
    texts = []
    for tongue, name in LETTERS.items():
        with speaking(tongue):
            over, text = letter.subject(recall), letter.mail_text(recall, notice.partner, sent, held, this_plant())
            texts.append((tongue, name, over, text, letter.mail_link(notice.partner, over, text)))
    return page("recall/mail.html", recall=recall, notice=notice, texts=texts)
