"""Retained samples at a desk and on a tablet: the list, putting one aside, testing, keeping longer, throwing away."""

from flask import request

from mes.core.access import INSPECTORS, OFFICE, QUALITY_ONLY
from mes.core.forms import Form
from mes.core.i18n import N_, _, number
from mes.core.pages import Page, Room, go, mes, page, this_plant
from mes.core.plant import production_day
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.lots import sample_queries, service
from mes.lots.queries import get_lot
from mes.lots.sample_forms import DisposeSampleForm, KeepSampleForm, ResultForm, RetainForm, UseSampleForm

room = Room("samples", __name__, url_prefix="/samples")
room.entry("samples.index", N_("Retained samples"), "archive", "inspection", OFFICE)


@room.context_processor
def who_may() -> dict[str, object]:
    """Whom the pages ask for before they offer an act."""
    return {"INSPECTORS": INSPECTORS, "QUALITY_ONLY": QUALITY_ONLY}


@room.read("", who=OFFICE)
def index(read: Reader) -> Page:
    """What is kept, where, until when; what is due for disposal first."""
    today, asked = production_day(this_plant(), mes().clock()), request.args
    found = sample_queries.page_of_samples(
        read, today, show=asked.get("show", "kept"), text=asked.get("q", "")[:100], after=asked.get("after")
    )
    return page("lots/samples.html", found=found, today=today, counts=sample_queries.standing(read, today))


def new_page(read: Reader, form: RetainForm, code: str) -> Page:
    """The lot of which a sample is put aside."""
    return page("lots/sample_new.html", form=form, lot=get_lot(read, code))


@room.form("/new/<code>", who=OFFICE, form=RetainForm, show=new_page)
def new(work: Work, form: RetainForm, code: str) -> Page:
    """A sample is put aside: a lot of its own, whose label is printed next."""
    made = service.retain_sample(
        work,
        code,
        form.quantity.data if "quantity" in form else None,
        keep_until=form.keep_until.data,
        location=get_location(work.session, form.location.data) if form.location.data else None,
        note=form.note.data or None,
    )
    sample = sample_queries.lot_of(work.session, made)
    much = f"{number(sample.on_hand)} {sample.item.unit}"
    said = _("%(much)s are kept as sample %(lot)s. Print its label now.", much=much, lot=sample.code)
    return go("printing.lot", code=sample.code, said=said)


def _act_page(read: Reader, form: Form, code: str) -> Page:
    """One act on one sample by itself."""
    return page("lots/sample_act.html", form=form, sample=sample_queries.get_sample(read, code))


@room.form("/<code>/test", who=INSPECTORS, form=UseSampleForm, show=_act_page)
def test(work: Work, form: UseSampleForm, code: str) -> Page:
    """Some of a sample is taken for a test."""
    service.use_sample(work, code, form.quantity.data, str(form.reason.data), form.result.data or None)
    return go("lots.show", code=code, said=_("The test is recorded."))


def _result_page(read: Reader, form: Form, code: str, ident: int) -> Page:
    """The question what one test gave."""
    sample = sample_queries.get_sample(read, code)
    test = sample_queries.get_test(read, sample.id, ident)
    return page("lots/sample_act.html", form=form, sample=sample, test=test)


@room.form("/<code>/tests/<int:ident>", who=INSPECTORS, form=ResultForm, show=_result_page)
def result(work: Work, form: ResultForm, code: str, ident: int) -> Page:
    """What a test gave is written down when it is known."""
    service.record_result(work, code, ident, str(form.result.data))
    return go("lots.show", code=code, said=_("The result is recorded."))


@room.form("/<code>/dispose", who=INSPECTORS, form=DisposeSampleForm, show=_act_page)
def dispose(work: Work, form: DisposeSampleForm, code: str) -> Page:
    """A sample is thrown away."""
    service.dispose_sample(work, code, form.reason.data or None)
    return go("samples.index", said=_("The sample %(lot)s is thrown away.", lot=code.upper()))


@room.form("/<code>/keep", who=QUALITY_ONLY, form=KeepSampleForm, show=_act_page)
def keep(work: Work, form: KeepSampleForm, code: str) -> Page:
    """A sample is kept for another time than was said."""
    service.keep_sample(work, code, form.keep_until.data, str(form.reason.data))
    return go("lots.show", code=code, said=_("The day is changed."))
