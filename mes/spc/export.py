"""A control chart as a list and as an A4 document."""

import csv
import io
from datetime import datetime

from mes.core.cells import harmless
from mes.core.i18n import N_, _, own_name, stamp
from mes.core.paper import Column, Drawings, Facts, Grid, Head, Heading, Sheet, Words, render
from mes.core.work import Reader
from mes.inspection.rules import kind_name
from mes.spc import queries, rules, study
from mes.spc.pictures import drawings_of, histogram_drawing
from mes.spc.queries import Studied
from mes.spc.readings import Chosen
from mes.spc.shown import written
from mes.statistics.capability import Capability, Index

#: Words over the places to sign.
APPROVAL = (N_("Prepared"), N_("Reviewed"), N_("Approved"))
#: Points in a list.
MOST_LISTED = 20_000
#: Alarms on paper.
MOST_PRINTED = 40


def as_csv(read: Reader, ident: int, chosen: Chosen) -> tuple[bytes, str]:
    """The points that are meant, at most the newest 20 000, with a name for the file."""
    chart = queries.get_chart(read, ident)
    phases = queries.phases_of(read, [ident])[ident]
    found = queries.closely(read, chart, phases, chosen, MOST_LISTED)
    out = io.StringIO()
    writer = csv.writer(out)
    tracks = found.tracks if found else ()
    head = [_("Inspection"), _("Time"), _("Phase"), _("Readings")]
    for track in tracks:
        name = rules.track_name(track.name)
        head += [name, f"{name} LCL", f"{name} CL", f"{name} UCL"]
    writer.writerow([harmless(text) for text in (*head, _("Rules met"))])
    for place, sample in enumerate(found.samples if found else ()):
        assert found is not None  # it has samples
        phase = found.frozen[found.tracks[0].points[place].stage]
        row = [harmless(sample.code), sample.at.isoformat(), phase.number if phase else ""]
        row.append(" ".join("-" if value is None else f"{value:f}" for value in sample.values))
        for track in tracks:
            point = track.points[place]
            row += ["" if one is None else repr(one) for one in (point.value, point.lower, point.centre, point.upper)]
        met = [f"{rules.track_name(one.track)}: {rules.rule_name(one.rule)}" for one in found.met if one.at == place]
        writer.writerow([*row, harmless("; ".join(met))])
    return out.getvalue().encode("utf-8-sig"), f"chart-{chart.id}"


def as_pdf(found: Studied, company: str, now: datetime) -> bytes:
    """The chart, its phases, capability and alarms on paper."""
    one, chart = found.measured, found.chart
    shown = study.shown_of(found)
    item = one.standard.item
    head = Head(
        company=company, title=_("Control chart"), number=f"{item.code} · {own_name(one)}", code=item.code,
        approval=[_(word) for word in APPROVAL],
        foot=_("%(company)s · printed %(when)s", company=company, when=stamp(now)),
    )  # fmt: skip
    facts = [
        (_("Item"), f"{own_name(item)} ({item.code})"),
        (_("Inspection"), kind_name(one.standard.kind)),
        (_("Chart"), rules.chart_name(chart.kind)),
        (_("Points"), f"{shown.points:,}"),
        (_("Limits"), _limits(found)),
        (_("Rules"), ", ".join(rules.rule_name(name) for name in sorted(chart.rules))),
    ]
    story: list[Heading | Words | Facts | Grid | Drawings] = [Facts(facts), Drawings(drawings_of(shown))]
    if found.phases:
        story += [Heading(_("Phases")), _phases(found)]
    capable = study.capability_of(found)
    if capable is not None:
        story += [
            Heading(_("Capability")),
            Facts(_indices(capable)),
            Words("\n".join(_(text) for text in capable.warnings)),
        ]
        story.append(Drawings([histogram_drawing(capable, one.unit or "")]))
    if found.alarms:
        story += [Heading(_("Alarms")), _alarms(found)]
    return render([Sheet(head, story)], head.title)


def _limits(found: Studied) -> str:
    one = found.measured
    named = (("LSL", one.lower), (_("Nominal"), one.nominal), ("USL", one.upper))
    return "  ".join(f"{name} {limit:f}" for name, limit in named if limit is not None) + f" {one.unit or ''}"


def _phases(found: Studied) -> Grid:
    columns = [
        Column(_("Phase"), 2, True), Column(_("From inspection"), 5), Column(_("To inspection"), 5),
        Column(_("Points"), 2, True), Column("CL", 4, True), Column(_("Sigma"), 4, True),
        Column(_("Frozen"), 6), Column(_("Reason"), 8),
    ]  # fmt: skip
    rows = [
        [
            str(one.number), one.first.code, one.last.code, str(one.points), f"{one.centre:.6g}",
            "-" if one.sigma is None else f"{one.sigma:.4g}", f"{stamp(one.at)} {one.person}", one.reason,
        ]
        for one in found.phases
    ]  # fmt: skip
    return Grid(columns, rows)


def index_words(index: Index) -> str:
    """An index with its confidence interval; "-" where it cannot be told."""
    if index.value is None:
        return "-"
    return f"{index.value:.2f} ({written(index.low, 2)} – {written(index.high, 2)})"


def _indices(capable: Capability) -> list[tuple[str, str]]:
    named = [("Cp", capable.cp), ("Cpk", capable.cpk), ("Pp", capable.pp), ("Ppk", capable.ppk), ("Cpm", capable.cpm)]
    found = [(name, index_words(index)) for name, index in named]
    return [*found, (_("Readings"), f"{capable.readings:,}")]


def _alarms(found: Studied) -> Grid:
    columns = [Column(_("Time"), 4), Column(_("Alarm"), 10), Column(_("Cause"), 7), Column(_("Action taken"), 7)]
    rows = [
        [
            stamp(one.at), rules.sentence_of(one),
            one.answer.cause if one.answer else "-", one.answer.action if one.answer else "-",
        ]
        for one in found.alarms[:MOST_PRINTED]
    ]  # fmt: skip
    return Grid(columns, rows)
