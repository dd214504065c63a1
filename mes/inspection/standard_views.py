"""The pages of inspection standards: revisions with their characteristics, approval, comparison, control plan."""

from flask import make_response, request
from werkzeug.wrappers import Response

from mes.core.access import EVERYONE, OFFICE, QUALITY_ONLY
from mes.core.errors import NotFound
from mes.core.files import StoredFile
from mes.core.forms import Form
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, confirmed, go, mes, page, this_plant
from mes.core.sent import sent_file
from mes.core.serving import served
from mes.core.templates import in_words
from mes.core.work import Reader, Work
from mes.inspection import comparing, control_plan, service, standard_queries, standard_rules
from mes.inspection.models import InspectionKind, InspectionStandard
from mes.inspection.standard_data import scope_of
from mes.inspection.standard_forms import (
    CharacteristicChangeForm,
    HeadForm,
    ItemCharacteristicForm,
    NewCharacteristicForm,
    NewStandardForm,
    StandardFilterForm,
    WithdrawForm,
)
from mes.items.models import Item, Revision
from mes.items.queries import get_item
from mes.items.rules import REVISION_NAMES

room = Room("standards", __name__, url_prefix="/quality")
room.entry("standards.index", N_("Inspection standards"), "ruler", "inspection", OFFICE)
room.parts["standards.plan"] = "standards"

room.add_app_template_filter(in_words(standard_rules.wanted), "wanted")
room.add_app_template_filter(in_words(control_plan.narrowed), "narrowed")
room.add_app_template_filter(in_words(control_plan.sampling_words), "sampled")
room.add_app_template_filter(in_words(control_plan.own_sampling), "own_sampling")


@room.read("/standards", who=OFFICE)
def index(read: Reader) -> Page:
    """Standards of all items, with filters kept in the address."""
    form = StandardFilterForm(request.args)
    form.validate()
    found = standard_queries.page_of_standards(read, form.chosen(), request.args.get("after"))
    return page("inspection/standards.html", form=form, found=found, revision_names=REVISION_NAMES)


@room.read("/standards/<path:code>", who=OFFICE)
def of_item(read: Reader, code: str) -> Page:
    """Everything that is inspected on one item, by kind of inspection."""
    item = get_item(read, code)
    scopes: dict[str, list[InspectionStandard]] = {}
    for one in standard_queries.standards_of(read, item.id):
        scopes.setdefault(one.scope, []).append(one)
    return page("inspection/item_standards.html", item=item, scopes=scopes.values(), revision_names=REVISION_NAMES)


@room.read("/inspection-standards/<int:ident>", who=OFFICE)
def show(read: Reader, ident: int) -> Page:
    """One revision with everything it says; a draft is edited here."""
    return _show(read, ident)


def _show(read: Reader, ident: int, withdrawing: WithdrawForm | None = None) -> Page:
    standard = standard_queries.get_standard(read, ident)
    return page(
        "inspection/standard.html",
        standard=standard,
        item=standard.item,
        revisions=standard_queries.revisions_of(read, standard.scope),
        editing=standard.state is Revision.DRAFT,
        withdrawing=withdrawing or WithdrawForm(formdata=None),
        revision_names=REVISION_NAMES,
        triggers=[name for one, name in standard_rules.TRIGGER_NAMES.items() if one.value in standard.triggers],
    )


@room.read("/inspection-standards/<int:ident>/compare", who=OFFICE)
def compare(read: Reader, ident: int) -> Page:
    """What a revision changed against the one before it, or against another one."""
    new = standard_queries.get_standard(read, ident)
    revisions = standard_queries.revisions_of(read, new.scope)
    others = [one for one in revisions if one.id != new.id]
    asked = request.args.get("old", "")
    before = next((one for one in others if one.revision < new.revision), None)
    old = next((one for one in others if str(one.revision) == asked), before)
    found = comparing.differences(old, new) if old else []
    return page(
        "inspection/compare_standards.html", new=new, old=old, others=others, found=found,
        revision_names=REVISION_NAMES,
    )  # fmt: skip


# Drafts


@room.form("/new-standard", who=QUALITY_ONLY, form=NewStandardForm, show="inspection/new_standard.html")
def new(work: Work, form: NewStandardForm) -> Page:
    """A standard for an item, a kind of inspection and, if wanted, an operation and a partner."""
    made = service.make_standard(
        work,
        item=get_item(work.session, str(form.item.data)),
        kind=InspectionKind(str(form.kind.data)),
        operation=form.operation_number,
        partner=form.chosen_partner(work.session),
        data=form.entered,
    )
    return go("standards.show", ident=made.id, said=_("The draft is there. Add what is inspected."))


@room.write("/inspection-standards/<int:ident>/revise", who=QUALITY_ONLY, show=show)
def revise(work: Work, ident: int) -> Page:
    """Go on with the draft of this standard, or make one from this revision."""
    return go("standards.show", ident=service.revise_standard(work, ident).id)


def show_head(read: Reader, form: Form, ident: int) -> Page:
    """The form of how a draft is carried out."""
    return page("inspection/standard_head.html", form=form, standard=standard_queries.get_standard(read, ident))


@room.form("/inspection-standards/<int:ident>/edit", who=QUALITY_ONLY, form=HeadForm, show=show_head)
def edit(work: Work, form: HeadForm, ident: int) -> Page:
    """Say how a draft is carried out."""
    service.change_standard(work, ident, form.entered, version=form.row_version)
    return go("standards.show", ident=ident, said=_("The draft is saved."))


@room.write("/inspection-standards/<int:ident>/approve", who=QUALITY_ONLY, show=show)
def approve(work: Work, ident: int) -> Page:
    """Put a draft in force."""
    done = service.approve_standard(work, ident, confirmed=confirmed())
    return go("standards.show", ident=ident, said=_("Revision %(n)s is in force now.", n=done.revision))


