"""Partners for programs: the list, one of them, and entering one."""

from typing import Annotated

import msgspec

from mes.core.access import OFFICE, PLANNERS
from mes.core.api import Api, CodeText, Listing, LongText, NameText, Paged, ShortText, listing
from mes.core.work import Reader, Work
from mes.partners import queries, service
from mes.partners.models import Partner, PartnerKind

api = Api("partners", __name__)


class PartnerOut(msgspec.Struct):
    """A customer, supplier or subcontractor. ``gln``: the number under which GS1 knows it."""

    code: str
    name: str
    name_en: str | None
    kinds: list[PartnerKind]
    gln: str | None
    contact: str | None
    phone: str | None
    email: str | None
    address: str | None
    shelf_days: int | None
    active: bool


class NewPartner(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a new partner needs: at least one kind."""

    code: CodeText
    name: NameText
    kinds: Annotated[list[PartnerKind], msgspec.Meta(min_length=1)]
    name_en: NameText | None = None
    #: 13 digits, the last a check digit.
    gln: ShortText | None = None
    contact: ShortText | None = None
    phone: ShortText | None = None
    email: ShortText | None = None
    address: LongText | None = None
    shelf_days: Annotated[int, msgspec.Meta(ge=1, le=36500)] | None = None


class PartnerQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which partners: ``search`` is part of a code or name."""

    search: str = ""
    kind: PartnerKind | None = None


@api.read("/partners", who=OFFICE, gives=Listing[PartnerOut], query=PartnerQuery)
def partners(read: Reader, query: PartnerQuery) -> Listing[PartnerOut]:
    """Partners by code, those no longer in use too."""
    found = queries.list_partners(
        read, search=query.search, kind=query.kind, active=None, after=query.after, size=query.size
    )
    return listing([_out(one) for one in found.rows], found.next)


@api.read("/partners/<path:code>", who=OFFICE, gives=PartnerOut)
def partner(read: Reader, code: str) -> PartnerOut:
    """One partner."""
    return _out(queries.get_partner(read, code))


@api.write("/partners", who=PLANNERS, takes=NewPartner, gives=PartnerOut)
def add_partner(work: Work, body: NewPartner) -> PartnerOut:
    """Enter a partner."""
    return _out(service.add_partner(work, **msgspec.structs.asdict(body)))


def _out(one: Partner) -> PartnerOut:
    return PartnerOut(
        code=one.code, name=one.name, name_en=one.name_en, kinds=sorted(PartnerKind(kind) for kind in one.kinds),
        gln=one.gln, contact=one.contact, phone=one.phone, email=one.email, address=one.address,
        shelf_days=one.shelf_days, active=one.active,
    )  # fmt: skip
