"""Use cases of inspection standards: drafts are edited, an approved revision is never edited again.

A standard is for an item and a kind of inspection, and may be narrowed to an operation and to a partner. Whoever
approves a draft puts it in force: the revision before becomes obsolete, and open inspections keep the one they began
with.
"""

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from mes.core import events
from mes.core.files import SentFile, clean_photo, store_file
from mes.core.plant import plant
from mes.core.work import Work, check_version
from mes.inspection import standard_queries as queries
from mes.inspection import standard_rules
from mes.inspection.models import Characteristic, Choice, InspectionKind, InspectionStandard, Nature
from mes.inspection.standard_data import PLAIN, CharacteristicData, StandardData, data_of, scope_of
from mes.inspection.stems import going_on, stem_of
from mes.inspection.telling import tell_first_pieces
from mes.items.models import Item, Revision
from mes.items.queries import released_routing
from mes.lots.rules import check_reason
from mes.partners.models import Partner


def make_standard(
    work: Work,
    *,
    item: Item,
    kind: InspectionKind,
    operation: int | None = None,
    partner: Partner | None = None,
    data: StandardData = PLAIN,
    characteristics: Sequence[CharacteristicData] = (),
) -> InspectionStandard:
    """A new draft revision. What has the same name as in the revision in force goes on as the same characteristic.

    Raises StandardDraftExists, OperationUnknown, OperationOfALot, PartnerOfAnotherKind and what the rules of sampling
    and of characteristics refuse.
    """
    _check_scope(work, item, kind, operation, partner)
    partner_id = partner.id if partner else None
    draft = _new_draft(work, item, kind, operation, partner_id, data)
    before = queries.newest_approved(work.session, draft.scope)
    known = {one.name: one for one in before.characteristics} if before else {}
    for position, row in enumerate(characteristics, 1):
        put_characteristic(work, draft, going_on(known.get(row.name), position), row, before)
    _note(work, draft, item)
    return draft


def revise_standard(work: Work, ident: int, note: str | None = None) -> InspectionStandard:
    """The draft to work on: the one there is, else a copy of this revision with photos and stems."""
    old = queries.get_standard(work.session, ident)
    draft = queries.draft_of(work.session, old.scope)
    if draft:
        return draft
    data = StandardData(**{**{one.name: getattr(old, one.name) for one in fields(StandardData)}, "note": note})
    draft = _new_draft(work, old.item, old.kind, old.operation, old.partner_id, data)
    for one in old.characteristics:
        put_characteristic(work, draft, going_on(one, one.position), data_of(one), old)
    _note(work, draft, old.item)
    return draft


def change_standard(work: Work, ident: int, data: StandardData, version: int | None = None) -> InspectionStandard:
    """Say how a draft is carried out. Raises NotDraft, StaleEdit and what the rules of sampling refuse."""
    draft, _item = lock_draft(work, ident, version)
    with work.change(draft, "inspection.change_standard"):
        _put_head(draft, data)
        work.session.flush()
    return draft


def add_characteristic(
    work: Work, standard_id: int, data: CharacteristicData, version: int | None = None
) -> Characteristic:
    """One more characteristic at the end of a draft.

    Raises NotDraft, StaleEdit, CharacteristicTwice and what the rules of characteristics refuse.
    """
    draft, item = lock_draft(work, standard_id, version)
    last = select(func.max(Characteristic.position)).where(Characteristic.standard_id == draft.id)
    row = Characteristic(position=(work.session.scalar(last) or 0) + 1, stem_id=0)
    made = put_characteristic(work, draft, row, data, queries.newest_approved(work.session, draft.scope))
    _note(work, draft, item)
    return made


def change_characteristic(
    work: Work, ident: int, data: CharacteristicData, *, position: int | None = None, version: int | None = None
) -> Characteristic:
    """Change a characteristic of a draft; ``version`` is the standard's. Readings keep the limits they were judged by.

    Raises NotDraft, StaleEdit, CharacteristicTwice and what the rules of characteristics refuse.
    """
    row = queries.get_characteristic(work.session, ident)
    draft, item = lock_draft(work, row.standard_id, version)
    if position is not None and position != row.position:
        _move(work, row, position)
    put_characteristic(work, draft, row, data, queries.newest_approved(work.session, draft.scope))
    _note(work, draft, item)
    return row


