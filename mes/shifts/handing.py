"""Use cases of handing over: a note to the next shift, having read it, and confirming the end of a shift."""

from collections.abc import Sequence

from mes.core.errors import NotFound, Refused
from mes.core.files import clean_photo, store_file
from mes.core.i18n import N_, _, own_name
from mes.core.plant import this_production_day
from mes.core.work import Work
from mes.equipment.models import WorkCentre
from mes.shifts import hand_queries
from mes.shifts.hand_models import HandOver, ShiftClose, ShiftCloseLine
from mes.shifts.timeline import Kind


class NothingToSay(Refused):
    """A note without a word."""

    message = N_("The note is empty.")
    hint = N_("Write what the next shift must know, or tick an open problem.")
    status = 422


class AlreadyRead(Refused):
    """A note that somebody confirmed before."""

    message = N_("%(who)s confirmed at %(when)s to have read this note.")
    hint = N_("Nothing more is to be done.")


class NoShift(Refused):
    """The end of a shift where none is worked."""

    message = N_("No shift is worked here now, and none ended lately.")
    hint = N_("The production manager enters when is worked under Equipment, Shifts.")


class AlreadyClosed(Refused):
    """The end of this shift was confirmed before."""

    message = N_("%(who)s confirmed the end of this shift at %(when)s.")
    hint = N_("What came later stands in the results; tell the line leader.")


def hand_over(
    work: Work,
    *,
    work_centre_id: int,
    text: str,
    problems: Sequence[str] = (),
    photo: tuple[str, bytes] | None = None,
) -> HandOver:
    """Leave a note for the next shift. Raises NothingToSay, NotAPicture and the like."""
    kept = [problem.strip()[:300] for problem in problems if problem.strip()][:40]
    if not text.strip() and not kept:
        raise NothingToSay(field="text")
    centre = work.lock(WorkCentre, work_centre_id)
    span = hand_queries.shift_to_close(work.session, centre.id, work.now)
    note = HandOver(
        work_centre_id=centre.id, day=span.day if span else this_production_day(work),
        shift=span.name if span else None, at=work.now, person_id=work.actor.person_id, person=work.actor.name[:100],
        text=text.strip(), problems="\n".join(kept) or None,
    )  # fmt: skip
    if photo is not None:
        note.photo_id = store_file(work, "hand-over.jpg", "image/jpeg", clean_photo(*photo)).id
    return work.add(note, "shifts.hand_over", code=centre.code)


def confirm_read(work: Work, ident: int) -> HandOver:
    """Say that one has read a note of the shift before. Raises AlreadyRead."""
    if work.session.get(HandOver, ident) is None:
        raise NotFound(what=_("note"), code=str(ident))
    note = work.lock(HandOver, ident)
    if note.read_at:
        raise AlreadyRead(who=note.read_by, when=note.read_at)
    with work.change(note, "shifts.read_note"):
        note.read_at, note.read_by = work.now, work.actor.name[:100]
        work.session.flush()
    return note


def close_shift(work: Work, work_centre_id: int, note: str | None = None) -> ShiftClose:
    """Confirm the end of the shift that runs (or ended last): its figures are kept as they are now.

    Raises NoShift, AlreadyClosed.
    """
    centre = work.lock(WorkCentre, work_centre_id)
    span = hand_queries.shift_to_close(work.session, centre.id, work.now)
    if span is None:
        raise NoShift
    known = hand_queries.closed(work.session, centre.id, span)
    if known is not None:
        raise AlreadyClosed(who=known.person, when=known.at)
    found = hand_queries.summary(work.session, centre, span, work.now, work.actor.person_id)
    close = ShiftClose(
        work_centre_id=centre.id, day=span.day, shift_id=span.shift_id, shift=own_name(span)[:200], began=span.began,
        ended=found.until, at=work.now, person_id=work.actor.person_id, person=work.actor.name[:100],
        **{kind.value: found.minutes[kind] for kind in Kind}, micro_stops=found.micro_stops, entries=found.entries,
        own_entries=found.own_entries, note=(note or "").strip() or None,
    )  # fmt: skip
    close.lines = [
        ShiftCloseLine(
            item_id=one.item.id, good=one.good, defective=one.defective, scrap=one.scrap, rework=one.rework
        )
        for one in found.made
    ]  # fmt: skip
    return work.add(close, "shifts.close", code=centre.code)
