"""When a nonconformance may be opened, decided about and closed, and what a line of its cost amounts to."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from mes.core.access import QUALITY_ONLY, Actor
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.types import LARGEST, SMALLEST, plain
from mes.nonconformance.models import CostKind, Decision

ROOT_CAUSE = 4
#: What a decision costs by itself, at the item's unit cost.
COST_OF = {Decision.SCRAP: CostKind.SCRAP, Decision.RETURN: CostKind.RETURN}


class NonconformanceClosed(Refused):
    """Nothing is added to what was closed."""

    message = N_("Nonconformance %(code)s was closed by %(who)s at %(when)s.")
    hint = N_("Reopen it with a reason, or open a new one.")


class NotClosed(Refused):
    """Only what was closed can be opened again."""

    message = N_("Nonconformance %(code)s is still open.")
    hint = N_("There is nothing to reopen: go on with it.")


class SourceMissing(Refused):
    """What it was opened from must be named: the failed inspection, the defects, the customer."""

    message = N_("Say what this was opened from: %(what)s is missing.")
    hint = N_("Open it from the page of the inspection or defect, or choose another origin.")


class InspectionPassed(Refused):
    """A passed inspection found nothing that does not conform."""

    message = N_("Inspection %(code)s passed: nothing in it does not conform.")
    hint = N_("Choose the inspection that failed.")


class AlreadyNonconformance(Refused):
    """One finding is followed up once."""

    message = N_("This already has a nonconformance: %(code)s.")
    hint = N_("Open that one and go on there.")


class AnotherItem(Refused):
    """A nonconformance is about one item; material that caused it is chosen as a suspect afterwards."""

    message = N_("%(what)s is of another item than the nonconformance (%(item)s).")
    hint = N_("Open one nonconformance for each item.")


class NothingFound(Refused):
    """What is wrong must be said."""

    message = N_("Say what is wrong.")
    hint = N_("One or two sentences: what was found, and how it should have been.")


class NothingContained(Refused):
    """A containment needs lots."""

    message = N_("No lot is chosen.")
    hint = N_("Tick the lots that are to be held.")


class NotContained(Refused):
    """A decision is about a lot that this nonconformance holds."""

    message = N_("Lot %(lot)s is not held by nonconformance %(code)s.")
    hint = N_("Contain it first, or look whether it was decided about already.")


class NothingToApprove(Refused):
    """A concession is approved once, while nothing else was decided."""

    message = N_("No concession waits for approval here.")
    hint = N_("Look at what was decided about the lot.")


class ApproverIsTheSame(Refused):
    """A concession needs a second pair of eyes."""

    message = N_("%(who)s asked for this concession, so somebody else must approve it.")
    hint = N_("Ask another production manager or administrator.")


class StepEmpty(Refused):
    """A step says something."""

    message = N_("Step D%(step)s says nothing.")
    hint = N_("Write what was found or done.")


class StepUnchanged(Refused):
    """A new version of a step differs from the last one."""

    message = N_("Step D%(step)s already says this.")
    hint = N_("Change it, or leave it as it is.")


class OwnerGone(Refused):
    """An action belongs to somebody who works here."""

    message = N_("%(who)s no longer works here.")
    hint = N_("Choose somebody else.")


class DueBeforeToday(Refused):
    """A new action is due today or later."""

    message = N_("The action would be due on %(day)s, before today.")
    hint = N_("Choose today or a later day.")


class ActionDone(Refused):
    """What was done stays done."""

    message = N_("This action was done by %(who)s at %(when)s.")
    hint = N_("If it did not help, add another action.")


class NotYourAction(Refused):
    """An action is reported done by its owner, or by quality."""

    message = N_("This action belongs to %(owner)s.")
    hint = N_("Its owner or quality reports it as done.")
    status = 403


class ActionsOpen(Refused):
    """The effect is checked when everything was done; nothing is closed before."""

    message = N_("%(count)s action(s) of %(code)s are not done yet.")
    hint = N_("Finish them first.")


class EffectNotChecked(Refused):
    """An effect is proved before it is closed, after the last action."""

    message = N_("The effect of %(code)s has not been checked since the last action.")
    hint = N_("Record the effect check first.")


class EffectMissing(Refused):
    """A failed check means that the actions did not help."""

    message = N_("The last effect check of %(code)s, on %(day)s, found no effect.")
    hint = N_("Add an action that helps, do it, and check again.")


class LotsStillHeld(Refused):
    """What is held is decided about before the nonconformance is closed."""

    message = N_("%(code)s still holds lots: %(lots)s.")
    hint = N_("Decide what becomes of each of them first.")


class CheckInFuture(Refused):
    """A check was made today or before."""

    message = N_("The effect check cannot be dated %(day)s, after today.")
    hint = N_("Enter the day on which it was made.")


class CostImpossible(Refused):
    """A line of cost is a quantity times what one costs, both above zero, and no astronomical sum."""

    message = N_("%(quantity)s at %(unit_cost)s each is no cost that can be recorded.")
    hint = N_("Enter a quantity and a unit cost above 0.")
    status = 422


class CostTakenBack(Refused):
    """A line of cost is taken back once."""

    message = N_("This line of cost was taken back already, or takes another one back.")
    hint = N_("Look at the list; a new line can be added.")


class Does(Protocol):
    """An action, as the rules see it."""

    @property
    def done_at(self) -> datetime | None: ...


class Proves(Protocol):
    """An effect check, as the rules see it."""

    @property
    def at(self) -> datetime: ...
    @property
    def day(self) -> date: ...
    @property
    def passed(self) -> bool: ...


def amount_of(quantity: Decimal, unit_cost: Decimal) -> Decimal:
    """What a line costs: quantity x unit cost, exact, rounded half up at the sixth place. Raises CostImpossible."""
    amount = quantity * unit_cost
    if quantity <= 0 or unit_cost <= 0 or amount >= LARGEST:
        raise CostImpossible(field="quantity", quantity=quantity, unit_cost=unit_cost)
    return plain(amount.quantize(SMALLEST, ROUND_HALF_UP))


def check_actions_done(code: str, actions: Sequence[Does]) -> None:
    """Refuse while an action is not done. Raises ActionsOpen."""
    waiting = sum(1 for action in actions if action.done_at is None)
    if waiting:
        raise ActionsOpen(code=code, count=waiting)


def check_effect(code: str, actions: Sequence[Does], checks: Sequence[Proves], since: datetime | None) -> None:
    """The newest check counts: made after the last action (and since the last reopening), and passed.

    ``checks`` in the order of time. Raises EffectNotChecked, EffectMissing.
    """
    newest = checks[-1] if checks else None
    done = [action.done_at for action in actions if action.done_at is not None]
    before = max([*done, *([since] if since else [])], default=None)
    if newest is None or (before is not None and newest.at < before):
        raise EffectNotChecked(code=code)
    if not newest.passed:
        raise EffectMissing(code=code, day=newest.day)


def check_closing(
    code: str, actions: Sequence[Does], checks: Sequence[Proves], since: datetime | None, held: Sequence[str]
) -> None:
    """A nonconformance closes when every action is done, the effect is proved and nothing is held by it any more.

    Raises ActionsOpen, EffectNotChecked, EffectMissing, LotsStillHeld.
    """
    check_actions_done(code, actions)
    check_effect(code, actions, checks, since)
    if held:
        raise LotsStillHeld(code=code, lots=", ".join(held[:10]))


def check_finisher(owner_id: int, owner: str, actor: Actor) -> None:
    """An action is finished by its owner or by quality. Raises NotYourAction."""
    if actor.person_id != owner_id and not actor.is_one_of(QUALITY_ONLY):
        raise NotYourAction(owner=owner)


def check_approver(asked_by: int | None, asked_name: str, actor: Actor) -> None:
    """A concession is approved by somebody who did not ask for it. Raises ApproverIsTheSame."""
    same = actor.person_id == asked_by if asked_by is not None else actor.name == asked_name
    if same:
        raise ApproverIsTheSame(who=asked_name)


def whys_of(answers: Sequence[str]) -> str | None:
    """Up to five answers to "why?", a line each; empty ones are left out."""
    given = [" ".join(answer.split()) for answer in answers]
    return "\n".join(answer for answer in given if answer) or None