def remove_characteristic(work: Work, ident: int, version: int | None = None) -> None:
    """Take a characteristic out of a draft. Raises NotDraft, StaleEdit."""
    row = queries.get_characteristic(work.session, ident)
    draft, item = lock_draft(work, row.standard_id, version)
    for choice in row.choices:
        work.session.delete(choice)
    work.session.flush()
    work.session.delete(row)
    work.session.flush()
    _note(work, draft, item)


def set_photo(work: Work, ident: int, *, good: bool, sent: SentFile | None) -> Characteristic:
    """Show what a good, or a bad, piece looks like; None takes the photo off a draft again.

    Raises NotDraft, NotAPicture, PictureTooLarge.
    """
    row = queries.get_characteristic(work.session, ident)
    draft, item = lock_draft(work, row.standard_id)
    side = "good_photo" if good else "bad_photo"
    photo = sent and store_file(work, sent.name, "image/jpeg", clean_photo(*sent, field=side)).id
    setattr(row, f"{side}_id", photo)
    _note(work, draft, item)
    return row


def approve_standard(work: Work, ident: int, *, confirmed: bool = False) -> InspectionStandard:
    """Put a draft in force from now on; the revision before becomes obsolete. It is never edited again.

    Where the plant wants four eyes nobody approves what he wrote. Asks ReplacesStandard when another revision is in
    force. Raises NotDraft, EmptyStandard, ApprovedByItsAuthor, NothingChanged.
    """
    lock_draft(work, ident)
    draft = queries.get_standard(work.session, ident)
    standard_rules.check_complete(draft)
    if plant(work.session).four_eyes:
        told = events.history(work.session, InspectionStandard.__tablename__, draft.id)
        writers = {draft.drafted_by, *(event.actor for event in told)}
        standard_rules.check_four_eyes(draft, draft.item.code, writers, work.actor.name)
    old = queries.released_of(work.session, draft.scope)
    if old is not None:
        standard_rules.check_changed(draft, old)
        if not confirmed:
            raise standard_rules.ReplacesStandard(code=draft.item.code, old=str(old.revision), new=str(draft.revision))
        _end(work, old)
    with work.change(draft, "inspection.approve_standard"):
        draft.state = Revision.RELEASED
        draft.approved_at, draft.approved_by = work.now, work.actor.name[:100]
        work.session.flush()
    _tell_orders(work, draft)
    return draft


def discard_standard(work: Work, ident: int) -> InspectionStandard:
    """Give up a draft: it stays readable as obsolete and is never used. Raises NotDraft."""
    draft, item = lock_draft(work, ident)
    _end(work, draft)
    work.record("inspection.discard_standard", draft, code=item.code)
    return draft


def withdraw_standard(work: Work, ident: int, reason: str) -> InspectionStandard:
    """Take a standard out of force without another in its place. Raises NotInForce, ReasonNeeded, NotFound."""
    item = work.lock(Item, queries.get_standard(work.session, ident).item_id)
    standard = work.lock(InspectionStandard, ident)
    if standard.state is not Revision.RELEASED:
        raise standard_rules.NotInForce(code=item.code, revision=str(standard.revision))
    reason = check_reason(reason)
    _end(work, standard)
    work.record("inspection.withdraw_standard", standard, code=item.code, reason=reason)
    _tell_orders(work, standard)
    return standard


def lock_draft(work: Work, ident: int, version: int | None = None) -> tuple[InspectionStandard, Item]:
    """A draft, locked to be edited, and its item, locked first as by a list that brings standards.

    Raises NotFound, NotDraft, StaleEdit.
    """
    item = work.lock(Item, queries.get_standard(work.session, ident).item_id)
    draft = work.lock(InspectionStandard, ident)
    standard_rules.check_draft(draft, item.code)
    check_version(work, draft, version)
    return draft, item


