"""Lists in and out: choose a file, look at every row's verdict, import it whole; download every list."""

from collections.abc import Callable
from datetime import date

from flask import g, make_response, request
from werkzeug.wrappers import Response

from mes.core.access import EVERYONE, OFFICE, QUALITY_ONLY, SYSTEM, may
from mes.core.i18n import N_, _, language, say, zone
from mes.core.pages import Page, Room, actor, confirmed, go, guard, mes, page, reader, this_plant
from mes.core.plant import calendar_day
from mes.core.work import Reader, Work, act
from mes.exchange import queries, service
from mes.exchange import traced as trace_lists
from mes.exchange.exports import LISTS, get_list
from mes.exchange.forms import UploadForm
from mes.exchange.headings import FIELD_WORDS, REQUIRED
from mes.exchange.kinds import KINDS, get_kind
from mes.exchange.models import Verdict
from mes.exchange.plans import Options
from mes.exchange.rules import VERDICT_NAMES, Judged, RowsRefused
from mes.exchange.service import Prepared
from mes.exchange.sheets import CSV, SPREADSHEET, as_csv, as_xlsx
from mes.exchange.sheets import example as example_of
from mes.exchange.words import said
from mes.exchange.working import LARGE, STAGES, Told, workshop
from mes.trace.beginnings import begin_trace
from mes.trace.forms import choice_asked
from mes.trace.sharing import shares_of
from mes.trace.story import tell_of

room = Room("exchange", __name__)
room.entry("exchange.index", N_("Import"), "upload", "settings", QUALITY_ONLY)
room.entry("exchange.export", N_("Export"), "download", "settings", OFFICE)
#: How a verdict is coloured and shaped.
TONES = {Verdict.NEW: "running", Verdict.CHANGED: "person", Verdict.SAME: "waiting", Verdict.REFUSED: "stopped"}


def _start(read: Reader, form: UploadForm) -> Page:
    kinds = [
        {"kind": kind, "needed": [say(FIELD_WORDS[name], {}) for name in REQUIRED[kind.name]]}
        for kind in KINDS.values()
        if may(actor(), kind.who)
    ]
    recent = [row for row in queries.recent_imports(read) if may(actor(), KINDS[row.kind].who)]
    return page("exchange/index.html", form=form, kinds=kinds, recent=recent, labels=KINDS)


@room.form("/import", who=QUALITY_ONLY, form=UploadForm, show=_start)
def index(work: Work, form: UploadForm) -> Page:
    """Take a file in; nothing is recorded yet but the file itself."""
    options = Options(parent=form.parent.data or None, create_missing=bool(form.create_missing.data))
    form.file.data.seek(0)  # an act that had to be done over reads it once more
    name, data = str(form.file.data.filename)[-100:], form.file.data.read()
    prepared = service.prepare(form.kind.data or None, name, data, options=options)
    guard(prepared.kind.who)
    upload = service.keep_upload(work, prepared)
    asked = {"parent": options.parent, "make": "1" if options.create_missing else None}
    return go("exchange.look", number=upload.id, **asked)


def _prepared(read: Reader, number: int) -> Prepared:
    """An uploaded file read again, as the address asks for it."""
    upload = queries.get_upload(read, number)
    guard(get_kind(upload.kind).who)
    asked = request.args
    options = Options(parent=asked.get("parent"), create_missing=asked.get("make") == "1")
    data = queries.content_of(read, upload)
    return service.prepare(upload.kind, upload.name, data, sheet=asked.get("sheet"), options=options)


@room.read("/import/<int:number>", who=QUALITY_ONLY)
def look(read: Reader, number: int) -> Page:
    """What an uploaded file would do, row by row; while it is imported how far that is, and then what it did."""
    upload = queries.get_upload(read, number)
    guard(get_kind(upload.kind).who)
    running = workshop.find(mes().database, number)
    if upload.imported_at is not None:
        counts = queries.outcome_of(read, upload)
        shown = [(TONES[verdict], _(VERDICT_NAMES[verdict]), counts[verdict]) for verdict in Verdict]
        return page("exchange/done.html", upload=upload, kind=get_kind(upload.kind), counts=shown)
    if running is not None and running.refused is None:
        return page("exchange/working.html", upload=upload, kind=get_kind(upload.kind), running=running, stages=STAGES)
    if running is not None:
        workshop.forget(mes().database, number)
        g.refused = running.refused
    prepared = _prepared(read, number)
    refused = g.get("refused")  # rows that were refused while they were recorded are known to that import only
    told = refused if isinstance(refused, RowsRefused) else None
    preview = told.preview if told else service.preview(read, prepared, _today())
    return page(
        "exchange/look.html",
        upload=queries.get_upload(read, number),
        preview=preview,
        rows=[_shown(prepared, row) for row in preview.shown()],
        kind=prepared.kind,
        sheets=prepared.sheets,
        chosen=prepared.chosen,
        counts=[(TONES[verdict], _(VERDICT_NAMES[verdict]), count) for verdict, count in preview.counts.items()],
        refused_count=preview.counts[Verdict.REFUSED],
        listed=not (told and told.while_recording),
    )


def _today() -> date:
    return calendar_day(this_plant(), mes().clock())


