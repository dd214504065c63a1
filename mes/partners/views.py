"""Partners at the desk."""

from flask import request

from mes.core.access import OFFICE, PLANNERS
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, go, page
from mes.core.work import Reader, Work
from mes.partners import queries, service
from mes.partners.forms import PartnerForm
from mes.partners.models import PartnerKind
from mes.partners.rules import KIND_NAMES

room = Room("partners", __name__)
room.entry("partners.index", N_("Partners"), "building-2", "settings", OFFICE)


@room.read("/partners", who=OFFICE)
def index(read: Reader) -> Page:
    """Customers, suppliers and subcontractors."""
    kind = request.args.get("kind", "")
    found = queries.list_partners(
        read,
        search=request.args.get("q", "").strip(),
        kind=PartnerKind(kind) if kind in KIND_NAMES else None,
        active=request.args.get("in_use") != "no",
        after=request.args.get("after"),
    )
    return page("partners/index.html", found=found, kind_names=KIND_NAMES)


@room.form("/new/partner", who=PLANNERS, form=PartnerForm, show="partners/edit.html")
def new(work: Work, form: PartnerForm) -> Page:
    """Enter a company."""
    partner = service.add_partner(work, code=str(form.code.data), **form.values)
    return go("partners.index", said=_("%(name)s was added.", name=partner.name))


def _show(read: Reader, form: PartnerForm, code: str) -> Page:
    return page("partners/edit.html", form=form, partner=queries.get_partner(read, code))


@room.form("/partners/<path:code>", who=PLANNERS, form=PartnerForm, show=_show)
def edit(work: Work, form: PartnerForm, code: str) -> Page:
    """Change a company."""
    values = form.values | {"active": bool(form.active.data)}
    partner = service.change_partner(work, code, version=form.row_version, **values)
    return go("partners.index", said=_("%(name)s was saved.", name=partner.name))
