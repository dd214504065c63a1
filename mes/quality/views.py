"""The pages of quality at a desk: defects, their Pareto and codes."""

from flask import make_response, request

from mes.core.access import OFFICE, QUALITY_ONLY
from mes.core.forms import Form
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, go, mes, page, this_plant
from mes.core.plant import production_day
from mes.core.work import Reader, Work
from mes.quality import queries, rules, service
from mes.quality.forms import CodeChangeForm, CodeForm, DecisionForm, DefectFilterForm, DefectForm, photo_bytes, word
from mes.quality.models import Disposition
from mes.quality.pareto import Bar, Grouping, Measure, Pareto, pareto
from mes.quality.showing import FILTERS, name_of, ranges

room = Room("quality", __name__, url_prefix="/quality")
room.entry("quality.defects", N_("Defects"), "circle-alert", "quality", OFFICE)
room.entry("quality.analysis", N_("Pareto"), "chart-column", "quality", OFFICE)
room.entry("quality.codes", N_("Defect codes"), "tags", "quality", OFFICE)

#: Defects kept as pictures are shown in the page; anything else would be handed over as a file.
SHOWN_IN_PAGE = "image/jpeg"


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
    photo = photo_bytes(form.photo)
    recorded = service.record_defect(
        work,
        code=str(form.code.data),
        quantity=form.quantity.data,
        of=str(form.of.data),
        cause=form.cause.data or None,
        note=form.note.data or None,
        photo=photo,
        photo_name=form.photo.data.filename if photo is not None else "",
    )
    return go("quality.defect", ident=recorded.id, said=_("The defect is recorded."))


@room.read("/defects/<int:ident>", who=OFFICE)
def defect(read: Reader, ident: int) -> Page:
    """One defect: what, where, photo, and what was decided."""
    row = queries.get_defect(read, ident)
    return page("quality/defect.html", row=row, decisions=queries.decisions(read, ident))


@room.read("/defects/<int:ident>/photo", who=OFFICE)
def photo(read: Reader, ident: int) -> Page:
    """The photo of a defect. Its type is the one decided when it was kept, never guessed from the content."""
    kept = queries.get_photo(read, ident)
    response = make_response(kept.content)
    response.content_type = kept.kind if kept.kind == SHOWN_IN_PAGE else "application/octet-stream"
    shown = "inline" if kept.kind == SHOWN_IN_PAGE else "attachment"
    response.headers["Content-Disposition"] = f'{shown}; filename="defect-{ident}.jpg"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def show_decision(read: Reader, form: Form, ident: int) -> Page:
    """The defect beside the question what becomes of it."""
    return page("quality/decide.html", form=form, row=queries.get_defect(read, ident))


@room.form("/defects/<int:ident>/decide", who=QUALITY_ONLY, form=DecisionForm, show=show_decision)
def decide(work: Work, form: DecisionForm, ident: int) -> Page:
    """Decide what becomes of defective pieces."""
    decision = Disposition(str(form.decision.data))
    service.dispose_defect(work, ident, decision, str(form.reason.data), take_out=form.takes_out)
    said = _("Decided: %(decision)s.", decision=rules.disposition_name(decision))
    return go("quality.defect", ident=ident, said=said)


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
    kept = {
        name: request.args[name] for name in ("since", "until", "code", "item", "machine") if request.args.get(name)
    }
    unit = {"unit": found.unit} if found.unit else {}
    return {**kept, **unit, by.value: bar.address}


@room.read("/codes", who=OFFICE)
def codes(read: Reader) -> Page:
    """All types of defect."""
    return page("quality/codes.html", codes=queries.list_defect_codes(read))


def show_code(read: Reader, form: Form, code: str = "") -> Page:
    """The form of a type of defect, with the groups there are."""
    groups = sorted({one.group for one in queries.list_defect_codes(read) if one.group})
    return page("quality/code.html", form=form, code=code, groups=groups)


@room.form("/new-code", who=QUALITY_ONLY, form=CodeForm, show=show_code)
def new_code(work: Work, form: CodeForm) -> Page:
    """Enter a type of defect."""
    added = service.add_defect_code(work, code=str(form.code.data), **form.columns)
    return go("quality.codes", said=_("%(code)s is entered.", code=added.code))


@room.form("/codes/<path:code>", who=QUALITY_ONLY, form=CodeChangeForm, show=show_code)
def code(work: Work, form: CodeChangeForm, code: str) -> Page:
    """Change a type of defect, or take it out of use."""
    changed = service.change_defect_code(work, code, version=form.row_version, **form.columns)
    return go("quality.codes", said=_("%(code)s is saved.", code=changed.code))
