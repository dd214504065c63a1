"""Calls for help at the desk and on the leader's phone: who waits how long, who comes, what it was."""

from datetime import timedelta
from typing import Any

from flask import request
from wtforms import IntegerField, StringField
from wtforms.validators import NumberRange, Optional

from mes.core.access import OFFICE, PLANNERS
from mes.core.forms import Form, Longest
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, actor, go, mes, page
from mes.core.work import Reader, Work
from mes.equipment import call_queries, calls
from mes.equipment.call_rules import CALL_NAMES, Level, Limits, minutes
from mes.equipment.models import CallKind

room = Room("calls", __name__)
room.entry("calls.index", N_("Calls"), "megaphone", "production", OFFICE)
#: So many days the figures above the list look back.
LOOKS_BACK = 30


@room.read("/calls", who=OFFICE)
def index(read: Reader) -> Page:
    """Calls for help: those that wait, with their age; and those of the last weeks, with how fast help came."""
    now = mes().clock()
    if request.args.get("state", "open") == "open":
        waiting = call_queries.waiting_calls(read, now)
        who = actor()
        mine = request.args.get("whose") == "mine"
        shown = [one for one in waiting if not mine or (who and one.concerns(who.roles))]
        return page("equipment/open_calls.html", waiting=shown, names=CALL_NAMES, level=Level)
    kind = request.args.get("kind", "")
    since = now - timedelta(days=LOOKS_BACK)
    return page(
        "equipment/calls.html",
        found=call_queries.page_of_calls(
            read, kind=CallKind(kind) if kind in list(CallKind) else None, after=request.args.get("after")
        ),
        names=CALL_NAMES,
        figures=call_queries.how_fast(read, since, now),
        minutes=minutes,
        days=LOOKS_BACK,
    )


@room.write("/calls/<int:ident>/take", who=OFFICE, show=lambda read, ident: index(read))
def take(work: Work, ident: int) -> Page:
    """Say that one is on the way."""
    calls.take_call(work, ident)
    return go("calls.index", said=_("You have taken the call."))


@room.write("/calls/<int:ident>/solve", who=OFFICE, show=lambda read, ident: index(read))
def solve(work: Work, ident: int) -> Page:
    """The help has been given; what was the matter is asked next."""
    calls.solve_call(work, ident)
    return go("calls.cause", ident=ident, said=_("The call is closed."))


class CauseForm(Form):
    """What was the matter."""

    cause = StringField(N_("Cause"), [Longest(max=500)], render_kw={"list": "causes", "autofocus": True})
    before: list[str] = []

    def fill(self, read: Reader, **address: Any) -> None:
        """What is recorded, and causes that such calls had before."""
        call = call_queries.get_call(read, address["ident"])
        self.before = call_queries.causes_before(read, call.kind)
        self.show_values({"cause": call.cause})


def _cause_page(read: Reader, form: Form, ident: int) -> Page:
    call = call_queries.get_call(read, ident)
    return page(
        "equipment/cause.html", form=form, call=call, names=CALL_NAMES, minutes=minutes
    )  # fmt: skip


@room.form("/calls/<int:ident>/cause", who=OFFICE, form=CauseForm, show=_cause_page)
def cause(work: Work, form: CauseForm, ident: int) -> Page:
    """Say what was the matter with a call."""
    calls.explain_call(work, ident, form.cause.data or "")
    return go("calls.index", said=_("The cause is recorded."))


class RulesForm(Form):
    """Minutes after which calls go further up, kind by kind."""

    pairs: list[tuple[str, IntegerField, IntegerField]]

    def fill(self, read: Reader, **address: Any) -> None:
        """Two fields for each kind of call, with what is in force."""
        self.pairs = []
        for kind, limits in call_queries.limits_of(read).items():
            fields = [self._minutes(f"{who}-{kind}", getattr(limits, who)) for who in ("leader", "manager")]
            self.pairs.append((CALL_NAMES[kind], fields[0], fields[1]))

    def _minutes(self, name: str, value: int | None) -> IntegerField:
        word = N_("To the leader, not taken for") if name.startswith("leader") else N_("To the manager, not solved for")
        unbound = IntegerField(word, [Optional(), NumberRange(0, 1440)])
        field = self.meta.bind_field(self, unbound, {"name": name, "prefix": ""})
        if self.is_submitted():
            field.process(request.form)
        else:
            field.process(None, value)
        self._fields[name] = field
        return field  # type: ignore[no-any-return]

    @property
    def limits(self) -> dict[CallKind, Limits]:
        """What was entered."""
        return {kind: Limits(self[f"leader-{kind}"].data, self[f"manager-{kind}"].data) for kind in CallKind}


@room.form("/calls/rules", who=PLANNERS, form=RulesForm, show="equipment/call_rules.html")
def rules(work: Work, form: RulesForm) -> Page:
    """After how many minutes calls go further up."""
    calls.set_call_limits(work, form.limits)
    return go("calls.index", said=_("The settings are saved."))
