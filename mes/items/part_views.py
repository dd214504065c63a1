"""Customers' part numbers at the desk."""

from flask import request

from mes.core.access import OFFICE, PLANNERS
from mes.core.i18n import _
from mes.core.pages import Page, Room, go, page
from mes.core.work import Reader, Work
from mes.items import customer_parts as parts
from mes.items.forms import CustomerPartForm
from mes.items.queries import get_item
from mes.partners.queries import get_partner

room = Room("parts", __name__, part_of="items")


@room.read("/customer-parts", who=OFFICE)
def index(read: Reader) -> Page:
    """What customers call our items."""
    asked = request.args
    partner, item = asked.get("partner", "")[:64], asked.get("item", "")[:64]
    found = parts.page_of_customer_parts(
        read, text=asked.get("q", "").strip()[:100], partner=partner, item=item, after=asked.get("after")
    )
    return page("items/parts.html", found=found, partner=partner, item=item)


@room.form("/new/customer-part", who=PLANNERS, form=CustomerPartForm, show="items/part.html")
def new(work: Work, form: CustomerPartForm) -> Page:
    """Enter what a customer calls an item."""
    item = get_item(work.session, str(form.item.data))
    partner = get_partner(work.session, str(form.partner.data))
    part = parts.set_customer_part(work, item=item, partner=partner, fresh=True, **form.values)
    return go("parts.index", item=item.code, said=_("%(name)s was added.", name=part.code))


def _edit_page(read: Reader, form: CustomerPartForm, ident: int) -> Page:
    return page("items/part.html", form=form, part=parts.get_customer_part(read, ident))


@room.form("/customer-parts/<int:ident>", who=PLANNERS, form=CustomerPartForm, show=_edit_page)
def edit(work: Work, form: CustomerPartForm, ident: int) -> Page:
    """Change what a customer calls an item."""
    known = parts.get_customer_part(work.session, ident)
    part = parts.set_customer_part(work, item=known.item, partner=known.partner, **form.values)
    return go("parts.index", item=known.item.code, said=_("%(name)s was saved.", name=part.code))


@room.write("/customer-parts/<int:ident>/remove", who=PLANNERS)
def remove(work: Work, ident: int) -> Page:
    """Forget what a customer calls an item."""
    part = parts.remove_customer_part(work, ident)
    return go("parts.index", item=part.item.code, said=_("%(name)s was removed.", name=part.code))
