"""What customers call the plant's items: entered, changed, taken away, and found again by a label of theirs."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound, Refused
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.core.work import Work
from mes.items.models import CustomerPart, Item
from mes.items.rules import check_above_zero
from mes.partners.models import Partner, PartnerKind

WITH_NAMES = (joinedload(CustomerPart.item), joinedload(CustomerPart.partner))


class NotACustomer(Refused):
    """A part number of somebody who buys nothing."""

    message = N_("%(partner)s is not entered as a customer.")
    hint = N_("Tick Customer on the partner's page, or choose another partner.")


class PartNumberMissing(Refused):
    """A customer's part without its number."""

    message = N_("The customer's part number is missing.")
    hint = N_("Copy it from the customer's order.")
    status = 422


class PartIsThere(Refused):
    """A second number for the same item at the same customer."""

    message = N_("%(partner)s already calls %(item)s %(code)s.")
    hint = N_("Open that line and change it.")


def set_customer_part(
    work: Work,
    *,
    item: Item,
    partner: Partner,
    code: str,
    name: str | None = None,
    unit: str | None = None,
    pack_size: Decimal | None = None,
    fresh: bool = False,
) -> CustomerPart:
    """Record what a customer calls an item, or change it. ``fresh``: only where nothing is recorded yet.

    Raises NotACustomer, PartNumberMissing, PartIsThere, BelowOne.
    """
    check_customer_part(partner, code, pack_size)
    told = {"code": code.strip(), "name": name or None, "unit": unit or None, "pack_size": pack_size}
    query = select(CustomerPart).where(CustomerPart.item_id == item.id, CustomerPart.partner_id == partner.id)
    known = work.session.scalar(query.with_for_update())
    if known is None:
        part = CustomerPart(item_id=item.id, partner_id=partner.id, **told)
        return work.add(part, "items.add_customer_part")
    if fresh:
        raise PartIsThere(field="code", partner=partner.code, item=item.code, code=known.code)
    with work.change(known, "items.change_customer_part"):
        for column, value in told.items():
            setattr(known, column, value)
        work.session.flush()
    return known


def check_customer_part(partner: Partner, code: str, pack_size: Decimal | None) -> None:
    """What a customer's part must be. Raises NotACustomer, PartNumberMissing, BelowOne."""
    if PartnerKind.CUSTOMER not in partner.kinds:
        raise NotACustomer(field="partner", partner=partner.code)
    if not code.strip():
        raise PartNumberMissing(field="code")
    check_above_zero("pack_size", pack_size)


def remove_customer_part(work: Work, ident: int) -> CustomerPart:
    """Forget what a customer calls an item; the event log keeps it. Raises NotFound."""
    work.session.get(CustomerPart, ident, with_for_update=True)  # of two who forget it one is told that it is gone
    part = get_customer_part(work.session, ident)
    before = {"code": part.code, "item": part.item.code, "customer": part.partner.code}
    work.session.delete(part)
    work.session.flush()
    work.record("items.remove_customer_part", part, before=before)
    return part


def get_customer_part(session: Session, ident: int) -> CustomerPart:
    """One line, with its item and customer. Raises NotFound."""
    found = session.scalar(select(CustomerPart).options(*WITH_NAMES).where(CustomerPart.id == ident))
    if found is None:
        raise NotFound(what=_("customer's part number"), code=str(ident))
    return found


def page_of_customer_parts(
    session: Session, *, text: str = "", partner: str = "", item: str = "", after: str | None = None
) -> Slice[CustomerPart]:
    """Customers' part numbers in the order of the numbers, found by either side's code or name."""
    query = select(CustomerPart).join(CustomerPart.item).join(CustomerPart.partner).options(*WITH_NAMES)
    if text:
        columns = (CustomerPart.code, CustomerPart.name, Item.code, Item.name)
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if partner:
        query = query.where(Partner.code == partner)
    if item:
        query = query.where(Item.code == item)
    return keyset(session, query, CustomerPart.code, CustomerPart.id, after=after)


def parts_of_item(session: Session, item_id: int) -> list[CustomerPart]:
    """What the customers call one item."""
    query = select(CustomerPart).join(CustomerPart.partner).options(*WITH_NAMES).where(CustomerPart.item_id == item_id)
    return list(session.scalars(query.order_by(Partner.code)))


def parts_called(session: Session, code: str) -> list[CustomerPart]:
    """The lines of this number; two customers may use the same one for different items."""
    query = select(CustomerPart).options(*WITH_NAMES).where(CustomerPart.code == code.strip())
    return list(session.scalars(query.order_by(CustomerPart.id)))


def parts_for(
    session: Session, item_ids: Collection[int], partner_ids: Collection[int] | None = None
) -> list[CustomerPart]:
    """The lines of many items at once, of some customers or of all."""
    query = select(CustomerPart).options(*WITH_NAMES).where(CustomerPart.item_id.in_(item_ids))
    if partner_ids is not None:
        query = query.where(CustomerPart.partner_id.in_(partner_ids))
    return list(session.scalars(query.order_by(CustomerPart.id)))