def _shown(prepared: Prepared, row: Judged) -> dict[str, object]:
    """A row as the table shows it: changes and refusals in words."""
    kind, headings = prepared.kind.name, prepared.headings
    changes = [
        f"{headings.get(c.field, c.field)}: {said(kind, c.field, c.before)} → {said(kind, c.field, c.after)}"
        for c in row.changes
    ]
    return {
        "number": row.number,
        "code": row.code,
        "name": row.name,
        "tone": TONES[row.verdict],
        "word": _(VERDICT_NAMES[row.verdict]),
        "cell": row.cell,
        "reason": row.reason,
        "changes": changes,
        "doubt": row.doubt,
    }


@room.read("/import/<int:number>/refused.xlsx", who=QUALITY_ONLY)
def refused(read: Reader, number: int) -> Page:
    """The refused rows as they came, each with its reason beside it, to be corrected and chosen again."""
    prepared = _prepared(read, number)
    cells = dict(prepared.sheet.rows)
    rows = [
        [*cells[row.number], str(row.number), row.cell, str(row.reason)]
        for row in service.preview(read, prepared, _today()).refused
    ]
    headings = [*prepared.columns, _("Row in the file"), _("Cell"), _("Why it is refused")]
    return _file(as_xlsx([(_("Refused"), headings, rows)]), f"refused-{number}.xlsx", SPREADSHEET)


@room.write("/import/<int:number>/apply", who=QUALITY_ONLY, show=look)
def apply(work: Work, number: int) -> Page:
    """Import an uploaded file, all of it or nothing; a large one works on while its page says how far it is."""
    upload = queries.get_upload(reader(), number)
    kind = get_kind(upload.kind)
    guard(kind.who)
    size, digest = queries.size_and_hash(reader(), upload)
    if size > LARGE:
        if not confirmed():
            service.check_not_before(reader(), kind, upload.name, digest)
        work.after(_working_on(number, sure=confirmed()))
        return go("exchange.look", number=number, **request.args)
    prepared = _prepared(reader(), number)
    upload = queries.get_upload(work.session, number)
    done = service.import_prepared(work, prepared, upload=upload, confirmed=confirmed())
    counts = done.preview.counts
    said = _(
        "%(name)s was imported: %(new)s new, %(changed)s changed, %(same)s unchanged.",
        name=prepared.name, new=counts[Verdict.NEW], changed=counts[Verdict.CHANGED], same=counts[Verdict.SAME],
    )  # fmt: skip
    return go("exchange.index", said=said)


def _working_on(number: int, *, sure: bool) -> Callable[[], None]:
    """What begins a large import by itself, with all that it needs of this request."""
    database, clock, who, asked = mes().database, mes().clock, actor() or SYSTEM, request.args.to_dict()
    speech, zone = language(), this_plant().time_zone

    def deed(told: Told) -> None:
        with database.read() as read:
            upload = queries.get_upload(read, number)
            kind, name, data = upload.kind, upload.name, queries.content_of(read, upload)
        options = Options(parent=asked.get("parent"), create_missing=asked.get("make") == "1")
        prepared = service.prepare(kind, name, data, sheet=asked.get("sheet"), options=options)

        def record(work: Work) -> None:
            service.import_prepared(work, prepared, upload=upload, confirmed=sure, told=told)

        act(database, who, record, source="desk", now=clock())

    return lambda: workshop.start(database, number, deed, now=clock(), language=speech, zone=zone)


@room.read("/import/examples/<kind>.xlsx", who=QUALITY_ONLY)
def example(read: Reader, kind: str) -> Page:
    """A file to fill in."""
    chosen = get_kind(kind)
    return _file(example_of(chosen.name), f"{chosen.name}.xlsx", SPREADSHEET)


@room.read("/export", who=OFFICE)
def export(read: Reader) -> Page:
    """Every list there is."""
    return page("exchange/export.html", lists=[one for one in LISTS.values() if may(actor(), one.who)])


@room.read("/export/<name>.<any(xlsx, csv):form>", who=OFFICE)
def download(read: Reader, name: str, form: str) -> Page:
    """One list as a file."""
    chosen = get_list(name)
    guard(chosen.who)
    rows = chosen.rows(read)
    day = f"{_today():%Y%m%d}"
    if form == "csv":
        return _file(as_csv(chosen.headings(), rows), f"{chosen.name}-{day}.csv", CSV)
    return _file(as_xlsx([(_(chosen.label), chosen.headings(), rows)]), f"{chosen.name}-{day}.xlsx", SPREADSHEET)


@room.read("/export/all.xlsx", who=OFFICE)
def download_all(read: Reader) -> Page:
    """All lists in one workbook, a sheet each."""
    sheets = [(_(one.label), one.headings(), one.rows(read)) for one in LISTS.values() if may(actor(), one.who)]
    return _file(as_xlsx(sheets), f"mes-{_today():%Y%m%d}.xlsx", SPREADSHEET)


@room.read("/trace/lots.<any(xlsx, csv):form>", who=EVERYONE)
def traced(read: Reader, form: str) -> Page:
    """Every lot of a trace as a file."""
    story = tell_of(read, begin_trace(read, choice_asked()))
    heads, rows = trace_lists.headings(), trace_lists.rows(story, shares_of(read, story), request.args.get("sort"))
    name = f"trace-{mes().clock().astimezone(zone()):%Y%m%d-%H%M}"
    if form == "csv":
        return _file(as_csv(heads, rows), f"{name}.csv", CSV)
    return _file(as_xlsx([(_("Trace"), heads, rows)]), f"{name}.xlsx", SPREADSHEET)


def _file(content: bytes, name: str, kind: str) -> Response:
    response = make_response(content)
    response.content_type = kind
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response
