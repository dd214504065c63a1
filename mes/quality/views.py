"""The pages of quality at a desk: defects, where they sit, and their Pareto. Types and causes are in code_views."""

from dataclasses import replace

from flask import request

from mes.core.access import OFFICE, QUALITY_ONLY
from mes.core.forms import Form, row_number
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, go, mes, page, this_plant
from mes.core.plant import production_day
from mes.core.serving import served
from mes.core.work import Reader, Work
from mes.quality import catalogue, queries, rules, service
from mes.quality.forms import NAMED, DecisionForm, DefectFilterForm, DefectForm, SortingForm, word
from mes.quality.marks import item_of, marked_items, marks
from mes.quality.models import Disposition
from mes.quality.pareto import Bar, Grouping, Measure, Pareto, pareto
from mes.quality.showing import FILTERS, name_of, ranges

room = Room("quality", __name__, url_prefix="/quality")
room.entry("quality.defects", N_("Defects"), "circle-alert", "quality", OFFICE)
room.entry("quality.analysis", N_("Pareto"), "chart-column", "quality", OFFICE)
room.entry("quality.places", N_("Places on the part"), "map-pin", "quality", OFFICE)
room.entry("quality.codes", N_("Defect codes"), "tags", "quality", OFFICE)


for name, word_for in FILTERS.items():
    room.add_app_template_filter(word_for, name)


def days_back() -> list[tuple[str, str]]:
    """The beginnings of the usual ranges of days, for chips."""
    return ranges(production_day(this_plant(), mes().clock()))


@room.read("/defects", who=OFFICE)
def defects(read: Reader) -> Page:
    """The defect log, with filters kept in the address."""
    form = DefectFilterForm(request.args)
    form.fill(read)
    chosen = form.chosen()
    found = queries.page_of_defects(read, chosen, request.args.get("after"))
    amounts = queries.amounts(read, chosen)
    return page("quality/defects.html", form=form, chosen=chosen, found=found, amounts=amounts, days=days_back())


@room.form("/defects/new", who=OFFICE, form=DefectForm, show="quality/new_defect.html")
def new_defect(work: Work, form: DefectForm) -> Page:
    """Record defective pieces found on a lot or at a job."""
    recorded = service.record_defect(
        work,
        code=str(form.code.data),
        quantity=form.quantity.data,
        of=str(form.of.data),
        finding=form.finding,
    )
    return go("quality.defect", ident=recorded.id, said=_("The defect is recorded."))


@room.read("/defects/<int:ident>", who=OFFICE)
def defect(read: Reader, ident: int) -> Page:
    """One defect: what, where, photos, and what was decided."""
    row = queries.get_defect(read, ident)
    photos = len(catalogue.photos_of(read, row.defect))
    return page("quality/defect.html", row=row, photos=photos, decisions=queries.decisions(read, ident))


@room.read("/defects/<int:ident>/photo", who=OFFICE)
def photo(read: Reader, ident: int) -> Page:
    """The first photo of a defect, or a further one."""
    asked = request.args.get("n", "1")
    return served(catalogue.get_photo(read, ident, row_number(asked) or 1), f"defect-{ident}.jpg")


def show_decision(read: Reader, form: Form, ident: int) -> Page:
    """The defect beside the question what becomes of it."""
    row = queries.get_defect(read, ident)
    times = queries.times_reworked(read, row.defect.lot_id) if row.defect.lot_id else 0
    photos = len(catalogue.photos_of(read, row.defect))
    return page("quality/decide.html", form=form, row=row, times=times, photos=photos)


@room.form("/defects/<int:ident>/decide", who=QUALITY_ONLY, form=DecisionForm, show=show_decision)
def decide(work: Work, form: DecisionForm, ident: int) -> Page:
    """Decide what becomes of defective pieces."""
    decision = Disposition(str(form.decision.data))
    service.dispose_defect(
        work,
        ident,
        decision,
        str(form.reason.data),
        take_out=form.ticked("take_out"),
        apart=form.ticked("apart"),
        approved_by=form.approved_by.data,
    )
    said = _("Decided: %(decision)s.", decision=rules.disposition_name(decision))
    return go("quality.defect", ident=ident, said=said)


def show_sorting(read: Reader, form: Form, ident: int) -> Page:
    """The question how many were good."""
    row = queries.get_defect(read, ident)
    return page("quality/sorted.html", form=form, row=row, photos=len(catalogue.photos_of(read, row.defect)))


@room.form("/defects/<int:ident>/sorted", who=QUALITY_ONLY, form=SortingForm, show=show_sorting)
def sorted_out(work: Work, form: SortingForm, ident: int) -> Page:
    """Record the result of a sorting; the rest is decided again."""
    done = service.record_sorting(work, ident, form.good.data)
    return go("quality.decide" if done.left else "quality.defect", ident=ident, said=_("The result is recorded."))


@room.read("/marks", who=OFFICE)
def places(read: Reader) -> Page:
    """Where on the part defects sit: the marks of all fingers on the picture of one item."""
    form = DefectFilterForm(request.args)
    form.fill(read)
    chosen = form.chosen()
    items = marked_items(read, chosen)
    item = item_of(items, chosen.item)
    found = marks(read, replace(chosen, item=item.code)) if item else []
    return page("quality/marks.html", form=form, items=items, item=item, found=found, days=days_back())


@room.read("/pareto", who=OFFICE)
def analysis(read: Reader) -> Page:
    """The Pareto of defects: by code, item or machine, by quantity or number of records."""
    if "since" not in request.args:
        return go("quality.analysis", **{**request.args, "since": days_back()[2][0]})
    form = DefectFilterForm(request.args)
    form.fill(read)
    chosen = form.chosen()
    by: Grouping = word(Grouping, request.args.get("by")) or Grouping.CODE
    measure: Measure = word(Measure, request.args.get("measure")) or Measure.QUANTITY
    found = pareto(read, chosen, by, measure)
    bars = [
        {"rank": rank, "bar": bar, "label": name_of(bar.thing), "href": rows_behind(bar, by, found)}
        for rank, bar in enumerate(found.bars, 1)
    ]
    return page(
        "quality/analysis.html",
        form=form,
        by=by,
        measure=measure,
        found=found,
        bars=bars,
        days=days_back(),
    )


def rows_behind(bar: Bar, by: Grouping, found: Pareto) -> dict[str, str]:
    """The filter of the defect list that shows the rows of a bar."""
    kept = {name: request.args[name] for name in ("since", "until", *NAMED) if request.args.get(name)}
    unit = {"unit": found.unit} if found.unit else {}
    return {**kept, **unit, by.value: bar.address}
