"""A revision: what bills of material and routings have in common.

Revisions are numbered per item. A draft is edited, then put in force or given up; one that was in force is never
edited again, and the next one makes it obsolete. Orders keep the revisions that they froze.
"""

from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.items.models import Bom, Item, Revision, Routing
from mes.items.rules import REVISION_NAMES, check_draft

Revised = TypeVar("Revised", Bom, Routing)
WHAT = {Bom: N_("BOM revision"), Routing: N_("routing revision")}


def next_number(work: Work, kind: type[Revised], item: Item) -> int:
    """The number of a new draft. The item stays locked, so that two drafts made at once get two numbers."""
    work.lock(Item, item.id)
    return (work.session.scalar(select(func.max(kind.revision)).where(kind.item_id == item.id)) or 0) + 1


def find_draft(work: Work, kind: type[Revised], item: Item) -> Revised | None:
    """The newest draft of an item, if there is one to go on with. The item stays locked: two presses make one draft."""
    work.lock(Item, item.id)
    drafts = select(kind).where(kind.item_id == item.id, kind.state == Revision.DRAFT)
    return work.session.scalars(drafts.order_by(kind.revision.desc())).first()


def lock_draft(work: Work, kind: type[Revised], ident: int) -> tuple[Revised, Item]:
    """A draft, locked to be edited, and its item. Raises NotFound, NotDraft."""
    if work.session.get(kind, ident) is None:
        raise NotFound(what=_(WHAT[kind]), code=str(ident))
    draft = work.lock(kind, ident)
    item = work.session.get_one(Item, draft.item_id)
    check_draft(draft, item.code, _(REVISION_NAMES[draft.state]))
    return draft, item


def touch(work: Work, draft: Bom | Routing) -> None:
    """The version of a draft moves with its lines, so that a stale edit of any of them is noticed."""
    flag_modified(draft, "note")
    work.session.flush()


def give_up(work: Work, draft: Bom | Routing) -> None:
    """The draft stays readable as obsolete, and is never used."""
    draft.state = Revision.OBSOLETE
    work.session.flush()


def make_room(work: Work, draft: Revised) -> None:
    """Before a draft is put in force: the one that is in force becomes obsolete. The item stays locked, so that of two
    drafts released at once the second takes the place of the first."""
    work.lock(Item, draft.item_id)
    kind = type(draft)
    for old in work.session.scalars(select(kind).where(kind.item_id == draft.item_id, kind.state == Revision.RELEASED)):
        old.state = Revision.OBSOLETE
    work.session.flush()


def put_in_force(work: Work, draft: Bom | Routing) -> None:
    """From now on new orders freeze this one."""
    draft.state, draft.released_at = Revision.RELEASED, work.now
    work.session.flush()
