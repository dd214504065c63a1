"""Printing labels: recorded first, with who, when and why; the paper follows."""

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module

from mes.core.access import Actor, may
from mes.core.errors import NotAllowed
from mes.core.plant import plant, production_day
from mes.core.work import Reader, Work
from mes.labels import queries, rules
from mes.labels.layout import Layout, Row
from mes.labels.models import LabelPrint
from mes.labels.placing import Placer
from mes.labels.queries import Thing, code_of
from mes.labels.rows import repeated, rows_of
from mes.people.models import Person
from mes.people.queries import list_people


def print_labels(
    work: Work, *, subject: str, codes: Sequence[str], layout: Layout, language: str, copies: int = 1,
    reason: str | None = None,
) -> list[LabelPrint]:  # fmt: skip
    """Record the print of one label per thing; all of them or none. A label printed before needs a reason.

    Everything is placed before it is recorded, so that no print is in the books that could not be made.
    Raises NotFound, NoLabelChosen, TooManyLabels, ReprintNeedsReason, BadgeOfAnother, and what placing refuses.
    """
    things = things_to_print(work.session, work.actor, subject, codes)
    rules.check_count(len(things) * copies)
    if layout.content != subject:
        raise rules.LayoutOfAnotherThing(field="layout", name=layout.name)
    found = [code_of(thing) for thing in things]
    earlier = queries.printed_before(work.session, subject, found)
    reason = (reason or "").strip() or None
    for code in found:
        if code in earlier and reason is None:
            raise rules.ReprintNeedsReason(code=code, who=earlier[code].who, when=earlier[code].at)
    settings = plant(work.session)
    placer = Placer(layout, language)
    for row in rows_of(things, settings.name, language, earlier, settings.time_zone, work.today):
        placer.place(row)
    return _record(work, subject, {code: reason if code in earlier else None for code in found}, layout, copies)


def _record(
    work: Work, subject: str, reasons: Mapping[str, str | None], layout: Layout, copies: int
) -> list[LabelPrint]:
    actor = work.actor
    prints = [
        LabelPrint(
            subject=subject, code=code, layout=layout.name, copies=copies, at=work.now, person_id=actor.person_id,
            person=actor.name, station=actor.station, reason=reason,
        )
        for code, reason in reasons.items()
    ]  # fmt: skip
    work.session.add_all(prints)
    work.session.flush()
    what = {"subject": subject, "layout": layout.name, "copies": copies, "labels": len(prints)}
    why = next(filter(None, reasons.values()), None)
    work.record("labels.print", prints[0], after=what, reason=why, code=prints[0].code)
    return prints


def things_to_print(read: Reader, actor: Actor, subject: str, codes: Sequence[str]) -> list[Thing]:
    """The things whose labels this person may see and print. Raises NotFound, NotAllowed, NoLabelChosen,
    BadgeOfAnother."""
    if not may(actor, rules.SUBJECTS[subject].who):
        raise NotAllowed
    things = queries.things_of(read, subject, codes)
    if not things:
        raise rules.NoLabelChosen
    rules.check_badges(actor, [(one.name, one.role_set) for one in things if isinstance(one, Person)])
    return things


def codes_of_all(read: Reader, actor: Actor, subject: str) -> list[str]:
    """Codes of everything of a kind whose label this person may print; none of lots and orders."""
    if subject != "badge":
        return queries.everything_of(read, subject)
    people = list_people(read, active=True)
    return sorted(one.code for one in people if rules.may_print_badge(actor, one.role_set))


def preview_rows(read: Reader, subject: str, things: Sequence[Thing], language: str, today: date) -> list[Row]:
    """The labels as they would be printed today."""
    earlier = queries.printed_before(read, subject, [code_of(thing) for thing in things])
    settings = plant(read)
    return rows_of(things, settings.name, language, earlier, settings.time_zone, today)


def paper_of(
    read: Reader, actor: Actor, prints: Sequence[LabelPrint], layout: Layout, language: str, skip: int = 0
) -> bytes:
    """The PDF of recorded prints, to be printed at 100 %. ``skip``: places of the first sheet that are used up."""
    lead = prints[0]
    things = things_to_print(read, actor, lead.subject, [one.code for one in prints])
    earlier = queries.printed_before(read, lead.subject, [code_of(thing) for thing in things], before=lead.id)
    settings = plant(read)
    day = production_day(settings, lead.at)
    rows = rows_of(things, settings.name, language, earlier, settings.time_zone, day)
    wanted = repeated(rows, [one.copies for one in prints])
    # What writes PDF is loaded with the first print: it takes 0.2 s that a start need not wait for.
    pdf: bytes = import_module("mes.labels.pdf").render_pdf(layout, wanted, language, skip=skip)
    return pdf
