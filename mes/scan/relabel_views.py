"""A lot whose label is wrong, unreadable or wanted otherwise gets another code, and a label at once."""

from mes.core.access import OFFICE
from mes.core.i18n import _
from mes.core.pages import Page, Room, go, page
from mes.core.work import Reader, Work
from mes.lots.code_queries import former_of
from mes.lots.queries import get_lot
from mes.scan.relabel_forms import RelabelForm
from mes.scan.relabelling import label_anew

room = Room("relabelling", __name__, part_of="lots")


def relabel_page(read: Reader, form: RelabelForm, code: str) -> Page:
    """What the lot is called now and was before, and the question for its new code."""
    lot = get_lot(read, code)
    return page("lots/relabel.html", form=form, lot=lot, former=former_of(read, lot.id))


@room.form("/lots/<code>/relabel", who=OFFICE, form=RelabelForm, show=relabel_page)
def relabel(work: Work, form: RelabelForm, code: str) -> Page:
    """The lot gets another code; printing its label is the next page."""
    lot = label_anew(work, code, form.code.data or None, str(form.reason.data), seen=form.seen.data or None)
    said = _("%(old)s is %(new)s now. Print its label and take the old one off.", old=form.seen.data, new=lot.code)
    return go("printing.lot", code=lot.code, said=said)