@room.write("/inspection-standards/<int:ident>/discard", who=QUALITY_ONLY, show=show)
def discard(work: Work, ident: int) -> Page:
    """Give up a draft."""
    item = standard_queries.get_standard(work.session, ident).item
    service.discard_standard(work, ident)
    return go("standards.of_item", code=item.code, said=_("The draft is given up."))


def show_withdrawal(read: Reader, form: WithdrawForm, ident: int) -> Page:
    """The page of the standard with the reason that was typed."""
    return _show(read, ident, form)


@room.form("/inspection-standards/<int:ident>/withdraw", who=QUALITY_ONLY, form=WithdrawForm, show=show_withdrawal)
def withdraw(work: Work, form: WithdrawForm, ident: int) -> Page:
    """Take a standard out of force."""
    service.withdraw_standard(work, ident, str(form.reason.data))
    return go("standards.show", ident=ident, said=_("The standard is no longer in force."))


# Characteristics


def show_characteristic(
    read: Reader, form: Form, ident: int | None = None, code: str = "", *, new: bool = False
) -> Page:
    """The form of a characteristic and the standard it belongs to."""
    one = standard_queries.get_characteristic(read, ident) if ident is not None and not new else None
    standard = one.standard if one else standard_queries.get_standard(read, ident) if ident is not None else None
    item = standard.item if standard else get_item(read, code)
    return page("inspection/characteristic.html", form=form, one=one, standard=standard, item=item)


def show_new_characteristic(read: Reader, form: Form, ident: int) -> Page:
    """The form of a characteristic that is added to a draft."""
    return show_characteristic(read, form, ident, new=True)


@room.form(
    "/inspection-standards/<int:ident>/new-characteristic",
    who=QUALITY_ONLY,
    form=NewCharacteristicForm,
    show=show_new_characteristic,
)
def add_characteristic(work: Work, form: NewCharacteristicForm, ident: int) -> Page:
    """Add what is inspected to a draft."""
    added = service.add_characteristic(work, ident, form.entered, version=form.row_version)
    _put_photos(work, form, added.id)
    return go("standards.show", ident=ident, said=_("%(name)s is entered.", name=added.name))


@room.form("/new-characteristic/<path:code>", who=QUALITY_ONLY, form=ItemCharacteristicForm, show=show_characteristic)
def new_characteristic(work: Work, form: ItemCharacteristicForm, code: str) -> Page:
    """Add what is inspected to the draft of an item's general standard, which is made when there is none."""
    draft = _draft(work, get_item(work.session, code), InspectionKind(str(form.kind.data)))
    added = service.add_characteristic(work, draft.id, form.entered)
    _put_photos(work, form, added.id)
    return go("standards.show", ident=draft.id, said=_("%(name)s is entered.", name=added.name))


def _draft(work: Work, item: Item, kind: InspectionKind) -> InspectionStandard:
    scope = scope_of(item.id, kind, None, None)
    there = standard_queries.newest_approved(work.session, scope) or standard_queries.draft_of(work.session, scope)
    return service.revise_standard(work, there.id) if there else service.make_standard(work, item=item, kind=kind)


@room.form("/characteristics/<int:ident>", who=QUALITY_ONLY, form=CharacteristicChangeForm, show=show_characteristic)
def characteristic(work: Work, form: CharacteristicChangeForm, ident: int) -> Page:
    """Change a characteristic of a draft."""
    changed = service.change_characteristic(
        work, ident, form.entered, position=form.position.whole, version=form.row_version
    )
    _put_photos(work, form, ident)
    return go("standards.show", ident=changed.standard_id, said=_("%(name)s is saved.", name=changed.name))


@room.write("/characteristics/<int:ident>/remove", who=QUALITY_ONLY)
def remove_characteristic(work: Work, ident: int) -> Page:
    """Take a characteristic out of a draft."""
    one = standard_queries.get_characteristic(work.session, ident)
    service.remove_characteristic(work, ident)
    return go("standards.show", ident=one.standard_id, said=_("%(name)s is taken out.", name=one.name))


def _put_photos(work: Work, form: Form, ident: int) -> None:
    for good, name in ((True, "good_photo"), (False, "bad_photo")):
        sent = sent_file(form[name].data)
        off = form[f"no_{name}"].data if f"no_{name}" in form else False
        if sent or off:
            service.set_photo(work, ident, good=good, sent=sent)


@room.read("/characteristics/<int:ident>/<any(good, bad):side>.jpg", who=EVERYONE)
def photo(read: Reader, ident: int, side: str) -> Page:
    """What a good, or a bad, piece looks like."""
    one = standard_queries.get_characteristic(read, ident)
    ident_of_file = one.good_photo_id if side == "good" else one.bad_photo_id
    kept = read.get(StoredFile, ident_of_file) if ident_of_file else None
    if kept is None:
        raise NotFound(what=_(N_("photo")), code=str(ident))
    return served(kept, f"{side}-{ident}.jpg")


# Control plan


@room.read("/control-plans/<path:code>", who=OFFICE)
def plan(read: Reader, code: str) -> Page:
    """Everything that is inspected on an item, by operation."""
    found = control_plan.control_plan(read, get_item(read, code))
    return page("inspection/control_plan.html", plan=found, item=found.item, words=control_plan)


@room.read("/control-plan-paper/<path:code>", who=OFFICE)
def plan_paper(read: Reader, code: str) -> Response:
    """The control plan as an A4 document."""
    found = control_plan.control_plan(read, get_item(read, code))
    response = make_response(control_plan.plan_pdf(found, this_plant().name or "MES", mes().clock()))
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="control-plan.pdf"'
    return response
