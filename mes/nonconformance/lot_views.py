"""Pages of what a nonconformance holds and what people do about it: containment, decisions, actions."""

from flask import request

from mes.core.access import INSPECTORS, OFFICE, PLANNERS, QUALITY_ONLY
from mes.core.forms import Form, day_asked
from mes.core.i18n import _
from mes.core.pages import Page, go, page, this_plant
from mes.core.work import Reader, Work
from mes.lots.queries import get_lot
from mes.nonconformance import queries, service
from mes.nonconformance.containment import Narrowed, containment
from mes.nonconformance.forms import ActionForm, ApproveForm, DecisionForm, FinishForm, MoveForm
from mes.nonconformance.models import LotRole, Share
from mes.nonconformance.signed import content_before, content_of_decision
from mes.nonconformance.spots import NOWHERE, spots_of
from mes.nonconformance.views import room, show
from mes.nonconformance.wording import SHARE_NAMES
from mes.people.forms import SignedForm

__all__ = ["room"]


def _narrowed() -> Narrowed:
    asked = request.args
    shares = frozenset(Share(name) for name in asked.getlist("by") if name in set(Share))
    return Narrowed(
        shares=shares or None,
        codes=frozenset(asked.getlist("of")),
        since=day_asked(asked.get("since", "")),
        until=day_asked(asked.get("until", "")),
    )


@room.read("/<code>/containment", who=OFFICE)
def contain_page(read: Reader, code: str) -> Page:
    """Every lot that shares machine, mould, raw lot or time with those in which it was found (or with the job, while it
    has made none), and where it is now."""
    whole = queries.whole(read, code)
    seeds = {one.lot.id for one in whole.lots if one.role is LotRole.FOUND} or {one.lot.id for one in whole.lots}
    narrowed = _narrowed()
    spots = NOWHERE if seeds else spots_of(read, whole.nonconformance)
    found = containment(read, seeds, narrowed, this_plant(), spots) if seeds or spots.items else None
    held = {one.lot.code for one in whole.held}
    return page(
        "nonconformance/containment.html",
        whole=whole,
        found=found,
        narrowed=narrowed,
        held=held,
        SHARE_NAMES=SHARE_NAMES,
    )


@room.write("/<code>/containment", who=QUALITY_ONLY, show=contain_page)
def contain(work: Work, code: str) -> Page:
    """Hold the chosen lots, all or none."""
    sent = request.form
    chosen = {lot: sent.get(f"why-{lot}", "")[:2000] or None for lot in sent.getlist("lots")}
    held = service.contain_lots(work, code, chosen, sent.get("reason", ""))
    said = _("%(count)s lot(s) are held.", count=len(held))
    return go("nonconformance.show", code=code, said=said, _anchor="lots")


def show_decision(read: Reader, form: Form, code: str, lot: str) -> Page:
    """The lot beside the question what becomes of it."""
    found, signs = queries.get_nonconformance(read, code), this_plant().signed_decisions
    if isinstance(form, SignedForm):
        form.bind(content_before(found))
    return page("nonconformance/decide.html", form=form, found=found, lot=get_lot(read, lot), signs=signs)


@room.form("/<code>/lots/<path:lot>", who=QUALITY_ONLY, form=DecisionForm, show=show_decision)
def decide(work: Work, form: DecisionForm, code: str, lot: str) -> Page:
    """Decide what becomes of a contained lot."""
    service.decide_lot(work, code, lot, form.chosen, str(form.reason.data), form.quantity.data, signer=form.given)
    return go("nonconformance.show", code=code, said=_("The decision is recorded."), _anchor="lots")


@room.write("/<code>/decisions/<int:ident>/approve", who=PLANNERS, show=lambda read, code, ident: show(read, code))
def approve(work: Work, code: str, ident: int) -> Page:
    """Approve a concession."""
    service.approve_concession(work, code, ident)
    return go("nonconformance.show", code=code, said=_("The concession is approved; the lot is free."), _anchor="lots")


def show_approval(read: Reader, form: Form, code: str, ident: int) -> Page:
    """What is approved, and the place to sign."""
    whole = queries.whole(read, code)
    one = queries.decision_in(whole, ident)
    if isinstance(form, SignedForm):
        form.bind(content_of_decision(whole.nonconformance, one, one.lot))
    return page("nonconformance/approve.html", form=form, whole=whole, one=one)


@room.form("/<code>/decisions/<int:ident>/sign", who=PLANNERS, form=ApproveForm, show=show_approval)
def sign_approval(work: Work, form: ApproveForm, code: str, ident: int) -> Page:
    """Approve a concession with a signature."""
    service.approve_concession(work, code, ident, signer=form.given)
    return go("nonconformance.show", code=code, said=_("The concession is approved; the lot is free."), _anchor="lots")


def show_new_action(read: Reader, form: Form, code: str) -> Page:
    """The form of a new action."""
    return page("nonconformance/action.html", form=form, found=queries.get_nonconformance(read, code))


@room.form("/<code>/actions/new", who=INSPECTORS, form=ActionForm, show=show_new_action)
def new_action(work: Work, form: ActionForm, code: str) -> Page:
    """Give somebody something to do until a day."""
    service.add_action(
        work, code, kind=form.kind.data, what=str(form.what.data), owner=form.person, due_on=form.due_day
    )
    return go("nonconformance.show", code=code, said=_("The action is recorded."), _anchor="actions")


def show_action(read: Reader, form: Form, ident: int) -> Page:
    """An action beside what is to be said about it."""
    action, found = queries.get_action(read, ident)
    return page("nonconformance/finish.html", form=form, action=action, found=found)


@room.form("/actions/<int:ident>", who=OFFICE, form=FinishForm, show=show_action)
def finish(work: Work, form: FinishForm, ident: int) -> Page:
    """Report an action as done."""
    _action, found = queries.get_action(work.session, ident)
    code = found.code
    service.finish_action(work, ident, str(form.result.data))
    return go("nonconformance.show", code=code, said=_("The action is done."), _anchor="actions")


@room.form("/actions/<int:ident>/move", who=INSPECTORS, form=MoveForm, show=show_action)
def move(work: Work, form: MoveForm, ident: int) -> Page:
    """Give an action to somebody else, or another day."""
    _action, found = queries.get_action(work.session, ident)
    code = found.code
    service.move_action(work, ident, owner=form.person, due_on=form.due_day, reason=str(form.reason.data))
    return go("nonconformance.show", code=code, said=_("The action is changed."), _anchor="actions")