def put_characteristic(
    work: Work,
    draft: InspectionStandard,
    row: Characteristic,
    data: CharacteristicData,
    before: InspectionStandard | None,
) -> Characteristic:
    """Write what was entered on a row of a draft, with its choices. ``before``: the revision that was in force last.

    Raises CharacteristicTwice and what the rules of characteristics refuse.
    """
    standard_rules.check_characteristic(data)
    same = select(Characteristic.id).where(
        Characteristic.standard_id == draft.id, Characteristic.name == data.name, Characteristic.id != (row.id or 0)
    )
    if work.session.scalar(same.limit(1)) is not None:
        raise standard_rules.CharacteristicTwice(field="name", name=data.name)
    row.standard_id = draft.id
    for name, value in data.columns.items():
        setattr(row, name, value)
    work.session.add(row)
    work.session.flush()
    row.stem_id = stem_of(work, row, before)
    _put_choices(work, row, data)
    return row


def _put_choices(work: Work, row: Characteristic, data: CharacteristicData) -> None:
    there = select(Choice).where(Choice.characteristic_id == row.id)
    for old in work.session.scalars(there):
        work.session.delete(old)
    work.session.flush()
    if data.nature is Nature.ATTRIBUTE:
        for position, one in enumerate(data.choices, 1):
            work.session.add(
                Choice(characteristic_id=row.id, position=position, name=one.name, name_en=one.name_en, good=one.good)
            )
    work.session.flush()


def _move(work: Work, row: Characteristic, position: int) -> None:
    """Put a characteristic at another place in the list; the others close up."""
    others = select(Characteristic).where(Characteristic.standard_id == row.standard_id, Characteristic.id != row.id)
    ordered = list(work.session.scalars(others.order_by(Characteristic.position, Characteristic.id)))
    ordered.insert(max(position - 1, 0), row)
    for number, one in enumerate(ordered, 1):
        one.position = number
    work.session.flush()


def _new_draft(
    work: Work, item: Item, kind: InspectionKind, operation: int | None, partner_id: int | None, data: StandardData
) -> InspectionStandard:
    """The item stays locked, so that two drafts made at once get two numbers, or one of them is refused."""
    work.lock(Item, item.id)
    scope = scope_of(item.id, kind, operation, partner_id)
    if queries.draft_of(work.session, scope):
        raise standard_rules.StandardDraftExists(code=item.code)
    last = select(func.max(InspectionStandard.revision)).where(InspectionStandard.scope == scope)
    draft = InspectionStandard(
        item_id=item.id, kind=kind, operation=operation, partner_id=partner_id, scope=scope,
        revision=(work.session.scalar(last) or 0) + 1, drafted_at=work.now, drafted_by=work.actor.name[:100],
    )  # fmt: skip
    _put_head(draft, data)
    return work.add(draft, "inspection.make_standard", code=item.code)


def _put_head(draft: InspectionStandard, data: StandardData) -> None:
    standard_rules.check_sampling(draft.kind, data)
    for column in fields(StandardData):
        setattr(draft, column.name, getattr(data, column.name))


def _check_scope(work: Work, item: Item, kind: InspectionKind, operation: int | None, partner: Partner | None) -> None:
    standard_rules.check_partner(kind, partner)
    if operation is None:
        return
    standard_rules.check_operation(kind)
    routing = released_routing(work.session, item.id)
    if routing is None or operation not in {one.sequence for one in routing.operations}:
        raise standard_rules.OperationUnknown(field="operation", code=item.code, operation=str(operation))


def _end(work: Work, standard: InspectionStandard) -> None:
    standard.state, standard.ended_at = Revision.OBSOLETE, work.now
    work.session.flush()


def _tell_orders(work: Work, standard: InspectionStandard) -> None:
    if standard.kind is InspectionKind.FIRST:
        tell_first_pieces(work, standard.item_id)


def _note(work: Work, draft: InspectionStandard, item: Item) -> None:
    """One event with the characteristics as they now are; the draft's version moves with them."""
    flag_modified(draft, "note")
    work.session.flush()
    work.session.expire(draft, ["characteristics"])
    rows = queries.get_standard(work.session, draft.id).characteristics
    said = [f"{row.position}: {row.name} {standard_rules.wanted(row)}".strip() for row in rows]
    work.record("inspection.characteristics", draft, after={"characteristics": said}, code=item.code)
