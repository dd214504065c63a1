"""Labelling lots anew, for programs."""

from datetime import datetime
from typing import Annotated

import msgspec

from mes.core.access import EVERYONE, OFFICE
from mes.core.api import Api, CodeText, Listing, NameText, listing
from mes.core.work import Reader, Work
from mes.lots.api import LotOut, lot_out
from mes.lots.code_queries import former_of
from mes.lots.code_rules import LONGEST_CODE
from mes.lots.queries import get_lot
from mes.scan.relabelling import label_anew

api = Api("relabelling", __name__)


class Relabel(msgspec.Struct, forbid_unknown_fields=True):
    """The new code (none: the next one of the plant's own) and why; ``seen`` is the code it has as far as is known."""

    reason: NameText
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_CODE)] | None = None
    seen: CodeText | None = None


class FormerOut(msgspec.Struct):
    """A code that a lot bore until ``at``, and why it got another one."""

    code: str
    at: datetime
    person: str
    reason: str


@api.read("/lots/<code>/former-codes", who=EVERYONE, gives=Listing[FormerOut])
def list_former(read: Reader, code: str) -> Listing[FormerOut]:
    """The codes that a lot bore before, newest first."""
    found = former_of(read, get_lot(read, code).id)
    return listing([FormerOut(one.code, one.at, one.person, one.reason) for one in found], None)


@api.write("/lots/<code>/relabel", who=OFFICE, takes=Relabel, gives=LotOut)
def relabel(work: Work, body: Relabel, code: str) -> LotOut:
    """Give a lot another code; its former ones lead to it for ever."""
    lot = label_anew(work, code, body.code, body.reason, seen=body.seen)
    work.session.flush()
    work.session.expire_all()
    return lot_out(get_lot(work.session, lot.code))
